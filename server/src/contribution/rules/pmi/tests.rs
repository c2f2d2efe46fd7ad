//! Prices and phases in all their cases; the numbers of the vectors are those of domain.md, section 10.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn terms(route: Route, contract_months: u32) -> Terms {
    Terms {
        route,
        contract_months,
        jht_monthly: None,
    }
}

fn priced(placement: &Terms) -> Vec<Line> {
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
        let lines = priced(&terms(Route::Agency, months));
        lines
            .iter()
            .map(|it| (it.kind, it.amount.idr()))
            .collect::<Vec<_>>()
    };

    let before = (LineKind::BeforeWork, 37_500);
    assert_eq!(amounts(24), [before, (LineKind::Contract, 332_500)]);
    assert_eq!(amounts(26), [before, (LineKind::Contract, 359_500)]);
    assert_eq!(total(&priced(&terms(Route::Agency, 24))), 370_000);
    assert_eq!(total(&priced(&terms(Route::Agency, 26))), 397_000);
}

#[test]
fn vector_21_the_cheapest_of_the_listed_contracts() {
    let cost = |months| total(&priced(&terms(Route::Individual, months)));

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
        let mut lines = priced(&terms(Route::Individual, months));
        lines.swap_remove(0).formula
    };
    assert_eq!(formula(12), "189,000 (12 months)");
    assert_eq!(formula(23), "332,500 (24 months)");
    assert_eq!(formula(7), "108,000 (6 months) + 1 × 13,500 = 121,500");
    assert_eq!(formula(18), "189,000 (12 months) + 6 × 13,500 = 270,000");

    let with_jht = Terms {
        jht_monthly: Some(Money::new(50_000)),
        ..terms(Route::Agency, 24)
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
    let most = |months| Refused::ContractMonths { months, most: 60 };
    assert_eq!(extension(&policy, 0, None, on), Err(most(0)));
    assert_eq!(extension(&policy, 61, None, on), Err(most(61)));
}

#[test]
fn refusals_come_in_their_order() {
    let policy = Policy::load();
    let refused = |contract_months, jht: Option<i64>, on: &str| {
        let jht_monthly = jht.map(Money::new);
        let terms = Terms {
            jht_monthly,
            ..terms(Route::Agency, contract_months)
        };
        quote(&policy, &terms, day(on)).err()
    };
    let (first, before) = ("2023-04-01", "2023-03-31");
    let most = |months| Some(Refused::ContractMonths { months, most: 60 });
    let law = &policy
        .pmi_jht_amounts
        .on(day(first))
        .expect("amounts")
        .reference;
    let amount = |idr| Refused::JhtAmountNotOffered {
        amount: Money::new(idr),
        law: (law.title.clone(), law.href.clone()),
    };

    assert_eq!(refused(0, Some(1), before), most(0));
    assert_eq!(refused(61, Some(1), first), most(61));
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

proptest! {
    #[test]
    fn longer_never_costs_less_and_never_more_than_a_month_more(months in 1_u32..60) {
        let shorter = total(&priced(&terms(Route::Individual, months)));
        let longer = total(&priced(&terms(Route::Individual, months + 1)));

        prop_assert!(shorter <= longer && longer - shorter <= 13_500);
    }
}
