//! What the law has against a row, whoever it is about.

use chrono::NaiveDate;
use jamsostek_proto::v1::{self as wire, submission_row::Action as Stated};

use super::{Action, Finding, Kind, Row};
use crate::{employer, money::Month, policy::Policy, refusal::Fields};

impl Row {
    /// All that the law has against the row, whoever it is about.
    pub(in super::super) fn unlawful(
        &self,
        policy: &Policy,
        month: Month,
        today: NaiveDate,
    ) -> Vec<Finding> {
        let action = self.kind().field();
        match &self.action {
            Action::Hire(worker) => {
                let refusals = worker.born_on(today).err().into_iter();
                let refusals = refusals.chain(employer::refusals_of(policy, &worker.hire, today));
                against(refusals, action, "hire.wage_idr")
            }
            Action::TakeOver { hire, .. } => {
                let refusals = employer::refusals_of(policy, hire, today);
                against(refusals, action, "hire.wage_idr")
            }
            Action::Wage { wage, .. } => {
                let checked = employer::check_wage(policy, *wage, month);
                let refused = checked.err().map(employer::Error::from);
                against(refused, action, "wage_idr")
            }
            Action::Leave { .. } => Vec::new(),
        }
    }
}

/// What refusals of one employee say of a row.
pub(in super::super) fn against(
    refusals: impl IntoIterator<Item = employer::Error>,
    action: &str,
    field: &str,
) -> Vec<Finding> {
    let refusals = refusals.into_iter().map(tonic::Status::from);
    refusals
        .flat_map(|it| Finding::of(&it, action, field))
        .collect()
}

/// What the law has against the work of a row that is not well-formed otherwise.
pub(in super::super) fn unlawful_work(
    stated: &wire::SubmissionRow,
    policy: &Policy,
    today: NaiveDate,
) -> Vec<Finding> {
    let (action, hire) = match &stated.action {
        Some(Stated::Hired(it)) => (Kind::Hire.field(), &it.hire),
        Some(Stated::TakenOver(it)) => (Kind::TakeOver.field(), &it.hire),
        Some(Stated::Paid(_) | Stated::Left(_)) | None => return Vec::new(),
    };
    match employer::hire(&mut Fields::default(), hire.clone()) {
        Some(hire) => against(
            employer::refusals_of(policy, &hire, today),
            action,
            "hire.wage_idr",
        ),
        None => Vec::new(),
    }
}
