//! What happened: one row a fact, written in the transaction of the fact, never changed.

mod store;

pub(crate) use store::{record, verify};

use uuid::Uuid;

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
