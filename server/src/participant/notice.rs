//! What a participant is told: to every contact on file, in the transaction of the fact.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::store;
use crate::{
    db,
    identity::Contact,
    notification::{self, Message, Wording},
    seal::Seal,
};

/// Tells `participant` in Indonesian and English.
pub(crate) async fn tell(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    participant: Uuid,
    text: &str,
) -> Result<(), db::Error> {
    tell_each(connection, seal, now, &[(participant, text.to_owned())]).await
}

/// Tells each participant his own text, in two statements for all of them.
pub(crate) async fn tell_each(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    texts: &[(Uuid, String)],
) -> Result<(), db::Error> {
    let people: Vec<_> = texts.iter().map(|it| it.0).collect();
    let contacts = store::contacts_of(connection, seal, &people).await?;
    let messages = contacts.iter().filter_map(|(person, contact)| {
        let text = texts.iter().find(|it| it.0 == *person)?;
        Some(Message::notice(now, contact.clone(), text.1.clone()))
    });
    notification::queue(connection, seal, now, messages).await
}

/// Tells whoever is behind `contacts`.
pub(super) async fn tell_to(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    contacts: &[Contact],
    text: &str,
) -> Result<(), db::Error> {
    let messages = contacts
        .iter()
        .map(|it| Message::notice(now, it.clone(), text.to_owned()));
    notification::queue(connection, seal, now, messages).await
}

/// Tells somebody whom his employer has reported, where the employer says that he is reached. Nothing about him is told: it may be
/// somebody else's contact.
pub(crate) async fn tell_new(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    contact: &Contact,
    npp: &str,
) -> Result<(), db::Error> {
    let text = Wording::EmployeeRegistered { npp }.text();
    tell_to(connection, seal, now, std::slice::from_ref(contact), &text).await
}
