//! Who holds what, which wage is taken, and dates, in all their cases.

use chrono::Days;
use proptest::prelude::*;

use super::*;
use Programme::{Jht, Jkk, Jkm, Jp};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn set(programmes: &[Programme]) -> BTreeSet<Programme> {
    programmes.iter().copied().collect()
}

#[test]
fn jkp_takes_each_of_its_conditions() {
    let policy = Policy::load();
    let (all, no_jp, no_jht) = (
        set(&[Jkk, Jkm, Jht, Jp]),
        set(&[Jkk, Jkm, Jht]),
        set(&[Jkk, Jkm, Jp]),
    );
    let medium = JkpFacts {
        is_citizen: true,
        has_employment_relation: true,
        is_in_jkn: true,
        birth_date: day("1990-05-17"),
        registered_on: day("2026-05-01"),
        scale: Scale::Medium,
        programmes: &all,
    };
    let eligible = |facts: JkpFacts<'_>| is_jkp_eligible(&policy, &facts);
    assert_eq!(eligible(medium), Ok(true));

    let foreigner = JkpFacts {
        is_citizen: false,
        ..medium
    };
    let director = JkpFacts {
        has_employment_relation: false,
        ..medium
    };
    let outside_jkn = JkpFacts {
        is_in_jkn: false,
        ..medium
    };
    for facts in [foreigner, director, outside_jkn] {
        assert_eq!(eligible(facts), Ok(false));
    }
    for scale in Scale::ALL {
        let is_small = matches!(scale, Scale::Micro | Scale::Small);
        let held = |programmes| {
            eligible(JkpFacts {
                scale,
                programmes,
                ..medium
            })
        };
        assert_eq!(held(&all), Ok(true), "{scale:?}");
        assert_eq!(held(&no_jp), Ok(is_small), "{scale:?}");
        assert_eq!(held(&no_jht), Ok(false), "{scale:?}");
    }
}

#[test]
fn nobody_is_registered_in_jkp_from_the_birthday_on() {
    let policy = Policy::load();
    let all = set(&[Jkk, Jkm, Jht, Jp]);
    let on = |birth_date: &str, registered_on: &str| {
        let facts = JkpFacts {
            is_citizen: true,
            has_employment_relation: true,
            is_in_jkn: true,
            birth_date: day(birth_date),
            registered_on: day(registered_on),
            scale: Scale::Large,
            programmes: &all,
        };
        is_jkp_eligible(&policy, &facts)
    };

    assert_eq!(on("1972-05-17", "2026-05-16"), Ok(true));
    assert_eq!(on("1972-05-17", "2026-05-17"), Ok(false));
    assert_eq!(on("1972-02-29", "2026-02-28"), Ok(true));
    assert_eq!(on("1972-02-29", "2026-03-01"), Ok(false));
    assert_eq!(on("1990-01-01", "2021-02-02"), Ok(true));
    assert!(on("1990-01-01", "2021-02-01").is_err());
}

#[test]
fn jp_ends_with_the_month_in_which_the_pension_age_is_reached() {
    let policy = Policy::load();
    let last = |birth_date: &str, last: &str| {
        let born = day(birth_date);
        let last = month(last);
        assert_eq!(holds_jp_in(&policy, born, last), Ok(true), "{birth_date}");
        let after = holds_jp_in(&policy, born, last.next());
        assert_eq!(after, Ok(false), "{birth_date}");
    };

    last("1962-12-31", "2018-12"); // 56, on the last day of 56
    last("1963-01-01", "2020-01"); // 57, since 56 comes a day too late
    last("1964-12-31", "2021-12");
    last("1965-01-01", "2023-01"); // 58
    last("1966-12-31", "2024-12"); // 58, and stays so when it becomes 59
    last("1967-01-01", "2026-01"); // 59
    last("1967-06-15", "2026-06");
    last("1968-12-31", "2027-12");
    last("1969-01-01", "2029-01"); // 60
    last("1978-12-31", "2042-12"); // 64
    last("1979-01-01", "2044-01"); // 65
    last("1990-08-17", "2055-08");
    last("1950-01-01", "2015-07"); // older when JP began
    assert!(holds_jp_in(&policy, day("1990-08-17"), month("2015-06")).is_err());
}

