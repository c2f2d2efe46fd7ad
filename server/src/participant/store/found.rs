//! Who is found by what he has: an account, a NIK or passport, a contact.

use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::{
    one_id,
    person::{self, Participant},
};
use crate::db;

/// Somebody with an account: a participant, or who waits for his employer.
pub(in super::super) async fn with_account(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Participant>, db::Error> {
    let Some(row) = person::Entity::find_by_id(id).one(connection).await? else {
        return Ok(None);
    };
    if row.active_since.is_some() {
        return Ok(Some(row));
    }
    let sql = "SELECT participant_id AS id FROM account WHERE participant_id = $1 LIMIT 1";
    let account = one_id(connection, sql, id.into()).await?;
    Ok(account.map(|_| row))
}

/// The active participant with this NIK or passport.
pub(crate) async fn with_document(
    connection: &impl ConnectionTrait,
    document_digest: &[u8],
) -> Result<Option<Uuid>, db::Error> {
    one_id(
        connection,
        "SELECT id FROM participant WHERE document_digest = $1 AND active_since IS NOT NULL",
        document_digest.into(),
    )
    .await
}

/// Those with this NIK or passport who are no participants yet, oldest first.
pub(crate) async fn waiting_with_document(
    connection: &impl ConnectionTrait,
    document_digest: &[u8],
) -> Result<Vec<Uuid>, db::Error> {
    Ok(person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::DocumentDigest.eq(document_digest.to_vec()))
        .filter(person::Column::ActiveSince.is_null())
        .order_by_asc(person::Column::Id)
        .into_tuple()
        .all(connection)
        .await?)
}

/// Those with an account whom a verified contact reaches, with their KPJ, which somebody who waits for his employer has not yet.
pub(crate) async fn reached_by(
    connection: &impl ConnectionTrait,
    contact_digest: &[u8],
) -> Result<Vec<(Uuid, Option<String>)>, db::Error> {
    let sql = "SELECT p.id AS id, p.kpj AS kpj FROM participant_contact c JOIN participant p ON p.id = c.participant_id \
               WHERE c.contact_digest = $1 AND c.replaced_at IS NULL AND (p.active_since IS NOT NULL \
               OR EXISTS (SELECT 1 FROM account a WHERE a.participant_id = p.id)) ORDER BY p.id";
    let rows = connection
        .query_all_raw(db::statement(connection, sql, [contact_digest.into()]))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "id")?, row.try_get("", "kpj")?)))
        .collect()
}
