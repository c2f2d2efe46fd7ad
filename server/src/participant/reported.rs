//! An employer states how somebody is reached. After a week that opens his account (C2), so that he is told, and can object.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{notice, store};
use crate::{db, identity::Contact, notification::Wording, seal::Seal};

/// Keeps how an employer reaches somebody, and tells it to every contact of his that is verified, unless it is one of them.
pub(crate) async fn keep_reported_contact(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    (participant, employer): (Uuid, Uuid),
    contact: &Contact,
) -> Result<(), db::Error> {
    let ids = (participant, employer);
    let is_news = store::keep_reported_contact(connection, seal, now, ids, contact).await?;
    let verified = store::contacts(connection, seal, participant).await?;
    if !is_news || verified.contains(contact) {
        return Ok(());
    }
    let masked = contact.masked();
    let text = Wording::ContactReported { contact: &masked }.text();
    notice::tell_to(connection, seal, now, &verified, &text).await
}
