//! Rounding, reading and writing, and the arithmetic of months.

use chrono::Months;
use proptest::prelude::*;

use super::*;

fn rate(text: &str) -> Rate {
    text.parse().expect("a rate")
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

#[test]
fn money_is_written_with_commas() {
    let written = |idr| Money::new(idr).to_string();
    assert_eq!(written(0), "0");
    assert_eq!(written(999), "999");
    assert_eq!(written(26_000), "26,000");
    assert_eq!(written(-1_234_567), "-1,234,567");
    assert_eq!(written(i64::MIN), "-9,223,372,036,854,775,808");
}

#[test]
fn money_is_never_wrapped() {
    let most = Money::new(i64::MAX);
    assert_eq!(most.checked_add(Money::new(1)), None);
    assert_eq!(Money::new(-2).checked_sub(most), None);
    assert_eq!(most.checked_sub(most), Some(Money::ZERO));
    assert_eq!(
        [1, 2, 3].map(Money::new).into_iter().sum::<Money>().idr(),
        6
    );
}

#[test]
fn a_rate_is_read_exactly_and_written_back() {
    for text in [
        "0.00 %", "0.14 %", "1.00 %", "5.70 %", "0.125 %", "0.0001 %", "100.00 %",
    ] {
        assert_eq!(rate(text).to_string(), text);
    }
    assert_eq!(rate("5.70 %"), Rate(57_000));
    assert_eq!(rate("5.7000 %").to_string(), "5.70 %");
}

#[test]
fn what_is_no_rate_is_not_read() {
    let wrong = [
        "",
        "5.70",
        "5.70%",
        "5 %",
        "5.7 %",
        ".70 %",
        "+5.70 %",
        "-5.70 %",
        "5.70  %",
        "5,70 %",
        "100.01 %",
        "1000.00 %",
        "5.70001 %",
        " 5.70 %",
        "5.7e1 %",
        "٥.٧٠ %",
    ];
    for text in wrong {
        assert!(text.parse::<Rate>().is_err(), "{text:?}");
    }
}

#[test]
fn half_a_rupiah_goes_up() {
    assert_eq!(rate("0.30 %").of(Money::new(1_000_500)).idr(), 3_002);
    assert_eq!(rate("0.24 %").of(Money::new(3_333_333)).idr(), 8_000);
    assert_eq!(rate("3.70 %").of(Money::new(3_333_333)).idr(), 123_333);
    assert_eq!(rate("50.00 %").of(Money::new(1)).idr(), 1);
    assert_eq!(Rate::WHOLE.of(Money::new(i64::MAX)).idr(), i64::MAX);
}

#[test]
fn a_discount_is_rounded_once() {
    // Rounded twice it were 1 % of 149 = 1, half of it 1.
    assert_eq!(
        rate("1.00 %")
            .of_less(Money::new(149), rate("50.00 %"))
            .idr(),
        1
    );
    assert_eq!(
        rate("1.00 %")
            .of_less(Money::new(99), rate("50.00 %"))
            .idr(),
        0
    );
}

#[test]
fn a_month_is_written_one_way() {
    assert_eq!(month("2026-01").to_string(), "2026-01");
    for text in [
        "2026-1",
        "2026-13",
        "2026-00",
        "26-01",
        "2026-01-01",
        "+026-01",
        "2026/01",
    ] {
        assert!(text.parse::<Month>().is_err(), "{text:?}");
    }
}

#[test]
fn a_month_ends_where_the_next_begins() {
    assert_eq!(month("2024-02").last_day().to_string(), "2024-02-29");
    assert_eq!(month("2025-02").last_day().to_string(), "2025-02-28");
    assert_eq!(month("2025-12").next(), month("2026-01"));
    assert_eq!(month("2025-11").plus(14), month("2027-01"));
    assert_eq!(month("2025-11").months_since(month("2027-01")), -14);
    assert!(month("2025-12") < month("2026-01"));
}

proptest! {
    #[test]
    fn rounding_is_off_by_at_most_half(idr in 0_i64..1_000_000_000_000, parts in 0..=MILLION) {
        let exact = i128::from(idr) * i128::from(parts);
        let rounded = i128::from(Rate(parts).of(Money::new(idr)).idr()) * i128::from(MILLION);
        let half = i128::from(MILLION / 2);
        prop_assert!(-half < rounded - exact && rounded - exact <= half);
    }

    #[test]
    fn a_rate_is_read_as_it_was_written(parts in 0..=MILLION) {
        prop_assert_eq!(rate(&Rate(parts).to_string()), Rate(parts));
    }

    #[test]
    fn months_add_like_the_calendar(year in 1_i32..9_000, of_year in 1_u32..=12, n in 0_u32..2_000) {
        let first = NaiveDate::from_ymd_opt(year, of_year, 1).expect("a first of the month");
        let later = Month::of(first).plus(n);
        prop_assert_eq!(later.first_day(), first + Months::new(n));
        prop_assert_eq!(later.months_since(Month::of(first)), n.cast_signed());
        prop_assert_eq!(Month::of(later.last_day()), later);
        prop_assert_eq!(later.last_day() + Days::new(1), later.next().first_day());
    }

    #[test]
    fn a_month_is_read_as_it_was_written(index in 0_i32..120_000) {
        prop_assert_eq!(month(&Month(index).to_string()), Month(index));
    }
}
