//! Memberships are held until the transaction ends, so that what concerns them happens one by one.

use chrono::NaiveDate;
use sea_orm::{
    Condition, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*, sea_query::LockType,
};
use uuid::Uuid;

use super::row::{Column, Entity, Membership, Model};
use crate::{db, money::Month, scheme::Segment};

/// Holds a membership until the transaction ends, so that what concerns it happens one by one.
pub(crate) async fn hold(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Membership>, db::Error> {
    let row = Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?;
    row.map(Membership::try_from).transpose()
}

/// Holds memberships, in the order of their ids.
pub(crate) async fn hold_memberships(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<(), db::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let _: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(db::padded(ids)))
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(())
}

/// Holds all memberships of a participant, in the order of their ids.
pub(crate) async fn hold_all(
    connection: &impl ConnectionTrait,
    participant: Uuid,
) -> Result<(), db::Error> {
    Entity::find()
        .filter(Column::ParticipantId.eq(participant))
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(connection)
        .await?;
    Ok(())
}

/// Those that are paid through `month` and go on after `today`, behind the id `after`; held, so that no payment comes between.
pub(crate) async fn hold_paid_through(
    connection: &impl ConnectionTrait,
    month: Month,
    today: NaiveDate,
    after: Uuid,
    limit: u64,
) -> Result<Vec<Membership>, db::Error> {
    let rows = Entity::find()
        .filter(Column::PaidThrough.eq(month.to_string()))
        .filter(Column::Segment.eq(Segment::Bpu.code()))
        .filter(
            Condition::any()
                .add(Column::EndedOn.is_null())
                .add(Column::EndedOn.gt(today)),
        )
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .lock(LockType::NoKeyUpdate)
        .all(connection)
        .await?;
    rows.into_iter().map(Membership::try_from).collect()
}

/// Holds the memberships of others with the NIK of the person `id` that nobody has paid for yet; their ids.
pub(crate) async fn hold_rivals_of(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Vec<Uuid>, db::Error> {
    let sql = "SELECT m.id AS id FROM participant me JOIN participant other ON other.document_digest = me.document_digest AND other.id <> me.id \
               JOIN membership m ON m.participant_id = other.id WHERE me.id = $1 AND m.paid_through IS NULL \
               AND m.covered_from IS NULL AND m.cancelled_at IS NULL";
    let rows = connection
        .query_all_raw(db::statement(connection, sql, [id.into()]))
        .await?;
    let rivals: Vec<Uuid> = rows
        .iter()
        .map(|row| row.try_get("", "id"))
        .collect::<Result<_, _>>()?;
    if rivals.is_empty() {
        return Ok(rivals);
    }
    let held: Vec<Model> = Entity::find()
        .filter(Column::Id.is_in(rivals))
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(connection)
        .await?;
    Ok(held.iter().map(|it| it.id).collect())
}
