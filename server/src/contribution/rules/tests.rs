//! The rules in all their cases; the numbers of the vectors are those of domain.md, section 10.

use proptest::prelude::*;

use super::*;

const BASIC: [Programme; 2] = [Programme::Jkk, Programme::Jkm];
const WITH_JHT: [Programme; 3] = [Programme::Jkk, Programme::Jkm, Programme::Jht];

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn terms(sector: Sector, income: i64, programmes: &[Programme]) -> Terms {
    Terms {
        category: BpuCategory::SelfEmployed,
        sector,
        income: Money::new(income),
        programmes: programmes.iter().copied().collect(),
        paid_by_state: false,
    }
}

fn priced(terms: &Terms, first: &str, months: u32) -> Quote {
    quote(&Policy::load(), terms, month(first), months).expect("a quote")
}

fn total(terms: &Terms, first: &str) -> i64 {
    priced(terms, first, 1).total().idr()
}

fn amounts(quote: &Quote) -> Vec<i64> {
    quote.lines.iter().map(|it| it.amount.idr()).collect()
}

#[test]
fn vectors_1_and_2_a_trader_with_old_age() {
    let trader = terms(Sector::Trade, 2_500_000, &WITH_JHT);
    let january = priced(&trader, "2026-01", 1);

    assert_eq!((january.bracket, january.base.idr()), (9, 2_600_000));
    assert_eq!(amounts(&january), [26_000, 6_800, 52_000]);
    assert_eq!(january.total().idr(), 84_800);
    assert_eq!(total(&trader, "2026-03"), 84_800);
    assert_eq!(total(&trader, "2026-04"), 68_400);
    assert_eq!(total(&trader, "2026-12"), 68_400);
    assert_eq!(total(&trader, "2027-01"), 84_800);
}

#[test]
fn vector_3_a_driver_on_both_sides_of_his_discount() {
    let driver = terms(Sector::Transport, 900_000, &BASIC);

    assert_eq!(total(&driver, "2025-12"), 16_800);
    assert_eq!(total(&driver, "2026-01"), 8_400);
    assert_eq!(total(&driver, "2027-03"), 8_400);
    assert_eq!(total(&driver, "2027-04"), 16_800);
}

#[test]
fn vectors_4_and_5_a_year_prepaid_keeps_the_price_of_each_month() {
    let trader = priced(&terms(Sector::Trade, 1_000_000, &BASIC), "2026-01", 12);
    let driver = priced(&terms(Sector::Transport, 1_000_000, &BASIC), "2026-01", 12);

    assert_eq!(trader.total().idr(), 126_000);
    assert_eq!(driver.total().idr(), 100_800);
    assert_eq!(trader.lines.len(), 24);
}

#[test]
fn vectors_6_and_7_brackets_begin_at_their_lower_bound() {
    let bracket = |income| {
        let quote = priced(&terms(Sector::Trade, income, &BASIC), "2026-01", 1);
        (quote.bracket, quote.base.idr())
    };

    assert_eq!(bracket(1_099_000), (1, 1_000_000));
    assert_eq!(bracket(1_099_500), (1, 1_000_000));
    assert_eq!(bracket(1_099_999), (1, 1_000_000));
    assert_eq!(bracket(1_100_000), (2, 1_200_000));
    assert_eq!(bracket(50_000_000), (33, 20_700_000));
    assert_eq!(bracket(i64::MAX), (33, 20_700_000));
}

#[test]
fn vector_8_owners_get_no_discount_nor_does_whoever_the_state_pays_for() {
    let trader = terms(Sector::Trade, 1_000_000, &WITH_JHT);
    let owner = Terms {
        category: BpuCategory::Owner,
        ..trader.clone()
    };
    let other = Terms {
        category: BpuCategory::Other,
        ..trader.clone()
    };
    let paid_for = Terms {
        paid_by_state: true,
        ..trader.clone()
    };

    assert_eq!(total(&owner, "2026-05"), 36_800);
    assert_eq!(total(&other, "2026-05"), 36_800);
    assert_eq!(total(&paid_for, "2026-05"), 36_800);
    assert_eq!(total(&trader, "2026-05"), 28_400);
}

#[test]
fn vector_9_half_of_each_line() {
    let quote = priced(&terms(Sector::Trade, 2_950_000, &BASIC), "2026-05", 1);

    assert_eq!(quote.base.idr(), 2_950_000);
    assert_eq!(amounts(&quote), [14_750, 3_400]);
    assert_eq!(quote.total().idr(), 18_150);
}

#[test]
fn vector_19_a_due_day_on_a_sunday_moves_to_monday() {
    let policy = Policy::load();
    let due = |text: &str| due_on(&policy, month(text)).expect("a due day");

    assert_eq!(due("2026-03"), (day("2026-03-16"), CalendarBasis::Full));
    assert_eq!(due("2026-04"), (day("2026-04-15"), CalendarBasis::Full));
    assert_eq!(due("2026-02"), (day("2026-02-18"), CalendarBasis::Full));
    assert_eq!(
        due("2028-01"),
        (day("2028-01-17"), CalendarBasis::WeekendsOnly)
    );
}

