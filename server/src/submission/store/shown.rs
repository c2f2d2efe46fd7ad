//! Rows as they are shown.

use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::{
    super::{RowState, finding::Findings},
    rows::{Column, Entity},
};
use crate::db;

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
