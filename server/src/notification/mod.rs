//! Messages to people: written in the transaction of the fact, sealed, delivered afterwards by a worker, a round of them together.
//!
//! A code leaves at most once: one that came twice would only confuse. Anything else leaves at least once, under an id by which a
//! carrier knows it again. No transaction is open while one is sent.

mod sandbox;
mod store;

pub(crate) use sandbox::shown;

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    db::{self, Db},
    identity::Contact,
    metrics,
    seal::{Broken, Datum, Seal},
};

/// How long a worker has to hand a message over before another may try.
const LEASE: Duration = Duration::seconds(30);
/// How many messages one round of the worker takes.
const ROUND: u64 = 64;
/// How often a message that is no code is handed over before it counts as failed.
const TRIES_MAX: i32 = 10;

/// Somebody waits for a code: the worker of this process need not wait for its next look. Others find it when they look.
static BELL: Notify = Notify::const_new();

/// Tells the worker that a code waits; after the transaction that queued it.
pub(crate) fn ring() {
    BELL.notify_one();
}

/// Completes when a code waits.
pub(crate) async fn rung() {
    BELL.notified().await;
}

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

/// How long a carrier that failed is left alone: a minute, then twice as long each time.
fn pause(tries: i32) -> Duration {
    Duration::minutes(1 << (tries - 1).clamp(0, 9))
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
    if leased.is_empty() {
        return Ok(0);
    }
    let refused = hand_over(db, seal, now, &leased).await?;
    let outcomes: Vec<_> = leased
        .iter()
        .map(|it| (it.id, outcome(it, refused.get(&it.id), now)))
        .collect();
    let transaction = db.begin_write().await?;
    store::finish(&transaction, &outcomes, now).await?;
    transaction.commit().await?;
    Ok(leased.len())
}

/// Hands all of a round to their carrier, and says which it did not take. What the store cannot keep is taken up after the lease.
async fn hand_over(
    db: &Db,
    seal: &Seal,
    now: DateTime<Utc>,
    leased: &[store::Leased],
) -> Result<HashMap<Uuid, NotHandedOver>, db::Error> {
    let (mut refused, mut leaving) = (HashMap::new(), Vec::new());
    for message in leased {
        match payload_of(seal, message) {
            Ok(payload) if payload.decoy => {}
            Ok(payload) => leaving.push((message.id, payload)),
            Err(error) => {
                refused.insert(message.id, error);
            }
        }
    }
    let not_taken = sandbox::send(db, seal, now, leaving).await?;
    refused.extend(not_taken.into_iter().map(|it| (it, NotHandedOver::Carrier)));
    Ok(refused)
}

fn payload_of(seal: &Seal, message: &store::Leased) -> Result<Payload, NotHandedOver> {
    let payload = seal.open(Datum::Message, message.id, &message.payload)?;
    serde_json::from_str(&payload).map_err(|_| NotHandedOver::Unreadable)
}

/// How the attempt ended.
fn outcome(
    message: &store::Leased,
    refused: Option<&NotHandedOver>,
    now: DateTime<Utc>,
) -> store::Outcome {
    let tries_again = !message.is_code && message.tries < TRIES_MAX;
    let outcome = match refused {
        None => store::Outcome::Sent,
        Some(_) if tries_again => store::Outcome::Again(now + pause(message.tries)),
        Some(_) => store::Outcome::Failed,
    };
    if let Some(error) = refused {
        tracing::error!(
            error = error as &dyn std::error::Error,
            message.id = %message.id,
            tries_again,
            "a message could not be handed over"
        );
    }
    metrics::message_handled(outcome.name());
    outcome
}

/// Why a message is still here.
#[derive(Debug, thiserror::Error)]
enum NotHandedOver {
    #[error("the carrier does not take it")]
    Carrier,
    #[error("its content cannot be read")]
    Unreadable,
    #[error(transparent)]
    Broken(#[from] Broken),
}
