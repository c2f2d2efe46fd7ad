//! Requests about submissions, from the contract's words to ours: every bad field is named at once.

use jamsostek_proto::v1::{
    CreateSubmissionRequest, StreamRowResultsRequest, row_result, submission,
};
use tonic::Status;
use uuid::Uuid;

use super::Fields;
use crate::{
    employer::{Npp, WAGE_MAX},
    money::{Money, Month},
    submission::{Declaration, Mode, ROWS_MAX, RowState, store::Wanted},
};

pub(super) fn id(text: &str) -> Result<Uuid, Status> {
    let mut fields = Fields::default();
    let id = fields.id("submission_id", text);
    id.ok_or_else(|| fields.refusal())
}

pub(super) fn declaration(
    request: &CreateSubmissionRequest,
) -> Result<(Declaration, bool), Status> {
    let mut fields = Fields::default();
    let id = fields.id_or_new("submission_id", &request.submission_id);
    let npp = fields.take("npp", Npp::parse(&request.npp));
    let month = request.month.parse::<Month>().ok();
    if month.is_none() {
        fields.reject("month", "must be a month as YYYY-MM");
    }
    let mode = mode(&mut fields, request.mode);
    let rows_max = mode.map_or(ROWS_MAX, Mode::rows_max);
    if !(1..=rows_max).contains(&request.declared_rows) {
        let expected = if mode == Some(Mode::Atomic) {
            "must be 1 to 20,000 where all rows or none are to be taken"
        } else {
            "must be 1 to 1,000,000"
        };
        fields.reject("declared_rows", expected);
    }
    let wage_max = WAGE_MAX * i64::from(ROWS_MAX);
    if !(0..=wage_max).contains(&request.declared_wage_idr) {
        fields.reject("declared_wage_idr", "must be 0 or more");
    }
    let (Some((id, repeatable)), Some(npp), Some(month), Some(mode)) = (id, npp, month, mode)
    else {
        return Err(fields.refusal());
    };
    fields.check()?;
    let declared = Declaration {
        id,
        npp,
        month,
        mode,
        rows: request.declared_rows,
        wage: Money::new(request.declared_wage_idr),
    };
    Ok((declared, repeatable))
}

fn mode(fields: &mut Fields, number: i32) -> Option<Mode> {
    match submission::Mode::try_from(number) {
        Ok(submission::Mode::Partial) => Some(Mode::Partial),
        Ok(submission::Mode::Atomic) => Some(Mode::Atomic),
        Ok(submission::Mode::ValidateOnly) => Some(Mode::ValidateOnly),
        Ok(submission::Mode::Unspecified) | Err(_) => {
            fields.reject("mode", "must be a MODE of the contract");
            None
        }
    }
}

pub(super) fn wanted(fields: &mut Fields, state: i32, warned_only: bool) -> Wanted {
    let state = match row_result::State::try_from(state) {
        Ok(row_result::State::Unspecified) => None,
        Ok(row_result::State::Pending) => Some(RowState::Pending),
        Ok(row_result::State::Rejected) => Some(RowState::Rejected),
        Ok(row_result::State::Accepted) => Some(RowState::Accepted),
        Ok(row_result::State::Unchanged) => Some(RowState::Unchanged),
        Err(_) => {
            fields.reject("state", "must be a STATE of the contract");
            None
        }
    };
    Wanted {
        state,
        warned_only,
        after: 0,
    }
}

pub(super) fn streamed(request: &StreamRowResultsRequest) -> Result<(Uuid, Wanted), Status> {
    let mut fields = Fields::default();
    let id = fields.id("submission_id", &request.submission_id);
    let wanted = wanted(&mut fields, request.state, request.warned_only);
    if request.after_row < 0 {
        fields.reject("after_row", "must be 0 or more");
    }
    let Some(id) = id else {
        return Err(fields.refusal());
    };
    fields.check()?;
    let after = request.after_row;
    Ok((id, Wanted { after, ..wanted }))
}
