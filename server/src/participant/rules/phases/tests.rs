//! The phases in all their cases.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::{Journey, Phase, PhaseCover, phases};
use crate::{
    policy::Policy,
    scheme::{
        Programme::{self, Jkk, Jkm},
        Route,
    },
};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn journey() -> Journey {
    Journey {
        paid_on: day("2026-01-31"),
        contract_paid_on: None,
        departed_on: None,
        contract_ends_on: day("2028-02-14"),
        returned_on: None,
    }
}

fn gone() -> Journey {
    Journey {
        contract_paid_on: Some(day("2026-02-10")),
        departed_on: Some(day("2026-02-15")),
        ..journey()
    }
}

type Told = (Phase, &'static [Programme], String, String);

fn covers(route: Route, journey: &Journey) -> Vec<Told> {
    let covers = phases(&Policy::load(), route, journey).expect("phases");
    let told = |it: PhaseCover| {
        let (from, until) = (it.from.to_string(), it.until.to_string());
        (it.phase, it.programmes, from, until)
    };
    covers.into_iter().map(told).collect()
}

fn told(phase: Phase, programmes: &'static [Programme], from: &str, until: &str) -> Told {
    (phase, programmes, from.to_owned(), until.to_owned())
}

#[test]
fn before_work_lasts_from_the_payment_until_he_goes_and_not_for_ever() {
    let before = |programmes, until| told(Phase::Before, programmes, "2026-01-31", until);
    let agency = |it: &Journey| covers(Route::Agency, it);

    assert_eq!(agency(&journey()), [before(&[Jkk, Jkm], "2026-06-30")]);
    assert_eq!(
        covers(Route::Individual, &journey()),
        [before(&[Jkm], "2026-02-28")]
    );
    assert_eq!(agency(&gone())[0], before(&[Jkk, Jkm], "2026-02-14"));
    let late = Journey {
        departed_on: Some(day("2026-08-01")),
        ..gone()
    };
    assert_eq!(agency(&late)[0], before(&[Jkk, Jkm], "2026-06-30"));
    assert_eq!(agency(&late)[1].2, "2026-08-01");
}

#[test]
fn who_goes_on_the_day_he_pays_has_no_time_before() {
    let at_once = Journey {
        contract_paid_on: Some(day("2026-01-31")),
        departed_on: Some(day("2026-01-31")),
        ..journey()
    };
    assert_eq!(
        covers(Route::Individual, &at_once),
        [told(Phase::During, &[Jkk, Jkm], "2026-01-31", "2028-03-14")]
    );
}

#[test]
fn nothing_is_covered_before_it_is_paid() {
    let unpaid = Journey {
        contract_paid_on: None,
        ..gone()
    };
    assert_eq!(covers(Route::Agency, &unpaid).len(), 1);
    let paid_abroad = Journey {
        contract_paid_on: Some(day("2026-03-01")),
        ..gone()
    };
    assert_eq!(covers(Route::Agency, &paid_abroad)[1].2, "2026-03-01");
}

#[test]
fn during_work_ends_with_the_way_home_and_after_it_come_thirty_days() {
    let back = |returned_on: &str| {
        let journey = Journey {
            returned_on: Some(day(returned_on)),
            ..gone()
        };
        covers(Route::Agency, &journey).split_off(1)
    };
    let during = |until| told(Phase::During, &[Jkk, Jkm], "2026-02-15", until);
    let after = |from, until| told(Phase::After, &[Jkk, Jkm], from, until);

    assert_eq!(covers(Route::Agency, &gone())[1], during("2028-03-14"));
    assert_eq!(
        back("2027-06-30"),
        [during("2027-06-30"), after("2027-07-01", "2027-07-30")]
    );
    assert_eq!(
        back("2028-03-14"),
        [during("2028-03-14"), after("2028-03-15", "2028-04-13")]
    );
    assert_eq!(back("2028-03-15"), [during("2028-03-14")]);
    assert_eq!(
        back("2026-02-15"),
        [during("2026-02-15"), after("2026-02-16", "2026-03-17")]
    );
    assert_eq!(back("2026-02-14"), []);
}

proptest! {
    #[test]
    fn phases_follow_each_other(paid in 0_u64..400, contract in 0_u64..400, went in 0_u64..400, ended in 0_u64..1_200, back in 0_u64..1_300) {
        let from = |days| day("2026-01-01") + chrono::Days::new(days);
        let journey = Journey {
            paid_on: from(paid),
            contract_paid_on: Some(from(contract)),
            departed_on: Some(from(went)),
            contract_ends_on: from(ended),
            returned_on: Some(from(back)),
        };

        for route in [Route::Agency, Route::Individual] {
            let covers = phases(&Policy::load(), route, &journey).expect("phases");
            prop_assert!(covers.iter().all(|it| it.from <= it.until));
            prop_assert!(covers.is_sorted_by(|one, next| one.until < next.from && one.phase < next.phase));
        }
    }
}
