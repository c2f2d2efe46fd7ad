//! The way of a claim: whatever is tried in whatever order, it only goes on.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;
use crate::{bank_account::BankAccount, benefit::Cause, identity::Channel, money::Money};

fn now() -> DateTime<Utc> {
    "2026-06-10T02:00:00Z".parse().expect("a moment")
}

fn name(text: &str) -> FullName {
    FullName::parse(text).expect("a name")
}

fn claim() -> Claim {
    Claim {
        id: Uuid::nil(),
        participant: Uuid::nil(),
        cause: Cause::Retirement,
        content_digest: Vec::new(),
        state: State::Submitted,
        is_open: true,
        account: BankAccount::kept("008".into(), "123456".into(), name("Budi Hartono")),
        challenge: Uuid::nil(),
        channel: Channel::Sms,
        estimate: Money::new(1),
        requires_interview: false,
        submitted_at: now(),
        held_until: now(),
        due_on: now().date_naive(),
        weekends_only: false,
        policy_version: String::new(),
        taken_by: None,
        taken_at: None,
        reason: None,
    }
}

fn award(proposed_by: Uuid) -> Award {
    Award {
        id: Uuid::nil(),
        claim: Uuid::nil(),
        state: AwardState::Proposed,
        amount: Money::new(1),
        lines: Vec::new(),
        policy_version: String::new(),
        proposed_by,
        approved_by: None,
        proposed_at: now(),
        approved_at: None,
        instructed_at: None,
        settled_at: None,
        bank_reference: None,
        failure: None,
        tries: 0,
        next_at: None,
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Take(bool),
    Approve(bool),
    Reject(bool),
    Withdraw,
    Instruct,
    Settle(bool),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        any::<bool>().prop_map(Act::Take),
        any::<bool>().prop_map(Act::Approve),
        any::<bool>().prop_map(Act::Reject),
        Just(Act::Withdraw),
        Just(Act::Instruct),
        any::<bool>().prop_map(Act::Settle),
    ]
}

/// Does what the rules allow, as `decide.rs` and `payout.rs` do it.
fn act(claim: &mut Claim, won: &mut Option<Award>, needs_two: bool, act: Act) {
    let officer = |second: bool| Uuid::from_u128(if second { 2 } else { 1 });
    match act {
        Act::Take(second) => {
            if matches!(take(claim, officer(second), now()), Ok(May::Do(()))) {
                claim.state = State::InReview;
                claim.taken_by = Some(officer(second));
            }
        }
        Act::Approve(second) => {
            let by = officer(second);
            let Ok(May::Do(how)) = approve(claim, won.as_ref(), by) else {
                return;
            };
            let it = won.get_or_insert_with(|| award(by));
            if how == Approval::Second || !needs_two {
                it.state = AwardState::Approved;
                it.approved_by = Some(by);
                claim.state = State::Decided;
            }
        }
        Act::Reject(second) => {
            if matches!(
                reject(claim, won.as_ref(), officer(second), "no"),
                Ok(May::Do(()))
            ) {
                claim.state = State::Decided;
                claim.is_open = false;
                claim.reason = Some("no".into());
                won.iter_mut()
                    .for_each(|it| it.state = AwardState::Cancelled);
            }
        }
        Act::Withdraw => {
            if matches!(withdraw(claim, won.as_ref()), Ok(May::Do(()))) {
                claim.state = State::Withdrawn;
                claim.is_open = false;
                won.iter_mut()
                    .for_each(|it| it.state = AwardState::Cancelled);
            }
        }
        Act::Instruct => {
            if let Some(it) = won.as_mut().filter(|it| it.state == AwardState::Approved) {
                it.state = AwardState::Instructed;
            }
        }
        Act::Settle(paid) => {
            if let Some(it) = won.as_mut().filter(|it| it.state == AwardState::Instructed) {
                it.state = if paid {
                    AwardState::Paid
                } else {
                    AwardState::Failed
                };
                claim.state = State::Closed;
                claim.is_open = false;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// I11: states move only along allowed edges; what is over stays over; where two are needed, two were there.
    #[test]
    fn a_claim_only_goes_on(acts in prop::collection::vec(any_act(), 0..50), needs_two in any::<bool>()) {
        let (mut claim, mut won) = (claim(), None);
        for it in acts {
            let (before, was_open) = (claim.state, claim.is_open);
            act(&mut claim, &mut won, needs_two, it);
            let edge = matches!(
                (before, claim.state),
                (State::Submitted, State::InReview | State::Withdrawn)
                    | (State::InReview, State::Decided | State::Withdrawn)
                    | (State::Decided, State::Closed | State::Withdrawn)
            );
            prop_assert!(edge || before == claim.state, "{before:?} → {:?}", claim.state);
            prop_assert!(was_open || !claim.is_open);
            let reserved = won.as_ref().is_some_and(|it| {
                matches!(it.state, AwardState::Approved | AwardState::Instructed)
            });
            prop_assert!(!reserved || claim.is_open, "money is reserved for a claim that is over");
            if let Some(it) = won.as_ref().filter(|it| it.approved_by.is_some() && needs_two) {
                prop_assert_ne!(it.approved_by, Some(it.proposed_by));
            }
        }
    }
}

#[test]
fn whoever_holds_the_account_is_told_only_by_the_words_that_are_missing() {
    let own = name("Budi Hartono Santoso");
    assert!(check_holder(&own, &name("BUDI HARTONO  SANTOSO")).is_ok());
    let refused = check_holder(&own, &name("Budi Wibowo"));
    assert!(matches!(
        refused,
        Err(Error::HolderDiffers { missing, masked_holder })
            if missing == "HARTONO SANTOSO" && masked_holder == "B••• W•••"
    ));
}
