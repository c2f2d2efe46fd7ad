use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::LockType,
};
use uuid::Uuid;

use super::super::{Hire, State};
use crate::db;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employment")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub membership_id: Uuid,
    pub participant_id: Uuid,
    /// None while the employer is not listed.
    pub unit_id: Option<Uuid>,
    /// The employer's report; none where the worker came by himself.
    pub report_id: Option<Uuid>,
    /// What the word that took him on is compared by when it comes again.
    pub content_digest: Option<Vec<u8>>,
    pub stated_employer: String,
    pub stated_city: String,
    pub employee_number: String,
    pub started_on: Option<NaiveDate>,
    pub contract_ends_on: Option<NaiveDate>,
    pub state: String,
    pub asked_at: DateTime<Utc>,
    /// How often the employer was told that he has not answered.
    pub notices: i32,
    pub reported_at: Option<DateTime<Utc>>,
    pub reason: String,
    pub decided_by: Option<Uuid>,
    /// He is in the health scheme, as his employer says.
    pub in_jkn: bool,
}

impl ActiveModelBehavior for ActiveModel {}

/// Somebody's work for an employer.
pub(crate) type Employment = Model;

impl Employment {
    pub(in super::super) fn state(&self) -> Result<State, db::Error> {
        State::from_code(&self.state).ok_or(db::Error::Unknown("employment.state"))
    }
}

/// Who confirmed an employment, and why where it was an officer.
#[derive(Clone, Copy)]
pub(in super::super) struct Confirmed<'a> {
    pub(in super::super) unit: Uuid,
    pub(in super::super) hire: &'a Hire,
    pub(in super::super) report: Option<Uuid>,
    /// What the word is compared by when it comes again.
    pub(in super::super) digest: &'a [u8],
    pub(in super::super) by: Option<Uuid>,
    pub(in super::super) reason: &'a str,
}

pub(in super::super) async fn insert_employment(
    connection: &impl ConnectionTrait,
    employment: Employment,
) -> Result<(), db::Error> {
    let row: ActiveModel = employment.into();
    Entity::insert(row.reset_all())
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(in super::super) async fn insert_employments(
    connection: &impl ConnectionTrait,
    employments: impl IntoIterator<Item = Employment>,
) -> Result<(), db::Error> {
    let rows = employments
        .into_iter()
        .map(|it| ActiveModel::from(it).reset_all());
    db::insert_all(connection, rows.collect()).await
}

/// The employments of `people`, of whom there is at least one, at whatever unit: the database would read all of a unit's to find theirs.
pub(in super::super) async fn employments_among(
    connection: &impl ConnectionTrait,
    people: &[Uuid],
) -> Result<Vec<Employment>, db::Error> {
    Ok(Entity::find()
        .filter(Column::ParticipantId.is_in(db::padded(people)))
        .order_by_asc(Column::MembershipId)
        .all(connection)
        .await?)
}

/// Keeps that somebody works at a unit, as it was reported.
pub(in super::super) async fn confirm(
    connection: &impl ConnectionTrait,
    membership: Uuid,
    now: DateTime<Utc>,
    confirmed: &Confirmed<'_>,
) -> Result<(), db::Error> {
    let Confirmed {
        unit,
        hire,
        report,
        digest,
        by,
        reason,
    } = confirmed;
    let mut row = ActiveModel {
        membership_id: Set(membership),
        unit_id: Set(Some(*unit)),
        employee_number: Set(hire.employee_number.clone()),
        started_on: Set(Some(hire.started_on)),
        contract_ends_on: Set(hire.contract_ends_on),
        state: Set(State::Active.code().to_owned()),
        content_digest: Set(Some(digest.to_vec())),
        reason: Set((*reason).to_owned()),
        decided_by: Set(*by),
        in_jkn: Set(hire.in_jkn),
        ..Default::default()
    };
    if let Some(id) = report {
        row.report_id = Set(Some(*id));
    }
    Entity::update(row).exec(connection).await?;
    // The first word of him counts.
    Entity::update_many()
        .col_expr(Column::ReportedAt, now.into())
        .filter(Column::MembershipId.eq(membership))
        .filter(Column::ReportedAt.is_null())
        .exec(connection)
        .await?;
    Ok(())
}

/// Keeps where employments stand now, and why.
pub(in super::super) async fn turn(
    connection: &impl ConnectionTrait,
    memberships: &[Uuid],
    state: State,
    (reason, by): (&str, Option<Uuid>),
) -> Result<(), db::Error> {
    let change = ActiveModel {
        state: Set(state.code().to_owned()),
        reason: Set(reason.to_owned()),
        decided_by: Set(by),
        ..Default::default()
    };
    Entity::update_many()
        .set(change)
        .filter(Column::MembershipId.is_in(memberships.iter().copied()))
        .exec(connection)
        .await?;
    Ok(())
}

pub(in super::super) async fn hold_employment(
    connection: &impl ConnectionTrait,
    membership: Uuid,
) -> Result<Option<Employment>, db::Error> {
    Ok(Entity::find_by_id(membership)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?)
}

pub(in super::super) async fn employment(
    connection: &impl ConnectionTrait,
    membership: Uuid,
) -> Result<Option<Employment>, db::Error> {
    Ok(Entity::find_by_id(membership).one(connection).await?)
}

/// The employments of `participant`.
pub(in super::super) async fn employments(
    connection: &impl ConnectionTrait,
    participant: Uuid,
) -> Result<Vec<Employment>, db::Error> {
    Ok(Entity::find()
        .filter(Column::ParticipantId.eq(participant))
        .order_by_asc(Column::MembershipId)
        .all(connection)
        .await?)
}

/// The employment that was reported under this id.
pub(in super::super) async fn reported_as(
    connection: &impl ConnectionTrait,
    report: Uuid,
) -> Result<Option<Employment>, db::Error> {
    Ok(Entity::find()
        .filter(Column::ReportId.eq(report))
        .one(connection)
        .await?)
}

/// Those of `memberships` that are at `unit`, by its word, and whom no officer has turned away.
pub(in super::super) async fn at_unit(
    connection: &impl ConnectionTrait,
    unit: Uuid,
    memberships: &[Uuid],
) -> Result<Vec<Uuid>, db::Error> {
    Ok(Entity::find()
        .select_only()
        .column(Column::MembershipId)
        .filter(Column::UnitId.eq(unit))
        .filter(Column::State.ne(State::Rejected.code()))
        .filter(Column::ReportedAt.is_not_null())
        .filter(Column::MembershipId.is_in(db::padded(memberships)))
        .into_tuple()
        .all(connection)
        .await?)
}

/// A page of those who work at `units`, behind the membership `after`.
pub(in super::super) async fn page(
    connection: &impl ConnectionTrait,
    units: &[Uuid],
    state: Option<State>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Employment>, db::Error> {
    let mut query = Entity::find()
        .filter(Column::UnitId.is_in(units.iter().copied()))
        .order_by_asc(Column::MembershipId)
        .limit(limit);
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state.code()));
    }
    if let Some(after) = after {
        query = query.filter(Column::MembershipId.gt(after));
    }
    Ok(query.all(connection).await?)
}

