//! What may happen to a claim, by whom, and where it leads. Facts in, decision out.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{Award, AwardState, Claim, Error, State};
use crate::{
    benefit::{Line, LineKind},
    identity::{FullName, agreed_name, masked_name},
    ledger::Account,
};

impl State {
    /// The contract's name of it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "STATE_SUBMITTED",
            Self::InReview => "STATE_IN_REVIEW",
            Self::Decided => "STATE_DECIDED",
            Self::Withdrawn => "STATE_WITHDRAWN",
            Self::Closed => "STATE_CLOSED",
        }
    }
}

impl AwardState {
    /// The contract's name of it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "STATE_PROPOSED",
            Self::Approved => "STATE_APPROVED",
            Self::Instructed => "STATE_INSTRUCTED",
            Self::Paid => "STATE_PAID",
            Self::Failed => "STATE_FAILED",
            Self::Cancelled => "STATE_CANCELLED",
        }
    }
}

/// What is to be done, or that it was done before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum May<T> {
    Do(T),
    AsItStands,
}

/// How an approval goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approval {
    /// The rules are checked and the amount is worked out.
    First,
    /// Another officer agrees with what was proposed.
    Second,
}

/// How long a claim stays with the officer who has taken it: an absent one must not keep it past its five working days.
const STAYS: Duration = Duration::hours(24);

/// Whether `officer` may take the claim into his hands at `now`: from another one after a day.
pub(super) fn take(claim: &Claim, officer: Uuid, now: DateTime<Utc>) -> Result<May<()>, Error> {
    let left_alone = claim.taken_at.is_some_and(|at| now >= at + STAYS);
    match (claim.state, claim.taken_by) {
        (State::Submitted, _) => Ok(May::Do(())),
        (State::InReview, Some(by)) if by == officer => Ok(May::AsItStands),
        (State::InReview, _) if left_alone => Ok(May::Do(())),
        (State::InReview, _) => Err(Error::OtherOfficer),
        (state @ (State::Decided | State::Withdrawn | State::Closed), _) => {
            Err(Error::WrongState(state.name()))
        }
    }
}

/// Whether `officer` may approve the claim: who has it proposes, and what needs two is approved by another (maker and checker).
pub(super) fn approve(
    claim: &Claim,
    award: Option<&Award>,
    officer: Uuid,
) -> Result<May<Approval>, Error> {
    match (claim.state, award) {
        (State::InReview, None) if claim.taken_by == Some(officer) => Ok(May::Do(Approval::First)),
        (State::InReview, None) => Err(Error::OtherOfficer),
        (State::InReview, Some(it)) if it.proposed_by == officer => Ok(May::AsItStands),
        (State::InReview, Some(_)) => Ok(May::Do(Approval::Second)),
        (State::Decided | State::Closed, Some(it))
            if it.state != AwardState::Cancelled
                && (it.approved_by == Some(officer) || it.proposed_by == officer) =>
        {
            Ok(May::AsItStands)
        }
        (state, _) => Err(Error::WrongState(state.name())),
    }
}

/// Whether `officer` may reject the claim for `reason`.
pub(super) fn reject(
    claim: &Claim,
    award: Option<&Award>,
    officer: Uuid,
    reason: &str,
) -> Result<May<()>, Error> {
    let second =
        award.is_some_and(|it| it.state == AwardState::Proposed && it.proposed_by != officer);
    match claim.state {
        State::InReview if claim.taken_by == Some(officer) || second => Ok(May::Do(())),
        State::InReview => Err(Error::OtherOfficer),
        State::Decided if claim.reason.as_deref() == Some(reason) => Ok(May::AsItStands),
        state @ (State::Submitted | State::Decided | State::Withdrawn | State::Closed) => {
            Err(Error::WrongState(state.name()))
        }
    }
}

/// Whether the claim may be taken back: until the bank is told to pay.
pub(super) fn withdraw(claim: &Claim, award: Option<&Award>) -> Result<May<()>, Error> {
    let untold = award.is_some_and(|it| it.state == AwardState::Approved);
    match claim.state {
        State::Submitted | State::InReview => Ok(May::Do(())),
        State::Decided if untold => Ok(May::Do(())),
        State::Withdrawn => Ok(May::AsItStands),
        state @ (State::Decided | State::Closed) => Err(Error::WrongState(state.name())),
    }
}

/// Where a line's money is.
pub(super) fn source(line: &Line) -> Option<Account> {
    let membership = line.membership?;
    Some(match line.kind {
        LineKind::JhtBalance => Account::Jht(membership),
        LineKind::Credit => Account::Credit(membership),
    })
}

/// Whether the bank's holder is the participant: the same name, whatever its case, spaces, titles and points.
pub(super) fn check_holder(own: &FullName, holder: &FullName) -> Result<(), Error> {
    let (own, held) = (agreed_name(own.text()), agreed_name(holder.text()));
    if own == held {
        return Ok(());
    }
    // Only words of his own name are told: whose account it is, is nobody's business.
    let missing: Vec<_> = own
        .split(' ')
        .filter(|word| !held.split(' ').any(|it| it == *word))
        .collect();
    Err(Error::HolderDiffers {
        missing: missing.join(" "),
        masked_holder: masked_name(holder.text()),
    })
}

#[cfg(test)]
mod tests;
