use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, QuerySelect, entity::prelude::*, sea_query::LockType,
};
use uuid::Uuid;

use super::super::{Counts, Declaration, Mode, State, Submission};
use crate::{db, money::Money};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub employer_id: Uuid,
    pub unit_id: Uuid,
    pub month: String,
    pub mode: String,
    pub declared_rows: i32,
    pub declared_wage_idr: i64,
    pub hands: String,
    pub state: String,
    pub uploaded_wage_idr: i64,
    pub created_at: DateTime<Utc>,
    pub uploaded_at: Option<DateTime<Utc>>,
    pub validated_at: Option<DateTime<Utc>>,
    pub committed_at: Option<DateTime<Utc>>,
    pub committed_by: Option<Uuid>,
    pub ended_at: Option<DateTime<Utc>>,
    pub retry_at: Option<DateTime<Utc>>,
    pub uploaded_rows: i32,
    pub examined_through: i32,
    pub committed_through: i32,
    pub rejected: i32,
    pub warned: i32,
    pub accepted: i32,
    pub unchanged: i32,
    pub hired: i32,
    pub wages_changed: i32,
    pub wages_raised: i32,
    pub leaving: i32,
    /// Through which row it is forgotten what rows said; none while that is needed, or once nothing is left.
    pub forgotten_through: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Submission {
    type Error = db::Error;

    fn try_from(row: Model) -> Result<Self, db::Error> {
        let unknown = db::Error::Unknown;
        Ok(Self {
            id: row.id,
            employer: row.employer_id,
            unit: row.unit_id,
            month: row.month.parse().map_err(|_| unknown("submission.month"))?,
            mode: Mode::from_code(&row.mode).ok_or(unknown("submission.mode"))?,
            declared_rows: row.declared_rows,
            declared_wage: Money::new(row.declared_wage_idr),
            hands: serde_json::from_str(&row.hands).map_err(|_| unknown("submission.hands"))?,
            state: State::from_code(&row.state).ok_or(unknown("submission.state"))?,
            uploaded_rows: row.uploaded_rows,
            uploaded_wage: Money::new(row.uploaded_wage_idr),
            examined_through: row.examined_through,
            committed_through: row.committed_through,
            counts: Counts {
                rejected: row.rejected,
                warned: row.warned,
                accepted: row.accepted,
                unchanged: row.unchanged,
                hired: row.hired,
                wages_changed: row.wages_changed,
                wages_raised: row.wages_raised,
                leaving: row.leaving,
            },
            created_at: row.created_at,
            uploaded_at: row.uploaded_at,
            validated_at: row.validated_at,
            committed_at: row.committed_at,
            committed_by: row.committed_by,
            ended_at: row.ended_at,
        })
    }
}

