use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::one_id;
use crate::db;

/// Opens the account of a participant: his registration speaks for him from now on.
pub(crate) async fn insert_account(
    connection: &impl ConnectionTrait,
    registration: Uuid,
    participant: Uuid,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "INSERT INTO account (registration_id, participant_id, at) VALUES ($1, $2, $3)";
    let values = [registration.into(), participant.into(), now.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Joins `registration` to the active participant who has this NIK and for whom this contact was verified before; whether there is one.
pub(crate) async fn join(
    connection: &impl ConnectionTrait,
    registration: Uuid,
    nik_digest: &[u8],
    contact_digest: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let active = connection
        .query_one_raw(db::statement(
            connection,
            "SELECT p.id AS id FROM participant p JOIN participant_contact c ON c.participant_id = p.id \
             WHERE p.nik_digest = $1 AND p.active_since IS NOT NULL AND c.contact_digest = $2 AND c.replaced_at IS NULL",
            [nik_digest.into(), contact_digest.into()],
        ))
        .await?;
    let Some(active) = active else {
        return Ok(false);
    };
    insert_account(connection, registration, active.try_get("", "id")?, now).await?;
    Ok(true)
}

/// The participant whom `registration` led to.
pub(crate) async fn account_of(
    connection: &impl ConnectionTrait,
    registration: Uuid,
) -> Result<Option<Uuid>, db::Error> {
    one_id(
        connection,
        "SELECT participant_id AS id FROM account WHERE registration_id = $1",
        registration.into(),
    )
    .await
}