#[test]
fn vector_18_a_month_is_due_in_the_next_on_a_day_that_is_worked() {
    let policy = Policy::load();
    let due = |text: &str| due_on(&policy, month(text)).expect("a due day");

    // A Sunday, collective leave and a holiday in a row.
    assert_eq!(due("2026-01"), (day("2026-02-18"), CalendarBasis::Full));
    assert_eq!(due("2026-05"), (day("2026-06-15"), CalendarBasis::Full));
    assert_eq!(due("2025-12"), (day("2026-01-15"), CalendarBasis::Full));
    let weekends = CalendarBasis::WeekendsOnly;
    assert_eq!(due("2027-12"), (day("2028-01-17"), weekends));
    assert!(due_on(&policy, month("2015-06")).is_err());
}

#[test]
fn vector_17_two_per_cent_for_each_begun_month() {
    let policy = Policy::load();
    let million = |on: &str| {
        let (unpaid, due) = (Money::new(1_000_000), day("2026-06-15"));
        penalty(&policy, unpaid, due, day(on)).map(Money::idr)
    };

    assert_eq!(million("2026-06-01"), Ok(0));
    assert_eq!(million("2026-06-15"), Ok(0));
    assert_eq!(million("2026-06-16"), Ok(20_000));
    assert_eq!(million("2026-07-15"), Ok(20_000));
    assert_eq!(million("2026-07-16"), Ok(40_000));
    assert_eq!(million("2027-06-15"), Ok(240_000));
    assert_eq!(million("2027-06-16"), Ok(260_000));
    assert!(million("2031-01-01").is_ok_and(|idr| idr > 1_000_000));
}

#[test]
fn a_penalty_is_rounded_once_and_not_each_month() {
    let policy = Policy::load();
    let of = |idr, on: &str| {
        let unpaid = Money::new(idr);
        penalty(&policy, unpaid, day("2026-06-15"), day(on)).map(Money::idr)
    };

    assert_eq!(of(24, "2026-06-16"), Ok(0)); // 0.48
    assert_eq!(of(25, "2026-06-16"), Ok(1)); // 0.50
    assert_eq!(of(24, "2026-07-16"), Ok(1)); // 0.96
    assert_eq!(of(25, "2026-08-16"), Ok(2)); // 1.50
}

#[test]
fn months_begin_the_day_after_the_due_date_and_are_cut_to_the_month_s_end() {
    let begun = |due: &str, on: &str| begun_months(day(due), day(on));

    assert_eq!(begun("2026-01-31", "2026-02-28"), 1);
    assert_eq!(begun("2026-01-31", "2026-03-01"), 2);
    assert_eq!(begun("2026-01-31", "2026-03-31"), 2);
    assert_eq!(begun("2026-01-31", "2026-04-01"), 3);
    assert_eq!(begun("2026-12-15", "2027-01-15"), 1);
    assert_eq!(begun("2026-12-15", "2027-01-16"), 2);
}

proptest! {
    #[test]
    fn a_penalty_never_falls_with_time_nor_with_the_debt(
        unpaid in 0_i64..1_000_000_000_000, more in 0_i64..1_000_000, days in 0_u64..4_000, later in 0_u64..100,
    ) {
        let policy = Policy::load();
        let due = day("2026-06-15");
        let of = |idr, days| penalty(&policy, Money::new(idr), due, due + Days::new(days)).expect("a penalty");

        prop_assert!(of(unpaid, days) <= of(unpaid, days + later));
        prop_assert!(of(unpaid, days) <= of(unpaid + more, days));
        prop_assert_eq!(of(unpaid, 0), Money::ZERO);
    }

    #[test]
    fn who_has_no_jp_any_more_never_gets_it_back(age_in_days in 0_u64..40_000, month in 0_u32..600) {
        let policy = Policy::load();
        let born = day("1930-01-01") + Days::new(age_in_days);
        let month = Month::of(day("2015-07-01")).plus(month);

        let now = holds_jp_in(&policy, born, month).expect("an age");
        let next = holds_jp_in(&policy, born, month.next()).expect("an age");
        prop_assert!(now || !next);
    }
}
