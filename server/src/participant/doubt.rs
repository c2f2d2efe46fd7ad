//! Who somebody is, is not known yet: the register is asked, again and again. What follows from its answer is for others to say.

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::store;
use crate::{db, identity::FullName, seal::Seal};

/// How long the register is left alone after it was silent: longer and longer, then this long each time.
const PAUSES_MINUTES: [i64; 5] = [1, 5, 30, 120, 360];

/// How long the register is left alone after it was asked so often.
pub(crate) fn pause(asked: i32) -> Duration {
    let asked = usize::try_from(asked).unwrap_or(usize::MAX);
    let last = PAUSES_MINUTES.len() - 1;
    Duration::minutes(PAUSES_MINUTES[asked.min(last)])
}

/// Asks about `person` at `from`, and again later, in the transaction that takes him in.
pub(crate) async fn watch_identity(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    (now, from): (DateTime<Utc>, DateTime<Utc>),
    (person, membership): (Uuid, Uuid),
    mother_name: Option<&FullName>,
) -> Result<(), db::Error> {
    let ids = (person, membership);
    store::insert_check(connection, seal, now, ids, mother_name, from).await
}
