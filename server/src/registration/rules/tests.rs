use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

prop_compose! {
    fn any_facts()(
        flags in prop::array::uniform12(any::<bool>()),
        days in -40_i64..40,
    ) -> Facts {
        let [code, account, cancelled, stopped, employment, confirmed, taken, refused, doubt, provable, waits, foreign] = flags;
        Facts {
            is_confirmed_by_code: code,
            has_account: account,
            is_further: false,
            further_is_unpaid: false,
            is_cancelled: cancelled,
            is_stopped: stopped,
            has_employment: employment,
            is_confirmed: confirmed,
            nik_is_taken: taken,
            // All three are known once the code has come back.
            can_prove: provable && code,
            waits_for_officer: waits && code,
            is_foreigner: foreign,
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
                || (facts.is_paid_in_doubt && !facts.nik_is_taken)
                || facts.waits_for_officer;
            prop_assert_eq!(found == State::Expired, expired && !decided);
        }
        if found == State::AwaitingPayment {
            prop_assert!(facts.is_confirmed_by_code && facts.is_confirmed && facts.has_employment);
            prop_assert!(!facts.nik_is_taken && !facts.is_stopped && !facts.is_foreigner);
        }
        if found == State::AwaitingProof {
            prop_assert!(facts.nik_is_taken && facts.is_confirmed_by_code && !facts.is_confirmed);
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
fn two_officers_accept_and_one_rejects() {
    use JoiningState::{Accepted, Proposed, Proving, Rejected, Waiting, Withdrawn};
    let (one, two, three) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
    let joining = Joining {
        registration_id: Uuid::nil(),
        participant_id: Uuid::nil(),
        state: String::new(),
        tries: 3,
        asked_at: now(),
        reason: String::new(),
        proposed_by: Some(one),
        proposed_at: None,
        decided_by: Some(two),
        decided_at: None,
    };
    let proposed = Joining {
        decided_by: None,
        ..joining.clone()
    };
    let fresh = Joining {
        proposed_by: None,
        ..proposed.clone()
    };
    let says = |state, joining, officer, accepted| {
        decide(state, joining, officer, accepted).map_err(|it| it.to_string())
    };
    assert_eq!(says(Waiting, &fresh, one, true), Ok(Decision::Propose));
    assert_eq!(says(Waiting, &fresh, one, false), Ok(Decision::Reject));
    assert_eq!(
        says(Proposed, &proposed, one, true),
        Ok(Decision::AsItStands)
    );
    assert_eq!(says(Proposed, &proposed, two, true), Ok(Decision::Accept));
    assert_eq!(says(Proposed, &proposed, one, false), Ok(Decision::Reject));
    for officer in [one, two] {
        assert_eq!(
            says(Accepted, &joining, officer, true),
            Ok(Decision::AsItStands)
        );
    }
    assert!(says(Accepted, &joining, three, true).is_err());
    assert!(says(Accepted, &joining, two, false).is_err());
    assert_eq!(
        says(Rejected, &joining, three, false),
        Ok(Decision::AsItStands)
    );
    for state in [Rejected, Proving, Withdrawn] {
        assert!(says(state, &joining, one, true).is_err());
    }
}

#[test]
fn an_account_outlives_everything_and_a_cancellation_an_expiry() {
    let now: DateTime<Utc> = "2026-03-10T02:00:00Z".parse().expect("a moment");
    let facts = Facts {
        is_confirmed_by_code: true,
        has_account: false,
        is_further: false,
        further_is_unpaid: false,
        is_cancelled: true,
        is_stopped: false,
        has_employment: true,
        is_confirmed: true,
        nik_is_taken: false,
        can_prove: false,
        waits_for_officer: false,
        is_foreigner: false,
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

#[test]
fn a_further_membership_goes_its_own_way() {
    let facts = Facts {
        is_confirmed_by_code: true,
        has_account: true,
        is_further: true,
        further_is_unpaid: false,
        is_cancelled: false,
        is_stopped: false,
        has_employment: true,
        is_confirmed: false,
        nik_is_taken: true,
        can_prove: false,
        waits_for_officer: false,
        is_foreigner: false,
        is_refused: false,
        is_paid_in_doubt: false,
        expires_at: now() + chrono::Duration::days(1),
    };
    let late = |facts: &Facts| state(facts, now() + chrono::Duration::days(1));
    let unpaid = Facts {
        is_confirmed: true,
        further_is_unpaid: true,
        ..facts
    };
    let paid = Facts {
        further_is_unpaid: false,
        ..unpaid
    };
    let cancelled = Facts {
        is_cancelled: true,
        ..unpaid
    };

    assert_eq!(state(&facts, now()), State::AwaitingConfirmation);
    assert_eq!(state(&unpaid, now()), State::AwaitingPayment);
    assert_eq!([late(&facts), late(&unpaid)], [State::Expired; 2]);
    assert_eq!([state(&paid, now()), late(&paid)], [State::Active; 2]);
    assert_eq!(late(&cancelled), State::Cancelled);
}
