//! Submissions and their rows, from our words to the contract's.

use jamsostek_proto::v1::{self as wire, row_result, submission};
use uuid::Uuid;

use super::{Reason, Standing};
use crate::{
    quota::hex,
    refusal::{in_words, timestamp},
    submission::{Mode, RowState, State, finding::Finding, show::Progress, store::Shown},
};

impl From<Standing> for wire::Submission {
    fn from(standing: Standing) -> Self {
        let it = standing.submission;
        let counts = it.counts;
        Self {
            id: it.id.to_string(),
            npp: standing.npp,
            month: it.month.to_string(),
            mode: mode(it.mode).into(),
            state: state(it.state).into(),
            declared_rows: it.declared_rows,
            declared_wage_idr: it.declared_wage.idr(),
            uploaded_rows: it.uploaded_rows,
            uploaded_wage_idr: it.uploaded_wage.idr(),
            next_row: standing.next_row.unwrap_or(0),
            changes: Some(wire::SubmissionChanges {
                rejected: counts.rejected,
                warned: counts.warned,
                accepted: counts.accepted,
                unchanged: counts.unchanged,
                hired: counts.hired,
                wages_changed: counts.wages_changed,
                wages_raised: counts.wages_raised,
                left: counts.leaving,
            }),
            progress: standing.progress.map(Into::into),
            created_at: Some(timestamp(it.created_at)),
            validated_at: it.validated_at.map(timestamp),
            committed_at: it.committed_at.map(timestamp),
            ended_at: it.ended_at.map(timestamp),
        }
    }
}

impl From<Progress> for wire::SubmissionProgress {
    fn from(it: Progress) -> Self {
        Self {
            rows_done: it.rows_done,
            rows_per_second: it.rows_per_second,
            finishes_at: it.finishes_at.map(timestamp),
            next_poll_seconds: i32::try_from(it.next_poll.num_seconds()).unwrap_or(i32::MAX),
        }
    }
}

const fn mode(mode: Mode) -> submission::Mode {
    match mode {
        Mode::Partial => submission::Mode::Partial,
        Mode::Atomic => submission::Mode::Atomic,
        Mode::ValidateOnly => submission::Mode::ValidateOnly,
    }
}

const fn state(state: State) -> submission::State {
    match state {
        State::Uploading => submission::State::Uploading,
        State::Validating => submission::State::Validating,
        State::Validated => submission::State::Validated,
        State::Committing => submission::State::Committing,
        State::Committed => submission::State::Committed,
        State::Rejected => submission::State::Rejected,
        State::Cancelled => submission::State::Cancelled,
    }
}

/// What became of a row.
pub(super) fn result(submission: Uuid, it: Shown) -> wire::RowResult {
    let state = match it.state {
        RowState::Pending => row_result::State::Pending,
        RowState::Rejected => row_result::State::Rejected,
        RowState::Accepted => row_result::State::Accepted,
        RowState::Unchanged | RowState::Repeated => row_result::State::Unchanged,
    };
    let receipt = match it.state {
        RowState::Pending | RowState::Rejected => None,
        RowState::Accepted | RowState::Unchanged => Some(format!("{submission}/{}", it.number)),
        RowState::Repeated => it.same_as,
    };
    wire::RowResult {
        row_number: it.number,
        row_ref: it.row_ref,
        state: state.into(),
        errors: it.findings.errors.into_iter().map(finding).collect(),
        warnings: it.findings.warnings.into_iter().map(finding).collect(),
        receipt: receipt.map(|number| wire::RowReceipt {
            number,
            digest: hex(&it.content_digest),
        }),
        membership_id: it.membership.map_or_else(String::new, |it| it.to_string()),
        participant_id: it.participant.map_or_else(String::new, |it| it.to_string()),
        kpj: it.kpj.unwrap_or_default(),
    }
}

fn finding(it: Finding) -> wire::RowFinding {
    let reason = Reason::from_str_name(&it.reason).unwrap_or(Reason::Internal);
    let metadata = it.metadata.into_iter().collect();
    let [text_id, text_en] = in_words(reason, &metadata, &it.message);
    wire::RowFinding {
        field: it.field.trim_end_matches('.').to_owned(),
        reason: reason.into(),
        message: it.message,
        text_id,
        text_en,
        metadata,
    }
}
