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
    insert(connection, (registration, participant), now, false).await
}

/// The same, by a contact that was not on file: his employers are to be told of it.
pub(in super::super) async fn insert_account_to_tell_of(
    connection: &impl ConnectionTrait,
    registration: Uuid,
    participant: Uuid,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    insert(connection, (registration, participant), now, true).await
}

async fn insert(
    connection: &impl ConnectionTrait,
    (registration, participant): (Uuid, Uuid),
    now: DateTime<Utc>,
    employers_untold: bool,
) -> Result<(), db::Error> {
    let sql = "INSERT INTO account (registration_id, participant_id, at, employers_untold) VALUES ($1, $2, $3, $4)";
    let values = [
        registration.into(),
        participant.into(),
        now.into(),
        employers_untold.into(),
    ];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Whether there is an account of which the holder's employers were not told.
pub(crate) async fn has_untold(connection: &impl ConnectionTrait) -> Result<bool, db::Error> {
    let sql = "SELECT participant_id AS id FROM account WHERE employers_untold LIMIT 1";
    let row = connection
        .query_one_raw(db::statement(connection, sql, []))
        .await?;
    Ok(row.is_some())
}

/// Takes on itself to tell the employers of these participants, at most `round` of them. Nobody else does then.
pub(crate) async fn take_untold(
    connection: &impl ConnectionTrait,
    round: u64,
) -> Result<Vec<Uuid>, db::Error> {
    let sql = format!(
        "UPDATE account SET employers_untold = FALSE WHERE registration_id IN (SELECT registration_id FROM account \
         WHERE employers_untold ORDER BY registration_id LIMIT {round}) AND employers_untold RETURNING participant_id"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, []))
        .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("", "participant_id")?))
        .collect()
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
