//! Many units are told at once.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{question::message, store};
use crate::{db, notification, seal::Seal};

/// Writes to whoever looks after each unit its own text, in a few statements for all of them.
pub(crate) async fn tell_each(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    texts: &[(Uuid, String)],
) -> Result<(), db::Error> {
    let units: Vec<_> = texts.iter().map(|it| it.0).collect();
    let contacts = store::contacts_of_units(connection, seal, &units).await?;
    let messages = texts.iter().filter_map(|(unit, text)| {
        let contact = contacts.get(unit)?;
        Some(message(now, contact.clone(), text.clone()))
    });
    notification::queue(connection, seal, now, messages).await
}
