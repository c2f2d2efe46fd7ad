use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::Delivery;
use crate::{db, identity::Channel};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub channel: String,
    pub state: String,
    pub payload: Option<Vec<u8>>,
    pub attempts: i32,
    pub created_at: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
    pub leased_until: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A message that this worker alone may hand over until its lease ends.
pub(super) struct Leased {
    pub(super) id: Uuid,
    pub(super) payload: Vec<u8>,
}

pub(super) async fn insert(
    connection: &impl ConnectionTrait,
    id: Uuid,
    channel: Channel,
    payload: Vec<u8>,
    now: DateTime<Utc>,
    not_after: DateTime<Utc>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        channel: Set(channel.code().to_owned()),
        state: Set("queued".to_owned()),
        payload: Set(Some(payload)),
        attempts: Set(0),
        created_at: Set(now),
        not_after: Set(not_after),
        leased_until: Set(None),
        sent_at: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(super) async fn state(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Delivery>, db::Error> {
    let state: Option<String> = Entity::find_by_id(id)
        .select_only()
        .column(Column::State)
        .into_tuple()
        .one(connection)
        .await?;
    match state.as_deref() {
        None => Ok(None),
        Some("queued" | "leased") => Ok(Some(Delivery::Queued)),
        Some("sent") => Ok(Some(Delivery::Sent)),
        Some("failed") => Ok(Some(Delivery::Failed)),
        Some(_) => Err(db::Error::Unknown("message.state")),
    }
}

/// Takes the oldest waiting messages. A message is leased once: one whose worker died counts as failed after its lease, for a
/// code must not leave twice, and the person can ask for another.
pub(super) async fn lease(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    round: u64,
) -> Result<Vec<Leased>, db::Error> {
    let abandoned = "UPDATE message SET state = 'failed', payload = NULL \
                     WHERE (state = 'leased' AND leased_until <= $1) OR (state = 'queued' AND not_after <= $1)";
    connection
        .execute_raw(db::statement(connection, abandoned, [now.into()]))
        .await?;
    let sql = format!(
        "UPDATE message SET state = 'leased', leased_until = $1, attempts = attempts + 1 WHERE id IN \
         (SELECT id FROM message WHERE state = 'queued' ORDER BY created_at, id LIMIT {round}) \
         AND state = 'queued' RETURNING id, payload"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, [until.into()]))
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Leased {
                id: row.try_get("", "id")?,
                payload: row.try_get("", "payload")?,
            })
        })
        .collect()
}

/// Keeps how it ended and forgets what it said.
pub(super) async fn finish(
    connection: &impl ConnectionTrait,
    id: Uuid,
    state: Delivery,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let state = match state {
        Delivery::Queued => "queued",
        Delivery::Sent => "sent",
        Delivery::Failed => "failed",
    };
    let sql = "UPDATE message SET state = $1, sent_at = $2, payload = NULL WHERE id = $3 AND state = 'leased'";
    let values = [state.into(), now.into(), id.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}
