//! Who carries messages out of the house, by which way, and what became of one that was not taken.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use uuid::Uuid;

use super::{Lane, MailServer, SmsGateway};
use crate::{identity::Channel, seal::Broken};

/// The real carriers. A channel that has none is the sandbox's outbox.
#[derive(Clone, Default)]
pub(crate) struct Carriers {
    mail: Option<Arc<MailServer>>,
    sms: Option<Arc<SmsGateway>>,
}

impl Carriers {
    pub(crate) fn of(mail: Option<MailServer>, sms: Option<SmsGateway>) -> Self {
        Self {
            mail: mail.map(Arc::new),
            sms: sms.map(Arc::new),
        }
    }

    /// The settings without which some contact that the contract takes would be reached by nobody.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.mail.is_none() {
            missing.push("a mail server (--smtp-host)");
        }
        if self.sms.is_none() {
            missing.push("an SMS gateway (--sms-url)");
        }
        missing
    }

    /// The ways out. What the sandbox carries goes one way, however many channels it has.
    pub(crate) fn lanes(&self) -> Vec<Lane> {
        let mail = self.mail.clone().map(Real::Mail);
        let sms = self.sms.clone().map(Real::Sms);
        let mut played = Vec::new();
        let mut lanes = Vec::new();
        for (channel, carrier) in [(Channel::Sms, sms), (Channel::Email, mail)] {
            match carrier {
                Some(real) => lanes.push(Lane::new(vec![channel], Carrier::Real(real))),
                None => played.push(channel),
            }
        }
        if !played.is_empty() {
            lanes.push(Lane::new(played, Carrier::Sandbox));
        }
        lanes
    }
}

/// Somebody who takes messages.
#[derive(Clone)]
pub(super) enum Carrier {
    /// The sandbox plays it.
    Sandbox,
    Real(Real),
}

/// Somebody outside who takes messages.
#[derive(Clone)]
pub(super) enum Real {
    Mail(Arc<MailServer>),
    Sms(Arc<SmsGateway>),
}

/// A message as a carrier is handed it.
pub(super) struct Parcel {
    pub(super) id: Uuid,
    pub(super) contact: String,
    pub(super) text: String,
    pub(super) is_code: bool,
}

impl Carrier {
    /// How many codes, and how many other messages of a channel, leave together. All of them are on their way at once, so that a
    /// carrier that hangs holds a round no longer than one message, and holds few sockets.
    pub(super) const fn round(&self) -> u64 {
        match self {
            Self::Sandbox => 64,
            Self::Real(Real::Mail(_)) => 4,
            Self::Real(Real::Sms(_)) => 16,
        }
    }
}

impl Real {
    /// Hands parcels over, all at once; those that were not taken, with the reason.
    pub(super) async fn take(
        &self,
        now: DateTime<Utc>,
        parcels: &[Parcel],
    ) -> Vec<(Uuid, NotTaken)> {
        let taken = parcels.iter().map(async |parcel| {
            let taken = match self {
                Self::Mail(server) => server.send(now, parcel).await,
                Self::Sms(gateway) => gateway.send(now, parcel).await,
            };
            taken.err().map(|why| (parcel.id, why))
        });
        join_all(taken).await.into_iter().flatten().collect()
    }
}

/// Why a message is still here, or may be. Never holds a contact or a text: it is logged.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    /// For sure it has not left.
    #[error("the carrier does not take it now: {0}")]
    Later(String),
    /// Nobody knows whether it has left.
    #[error("the carrier's answer was lost: {0}")]
    Lost(String),
    /// It will never be taken.
    #[error("the carrier refuses it: {0}")]
    Refused(String),
    #[error("the sandbox was told to let its carrier fail")]
    Played,
    #[error("its content cannot be read")]
    Unreadable,
    #[error(transparent)]
    Broken(#[from] Broken),
}