/// A page of those about whom an officer must decide, who wait longest first.
pub(in super::super) async fn to_decide(
    connection: &impl ConnectionTrait,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: u64,
) -> Result<Vec<Employment>, db::Error> {
    let mut query = Entity::find()
        .filter(Column::State.eq(State::AwaitingOfficer.code()))
        .order_by_asc(Column::AskedAt)
        .order_by_asc(Column::MembershipId)
        .limit(limit);
    if let Some((at, id)) = after {
        let later = Condition::any().add(Column::AskedAt.gt(at)).add(
            Condition::all()
                .add(Column::AskedAt.eq(at))
                .add(Column::MembershipId.gt(id)),
        );
        query = query.filter(later);
    }
    Ok(query.all(connection).await?)
}

/// Those who asked before `asked_before` and whose employer was told less than `notices` times and has not answered; held.
pub(in super::super) async fn silent(
    connection: &impl ConnectionTrait,
    asked_before: DateTime<Utc>,
    notices: i32,
    limit: u64,
) -> Result<Vec<Employment>, db::Error> {
    Ok(Entity::find()
        .filter(Column::State.eq(State::AwaitingEmployer.code()))
        .filter(Column::AskedAt.lte(asked_before))
        .filter(Column::Notices.lt(notices))
        .order_by_asc(Column::AskedAt)
        .order_by_asc(Column::MembershipId)
        .limit(limit)
        .lock(LockType::NoKeyUpdate)
        .all(connection)
        .await?)
}

/// Keeps that the employers of `memberships` were told once more.
pub(in super::super) async fn told_again(
    connection: &impl ConnectionTrait,
    memberships: &[Uuid],
    notices: i32,
) -> Result<(), db::Error> {
    Entity::update_many()
        .col_expr(Column::Notices, notices.into())
        .filter(Column::MembershipId.is_in(memberships.iter().copied()))
        .exec(connection)
        .await?;
    Ok(())
}
