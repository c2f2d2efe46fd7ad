//! Which submission a worker goes on with, gives up, or forgets the rows of.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, entity::prelude::*};
use uuid::Uuid;

use super::submissions::{ActiveModel, Entity};
use crate::db;

/// The submission that waits longest for a worker.
pub(in super::super) async fn next_at_work(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, db::Error> {
    // In the words of the index `submission_at_work`.
    let sql = "SELECT id FROM submission WHERE state IN ('validating', 'committing') \
               AND (retry_at IS NULL OR retry_at <= $1) ORDER BY created_at, id LIMIT 1";
    let row = connection
        .query_one_raw(db::statement(connection, sql, [now.into()]))
        .await?;
    Ok(row.map(|it| it.try_get("", "id")).transpose()?)
}

/// Leaves a submission alone until then: the work on it has failed.
pub(in super::super) async fn postpone(
    connection: &impl ConnectionTrait,
    id: Uuid,
    until: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "UPDATE submission SET retry_at = $1 WHERE id = $2";
    connection
        .execute_raw(db::statement(connection, sql, [until.into(), id.into()]))
        .await?;
    Ok(())
}

/// A submission that has ended, of whose rows it is not forgotten yet what they said, and how far that is done.
pub(in super::super) async fn next_to_forget(
    connection: &impl ConnectionTrait,
) -> Result<Option<(Uuid, i32)>, db::Error> {
    // In the words of the index `submission_to_forget`.
    let sql = "SELECT id, forgotten_through FROM submission WHERE forgotten_through IS NOT NULL ORDER BY id LIMIT 1";
    let row = connection
        .query_one_raw(db::statement(connection, sql, []))
        .await?;
    row.map(|it| Ok((it.try_get("", "id")?, it.try_get("", "forgotten_through")?)))
        .transpose()
}

/// Keeps through which row it is forgotten what rows said; none where nothing is left.
pub(in super::super) async fn keep_forgotten(
    connection: &impl ConnectionTrait,
    id: Uuid,
    through: Option<i32>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        forgotten_through: Set(through),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// A submission that was begun before then and waits for somebody still.
pub(in super::super) async fn next_to_expire(
    connection: &impl ConnectionTrait,
    begun_before: DateTime<Utc>,
) -> Result<Option<Uuid>, db::Error> {
    // In the words of the index `submission_waiting`.
    let sql = "SELECT id FROM submission WHERE state IN ('uploading', 'validated') AND ended_at IS NULL AND created_at < $1 \
               ORDER BY created_at, id LIMIT 1";
    let row = connection
        .query_one_raw(db::statement(connection, sql, [begun_before.into()]))
        .await?;
    Ok(row.map(|it| it.try_get("", "id")).transpose()?)
}