pub(in super::super) async fn insert(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    (employer, unit, by): (Uuid, Uuid, Uuid),
    declared: &Declaration,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(declared.id),
        employer_id: Set(employer),
        unit_id: Set(unit),
        month: Set(declared.month.to_string()),
        mode: Set(declared.mode.code().to_owned()),
        declared_rows: Set(declared.rows),
        declared_wage_idr: Set(declared.wage.idr()),
        hands: Set(hands(&[by])),
        state: Set(State::Uploading.code().to_owned()),
        uploaded_wage_idr: Set(0),
        created_at: Set(now),
        uploaded_at: Set(None),
        validated_at: Set(None),
        committed_at: Set(None),
        committed_by: Set(None),
        ended_at: Set(None),
        retry_at: Set(None),
        uploaded_rows: Set(0),
        examined_through: Set(0),
        committed_through: Set(0),
        rejected: Set(0),
        warned: Set(0),
        accepted: Set(0),
        unchanged: Set(0),
        hired: Set(0),
        wages_changed: Set(0),
        wages_raised: Set(0),
        leaving: Set(0),
        forgotten_through: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

fn hands(users: &[Uuid]) -> String {
    serde_json::to_string(users).expect("ids are JSON")
}

pub(in super::super) async fn find(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Submission>, db::Error> {
    let row = Entity::find_by_id(id).one(connection).await?;
    row.map(Submission::try_from).transpose()
}

/// A submission, held until the transaction ends.
pub(in super::super) async fn hold(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Submission>, db::Error> {
    let row = Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?;
    row.map(Submission::try_from).transpose()
}

/// How many submissions of an employer are under way.
pub(in super::super) async fn open_of(
    connection: &impl ConnectionTrait,
    employer: Uuid,
) -> Result<u64, db::Error> {
    let open = [
        State::Uploading,
        State::Validating,
        State::Validated,
        State::Committing,
    ];
    Ok(Entity::find()
        .filter(Column::EmployerId.eq(employer))
        .filter(Column::State.is_in(open.map(State::code)))
        .filter(Column::EndedAt.is_null())
        .count(connection)
        .await?)
}

/// Adds rows that have come from `by`; how many are there now, or nothing where no more are taken.
pub(in super::super) async fn add_rows(
    connection: &impl ConnectionTrait,
    id: Uuid,
    rows: i32,
    wage: Money,
) -> Result<Option<i32>, db::Error> {
    let sql = "UPDATE submission SET uploaded_rows = uploaded_rows + $1, uploaded_wage_idr = uploaded_wage_idr + $2 \
               WHERE id = $3 AND state = 'uploading' RETURNING uploaded_rows";
    let values = [rows.into(), wage.idr().into(), id.into()];
    let row = connection
        .query_one_raw(db::statement(connection, sql, values))
        .await?;
    Ok(row.map(|it| it.try_get("", "uploaded_rows")).transpose()?)
}

/// What changes about a submission when it turns to another state.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Step {
    /// All rows are there.
    Uploaded,
    /// All rows were looked at.
    Validated,
    /// Somebody has told it to be committed; the counts begin anew.
    Commit(Uuid),
}

/// Turns a submission to its next state.
pub(in super::super) async fn turn(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
    step: Step,
) -> Result<(), db::Error> {
    let mut row = ActiveModel {
        id: Set(id),
        retry_at: Set(None),
        ..Default::default()
    };
    let state = match step {
        Step::Uploaded => {
            row.uploaded_at = Set(Some(now));
            // Before the first row is looked at, those that repeat another are marked.
            row.examined_through = Set(-1);
            State::Validating
        }
        Step::Validated => {
            row.validated_at = Set(Some(now));
            State::Validated
        }
        Step::Commit(by) => {
            row.committed_at = Set(Some(now));
            row.committed_by = Set(Some(by));
            for count in [
                &mut row.rejected,
                &mut row.warned,
                &mut row.accepted,
                &mut row.unchanged,
                &mut row.hired,
                &mut row.wages_changed,
                &mut row.wages_raised,
                &mut row.leaving,
            ] {
                *count = Set(0);
            }
            State::Committing
        }
    };
    row.state = Set(state.code().to_owned());
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// Keeps that a user has brought rows.
pub(in super::super) async fn keep_hands(
    connection: &impl ConnectionTrait,
    id: Uuid,
    users: &[Uuid],
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        hands: Set(hands(users)),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// Keeps that a submission has ended.
pub(in super::super) async fn end(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
    state: State,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        state: Set(state.code().to_owned()),
        ended_at: Set(Some(now)),
        forgotten_through: Set(Some(0)),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// Keeps how far the work on a submission is, and what it changes.
pub(in super::super) async fn move_on(
    connection: &impl ConnectionTrait,
    it: &Submission,
) -> Result<(), db::Error> {
    let counts = it.counts;
    let row = ActiveModel {
        id: Set(it.id),
        examined_through: Set(it.examined_through),
        committed_through: Set(it.committed_through),
        rejected: Set(counts.rejected),
        warned: Set(counts.warned),
        accepted: Set(counts.accepted),
        unchanged: Set(counts.unchanged),
        hired: Set(counts.hired),
        wages_changed: Set(counts.wages_changed),
        wages_raised: Set(counts.wages_raised),
        leaving: Set(counts.leaving),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}
