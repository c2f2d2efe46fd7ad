mod held;
mod on_the_way;
mod row;

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

pub(crate) use held::{hold, hold_all, hold_memberships, hold_paid_through, hold_rivals_of};
pub(crate) use on_the_way::on_the_way;
pub(crate) use row::Membership;
use row::{Column, Entity};
pub(super) use row::{covered, opened};

use super::super::{Employment, Travel, Work};
use crate::{
    db,
    money::{Money, Month},
    scheme::Programme,
};

pub(in super::super) async fn insert_membership(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    id: Uuid,
    participant: Uuid,
    origin: Uuid,
    work: &Work,
) -> Result<(), db::Error> {
    let row = opened(now, id, participant, origin, work);
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// A membership as it stands.
pub(crate) async fn membership(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Membership>, db::Error> {
    let row = Entity::find_by_id(id).one(connection).await?;
    row.map(Membership::try_from).transpose()
}

/// The memberships of a participant, oldest first.
pub(crate) async fn memberships(
    connection: &impl ConnectionTrait,
    participant: Uuid,
) -> Result<Vec<Membership>, db::Error> {
    memberships_among(connection, &[participant]).await
}

/// The memberships of `participants`, of whom there is at least one; everybody's oldest first.
pub(crate) async fn memberships_among(
    connection: &impl ConnectionTrait,
    participants: &[Uuid],
) -> Result<Vec<Membership>, db::Error> {
    let rows = Entity::find()
        .filter(Column::ParticipantId.is_in(db::padded(participants)))
        .order_by_asc(Column::OpenedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    rows.into_iter().map(Membership::try_from).collect()
}

/// Keeps that `membership` is covered from `covered_from` and paid through `paid_through`.
pub(crate) async fn move_spell(
    connection: &impl ConnectionTrait,
    id: Uuid,
    covered_from: NaiveDate,
    paid_through: Month,
) -> Result<(), db::Error> {
    let sql = "UPDATE membership SET covered_from = $1, paid_through = $2 WHERE id = $3";
    let values = [
        covered_from.into(),
        paid_through.to_string().into(),
        id.into(),
    ];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Keeps how far a migrant worker has paid: since when something covers him, when the contract was paid, and how many months were added.
pub(crate) async fn move_placement(
    connection: &impl ConnectionTrait,
    id: Uuid,
    covered_from: NaiveDate,
    travel: &Travel,
) -> Result<(), db::Error> {
    let sql = "UPDATE membership SET covered_from = $1, contract_paid_on = $2, extended_months = $3 WHERE id = $4";
    let extended = i32::try_from(travel.extended_months);
    let extended = extended.map_err(|_| db::Error::Unknown("membership.extended_months"))?;
    let values = [
        covered_from.into(),
        travel.contract_paid_on.into(),
        extended.into(),
        id.into(),
    ];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Keeps when a migrant worker embarked and when he arrived back.
pub(in super::super) async fn keep_travel(
    connection: &impl ConnectionTrait,
    id: Uuid,
    travel: &Travel,
) -> Result<(), db::Error> {
    let sql = "UPDATE membership SET departed_on = $1, returned_on = $2 WHERE id = $3";
    let values = [
        travel.departed_on.into(),
        travel.returned_on.into(),
        id.into(),
    ];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Keeps what an employer reported: what the employee holds, earns, and since when he is covered.
pub(crate) async fn begin_cover(
    connection: &impl ConnectionTrait,
    id: Uuid,
    work: &Employment,
    covered_from: NaiveDate,
) -> Result<(), db::Error> {
    let codes: Vec<_> = work.programmes.iter().map(|it| it.code()).collect();
    let sql =
        "UPDATE membership SET programmes = $1, income_idr = $2, covered_from = $3 WHERE id = $4";
    let values = [
        codes.join(",").into(),
        work.wage.idr().into(),
        covered_from.into(),
        id.into(),
    ];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Keeps the wages of employees, of whom there is at least one, that were reported last.
pub(crate) async fn change_wages(
    connection: &impl ConnectionTrait,
    wages: &[(Uuid, Money)],
) -> Result<(), db::Error> {
    let (mut ids, mut told) = (Vec::new(), Vec::new());
    for (id, wage) in wages {
        ids.push((*id).into());
        told.push(wage.idr().into());
    }
    for some in db::pieces(connection, vec![ids, told], 0) {
        let mut values = Vec::new();
        let table = db::as_table(connection, some, &mut values);
        let sql = format!(
            "UPDATE membership SET income_idr = v.column2 FROM {table} WHERE membership.id = v.column1"
        );
        connection
            .execute_raw(db::statement(connection, &sql, values))
            .await?;
    }
    Ok(())
}

/// Keeps what those of `ids` hold who work on after `today`.
pub(crate) async fn change_programmes(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
    programmes: &[Programme],
    today: NaiveDate,
) -> Result<(), db::Error> {
    let codes: Vec<_> = programmes.iter().map(|it| it.code()).collect();
    let mut values = vec![codes.join(",").into(), today.into()];
    let among = db::among(ids, &mut values);
    let sql = format!(
        "UPDATE membership SET programmes = $1 WHERE id {among} AND (ended_on IS NULL OR ended_on > $2)"
    );
    connection
        .execute_raw(db::statement(connection, &sql, values))
        .await?;
    Ok(())
}

/// Those of `ids` whose cover and work touch a day of `month`.
pub(crate) async fn covered_in(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
    month: Month,
) -> Result<HashSet<Uuid>, db::Error> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let still_there = Condition::any()
        .add(Column::EndedOn.is_null())
        .add(Column::EndedOn.gte(month.first_day()));
    let found: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(db::padded(ids)))
        .filter(Column::CoveredFrom.lte(month.last_day()))
        .filter(still_there)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().collect())
}

/// Keeps that `ids`, of which there is at least one, are paid through `month`, where they are not paid further.
pub(crate) async fn paid_through(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
    month: Month,
) -> Result<(), db::Error> {
    let mut values = vec![month.to_string().into()];
    let among = db::among(ids, &mut values);
    let sql = format!(
        "UPDATE membership SET paid_through = $1 WHERE id {among} AND (paid_through IS NULL OR paid_through < $1)"
    );
    connection
        .execute_raw(db::statement(connection, &sql, values))
        .await?;
    Ok(())
}

/// Keeps the last day of memberships, of which there is at least one.
pub(crate) async fn end(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
    ended_on: NaiveDate,
) -> Result<(), db::Error> {
    let mut values = vec![ended_on.into()];
    let among = db::among(ids, &mut values);
    let sql = format!("UPDATE membership SET ended_on = $1 WHERE id {among}");
    connection
        .execute_raw(db::statement(connection, &sql, values))
        .await?;
    Ok(())
}

/// Closes a membership that was never paid.
pub(crate) async fn close_unpaid(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "UPDATE membership SET cancelled_at = $1 WHERE id = $2 AND paid_through IS NULL AND covered_from IS NULL";
    connection
        .execute_raw(db::statement(connection, sql, [now.into(), id.into()]))
        .await?;
    Ok(())
}
