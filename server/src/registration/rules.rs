//! Where a registration stands, from what is kept of it.

use chrono::{DateTime, NaiveDate, Utc};

use jamsostek_proto::v1 as wire;
use uuid::Uuid;

use super::Error;
use crate::{
    identity::{Verdict, completed_years},
    participant::{Joining, JoiningState},
    policy::Policy,
};

/// Where a registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    AwaitingOtp,
    AwaitingEmployment,
    AwaitingConfirmation,
    AwaitingPayment,
    Active,
    Stopped,
    Cancelled,
    Expired,
    Held,
    AwaitingIdentity,
    AwaitingProof,
}

/// What the state is computed from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub(super) is_confirmed_by_code: bool,
    pub(super) has_account: bool,
    /// The work was told by whoever is a participant already.
    pub(super) is_further: bool,
    /// The first bill of his further membership is open.
    pub(super) further_is_unpaid: bool,
    pub(super) is_cancelled: bool,
    pub(super) is_stopped: bool,
    pub(super) has_employment: bool,
    pub(super) is_confirmed: bool,
    /// Somebody else with this NIK or passport is active.
    pub(super) nik_is_taken: bool,
    /// There is something to prove by that it is he, and tries are left.
    pub(super) can_prove: bool,
    /// He could not, and an officer has been asked.
    pub(super) waits_for_officer: bool,
    /// He has a passport where others have a NIK.
    pub(super) is_foreigner: bool,
    /// The register, or an officer, has said after the confirmation that it is not he.
    pub(super) is_refused: bool,
    /// All that is asked for is paid, and the register has not said yet who he is.
    pub(super) is_paid_in_doubt: bool,
    pub(super) expires_at: DateTime<Utc>,
}

impl State {
    /// The contract's name of it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AwaitingOtp => "STATE_AWAITING_OTP",
            Self::AwaitingEmployment => "STATE_AWAITING_EMPLOYMENT",
            Self::AwaitingConfirmation => "STATE_AWAITING_CONFIRMATION",
            Self::AwaitingPayment => "STATE_AWAITING_PAYMENT",
            Self::Active => "STATE_ACTIVE",
            Self::Stopped => "STATE_STOPPED",
            Self::Cancelled => "STATE_CANCELLED",
            Self::Expired => "STATE_EXPIRED",
            Self::Held => "STATE_HELD",
            Self::AwaitingIdentity => "STATE_AWAITING_IDENTITY",
            Self::AwaitingProof => "STATE_AWAITING_PROOF",
        }
    }
}

/// Where it stands at `now`.
pub(super) fn state(facts: &Facts, now: DateTime<Utc>) -> State {
    if facts.has_account && !facts.is_further {
        State::Active
    } else if facts.has_account {
        further(facts, now)
    } else if facts.is_cancelled {
        State::Cancelled
    } else if facts.is_paid_in_doubt && !facts.nik_is_taken {
        // He has done all that was asked of him: the register's silence does not let it run out.
        State::AwaitingIdentity
    } else if facts.is_refused {
        State::Held
    } else if facts.waits_for_officer {
        // Whoever waits for an officer does not run out of time.
        State::Stopped
    } else if facts.expires_at <= now {
        State::Expired
    } else if !facts.is_confirmed_by_code {
        State::AwaitingOtp
    } else if facts.is_stopped {
        State::Stopped
    } else if facts.nik_is_taken && facts.is_confirmed {
        // The first of two with one NIK has paid: what this one pays goes to suspense, and an officer decides.
        State::Held
    } else if facts.nik_is_taken && facts.can_prove {
        State::AwaitingProof
    } else if facts.nik_is_taken || facts.is_foreigner {
        // A foreigner is taken in by his employer's report alone.
        State::Stopped
    } else if !facts.has_employment {
        State::AwaitingEmployment
    } else if !facts.is_confirmed {
        State::AwaitingConfirmation
    } else {
        State::AwaitingPayment
    }
}

/// Where the further membership stands of somebody who is a participant already.
fn further(facts: &Facts, now: DateTime<Utc>) -> State {
    if facts.is_cancelled {
        State::Cancelled
    } else if facts.is_confirmed && !facts.further_is_unpaid {
        State::Active
    } else if facts.expires_at <= now {
        State::Expired
    } else if facts.is_confirmed {
        State::AwaitingPayment
    } else {
        State::AwaitingConfirmation
    }
}

/// What an officer's word makes of somebody's wish to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    AsItStands,
    Propose,
    Accept,
    Reject,
}

/// What follows from `officer`'s word: whoever proposes does not agree with himself (maker and checker).
pub(super) fn decide(
    state: JoiningState,
    joining: &Joining,
    officer: Uuid,
    accepted: bool,
) -> Result<Decision, Error> {
    let his = [joining.proposed_by, joining.decided_by].contains(&Some(officer));
    match (state, accepted) {
        (JoiningState::Waiting, true) => Ok(Decision::Propose),
        (JoiningState::Proposed, true) if his => Ok(Decision::AsItStands),
        (JoiningState::Proposed, true) => Ok(Decision::Accept),
        (JoiningState::Waiting | JoiningState::Proposed, false) => Ok(Decision::Reject),
        (JoiningState::Accepted, true) if his => Ok(Decision::AsItStands),
        (JoiningState::Rejected, false) => Ok(Decision::AsItStands),
        (
            JoiningState::Proving
            | JoiningState::Accepted
            | JoiningState::Rejected
            | JoiningState::Withdrawn,
            _,
        ) => Err(wrong_joining(state)),
    }
}

/// The refusal of what cannot be done to a joining in its state.
pub(super) fn wrong_joining(state: JoiningState) -> Error {
    Error::WrongJoining(wire::joining::State::from(state).as_str_name())
}

/// Why the register's answer ends a registration for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// These fields are not what the register knows; their names with commas between.
    Mismatch(String),
    /// The person has died.
    Deceased,
    /// The register does not vouch for the NIK; its word for why.
    NotVouched(String),
}

/// What follows from the register's answer: nothing when it agrees.
pub(super) fn stop(verdict: &Verdict) -> Option<Stop> {
    let not_vouched = |why: &str| Some(Stop::NotVouched(why.to_owned()));
    match verdict {
        // Silence is not a no: the registration goes on, and the register is asked again.
        Verdict::Matched | Verdict::Unavailable => None,
        Verdict::Mismatched(fields) => Some(Stop::Mismatch(fields.join(","))),
        Verdict::Deceased => Some(Stop::Deceased),
        Verdict::Duplicate => not_vouched("DUPLICATE"),
        Verdict::NotFound => not_vouched("NOT_FOUND"),
        Verdict::Inactive => not_vouched("INACTIVE"),
        Verdict::WrongFormat => not_vouched("WRONG_FORMAT"),
    }
}

/// Whether somebody born on `birth_date` may register on `today` (decision C11: "maximum 65" is refused from the 65th birthday).
pub(super) fn check_age(
    policy: &Policy,
    birth_date: NaiveDate,
    today: NaiveDate,
) -> Result<(), Error> {
    let minimum = policy.bpu_minimum_age.on(today)?;
    let maximum = policy.bpu_maximum_age.on(today)?;
    let age = completed_years(birth_date, today);
    let years = u32::try_from(age).unwrap_or(0);
    let law = |it: &crate::policy::Reference| (it.title.clone(), it.href.clone());
    if years < minimum.value {
        return Err(Error::TooYoung {
            age,
            minimum: minimum.value,
            law: law(&minimum.reference),
        });
    }
    if years >= maximum.value {
        return Err(Error::TooOld {
            age,
            maximum: maximum.value,
            law: law(&maximum.reference),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
