use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ConnectionTrait, QueryOrder, QuerySelect, Value, entity::prelude::*,
};
use uuid::Uuid;

use super::{
    super::{RowState, Submission, finding::Findings},
    submissions::month,
};
use crate::db;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission_row")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub submission_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_number: i32,
    /// What the paper is sealed for; the membership that the row opens has the same.
    pub id: Uuid,
    pub employer_id: Uuid,
    pub month: String,
    pub row_ref: String,
    pub state: String,
    pub content_digest: Vec<u8>,
    pub person_digest: Option<Vec<u8>>,
    pub kind: String,
    pub repeats: Option<i32>,
    /// What the row says, sealed, until it is taken or rejected.
    pub paper: Option<Vec<u8>>,
    pub is_warned: bool,
    pub findings: String,
    pub membership_id: Option<Uuid>,
    pub same_as: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A row that has come.
pub(in super::super) struct Staged {
    pub(in super::super) number: i32,
    pub(in super::super) id: Uuid,
    pub(in super::super) row_ref: String,
    pub(in super::super) kind: &'static str,
    pub(in super::super) content_digest: Vec<u8>,
    pub(in super::super) person_digest: Option<Vec<u8>>,
    /// Sealed; nothing where the row is not well-formed.
    pub(in super::super) paper: Option<Vec<u8>>,
    pub(in super::super) findings: Findings,
}

/// A row as it is kept.
pub(in super::super) struct Kept {
    pub(in super::super) number: i32,
    pub(in super::super) id: Uuid,
    pub(in super::super) row_ref: String,
    pub(in super::super) content_digest: Vec<u8>,
    pub(in super::super) repeats: Option<i32>,
    pub(in super::super) paper: Option<Vec<u8>>,
    pub(in super::super) findings: Findings,
}

impl TryFrom<Model> for Kept {
    type Error = db::Error;

    fn try_from(row: Model) -> Result<Self, db::Error> {
        let unknown = db::Error::Unknown("submission_row.findings");
        Ok(Self {
            number: row.row_number,
            id: row.id,
            row_ref: row.row_ref,
            content_digest: row.content_digest,
            repeats: row.repeats,
            paper: row.paper,
            findings: Findings::read(&row.findings).ok_or(unknown)?,
        })
    }
}

/// Keeps rows that have come.
pub(in super::super) async fn insert_rows(
    connection: &impl ConnectionTrait,
    submission: &Submission,
    staged: Vec<Staged>,
) -> Result<(), db::Error> {
    let month = month(submission);
    let rows = staged.into_iter().map(|it| {
        let state = if it.paper.is_some() {
            RowState::Pending
        } else {
            RowState::Rejected
        };
        ActiveModel {
            submission_id: Set(submission.id),
            row_number: Set(it.number),
            id: Set(it.id),
            employer_id: Set(submission.employer),
            month: Set(month.clone()),
            row_ref: Set(it.row_ref),
            state: Set(state.code().to_owned()),
            content_digest: Set(it.content_digest),
            person_digest: Set(it.person_digest),
            kind: Set(it.kind.to_owned()),
            repeats: Set(None),
            paper: Set(it.paper),
            is_warned: Set(false),
            findings: Set(it.findings.stored()),
            membership_id: Set(None),
            same_as: Set(None),
        }
    });
    db::insert_all(connection, rows.collect()).await
}

