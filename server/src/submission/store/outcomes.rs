//! What became of rows.

use sea_orm::{ActiveValue::Set, ConnectionTrait, Value, entity::prelude::*};
use uuid::Uuid;

use super::{
    super::{RowState, finding::Findings},
    rows::{ActiveModel, Column, Entity},
};
use crate::db;

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
