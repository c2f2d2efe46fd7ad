//! Answers, from our words to the contract's.

use jamsostek_proto::v1::{self as wire, award, claim};

use super::super::{Award, AwardState, Shown, State, Step};
use crate::refusal::timestamp;

impl From<State> for claim::State {
    fn from(state: State) -> Self {
        match state {
            State::Submitted => Self::Submitted,
            State::InReview => Self::InReview,
            State::Decided => Self::Decided,
            State::Withdrawn => Self::Withdrawn,
            State::Closed => Self::Closed,
        }
    }
}

impl From<AwardState> for award::State {
    fn from(state: AwardState) -> Self {
        match state {
            AwardState::Proposed => Self::Proposed,
            AwardState::Approved => Self::Approved,
            AwardState::Instructed => Self::Instructed,
            AwardState::Paid => Self::Paid,
            AwardState::Failed => Self::Failed,
            AwardState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<Shown> for wire::Claim {
    fn from(shown: Shown) -> Self {
        let claim = shown.claim;
        let held = claim.held_until > claim.submitted_at;
        Self {
            id: claim.id.to_string(),
            state: claim::State::from(claim.state).into(),
            participant_id: claim.participant.to_string(),
            programme: wire::Programme::Jht.into(),
            cause: wire::ClaimCause::from(claim.cause).into(),
            bank_code: claim.account.bank_code().to_owned(),
            masked_account_number: claim.account.masked_number(),
            holder_name: claim.account.holder().text().to_owned(),
            submitted_at: Some(timestamp(claim.submitted_at)),
            due_on: claim.due_on.to_string(),
            due_on_weekends_only: claim.weekends_only,
            held_until: held.then(|| timestamp(claim.held_until)),
            requires_interview: claim.requires_interview,
            estimate_idr: claim.estimate.idr(),
            award: shown.award.map(Into::into),
            steps: shown.steps.into_iter().map(Into::into).collect(),
            reason: claim.reason.unwrap_or_default(),
            policy_version: claim.policy_version,
        }
    }
}

impl From<Award> for wire::Award {
    fn from(award: Award) -> Self {
        Self {
            id: award.id.to_string(),
            state: award::State::from(award.state).into(),
            amount_idr: award.amount.idr(),
            lines: award.lines.into_iter().map(Into::into).collect(),
            approved_at: award.approved_at.map(timestamp),
            settled_at: award.settled_at.map(timestamp),
            bank_reference: award.bank_reference.unwrap_or_default(),
            failure: award.failure.unwrap_or_default(),
            policy_version: award.policy_version,
        }
    }
}

impl From<Step> for wire::ClaimStep {
    fn from(step: Step) -> Self {
        Self {
            state: claim::State::from(step.state).into(),
            what: step.what,
            at: Some(timestamp(step.at)),
            by: step.by.subject.into(),
        }
    }
}
