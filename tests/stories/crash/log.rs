//! The clients' log: the oracle.

use std::sync::{Arc, Mutex, PoisonError};

use jamsostek_client::{
    Client, Tokens, Uuid,
    v1::{RecordPaymentRequest, StartRegistrationRequest, SubmitClaimRequest},
};
use tokio::sync::watch;

/// What the program answered, so that it must still be so after it was killed.
#[derive(Clone)]
pub enum Known {
    Started(StartRegistrationRequest, String),
    Confirmed(Tokens, Uuid, String),
    /// A notice that was sent, with the contact of whose it is, and the payment, where an answer came back.
    Paid(Tokens, String, RecordPaymentRequest, Option<String>),
    /// A claim that was sent, and who sent it.
    Claimed(Client, SubmitClaimRequest),
}

/// What is known. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    known: Arc<Mutex<Vec<Known>>>,
    length: watch::Sender<usize>,
}

impl Log {
    pub fn new() -> Self {
        Self {
            known: Arc::default(),
            length: watch::Sender::new(0),
        }
    }

    /// Keeps it; where.
    pub fn knows(&self, it: Known) -> usize {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.push(it);
        self.length.send_replace(known.len());
        known.len() - 1
    }

    pub fn knows_now(&self, at: usize, it: Known) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known[at] = it;
    }

    pub fn all(&self) -> Vec<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    /// Waits until so much is known.
    pub async fn has(&self, length: usize) {
        let mut lengths = self.length.subscribe();
        lengths.wait_for(|it| *it >= length).await.expect("a log");
    }
}
