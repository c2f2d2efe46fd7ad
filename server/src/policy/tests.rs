//! Whether every policy file says what it must.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{Datelike, NaiveDate};

use super::file::Shelf;
use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// A policy file with one row that begins `from` and has the given value.
fn file(value: &str) -> String {
    format!(
        r#"description = "A test"
unit = "IDR"

[[values]]
from = 2026-01-01
{value}
reference = {{ title = "Act 1", href = "https://law.example" }}
verified = 2026-11-22
confidence = "H"
"#
    )
}

#[test]
fn every_file_is_loaded_under_its_own_name() {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).expect("the policy folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, root, found);
                continue;
            }
            let name = path
                .with_extension("")
                .strip_prefix(root)
                .map(|it| it.display().to_string());
            let text = fs::read_to_string(&path).expect("a policy file");
            found.insert(name.expect("a path below the root"), text);
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("policy");
    let mut found = BTreeMap::new();
    walk(&root, &root, &mut found);

    let policy = Policy::load();

    let listed: Vec<_> = policy.catalogue().iter().map(|it| it.name).collect();
    assert!(
        listed.iter().copied().eq(found.keys()),
        "{listed:?} against {:?}",
        found.keys()
    );
    for it in policy.catalogue() {
        assert!(found[it.name].contains(&format!("description = \"{}\"", it.description)));
    }
}

#[test]
fn every_value_is_in_order_and_cites_its_text() {
    for it in Policy::load().catalogue() {
        assert!(
            !it.description.is_empty() && !it.unit.is_empty(),
            "{}",
            it.name
        );
        assert!(!it.values.is_empty(), "{}", it.name);
        assert!(
            it.values.is_sorted_by(|one, next| one.from < next.from),
            "{}",
            it.name
        );
        for value in &it.values {
            assert!(!value.reference.title.is_empty(), "{}", it.name);
            assert!(value.reference.href.starts_with("https://"), "{}", it.name);
            assert!(
                ["H", "M", "L"].contains(&value.confidence.as_str()),
                "{}",
                it.name
            );
            // Nobody had compared anything before the project began.
            assert!(value.verified >= day("2026-11-22"), "{}", it.name);
        }
    }
}

#[test]
fn no_float_is_read() {
    let money = |text: &str| Shelf::default().take::<Money>("test", &file(text)).is_ok();
    let rate = |text: &str| Shelf::default().take::<Rate>("test", &file(text)).is_ok();
    let number = |text: &str| Shelf::default().take::<u32>("test", &file(text)).is_ok();
    assert!(money("value = 6_800") && rate("value = \"1.00 %\"") && number("value = 15"));
    for float in ["value = 1.0", "value = 6_800.0", "value = 1e3"] {
        assert!(!money(float) && !rate(float) && !number(float), "{float}");
    }
    assert!(!rate("value = 1") && !money("value = \"6,800\"") && !number("value = -1"));
    assert!(!number("value = 15\nvaleu = 15"));
}

#[test]
fn the_nearest_value_is_never_taken() {
    let end = file("").replace("2026-01-01", "2027-01-01");
    let (_, end) = end.split_at(end.find("[[values]]").expect("a row"));
    let ended = file("value = 15") + end;
    let parameter = Shelf::default()
        .take::<u32>("test", &ended)
        .expect("a file");

    let value = |text: &str| parameter.on(day(text)).map(|it| it.value);

    assert_eq!(
        value("2025-12-31"),
        Err(NoParameter {
            parameter: "test",
            day: day("2025-12-31")
        })
    );
    assert_eq!(value("2026-01-01"), Ok(15));
    assert_eq!(value("2026-12-31"), Ok(15));
    assert!(value("2027-01-01").is_err());
}

#[test]
fn a_day_that_the_calendar_lacks_is_not_read() {
    let text = file("value = 15").replace("2026-01-01", "2026-02-30");
    assert!(Shelf::default().take::<u32>("test", &text).is_err());
}

#[test]
fn the_table_has_thirty_three_brackets() {
    let policy = Policy::load();
    let table = policy.bpu_brackets.on(day("2026-01-01")).expect("a table");
    assert_eq!(
        table.value.to_string(),
        "33 brackets, 1,000,000 to 20,700,000"
    );
    assert_eq!(
        table.value.bracket_of(Money::new(i64::MAX)),
        (33, Money::new(20_700_000))
    );
}

#[test]
fn the_version_changes_with_any_byte() {
    let version = |text: &str| {
        let mut shelf = Shelf::default();
        shelf.take::<u32>("test", text).expect("a file");
        shelf.close().0
    };
    assert_eq!(version(&file("value = 15")), version(&file("value = 15")));
    assert_ne!(version(&file("value = 15")), version(&file("value = 16")));
    let policy = Policy::load();
    let (release, digest) = policy
        .version()
        .split_once('+')
        .expect("a release and a digest");
    assert_eq!((release, digest.len()), (env!("CARGO_PKG_VERSION"), 8));
}

#[test]
fn holidays_lie_in_the_year_they_are_given_for() {
    let policy = Policy::load();
    for year in 2025..=2027 {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a first of January");
        let dated = policy
            .calendar_holidays
            .on(first)
            .expect("holidays of that year");
        assert_eq!(dated.from, first);
        let days = dated
            .value
            .national
            .iter()
            .chain(&dated.value.collective_leave);
        assert!(days.clone().all(|it| it.0.year() == year));
        assert!(days.count() > 20);
        assert!(
            dated
                .value
                .national
                .is_disjoint(&dated.value.collective_leave)
        );
    }
}

#[test]
fn a_working_day_is_none_of_weekend_holiday_and_collective_leave() {
    let policy = Policy::load();
    let first = |text: &str| policy.first_working_day_from(day(text));

    // A Sunday, collective leave and a holiday in a row.
    assert_eq!(
        first("2026-02-15"),
        (day("2026-02-18"), CalendarBasis::Full)
    );
    assert_eq!(
        first("2026-03-15"),
        (day("2026-03-16"), CalendarBasis::Full)
    );
    assert_eq!(
        first("2026-04-15"),
        (day("2026-04-15"), CalendarBasis::Full)
    );
    assert!(!policy.is_working_day(day("2025-12-26")));
}

#[test]
fn a_year_without_holidays_knows_weekends_only() {
    let policy = Policy::load();
    let first = |text: &str| policy.first_working_day_from(day(text));

    assert_eq!(
        first("2024-12-25"),
        (day("2024-12-25"), CalendarBasis::WeekendsOnly)
    );
    assert_eq!(
        first("2027-12-31"),
        (day("2027-12-31"), CalendarBasis::Full)
    );
    assert_eq!(
        first("2028-01-01"),
        (day("2028-01-03"), CalendarBasis::WeekendsOnly)
    );
}
