//! What workers keep of a unit's bill while they fill it and hand its money on.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, Condition, ConnectionTrait, QueryOrder, entity::prelude::*};
use uuid::Uuid;

use super::{
    super::employers::State,
    unit_bills::{ActiveModel, Column, Entity},
};
use crate::{
    db,
    money::{Money, Month},
};

/// The bill that has waited longest for the work that `state` asks for.
pub(in super::super) async fn next_unit_bill(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    state: State,
) -> Result<Option<Uuid>, db::Error> {
    let may_be_tried = Condition::any()
        .add(Column::RetryAt.is_null())
        .add(Column::RetryAt.lte(now));
    let query = Entity::find()
        .filter(Column::State.eq(state.code()))
        .filter(may_be_tried)
        .order_by_asc(Column::IssuedAt);
    Ok(query.one(connection).await?.map(|it| it.id))
}

/// Leaves a bill alone until `until`.
pub(in super::super) async fn postpone_unit_bill(
    connection: &impl ConnectionTrait,
    id: Uuid,
    until: DateTime<Utc>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        retry_at: Set(Some(until)),
        ..Default::default()
    };
    change(connection, row).await
}

/// Keeps that a bill has grown by some employees, up to the membership `last`.
pub(in super::super) async fn grow_unit_bill(
    connection: &impl ConnectionTrait,
    id: Uuid,
    (last, employees, contributions): (Uuid, usize, Money),
) -> Result<(), db::Error> {
    let sql = "UPDATE employer_bill SET done_through = $1, employees = employees + $2, contributions_idr = contributions_idr + $3 \
               WHERE id = $4";
    let employees = i32::try_from(employees).unwrap_or(i32::MAX);
    let values = [
        last.into(),
        employees.into(),
        contributions.idr().into(),
        id.into(),
    ];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Lets `bill` ask for what paid bills of its unit cost because they were late; how much that is.
pub(in super::super) async fn bill_what_was_late(
    connection: &impl ConnectionTrait,
    unit: Uuid,
    bill: Uuid,
) -> Result<Money, db::Error> {
    let sql = "UPDATE employer_bill SET late_billed_by = $1 WHERE unit_id = $2 AND late_idr > 0 AND late_billed_by IS NULL \
               RETURNING late_idr";
    let rows = connection
        .query_all_raw(db::statement(connection, sql, [bill.into(), unit.into()]))
        .await?;
    let late: Result<Vec<i64>, _> = rows.iter().map(|it| it.try_get("", "late_idr")).collect();
    Ok(late?.into_iter().map(Money::new).sum())
}

async fn change(connection: &impl ConnectionTrait, row: ActiveModel) -> Result<(), db::Error> {
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// Keeps that a bill is whole and to be paid.
pub(in super::super) async fn open_unit_bill(
    connection: &impl ConnectionTrait,
    id: Uuid,
    penalty: Money,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        state: Set(State::Open.code().to_owned()),
        penalty_idr: Set(penalty.idr()),
        done_through: Set(None),
        ..Default::default()
    };
    change(connection, row).await
}

/// Keeps that a bill was paid, and what it costs that it was late.
pub(in super::super) async fn pay_unit_bill(
    connection: &impl ConnectionTrait,
    id: Uuid,
    day: NaiveDate,
    late: Money,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        state: Set(State::Allocating.code().to_owned()),
        paid_on: Set(Some(day)),
        late_idr: Set(late.idr()),
        ..Default::default()
    };
    change(connection, row).await
}

/// Keeps that the money of a bill is handed on up to the row `last`.
pub(super) async fn handed_on_through(
    connection: &impl ConnectionTrait,
    id: Uuid,
    last: Uuid,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        done_through: Set(Some(last)),
        ..Default::default()
    };
    change(connection, row).await
}

/// Keeps that each employee has what is his.
pub(in super::super) async fn close_unit_bill(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        state: Set(State::Paid.code().to_owned()),
        done_through: Set(None),
        ..Default::default()
    };
    change(connection, row).await
}

/// Whether a unit paid late and has not been asked for what that costs.
pub(in super::super) async fn owes_for_being_late(
    connection: &impl ConnectionTrait,
    unit: Uuid,
) -> Result<bool, db::Error> {
    let late = Entity::find()
        .filter(Column::UnitId.eq(unit))
        .filter(Column::LateIdr.gt(0))
        .filter(Column::LateBilledBy.is_null())
        .one(connection)
        .await?;
    Ok(late.is_some())
}

/// The months of a unit that are still to be billed for `ids`, by the bill of `month`: that month, and earlier ones whose bills are drawn
/// up already. Each is billed once, wherever somebody works now.
pub(in super::super) async fn unbilled(
    connection: &impl ConnectionTrait,
    unit: Uuid,
    month: Month,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Month)>, db::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = vec![
        unit.into(),
        month.to_string().into(),
        State::Computing.code().into(),
    ];
    let among = db::among(ids, &mut values);
    let sql = format!(
        "SELECT m.id AS id, b.month AS month FROM membership m CROSS JOIN \
         (SELECT month FROM employer_bill WHERE unit_id = $1 AND state <> $3 AND month < $2 UNION SELECT CAST($2 AS TEXT)) b \
         WHERE m.id {among} AND SUBSTR(CAST(m.covered_from AS TEXT), 1, 7) <= b.month \
         AND (m.ended_on IS NULL OR SUBSTR(CAST(m.ended_on AS TEXT), 1, 7) >= b.month) AND NOT EXISTS \
         (SELECT 1 FROM employer_bill_row r WHERE r.membership_id = m.id AND r.month = b.month) ORDER BY m.id, b.month"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| {
            let month: String = row.try_get("", "month")?;
            let month = month
                .parse()
                .map_err(|_| db::Error::Unknown("employer_bill.month"))?;
            Ok((row.try_get("", "id")?, month))
        })
        .collect()
}
