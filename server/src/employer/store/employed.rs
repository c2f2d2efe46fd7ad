//! Whom employers have reported, as the bills of their months need them.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::{
    employments::{Column, Employment, Entity},
    units::units_among,
};
use crate::{clock::day_of, db};

/// Somebody whom a unit has reported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Employed {
    pub membership: Uuid,
    pub participant: Uuid,
    pub reported_on: NaiveDate,
    pub in_jkn: bool,
}

/// A page of those whom `unit` has reported, whoever has left since, behind the membership `after`.
pub(crate) async fn employed_at(
    connection: &impl ConnectionTrait,
    unit: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Employed>, db::Error> {
    let rows = reported(after, limit).filter(Column::UnitId.eq(unit));
    rows.all(connection)
        .await?
        .into_iter()
        .map(employed)
        .collect()
}

/// A page of those whom any unit of `employer` has reported.
pub(crate) async fn employed_by(
    connection: &impl ConnectionTrait,
    employer: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Employed>, db::Error> {
    let units = units_among(connection, employer, None).await?;
    let rows = reported(after, limit).filter(Column::UnitId.is_in(units));
    rows.all(connection)
        .await?
        .into_iter()
        .map(employed)
        .collect()
}

fn reported(after: Option<Uuid>, limit: u64) -> sea_orm::Select<Entity> {
    // Also whom an officer has turned away since: until then he was covered.
    let query = Entity::find()
        .filter(Column::ReportedAt.is_not_null())
        .order_by_asc(Column::MembershipId)
        .limit(limit);
    match after {
        Some(after) => query.filter(Column::MembershipId.gt(after)),
        None => query,
    }
}

fn employed(row: Employment) -> Result<Employed, db::Error> {
    let reported_at = row.reported_at;
    let reported_at = reported_at.ok_or(db::Error::Unknown("employment.reported_at"))?;
    Ok(Employed {
        membership: row.membership_id,
        participant: row.participant_id,
        reported_on: day_of(reported_at),
        in_jkn: row.in_jkn,
    })
}
