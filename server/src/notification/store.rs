use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, QuerySelect, Value, entity::prelude::*};
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
    pub is_code: bool,
    /// Not before this moment, where the carrier has failed.
    pub not_before: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A message that this worker alone may hand over until its lease ends.
pub(super) struct Leased {
    pub(super) id: Uuid,
    pub(super) payload: Vec<u8>,
    pub(super) is_code: bool,
    /// How often it was leased, this time included.
    pub(super) tries: i32,
}

/// A message that is to wait for a worker.
pub(super) struct Waiting {
    pub(super) id: Uuid,
    pub(super) channel: Channel,
    pub(super) is_code: bool,
    pub(super) payload: Vec<u8>,
    pub(super) not_after: DateTime<Utc>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    Sent,
    Failed,
    /// Tried again from then on.
    Again(DateTime<Utc>),
}

impl Outcome {
    /// What it is counted under.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Again(_) => "again",
        }
    }
}

pub(super) async fn insert(
    connection: &impl ConnectionTrait,
    messages: Vec<Waiting>,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    if messages.is_empty() {
        return Ok(());
    }
    let rows = messages.into_iter().map(|it| ActiveModel {
        id: Set(it.id),
        channel: Set(it.channel.code().to_owned()),
        state: Set("queued".to_owned()),
        payload: Set(Some(it.payload)),
        attempts: Set(0),
        created_at: Set(now),
        not_after: Set(it.not_after),
        leased_until: Set(None),
        sent_at: Set(None),
        is_code: Set(it.is_code),
        not_before: Set(None),
    });
    Entity::insert_many(rows)
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

/// Takes the oldest waiting codes, and the oldest other messages. A code is leased once: one whose worker died counts as failed after
/// its lease, for it must not leave twice, and the person can ask for another. Any other message is taken up again.
pub(super) async fn lease(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    round: u64,
) -> Result<Vec<Leased>, db::Error> {
    let abandoned = "UPDATE message SET state = CASE WHEN is_code OR state = 'queued' THEN 'failed' ELSE 'queued' END, \
                     payload = CASE WHEN is_code OR state = 'queued' THEN NULL ELSE payload END \
                     WHERE (state = 'leased' AND leased_until <= $1) OR (state = 'queued' AND not_after <= $1)";
    connection
        .execute_raw(db::statement(connection, abandoned, [now.into()]))
        .await?;
    // Codes first: they are good for five minutes.
    let sql = format!(
        "UPDATE message SET state = 'leased', leased_until = $1, attempts = attempts + 1 WHERE id IN \
         (SELECT id FROM (SELECT id FROM message WHERE state = 'queued' AND is_code ORDER BY created_at, id LIMIT {round}) c \
         UNION ALL SELECT id FROM (SELECT id FROM message WHERE state = 'queued' AND NOT is_code \
         AND (not_before IS NULL OR not_before <= $2) ORDER BY created_at, id LIMIT {round}) o) \
         AND state = 'queued' RETURNING id, payload, is_code, attempts"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, [until.into(), now.into()]))
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Leased {
                id: row.try_get("", "id")?,
                payload: row.try_get("", "payload")?,
                is_code: row.try_get("", "is_code")?,
                tries: row.try_get("", "attempts")?,
            })
        })
        .collect()
}

/// Keeps how each ended, and forgets what it said unless it is to be said again.
pub(super) async fn finish(
    connection: &impl ConnectionTrait,
    outcomes: &[(Uuid, Outcome)],
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let (mut sent, mut failed) = (Vec::new(), Vec::new());
    for (id, outcome) in outcomes {
        match outcome {
            Outcome::Sent => sent.push(*id),
            Outcome::Failed => failed.push(*id),
            Outcome::Again(not_before) => {
                let sql = "UPDATE message SET state = 'queued', not_before = $1 WHERE id = $2 AND state = 'leased'";
                let values = [(*not_before).into(), (*id).into()];
                connection
                    .execute_raw(db::statement(connection, sql, values))
                    .await?;
            }
        }
    }
    let ends: [(_, _, Vec<Value>); 2] = [
        (sent, "state = 'sent', sent_at = $1", vec![now.into()]),
        (failed, "state = 'failed'", Vec::new()),
    ];
    for (ids, what, mut values) in ends {
        if ids.is_empty() {
            continue;
        }
        let among = db::among(&ids, &mut values);
        let sql = format!(
            "UPDATE message SET {what}, payload = NULL WHERE id {among} AND state = 'leased'"
        );
        connection
            .execute_raw(db::statement(connection, &sql, values))
            .await?;
    }
    Ok(())
}
