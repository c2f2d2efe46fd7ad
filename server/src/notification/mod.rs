//! Messages to people: written in the transaction of the fact, sealed, delivered afterwards by a worker.
//!
//! A message leaves at most once: a code that came twice would only confuse. No transaction is open while one is sent.

mod sandbox;
mod store;

pub(crate) use sandbox::shown;

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db::{self, Db},
    identity::Contact,
    seal::{Datum, Seal},
};

/// How long a worker has to hand a message over before another may try.
const LEASE: Duration = Duration::seconds(30);
/// How many messages one round of the worker takes.
const ROUND: u64 = 64;

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

/// Where a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Waiting.
    Queued,
    /// Handed to the carrier.
    Sent,
    /// Not handed over.
    Failed,
}

/// What is sealed of a message.
#[derive(Serialize, Deserialize)]
struct Payload {
    contact: String,
    text: String,
    code: Option<String>,
    decoy: bool,
}

/// Puts `message` into the outbox, in the caller's transaction.
pub(crate) async fn queue(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    message: Message,
) -> Result<(), db::Error> {
    let payload = Payload {
        contact: message.contact.text().to_owned(),
        text: message.text,
        code: message.code,
        decoy: message.decoy,
    };
    let payload = serde_json::to_string(&payload).expect("strings are JSON");
    let payload = seal.seal(Datum::Message, message.id, &payload);
    store::insert(
        connection,
        message.id,
        message.contact.channel(),
        payload,
        now,
        message.not_after,
    )
    .await
}

/// Where message `id` is.
pub(crate) async fn delivery(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Delivery>, db::Error> {
    store::state(connection, id).await
}

/// Delivers what waits; the number of messages handled. Any number of workers may run at once: each takes a lease.
pub(crate) async fn work(db: &Db, seal: &Seal, now: DateTime<Utc>) -> Result<usize, db::Error> {
    let transaction = db.begin_write().await?;
    let leased = store::lease(&transaction, now, now + LEASE, ROUND).await?;
    transaction.commit().await?;
    let handled = leased.len();
    for message in leased {
        let handed = hand_over(db, seal, now, &message).await;
        let state = match &handed {
            Ok(()) => Delivery::Sent,
            Err(error) => {
                tracing::error!(
                    error = error as &dyn std::error::Error,
                    message.id = %message.id,
                    "a message could not be handed over"
                );
                Delivery::Failed
            }
        };
        let transaction = db.begin_write().await?;
        store::finish(&transaction, message.id, state, now).await?;
        transaction.commit().await?;
    }
    Ok(handled)
}

async fn hand_over(
    db: &Db,
    seal: &Seal,
    now: DateTime<Utc>,
    message: &store::Leased,
) -> Result<(), db::Error> {
    let payload = seal.open(Datum::Message, message.id, &message.payload)?;
    let payload: Payload =
        serde_json::from_str(&payload).map_err(|_| db::Error::Unknown("message.payload"))?;
    if payload.decoy {
        return Ok(());
    }
    sandbox::send(db, seal, now, message.id, &payload).await
}
