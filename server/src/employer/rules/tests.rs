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
fn what_is_mandatory_grows_with_the_employer() {
    assert_eq!(programmes_of(Scale::Micro), set(&[Jkk, Jkm]));
    assert_eq!(programmes_of(Scale::Small), set(&[Jkk, Jkm, Jht]));
    assert_eq!(programmes_of(Scale::Medium), set(&[Jkk, Jkm, Jht, Jp]));
    assert_eq!(programmes_of(Scale::Large), set(&[Jkk, Jkm, Jht, Jp]));
}

#[test]
fn a_wage_is_taken_from_the_floor_on() {
    let policy = Policy::load();
    let check = |idr, on: &str| check_wage(&policy, Money::new(idr), month(on));
    let floor = |result| match result {
        Err(Refused::WageBelowFloor {
            floor, reference, ..
        }) => (floor.idr(), reference.title),
        other => panic!("{other:?} is no floor"),
    };

    assert_eq!(check(0, "2020-01"), Err(Refused::NoWage));
    assert_eq!(check(-1, "2026-05"), Err(Refused::NoWage));
    let circular = "BPJS Ketenagakerjaan, circular B/12/012023".to_owned();
    assert_eq!(floor(check(1, "2026-05")), (1_000_000, circular.clone()));
    assert_eq!(floor(check(999_999, "2023-01")), (1_000_000, circular));
    assert!(matches!(
        check(1_000_000, "2022-12"),
        Err(Refused::NoParameter(_))
    ));
}

#[test]
fn a_wage_is_compared_with_the_lowest_minimum_of_its_own_year_or_with_none() {
    let policy = Policy::load();
    let check = |idr, on: &str| check_wage(&policy, Money::new(idr), month(on));
    let below = |result| match result {
        Ok(WageFinding::BelowLowestMinimum { minimum, .. }) => Some(minimum.idr()),
        _ => None,
    };

    assert_eq!(below(check(1_000_000, "2023-01")), Some(1_968_169));
    assert_eq!(below(check(1_968_168, "2023-12")), Some(1_968_169));
    assert_eq!(check(1_968_169, "2023-12"), Ok(WageFinding::Fine));
    for idr in [1_000_000, 1_968_168, 50_000_000] {
        let unknown = Ok(WageFinding::LowestMinimumUnknown);
        assert_eq!(check(idr, "2024-01"), unknown);
        assert_eq!(check(idr, "2026-05"), unknown);
    }
}

#[test]
fn cover_begins_with_the_work_when_it_was_reported_within_thirty_days() {
    let policy = Policy::load();
    let from = |reported: &str| covered_from(&policy, day("2026-05-01"), day(reported));

    assert_eq!(from("2026-04-20"), Ok(day("2026-05-01")));
    assert_eq!(from("2026-05-01"), Ok(day("2026-05-01")));
    assert_eq!(from("2026-05-31"), Ok(day("2026-05-01")));
    assert_eq!(from("2026-06-01"), Ok(day("2026-06-01")));
    assert!(covered_from(&policy, day("2015-06-30"), day("2015-07-01")).is_err());
}

#[test]
fn an_employer_is_found_by_his_name_and_not_by_what_kind_of_company_he_is() {
    assert_eq!(name_key("PT. Maju  Jaya, Tbk"), "maju jaya");
    assert_eq!(name_key("CV Sumber-Rezeki"), "sumber rezeki");
    assert_eq!(name_key("PT"), "");
    assert_eq!(start_of("maju jaya"), "maj");
    assert_eq!(key("  Jakarta   SELATAN "), "jakarta selatan");
}
