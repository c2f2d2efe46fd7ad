//! Prices and phases in all their cases; the numbers of the vectors are those of domain.md, section 10.

use proptest::prelude::*;

use super::*;
use crate::scheme::Programme::{self, Jkk, Jkm};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn placement(route: Route, contract_months: u32) -> Placement {
    Placement {
        route,
        contract_months,
        jht_monthly: None,
    }
}

fn priced(placement: &Placement) -> Vec<Line> {
    quote(&Policy::load(), placement, day("2026-05-01")).expect("a quote")
}

fn total(lines: &[Line]) -> i64 {
    lines
        .iter()
        .map(|it| it.amount)
        .sum::<crate::money::Money>()
        .idr()
}

#[test]
fn vector_20_who_goes_through_an_agency_pays_in_two_stages() {
    let amounts = |months| -> Vec<_> {
        let lines = priced(&placement(Route::Agency, months));
        lines
            .iter()
            .map(|it| (it.kind, it.amount.idr()))
            .collect::<Vec<_>>()
    };

    let before = (LineKind::BeforeWork, 37_500);
    assert_eq!(amounts(24), [before, (LineKind::Contract, 332_500)]);
    assert_eq!(amounts(26), [before, (LineKind::Contract, 359_500)]);
    assert_eq!(total(&priced(&placement(Route::Agency, 24))), 370_000);
    assert_eq!(total(&priced(&placement(Route::Agency, 26))), 397_000);
}

#[test]
fn vector_21_the_cheapest_of_the_listed_contracts() {
    let cost = |months| total(&priced(&placement(Route::Individual, months)));

    for (months, idr) in [
        (1, 108_000),
        (5, 108_000),
        (6, 108_000),
        (7, 121_500),
        (11, 175_500),
        (12, 189_000),
        (13, 202_500),
        (22, 324_000),
        (23, 332_500),
        (24, 332_500),
        (25, 346_000),
        (26, 359_500),
        (60, 818_500),
    ] {
        assert_eq!(cost(months), idr, "{months} months");
    }
}

#[test]
fn a_line_tells_how_it_came_about_and_cites_its_text() {
    let formula = |months| {
        let mut lines = priced(&placement(Route::Individual, months));
        lines.swap_remove(0).formula
    };
    assert_eq!(formula(12), "189,000 (12 months)");
    assert_eq!(formula(23), "332,500 (24 months)");
    assert_eq!(formula(7), "108,000 (6 months) + 1 × 13,500 = 121,500");
    assert_eq!(formula(18), "189,000 (12 months) + 6 × 13,500 = 270,000");

    let with_jht = Placement {
        jht_monthly: Some(Money::new(50_000)),
        ..placement(Route::Agency, 24)
    };
    let lines = priced(&with_jht);
    assert_eq!(lines[0].formula, "37,500");
    assert_eq!(lines[2].formula, "24 × 50,000 = 1,200,000");
    assert_eq!(lines[2].kind, LineKind::Jht);
    assert_eq!(total(&lines), 1_570_000);
    assert!(lines.iter().all(|it| it.references.len() == 1));
}

#[test]
fn an_extension_costs_so_much_a_month() {
    let policy = Policy::load();
    let on = day("2026-05-01");
    let plain = extension(&policy, 6, None, on).expect("an extension");
    assert_eq!(plain[0].formula, "6 × 13,500 = 81,000");
    assert_eq!((plain[0].kind, plain.len()), (LineKind::Extension, 1));

    let saving = extension(&policy, 6, Some(Money::new(600_000)), on).expect("an extension");
    assert_eq!(total(&saving), 81_000 + 3_600_000);
    let most = Refused::ContractMonths { most: 60 };
    assert_eq!(extension(&policy, 0, None, on), Err(most));
    assert_eq!(extension(&policy, 61, None, on), Err(most));
}

#[test]
fn refusals_come_in_their_order() {
    let policy = Policy::load();
    let refused = |contract_months, jht: Option<i64>, on: &str| {
        let jht_monthly = jht.map(Money::new);
        let placement = Placement {
            jht_monthly,
            ..placement(Route::Agency, contract_months)
        };
        quote(&policy, &placement, day(on)).err()
    };
    let (first, before) = ("2023-04-01", "2023-03-31");
    let most = Some(Refused::ContractMonths { most: 60 });
    let amount = |idr| Refused::JhtAmountNotOffered {
        amount: Money::new(idr),
    };

    assert_eq!(refused(0, Some(1), before), most);
    assert_eq!(refused(61, Some(1), first), most);
    for idr in [0, 49_999, 50_001, 150_000, 600_001] {
        assert_eq!(refused(1, Some(idr), first), Some(amount(idr)));
    }
    for idr in [50_000, 100_000, 200_000, 300_000, 400_000, 500_000, 600_000] {
        assert_eq!(refused(60, Some(idr), first), None);
    }
    assert_eq!(refused(60, None, first), None);
    assert!(matches!(
        refused(60, Some(50_000), before),
        Some(Refused::NoParameter(_))
    ));
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
    fn longer_never_costs_less_and_never_more_than_a_month_more(months in 1_u32..60) {
        let shorter = total(&priced(&placement(Route::Individual, months)));
        let longer = total(&priced(&placement(Route::Individual, months + 1)));

        prop_assert!(shorter <= longer && longer - shorter <= 13_500);
    }

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