/// What the rows with these numbers say, as far as they are there.
pub(in super::super) async fn rows_among(
    connection: &impl ConnectionTrait,
    submission: Uuid,
    (first, last): (i32, i32),
) -> Result<HashMap<i32, Vec<u8>>, db::Error> {
    let rows: Vec<(i32, Vec<u8>)> = Entity::find()
        .select_only()
        .columns([Column::RowNumber, Column::ContentDigest])
        .filter(Column::SubmissionId.eq(submission))
        .filter(Column::RowNumber.between(first, last))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The rows behind a number, in order.
pub(in super::super) async fn rows_after(
    connection: &impl ConnectionTrait,
    submission: Uuid,
    after: i32,
    limit: u64,
) -> Result<Vec<Kept>, db::Error> {
    let rows = Entity::find()
        .filter(Column::SubmissionId.eq(submission))
        .filter(Column::RowNumber.gt(after))
        .order_by_asc(Column::RowNumber)
        .limit(limit)
        .all(connection)
        .await?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// The first row that is missing.
pub(in super::super) async fn next_row(
    connection: &impl ConnectionTrait,
    submission: &Submission,
) -> Result<i32, db::Error> {
    let highest: Option<i32> = Entity::find()
        .select_only()
        .column_as(Column::RowNumber.max(), "highest")
        .filter(Column::SubmissionId.eq(submission.id))
        .into_tuple()
        .one(connection)
        .await?
        .flatten();
    let highest = highest.unwrap_or(0);
    if highest == submission.uploaded_rows {
        return Ok(highest + 1);
    }
    let sql = "SELECT n.row_number FROM (SELECT 0 AS row_number UNION ALL SELECT row_number FROM submission_row \
               WHERE submission_id = $1) AS n WHERE NOT EXISTS (SELECT 1 FROM submission_row r \
               WHERE r.submission_id = $1 AND r.row_number = n.row_number + 1) ORDER BY n.row_number LIMIT 1";
    let row = connection
        .query_one_raw(db::statement(connection, sql, [submission.id.into()]))
        .await?;
    let last: i32 = row
        .ok_or(db::Error::Unknown("submission_row.row_number"))?
        .try_get("", "row_number")?;
    Ok(last + 1)
}

/// A row that was taken before under a name.
pub(in super::super) struct Taken {
    pub(in super::super) receipt: String,
    pub(in super::super) membership: Option<Uuid>,
    pub(in super::super) content_digest: Vec<u8>,
}

/// The rows of an employer's month that were taken under one of `names`.
pub(in super::super) async fn taken_as(
    connection: &impl ConnectionTrait,
    submission: &Submission,
    names: &[String],
) -> Result<HashMap<String, Taken>, db::Error> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let mut padded = names.to_vec();
    padded.resize(names.len().next_power_of_two(), names[0].clone());
    // In the words of the index `submission_row_once`.
    let taken = [RowState::Accepted, RowState::Unchanged].map(RowState::code);
    type Row = (String, Uuid, i32, Vec<u8>, Option<Uuid>);
    let rows: Vec<Row> = Entity::find()
        .select_only()
        .columns([
            Column::RowRef,
            Column::SubmissionId,
            Column::RowNumber,
            Column::ContentDigest,
            Column::MembershipId,
        ])
        .filter(Column::EmployerId.eq(submission.employer))
        .filter(Column::Month.eq(month(submission)))
        .filter(Column::RowRef.is_in(padded))
        .filter(Expr::cust(format!(
            "state IN ('{}', '{}')",
            taken[0], taken[1]
        )))
        .into_tuple()
        .all(connection)
        .await?;
    let taken = rows
        .into_iter()
        .map(|(name, id, number, content_digest, membership)| {
            let receipt = format!("{id}/{number}");
            let taken = Taken {
                receipt,
                membership,
                content_digest,
            };
            (name, taken)
        });
    Ok(taken.collect())
}

/// What became of a row.
pub(in super::super) struct Outcome {
    pub(in super::super) number: i32,
    pub(in super::super) state: RowState,
    pub(in super::super) findings: Findings,
    pub(in super::super) membership: Option<Uuid>,
    pub(in super::super) same_as: Option<String>,
    /// The membership is the one that the row opens, under its own id.
    pub(in super::super) opens_its_own: bool,
}

/// Keeps what became of rows. What they said is forgotten, unless it is needed still.
pub(in super::super) async fn keep_outcomes(
    connection: &impl ConnectionTrait,
    submission: Uuid,
    outcomes: &[Outcome],
) -> Result<(), db::Error> {
    // Most rows open the membership of their own id, and there is nothing to say of them.
    let nothing = Findings::default();
    let is_plain = |it: &&Outcome| it.opens_its_own && it.findings == nothing;
    let mut plain: Vec<_> = outcomes.iter().filter(is_plain).collect();
    plain.sort_by_key(|it| it.number);
    if !plain.is_empty() {
        let change = ActiveModel {
            state: Set(RowState::Accepted.code().to_owned()),
            findings: Set(String::new()),
            is_warned: Set(false),
            paper: Set(None),
            ..Default::default()
        };
        Entity::update_many()
            .set(change)
            .col_expr(Column::MembershipId, Expr::col(Column::Id))
            .filter(Column::SubmissionId.eq(submission))
            // The span besides: a database that has not counted new rows yet would look at all of the submission's.
            .filter(Column::RowNumber.between(plain[0].number, plain[plain.len() - 1].number))
            .filter(Column::RowNumber.is_in(plain.iter().map(|it| it.number)))
            .exec(connection)
            .await?;
    }
    let others = outcomes.iter().filter(|it| !is_plain(it));
    let mut columns: Vec<Vec<Value>> = vec![Vec::new(); 6];
    for it in others {
        let values: [Value; 6] = [
            it.number.into(),
            it.state.code().into(),
            (!it.findings.warnings.is_empty()).into(),
            it.findings.stored().into(),
            it.membership.into(),
            it.same_as.clone().into(),
        ];
        columns
            .iter_mut()
            .zip(values)
            .for_each(|(all, it)| all.push(it));
    }
    if columns[0].is_empty() {
        return Ok(());
    }
    let set = "state = v.column2, is_warned = v.column3, findings = v.column4, membership_id = v.column5, same_as = v.column6, \
               paper = CASE WHEN v.column2 = 'pending' THEN paper END";
    update(connection, submission, set, columns).await
}

/// Changes rows of a submission, whose numbers are the first of `columns`.
async fn update(
    connection: &impl ConnectionTrait,
    submission: Uuid,
    set: &str,
    columns: Vec<Vec<Value>>,
) -> Result<(), db::Error> {
    for some in db::pieces(connection, columns, 1) {
        let mut values = vec![submission.into()];
        let table = db::as_table(connection, some, &mut values);
        let sql = format!(
            "UPDATE submission_row SET {set} FROM {table} WHERE submission_row.submission_id = $1 \
             AND submission_row.row_number = v.column1"
        );
        connection
            .execute_raw(db::statement(connection, &sql, values))
            .await?;
    }
    Ok(())
}

/// Forgets what the rows behind `after` said, through `last`.
pub(in super::super) async fn forget_papers(
    connection: &impl ConnectionTrait,
    submission: Uuid,
    (after, last): (i32, i32),
) -> Result<(), db::Error> {
    let sql = "UPDATE submission_row SET paper = NULL WHERE submission_id = $1 AND row_number > $2 AND row_number <= $3 \
               AND paper IS NOT NULL";
    let values = [submission.into(), after.into(), last.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Which rows are shown.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Wanted {
    pub(in super::super) state: Option<RowState>,
    pub(in super::super) warned_only: bool,
    pub(in super::super) after: i32,
}

/// A row as it is shown.
pub(in super::super) struct Shown {
    pub(in super::super) number: i32,
    pub(in super::super) row_ref: String,
    pub(in super::super) state: RowState,
    pub(in super::super) findings: Findings,
    pub(in super::super) content_digest: Vec<u8>,
    pub(in super::super) membership: Option<Uuid>,
    pub(in super::super) participant: Option<Uuid>,
    pub(in super::super) kpj: Option<String>,
    pub(in super::super) same_as: Option<String>,
}

/// Rows of a submission with whom they are about, in order.
pub(in super::super) async fn shown(
    connection: &impl ConnectionTrait,
    submission: Uuid,
    wanted: Wanted,
    limit: u64,
) -> Result<Vec<Shown>, db::Error> {
    let mut query = Entity::find()
        .filter(Column::SubmissionId.eq(submission))
        .filter(Column::RowNumber.gt(wanted.after))
        .order_by_asc(Column::RowNumber)
        .limit(limit);
    query = match wanted.state {
        None => query,
        Some(RowState::Unchanged | RowState::Repeated) => {
            let both = [RowState::Unchanged, RowState::Repeated].map(RowState::code);
            query.filter(Column::State.is_in(both))
        }
        Some(state) => query.filter(Column::State.eq(state.code())),
    };
    if wanted.warned_only {
        query = query.filter(Column::IsWarned.eq(true));
    }
    let rows = query.all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let unknown = db::Error::Unknown;
            Ok(Shown {
                number: row.row_number,
                row_ref: row.row_ref,
                state: RowState::from_code(&row.state).ok_or(unknown("submission_row.state"))?,
                findings: Findings::read(&row.findings)
                    .ok_or(unknown("submission_row.findings"))?,
                content_digest: row.content_digest,
                membership: row.membership_id,
                participant: None,
                kpj: None,
                same_as: row.same_as,
            })
        })
        .collect()
}
