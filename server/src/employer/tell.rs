//! What is written to whoever looks after a unit, in the transaction of the fact.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::store;
use crate::{
    db,
    notification::{self, Message, Wording},
    seal::Seal,
};

/// Writes to whoever looks after a unit.
pub(crate) async fn tell(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    unit: Uuid,
    wording: Wording<'_>,
) -> Result<(), db::Error> {
    tell_each(connection, seal, now, &[(unit, wording.text())]).await
}

/// Writes to whoever looks after each unit its own text, in a few statements for all of them.
pub(crate) async fn tell_each(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    texts: &[(Uuid, String)],
) -> Result<(), db::Error> {
    let units: Vec<_> = texts.iter().map(|it| it.0).collect();
    let contacts = store::contacts_of_units(connection, seal, &units).await?;
    let messages: Option<Vec<_>> = texts
        .iter()
        .map(|(unit, text)| {
            Some(Message::notice(
                now,
                contacts.get(unit)?.clone(),
                text.clone(),
            ))
        })
        .collect();
    let messages = messages.ok_or(db::Error::Unknown("employer_unit.id"))?;
    notification::queue(connection, seal, now, messages).await
}
