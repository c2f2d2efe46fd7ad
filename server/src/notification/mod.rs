//! Messages to people: written in the transaction of the fact, sealed, delivered afterwards by workers, a round of them together.
//!
//! A code leaves at most once: one that came twice would only confuse. Anything else leaves at least once, under an id by which a
//! carrier knows it again. No transaction is open while one is sent. Each [`Lane`] is worked apart, so that a carrier that hangs
//! holds nobody else's messages. What a carrier tells afterwards is kept by [`told`].

mod carrier;
mod lane;
mod reply;
mod sandbox;
mod sms;
mod smtp;
mod store;
mod wording;

pub(crate) use carrier::Carriers;
pub(crate) use lane::{Lane, ring};
pub(crate) use sandbox::shown;
pub(crate) use sms::{GatewayProof, SmsGateway, SmsGatewaySettings};
pub(crate) use smtp::{MailServer, MailServerSettings};
pub(crate) use store::{delivery, forget, told};
pub(crate) use wording::Wording;

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db,
    identity::Contact,
    seal::{Datum, Seal},
};

/// A message that is to leave.
#[derive(Clone)]
pub(crate) struct Message {
    /// Identifies it.
    pub id: Uuid,
    /// Where it goes.
    pub contact: Contact,
    /// What it says.
    pub text: String,
    /// The code in it, if any; the sandbox shows it.
    pub code: Option<String>,
    /// After this moment it is of no use and is dropped.
    pub not_after: DateTime<Utc>,
    /// Nobody is there: it is handled like any other, so that its time tells nothing, and never leaves.
    pub decoy: bool,
}

/// How long it is worth telling somebody of a fact.
const WORTH_TELLING: Duration = Duration::days(7);

impl Message {
    /// A message without a code: of a fact.
    pub(crate) fn notice(now: DateTime<Utc>, contact: Contact, text: String) -> Self {
        Self {
            id: Uuid::now_v7(),
            contact,
            text,
            code: None,
            not_after: now + WORTH_TELLING,
            decoy: false,
        }
    }
}

/// Where a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Waiting.
    Queued,
    /// Handed to the carrier.
    Sent,
    /// Handed to the carrier, whose answer was lost; it is not handed over again.
    Unconfirmed,
    /// The carrier says that it has come.
    Delivered,
    /// Not handed over, or the carrier says that it will not come.
    Failed,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// Where it is.
    pub delivery: Delivery,
    /// Whether anybody has begun to hand it over.
    pub was_tried: bool,
    /// Whether an attempt to hand it over has ended, however it did.
    pub an_attempt_ended: bool,
}

/// What a carrier tells of a message that it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It has come.
    Delivered,
    /// It will not come.
    Failed,
}

impl Fate {
    /// What it is counted under.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// What is sealed of a message.
#[derive(Serialize, Deserialize)]
struct Payload {
    contact: String,
    text: String,
    code: Option<String>,
    decoy: bool,
}

/// Puts `messages` into the outbox, in the caller's transaction and in one statement.
pub(crate) async fn queue(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    messages: impl IntoIterator<Item = Message>,
) -> Result<(), db::Error> {
    let waiting = messages.into_iter().map(|message| {
        let (id, channel) = (message.id, message.contact.channel());
        let (is_code, not_after) = (message.code.is_some(), message.not_after);
        let payload = Payload {
            contact: message.contact.text().to_owned(),
            text: message.text,
            code: message.code,
            decoy: message.decoy,
        };
        let payload = serde_json::to_string(&payload).expect("strings are JSON");
        store::Waiting {
            id,
            channel,
            is_code,
            payload: seal.seal(Datum::Message, id, &payload),
            not_after,
        }
    });
    store::insert(connection, waiting.collect(), now).await
}
