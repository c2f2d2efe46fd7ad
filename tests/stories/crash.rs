//! The program is killed in the middle of everything, and nothing that was answered is lost or doubled.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use jamsostek_client::{
    Client, Error, Options, Segment, Tokens,
    v1::{
        RecordPaymentRequest, StartRegistrationRequest, SubmitEmploymentRequest,
        payment::Disposition, registration::State,
    },
};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinSet};
use uuid::Uuid;

use crate::{
    fresh_store::empty_store,
    jamsostekd::{House, told, verify_with},
    person::{SAVED, work},
    town::{credential, id},
};

/// How many people are on the road at once.
const ROADS: usize = 8;
/// How often the program is killed.
const CRASHES: usize = 5;

/// What the program answered, so that it must still be so after it was killed.
#[derive(Clone)]
enum Known {
    Started(StartRegistrationRequest, String),
    Confirmed(Tokens, Uuid, String),
    /// A notice that was sent, and the payment, where an answer came back.
    Paid(Tokens, Uuid, RecordPaymentRequest, Option<String>),
}

/// The clients' log: the oracle.
#[derive(Clone)]
struct Log {
    known: Arc<Mutex<Vec<Known>>>,
    length: watch::Sender<usize>,
}

#[tokio::test]
async fn what_was_answered_outlives_every_crash() {
    let home = TempDir::new().expect("a directory");
    let url = empty_store(&home).await;
    let flags = ["--database-url", url.as_str()];
    let mut log = Log::new();
    for crash in 0..CRASHES {
        let house = opens(&home, &flags).await;
        for known in log.all() {
            still_so(&house.client, known).await;
        }
        log = Log::new();
        let mut roads = JoinSet::new();
        for _ in 0..ROADS {
            roads.spawn(walks_until_it_dies(house.client.clone(), log.clone()));
        }
        // At another point of everybody's road each time.
        log.has(11 + crash * 5).await;
        house.crashes().await;
        let errors = roads.join_all().await;
        assert_eq!(errors.len(), ROADS);
    }

    let mut house = opens(&home, &flags).await;
    for known in log.all() {
        still_so(&house.client, known).await;
    }
    let officer = house
        .client
        .with_credentials(credential(2), "sandbox-officer");
    let suspense = officer.list_suspense(Default::default()).await;
    assert_eq!(suspense.expect("a list").payments, []);
    assert!(house.ends_when_asked().await);
    let verified = verify_with(&home, &flags).await;
    assert!(verified.status.success(), "{}", told(&verified));
}

async fn opens(home: &TempDir, flags: &[&str]) -> House {
    House::opens_with(home, flags, |address| {
        Options::new(format!("http://{address}"))
    })
    .await
}

/// One person after the other registers and pays, until the program is gone; what it was that failed then.
async fn walks_until_it_dies(client: Client, log: Log) -> Error {
    loop {
        if let Err(error) = walks(&client, &log).await {
            assert!(
                matches!(error, Error::Transport(_)),
                "it died of something else: {error:?}"
            );
            return error;
        }
    }
}

async fn walks(client: &Client, log: &Log) -> Result<(), Error> {
    let form = form();
    let registration = id(&form.registration_id);
    let started = client.start_registration(form.clone()).await?;
    log.knows(Known::Started(form.clone(), started.challenge_id.clone()));
    let code = loop {
        let messages = client.list_messages(form.contact.clone()).await?;
        if let Some(message) = messages.into_iter().next() {
            break message.code;
        }
        tokio::task::yield_now().await;
    };
    let tokens = client.verify_otp(id(&started.challenge_id), code).await?;
    let person = client.with_tokens(tokens);
    let tokens = person.tokens().expect("his tokens");
    let employment = SubmitEmploymentRequest {
        registration_id: form.registration_id,
        employment: Some(work()),
        birth_date: String::new(),
    };
    person.submit_employment(employment).await?;
    let confirmed = person.confirm_registration(registration).await?;
    let bill = confirmed.bill_id;
    log.knows(Known::Confirmed(tokens.clone(), registration, bill.clone()));
    let bill = person.get_bill(id(&bill)).await?;
    let notice = RecordPaymentRequest {
        gateway_payment_id: Uuid::now_v7().to_string(),
        payment_code: bill.payment_code,
        amount_idr: bill.payable_idr,
        paid_at: confirmed.started_at,
        channel: "BANK".into(),
    };
    let gateway = client.with_credentials(credential(1), "sandbox-gateway");
    let at = log.knows(Known::Paid(
        tokens.clone(),
        registration,
        notice.clone(),
        None,
    ));
    let payment = gateway.record_payment(notice.clone()).await?;
    log.knows_now(
        at,
        Known::Paid(tokens, registration, notice, Some(payment.id)),
    );
    Ok(())
}

/// Asks again for what was answered before: it must be as it was, and what was not answered must happen once.
async fn still_so(client: &Client, known: Known) {
    match known {
        Known::Started(form, challenge) => {
            let again = client.start_registration(form).await.expect("the same");
            assert_eq!(again.challenge_id, challenge);
        }
        Known::Confirmed(tokens, registration, bill) => {
            let person = client.with_tokens(tokens);
            let found = person.get_registration(registration).await.expect("it");
            assert_eq!(found.bill_id, bill);
        }
        Known::Paid(tokens, registration, notice, payment) => {
            let gateway = client.with_credentials(credential(1), "sandbox-gateway");
            let again = gateway.record_payment(notice).await.expect("it is taken");
            assert_eq!(again.disposition(), Disposition::Applied);
            assert!(payment.is_none_or(|it| it == again.id));
            let person = client.with_tokens(tokens);
            let found = person.get_registration(registration).await.expect("it");
            assert_eq!(found.state(), State::Active);
            person.renew_tokens().await.expect("a participant's tokens");
            let balance = person.get_balance(None, None).await.expect("a balance");
            assert_eq!(balance.balance_idr, SAVED);
        }
    }
}

impl Log {
    fn new() -> Self {
        Self {
            known: Arc::default(),
            length: watch::Sender::new(0),
        }
    }

    /// Keeps it; where.
    fn knows(&self, it: Known) -> usize {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.push(it);
        self.length.send_replace(known.len());
        known.len() - 1
    }

    fn knows_now(&self, at: usize, it: Known) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known[at] = it;
    }

    fn all(&self) -> Vec<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    /// Waits until so much is known.
    async fn has(&self, length: usize) {
        let mut lengths = self.length.subscribe();
        lengths.wait_for(|it| *it >= length).await.expect("a log");
    }
}

fn form() -> StartRegistrationRequest {
    static BORN: AtomicU32 = AtomicU32::new(0);
    let number = BORN.fetch_add(1, Ordering::Relaxed);
    StartRegistrationRequest {
        registration_id: Uuid::now_v7().to_string(),
        segment: Segment::Bpu.into(),
        nik: format!("317402120590{:04}", number % 9_999 + 1),
        full_name: "Siti Aminah".into(),
        contact: format!("+62813{number:08}"),
        consent: true,
        ..Default::default()
    }
}
