use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::row::{Column, Entity, Membership};
use crate::db;

/// Migrant workers' memberships that are paid for and of whom no return is reported, behind the membership `after`. One that cannot be
/// read does not keep the others from whoever asks.
pub(crate) async fn on_the_way(
    connection: &impl ConnectionTrait,
    after: Uuid,
    limit: u64,
) -> Result<Vec<(Uuid, Result<Membership, db::Error>)>, db::Error> {
    let rows = Entity::find()
        .filter(Column::Placement.is_not_null())
        .filter(Column::ReturnedOn.is_null())
        .filter(Column::CoveredFrom.is_not_null())
        .filter(Column::CancelledAt.is_null())
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(connection)
        .await?;
    let read = rows.into_iter();
    Ok(read.map(|it| (it.id, Membership::try_from(it))).collect())
}
