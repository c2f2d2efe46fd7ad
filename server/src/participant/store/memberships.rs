use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::LockType,
};
use uuid::Uuid;

use super::super::{Occupation, Work, rules::Spell};
use crate::{
    clock::day_of,
    db,
    money::{Money, Month},
    scheme::{BpuCategory, Programme},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub participant_id: Uuid,
    pub registration_id: Uuid,
    pub segment: String,
    pub category: String,
    pub sector: String,
    pub occupations: String,
    pub paid_by_state: bool,
    pub programmes: String,
    pub income_idr: i64,
    pub months_at_once: i32,
    pub opened_at: DateTime<Utc>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub covered_from: Option<NaiveDate>,
    pub paid_through: Option<String>,
    pub ended_on: Option<NaiveDate>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A membership as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Membership {
    pub id: Uuid,
    pub participant_id: Uuid,
    pub registration_id: Uuid,
    pub opened_on: NaiveDate,
    pub work: Work,
    pub is_cancelled: bool,
    pub covered_from: Option<NaiveDate>,
    pub paid_through: Option<Month>,
    /// The last day.
    pub ended_on: Option<NaiveDate>,
}

impl Membership {
    /// The last month that can be paid; none while it goes on.
    pub(crate) fn last_month(&self) -> Option<Month> {
        self.ended_on.map(Month::of)
    }

    /// Whether a month can still be paid.
    pub(crate) fn has_months_left(&self) -> bool {
        self.last_month()
            .is_none_or(|last| Some(last) > self.paid_through)
    }

    pub(in super::super) fn spell(&self) -> Spell {
        Spell {
            programmes: self.work.programmes.clone(),
            covered_from: self.covered_from,
            paid_through: self.paid_through,
            ended_on: self.ended_on,
        }
    }
}

impl TryFrom<Model> for Membership {
    type Error = db::Error;

    fn try_from(row: Model) -> Result<Self, db::Error> {
        let unknown = db::Error::Unknown;
        let occupations: Vec<Occupation> = serde_json::from_str(&row.occupations)
            .map_err(|_| unknown("membership.occupations"))?;
        let paid_through = row.paid_through.as_deref().map(str::parse).transpose();
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            registration_id: row.registration_id,
            opened_on: day_of(row.opened_at),
            work: Work {
                occupations,
                category: BpuCategory::from_code(&row.category)
                    .ok_or(unknown("membership.category"))?,
                income: Money::new(row.income_idr),
                programmes: programmes(&row.programmes).ok_or(unknown("membership.programmes"))?,
                months: u32::try_from(row.months_at_once)
                    .map_err(|_| unknown("membership.months_at_once"))?,
                paid_by_state: row.paid_by_state,
            },
            is_cancelled: row.cancelled_at.is_some(),
            covered_from: row.covered_from,
            paid_through: paid_through.map_err(|_| unknown("membership.paid_through"))?,
            ended_on: row.ended_on,
        })
    }
}

fn programmes(text: &str) -> Option<Vec<Programme>> {
    text.split(',').map(Programme::from_code).collect()
}

pub(in super::super) async fn insert_membership(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    id: Uuid,
    participant: Uuid,
    registration: Uuid,
    work: &Work,
) -> Result<(), db::Error> {
    let programmes: Vec<_> = work.programmes.iter().map(|it| it.code()).collect();
    let occupations = serde_json::to_string(&work.occupations).expect("occupations are JSON");
    let row = ActiveModel {
        id: Set(id),
        participant_id: Set(participant),
        registration_id: Set(registration),
        segment: Set("bpu".to_owned()),
        category: Set(work.category.code().to_owned()),
        sector: Set(work.sector().code().to_owned()),
        occupations: Set(occupations),
        paid_by_state: Set(work.paid_by_state),
        programmes: Set(programmes.join(",")),
        income_idr: Set(work.income.idr()),
        months_at_once: Set(i32::try_from(work.months).expect("at most twelve")),
        opened_at: Set(now),
        cancelled_at: Set(None),
        covered_from: Set(None),
        paid_through: Set(None),
        ended_on: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

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

/// Keeps the last day of a membership.
pub(crate) async fn end(
    connection: &impl ConnectionTrait,
    id: Uuid,
    ended_on: NaiveDate,
) -> Result<(), db::Error> {
    let sql = "UPDATE membership SET ended_on = $1 WHERE id = $2";
    connection
        .execute_raw(db::statement(connection, sql, [ended_on.into(), id.into()]))
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

/// Closes a membership that was never paid.
pub(crate) async fn close_unpaid(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "UPDATE membership SET cancelled_at = $1 WHERE id = $2 AND paid_through IS NULL";
    connection
        .execute_raw(db::statement(connection, sql, [now.into(), id.into()]))
        .await?;
    Ok(())
}

/// Holds the memberships of others with the NIK of the person `id` that nobody has paid for yet; their ids.
pub(crate) async fn hold_rivals_of(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Vec<Uuid>, db::Error> {
    let sql = "SELECT m.id AS id FROM participant me JOIN participant other ON other.nik_digest = me.nik_digest AND other.id <> me.id \
               JOIN membership m ON m.participant_id = other.id WHERE me.id = $1 AND m.paid_through IS NULL \
               AND m.cancelled_at IS NULL";
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
