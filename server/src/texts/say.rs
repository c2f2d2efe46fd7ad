//! How each language says an amount, a day, a month and a time.

use chrono::{Datelike, NaiveDate};

use super::Language;
use crate::money::{Money, Month};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// An amount: `Rp 1.000.000`, `IDR 1,000,000`.
pub(super) fn rupiah(language: Language, amount: Money) -> String {
    match language {
        Language::Indonesian => format!("Rp {}", amount.to_string().replace(',', ".")),
        Language::English => format!("IDR {amount}"),
    }
}

/// A day: `23 November 2026`.
pub(super) fn day(language: Language, day: NaiveDate) -> String {
    format!("{} {}", day.day(), month(language, Month::of(day)))
}

/// A month: `Mei 2026`, `May 2026`.
pub(super) fn month(language: Language, month: Month) -> String {
    let first = month.first_day();
    let number = usize::try_from(first.month0()).expect("a month is small");
    let name = match language {
        Language::Indonesian => [
            "Januari",
            "Februari",
            "Maret",
            "April",
            "Mei",
            "Juni",
            "Juli",
            "Agustus",
            "September",
            "Oktober",
            "November",
            "Desember",
        ][number],
        Language::English => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ][number],
    };
    format!("{name} {}", first.year())
}

/// How long: the two biggest units, rounded up, so that nobody comes back too early.
pub(super) fn duration(language: Language, seconds: u64) -> String {
    let (big, small, left) = if seconds < MINUTE {
        return count(language, seconds, Unit::Second);
    } else if seconds <= HOUR - MINUTE {
        return count(language, seconds.div_ceil(MINUTE), Unit::Minute);
    } else if seconds <= DAY - MINUTE {
        let minutes = seconds.div_ceil(MINUTE);
        (minutes / 60, Unit::Hour, (minutes % 60, Unit::Minute))
    } else {
        let hours = seconds.div_ceil(HOUR);
        (hours / 24, Unit::Day, (hours % 24, Unit::Hour))
    };
    let big = count(language, big, small);
    match left {
        (0, _) => big,
        (left, unit) => format!("{big} {}", count(language, left, unit)),
    }
}

#[derive(Clone, Copy)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
}

fn count(language: Language, number: u64, unit: Unit) -> String {
    let name = match (language, unit) {
        (Language::Indonesian, Unit::Second) => "detik",
        (Language::Indonesian, Unit::Minute) => "menit",
        (Language::Indonesian, Unit::Hour) => "jam",
        (Language::Indonesian, Unit::Day) => "hari",
        (Language::English, Unit::Second) => "second",
        (Language::English, Unit::Minute) => "minute",
        (Language::English, Unit::Hour) => "hour",
        (Language::English, Unit::Day) => "day",
    };
    let plural = if language == Language::English && number != 1 {
        "s"
    } else {
        ""
    };
    format!("{number} {name}{plural}")
}

#[cfg(test)]
mod tests {
    use super::{
        Language::{English, Indonesian},
        *,
    };

    #[test]
    fn an_amount_has_the_marks_of_its_language() {
        let million = Money::new(1_000_000);
        assert_eq!(rupiah(Indonesian, million), "Rp 1.000.000");
        assert_eq!(rupiah(English, million), "IDR 1,000,000");
        assert_eq!(rupiah(Indonesian, Money::new(999)), "Rp 999");
    }

    #[test]
    fn a_day_and_a_month_are_named() {
        let may = NaiveDate::from_ymd_opt(2026, 5, 3).expect("a day");
        assert_eq!(day(Indonesian, may), "3 Mei 2026");
        assert_eq!(day(English, may), "3 May 2026");
        assert_eq!(month(Indonesian, Month::of(may)), "Mei 2026");
        let december = NaiveDate::from_ymd_opt(2026, 12, 31).expect("a day");
        assert_eq!(day(Indonesian, december), "31 Desember 2026");
    }

    #[test]
    fn a_time_is_never_said_shorter_than_it_is() {
        for (seconds, indonesian, english) in [
            (0, "0 detik", "0 seconds"),
            (1, "1 detik", "1 second"),
            (59, "59 detik", "59 seconds"),
            (60, "1 menit", "1 minute"),
            (61, "2 menit", "2 minutes"),
            (3_540, "59 menit", "59 minutes"),
            (3_541, "1 jam", "1 hour"),
            (3_600, "1 jam", "1 hour"),
            (5_400, "1 jam 30 menit", "1 hour 30 minutes"),
            (7_199, "2 jam", "2 hours"),
            (86_340, "23 jam 59 menit", "23 hours 59 minutes"),
            (86_341, "1 hari", "1 day"),
            (86_401, "1 hari 1 jam", "1 day 1 hour"),
            (172_800, "2 hari", "2 days"),
        ] {
            assert_eq!(duration(Indonesian, seconds), indonesian);
            assert_eq!(duration(English, seconds), english);
        }
    }
}
