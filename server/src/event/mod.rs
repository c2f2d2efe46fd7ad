//! What happened: one row a fact, written in the transaction of the fact, never changed.

mod store;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{db, seal::Seal};

/// A fact that others may want to know of. Holds ids and amounts, never personal data.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// What kind of fact, such as `payment.applied`.
    pub kind: &'static str,
    /// What it is about.
    pub subject: Uuid,
    /// Whom it concerns.
    pub participant: Option<Uuid>,
    /// The rest, as JSON.
    pub facts: serde_json::Value,
}

/// Keeps `events`, all in one statement.
pub(crate) async fn record(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    events: impl IntoIterator<Item = Event>,
) -> Result<(), db::Error> {
    store::insert(connection, seal, now, events).await
}

/// Names every row whose MAC is not its own.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    store::verify(connection, seal).await
}
