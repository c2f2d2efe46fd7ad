//! Where a registration stands, from what is kept of it.

use chrono::{DateTime, NaiveDate, Utc};

use super::Error;
use crate::{
    identity::{Verdict, completed_years},
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
}

/// What the state is computed from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub(super) is_confirmed_by_code: bool,
    pub(super) has_account: bool,
    pub(super) is_cancelled: bool,
    pub(super) is_stopped: bool,
    pub(super) has_employment: bool,
    pub(super) is_confirmed: bool,
    /// Somebody else with this NIK is active.
    pub(super) nik_is_taken: bool,
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
        }
    }
}

/// Where it stands at `now`.
pub(super) fn state(facts: &Facts, now: DateTime<Utc>) -> State {
    if facts.has_account {
        State::Active
    } else if facts.is_cancelled {
        State::Cancelled
    } else if facts.is_paid_in_doubt && !facts.nik_is_taken {
        // He has done all that was asked of him: the register's silence does not let it run out.
        State::AwaitingIdentity
    } else if facts.is_refused {
        State::Held
    } else if facts.expires_at <= now {
        State::Expired
    } else if !facts.is_confirmed_by_code {
        State::AwaitingOtp
    } else if facts.is_stopped {
        State::Stopped
    } else if facts.nik_is_taken && facts.is_confirmed {
        // The first of two with one NIK has paid: what this one pays goes to suspense, and an officer decides.
        State::Held
    } else if facts.nik_is_taken {
        State::Stopped
    } else if !facts.has_employment {
        State::AwaitingEmployment
    } else if !facts.is_confirmed {
        State::AwaitingConfirmation
    } else {
        State::AwaitingPayment
    }
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    prop_compose! {
        fn any_facts()(
            flags in prop::array::uniform9(any::<bool>()),
            days in -40_i64..40,
        ) -> Facts {
            let [code, account, cancelled, stopped, employment, confirmed, taken, refused, doubt] = flags;
            Facts {
                is_confirmed_by_code: code,
                has_account: account,
                is_cancelled: cancelled,
                is_stopped: stopped,
                has_employment: employment,
                is_confirmed: confirmed,
                nik_is_taken: taken,
                // Both are said of a confirmed registration alone.
                is_refused: refused && code && confirmed,
                is_paid_in_doubt: doubt && code && confirmed && !refused,
                expires_at: now() + chrono::Duration::days(days),
            }
        }
    }

    fn now() -> DateTime<Utc> {
        "2026-03-10T02:00:00Z".parse().expect("a moment")
    }

    proptest! {
        /// What is done cannot be undone by anything that comes later, and money is asked for only where nothing is missing.
        #[test]
        fn states_go_on_and_never_back(facts in any_facts()) {
            let found = state(&facts, now());
            let expired = facts.expires_at <= now();
            prop_assert_eq!(found == State::Active, facts.has_account);
            if !facts.has_account {
                prop_assert_eq!(found == State::Cancelled, facts.is_cancelled);
                let decided = facts.is_cancelled || facts.is_refused
                    || (facts.is_paid_in_doubt && !facts.nik_is_taken);
                prop_assert_eq!(found == State::Expired, expired && !decided);
            }
            if found == State::AwaitingPayment {
                prop_assert!(facts.is_confirmed_by_code && facts.is_confirmed && facts.has_employment);
                prop_assert!(!facts.nik_is_taken && !facts.is_stopped);
            }
            if !facts.is_confirmed_by_code {
                // Whoever has brought no code back sees nothing of whose NIK it is.
                let other = Facts { nik_is_taken: !facts.nik_is_taken, ..facts };
                prop_assert_eq!(state(&other, now()), found);
            }
        }
    }

    #[test]
    fn the_birthday_itself_decides_on_both_sides() {
        let policy = Policy::load();
        let check = |born: &str| check_age(&policy, day(born), day("2026-03-10"));
        assert!(matches!(
            check("2011-03-11"),
            Err(Error::TooYoung {
                age: 14,
                minimum: 15,
                ..
            })
        ));
        assert!(check("2011-03-10").is_ok());
        assert!(check("1961-03-11").is_ok());
        assert!(matches!(
            check("1961-03-10"),
            Err(Error::TooOld {
                age: 65,
                maximum: 65,
                ..
            })
        ));
    }

    #[test]
    fn an_account_outlives_everything_and_a_cancellation_an_expiry() {
        let now: DateTime<Utc> = "2026-03-10T02:00:00Z".parse().expect("a moment");
        let facts = Facts {
            is_confirmed_by_code: true,
            has_account: false,
            is_cancelled: true,
            is_stopped: false,
            has_employment: true,
            is_confirmed: true,
            nik_is_taken: false,
            is_refused: false,
            is_paid_in_doubt: false,
            expires_at: now,
        };
        assert_eq!(state(&facts, now), State::Cancelled);
        let facts = Facts {
            is_cancelled: false,
            ..facts
        };
        assert_eq!(state(&facts, now), State::Expired);
        assert_eq!(
            state(
                &Facts {
                    has_account: true,
                    ..facts
                },
                now
            ),
            State::Active
        );
    }
}
