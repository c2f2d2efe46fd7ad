use std::collections::HashMap;

use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::super::{RowState, Submission, finding::Findings};
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
    let month = submission.month.to_string();
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
        .filter(Column::Month.eq(submission.month.to_string()))
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