#[test]
fn every_sector_has_its_discount_from_its_first_to_its_last_month() {
    for sector in Sector::ALL {
        let (before, first, last, after) = match sector {
            Sector::Transport => ("2025-12", "2026-01", "2027-03", "2027-04"),
            Sector::Trade
            | Sector::Agriculture
            | Sector::Fishery
            | Sector::Craft
            | Sector::Services
            | Sector::Other => ("2026-03", "2026-04", "2026-12", "2027-01"),
        };
        let terms = terms(sector, 1_000_000, &WITH_JHT);
        assert_eq!(total(&terms, before), 36_800, "{sector:?}");
        assert_eq!(total(&terms, first), 28_400, "{sector:?}");
        assert_eq!(total(&terms, last), 28_400, "{sector:?}");
        assert_eq!(total(&terms, after), 36_800, "{sector:?}");
    }
}

#[test]
fn a_line_tells_how_it_came_about_and_cites_its_texts() {
    let titles =
        |line: &Line| -> Vec<_> { line.references.iter().map(|it| it.title.clone()).collect() };

    let full = priced(&terms(Sector::Trade, 2_500_000, &WITH_JHT), "2026-01", 1).lines;
    assert_eq!(full[0].formula, "1.00 % × 2,600,000 = 26,000");
    assert_eq!(full[1].formula, "6,800");
    assert_eq!(full[2].formula, "2.00 % × 2,600,000 = 52,000");
    assert_eq!(titles(&full[0]), ["PP 44/2015, annex II"]);
    assert_eq!(titles(&full[2]), ["PP 46/2015", "PP 44/2015, annex II"]);
    assert_eq!(full[0].discount, Money::ZERO);

    let half = priced(&terms(Sector::Transport, 900_000, &BASIC), "2026-01", 1).lines;
    assert_eq!(
        half[0].formula,
        "50.00 % off (1.00 % × 1,000,000 = 10,000) = 5,000"
    );
    assert_eq!(half[1].formula, "50.00 % off (6,800) = 3,400");
    assert_eq!(titles(&half[1]), ["PP 44/2015, annex II", "PP 50/2025"]);
    assert_eq!(half[0].discount.idr(), 5_000);
}

#[test]
fn refusals_come_in_their_order() {
    let policy = Policy::load();
    let refused = |category, programmes: &[Programme], first: &str| {
        let terms = Terms {
            category,
            ..terms(Sector::Trade, 1, programmes)
        };
        quote(&policy, &terms, month(first), 1).expect_err("a refusal")
    };
    let mandatory = |programme| Refused::ProgrammeMandatory { programme };
    let not_served = |programme| Refused::ProgrammeNotServed { programme };
    use BpuCategory::{Owner, SelfEmployed};
    use Programme::{Jht, Jkk, Jkm, Jkp, Jp};

    assert_eq!(refused(SelfEmployed, &[Jkp, Jp], "2015-06"), not_served(Jp));
    assert_eq!(
        refused(SelfEmployed, &[Jkk, Jkm, Jkp], "2026-01"),
        not_served(Jkp)
    );
    assert_eq!(refused(SelfEmployed, &[], "2015-06"), mandatory(Jkk));
    assert_eq!(
        refused(SelfEmployed, &[Jkk, Jht], "2015-06"),
        mandatory(Jkm)
    );
    assert_eq!(refused(Owner, &[Jkk, Jkm], "2015-06"), mandatory(Jht));
    let silent = NoParameter {
        parameter: "bpu/brackets",
        day: day("2015-06-01"),
    };
    assert_eq!(
        refused(Owner, &WITH_JHT, "2015-06"),
        Refused::NoParameter(silent)
    );
    assert_eq!(total(&terms(Sector::Trade, 1, &BASIC), "2015-07"), 16_800);
}

proptest! {
    #[test]
    fn a_quote_is_the_sum_of_its_months(
        sector in proptest::sample::select(Sector::ALL.to_vec()),
        category in proptest::sample::select(BpuCategory::ALL.to_vec()),
        income in 1_i64..60_000_000,
        with_jht: bool,
        paid_by_state: bool,
        later in 0_u32..150,
        months in 1_u32..=12,
    ) {
        let policy = Policy::load();
        let programmes = if with_jht || category == BpuCategory::Owner { &WITH_JHT[..] } else { &BASIC };
        let terms = Terms { category, paid_by_state, ..terms(sector, income, programmes) };
        let first = month("2016-01").plus(later);

        let whole = quote(&policy, &terms, first, months).expect("a quote");

        let sum: i64 = whole.lines.iter().map(|it| it.amount.idr()).sum();
        prop_assert_eq!(whole.total().idr(), sum);
        prop_assert_eq!(whole.lines.len(), programmes.len() * usize::try_from(months)?);
        let mut one_by_one = Vec::new();
        for month in (0..months).map(|n| first.plus(n)) {
            one_by_one.extend(quote(&policy, &terms, month, 1).expect("a quote").lines);
        }
        prop_assert_eq!(&whole.lines, &one_by_one);
        let undiscounted = Terms { paid_by_state: true, ..terms };
        let undiscounted = quote(&policy, &undiscounted, first, months).expect("a quote").lines;
        for (line, full) in whole.lines.iter().zip(undiscounted) {
            prop_assert!(line.amount >= Money::ZERO && line.discount >= Money::ZERO);
            prop_assert!(line.discount <= full.amount);
            prop_assert_eq!(line.amount.checked_add(line.discount), Some(full.amount));
        }
    }
}
