//! What is written to whoever looks after a unit, in the transaction of the fact.

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::store;
use crate::{
    db,
    identity::Contact,
    notification::{self, Message, Wording},
    seal::Seal,
};

/// How long it is worth telling an employer.
const WORTH_TELLING: Duration = Duration::days(7);

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
        .map(|(unit, text)| Some(message(now, contacts.get(unit)?.clone(), text.clone())))
        .collect();
    let messages = messages.ok_or(db::Error::Unknown("employer_unit.id"))?;
    notification::queue(connection, seal, now, messages).await
}

fn message(now: DateTime<Utc>, contact: Contact, text: String) -> Message {
    Message {
        id: Uuid::now_v7(),
        contact,
        text,
        code: None,
        not_after: now + WORTH_TELLING,
        decoy: false,
    }
}
