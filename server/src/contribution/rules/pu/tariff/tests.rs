//! The price of a month in all its cases; the numbers of the vectors are those of domain.md, section 10.

use super::super::{JkpSource, Line};
use super::*;
use crate::contribution::employers::RowShares;
use Payer::{Employer, Worker as Employee};
use Programme::{Jht, Jkk, Jkm, Jkp, Jp};

const ALL: [Programme; 4] = [Jkk, Jkm, Jht, Jp];

pub(super) const WITH_JKP: Worker = Worker {
    is_jkp_eligible: true,
    holds_jp: true,
};
const WITHOUT_JKP: Worker = Worker {
    is_jkp_eligible: false,
    holds_jp: true,
};

fn terms(risk_class: RiskClass) -> Terms {
    Terms {
        risk_class,
        programmes: ALL.into_iter().collect(),
        is_labour_intensive: false,
    }
}

fn labour_intensive() -> Terms {
    Terms {
        is_labour_intensive: true,
        ..terms(RiskClass::VeryLow)
    }
}

pub(super) fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn priced(terms: &Terms, on: &str, wage: i64, worker: Worker) -> Shares {
    let policy = Policy::load();
    let tariff = Tariff::of(&policy, terms, month(on)).expect("a tariff");
    tariff.assess(Money::new(wage), worker)
}

fn explained(terms: &Terms, on: &str, wage: i64) -> (Vec<Line>, Vec<super::super::JkpPart>) {
    let policy = Policy::load();
    let tariff = Tariff::of(&policy, terms, month(on)).expect("a tariff");
    let shares = tariff.assess(Money::new(wage), WITH_JKP);
    (shares.lines(&tariff), shares.jkp_parts(&tariff))
}

/// What a bill keeps of it.
pub(super) fn kept(shares: &Shares) -> RowShares {
    RowShares::from(shares)
}

pub(super) fn paid_by(shares: &Shares, payer: Payer) -> Money {
    let lines = kept(shares).lines();
    lines.iter().filter(|it| it.1 == payer).map(|it| it.2).sum()
}

/// JKK, JKM, JHT and JP, the employer's before the worker's.
fn amounts(shares: &Shares) -> Vec<i64> {
    let owed = shares.owed.iter().flatten();
    owed.map(|it| it.amount.idr()).collect()
}

fn titles(references: &[crate::policy::Reference]) -> Vec<&str> {
    references.iter().map(|it| it.title.as_str()).collect()
}

#[test]
fn vectors_10_to_12_the_cap_of_the_contribution_s_own_month() {
    let medium = terms(RiskClass::Medium);
    let on = |on| amounts(&priced(&medium, on, 15_000_000, WITH_JKP));

    let rest = [133_500, 45_000, 555_000, 300_000];
    assert_eq!(on("2026-02"), [&rest[..], &[210_948, 105_474]].concat());
    assert_eq!(on("2026-03"), [&rest[..], &[221_726, 110_863]].concat());
    let february = priced(&medium, "2026-02", 15_000_000, WITH_JKP);
    assert_eq!(kept(&february).total().idr(), 1_349_922);
    assert_eq!(paid_by(&february, Employee).idr(), 405_474);
    assert_eq!(paid_by(&february, Employer).idr(), 944_448);
}

#[test]
fn vector_13_jkp_is_fed_out_of_jkk_and_by_the_state() {
    let shares = priced(&terms(RiskClass::Medium), "2026-02", 15_000_000, WITH_JKP);

    let jkp = shares.jkp().expect("JKP");
    assert_eq!(jkp.from_jkk.idr(), 7_000);
    assert_eq!(jkp.from_jkm.idr(), 0);
    assert_eq!(jkp.from_state.idr(), 11_000);
    let funds = [Jkk, Jkm, Jht, Jp, Jkp].map(|it| kept(&shares).fund(it).idr());
    assert_eq!(funds, [126_500, 45_000, 855_000, 316_422, 7_000]);
}

#[test]
fn vectors_14_and_15_half_a_rupiah_goes_up() {
    let very_low = terms(RiskClass::VeryLow);
    let shares = priced(&very_low, "2026-05", 3_333_333, WITH_JKP);
    let whole = [8_000, 10_000, 123_333, 66_667, 66_667, 33_333];
    assert_eq!(amounts(&shares), whole);

    let shares = priced(&very_low, "2026-05", 1_000_500, WITH_JKP);
    assert_eq!(shares.amount(Jkm, Employer).idr(), 3_002);
}

#[test]
fn vector_16_jkp_s_part_is_never_above_the_jkk_billed() {
    let shares = priced(&labour_intensive(), "2025-03", 5_000_000, WITH_JKP);

    assert_eq!(shares.amount(Jkk, Employer).idr(), 6_000);
    assert_eq!(shares.jkp().expect("JKP").from_jkk.idr(), 6_000);
    assert_eq!(kept(&shares).fund(Jkk).idr(), 0);
    assert_eq!(kept(&shares).fund(Jkp).idr(), 6_000);
    let (lines, parts) = explained(&labour_intensive(), "2025-03", 5_000_000);
    let formula = "50.00 % off (0.24 % × 5,000,000 = 12,000) = 6,000";
    assert_eq!(lines[0].formula, formula);
    assert_eq!(lines[0].discount.idr(), 6_000);
    let formula = "0.14 % × 5,000,000 = 7,000, at most the 6,000 billed";
    assert_eq!(parts[0].formula, formula);
}

#[test]
fn each_risk_has_its_rate() {
    for (risk_class, jkk) in [
        (RiskClass::VeryLow, 24_000),
        (RiskClass::Low, 54_000),
        (RiskClass::Medium, 89_000),
        (RiskClass::High, 127_000),
        (RiskClass::VeryHigh, 174_000),
    ] {
        let shares = priced(&terms(risk_class), "2026-05", 10_000_000, WITHOUT_JKP);
        assert_eq!(shares.amount(Jkk, Employer).idr(), jkk, "{risk_class:?}");
    }
}

#[test]
fn labour_intensive_employers_pay_half_of_jkk_for_a_year_of_months() {
    let jkk = |on| {
        let shares = priced(&labour_intensive(), on, 10_000_000, WITH_JKP);
        let whole = priced(&terms(RiskClass::VeryLow), on, 10_000_000, WITH_JKP);
        assert_eq!(whole.amount(Jkk, Employer).idr(), 24_000);
        assert_eq!(amounts(&shares)[1..], amounts(&whole)[1..]);
        shares.amount(Jkk, Employer).idr()
    };

    assert_eq!(jkk("2025-01"), 24_000);
    assert_eq!(jkk("2025-02"), 12_000);
    assert_eq!(jkk("2026-01"), 12_000);
    assert_eq!(jkk("2026-02"), 24_000);
}

#[test]
fn jp_is_capped_by_the_cap_of_each_march() {
    let jp = |on: &str| {
        let shares = priced(&terms(RiskClass::Low), on, 20_000_000, WITH_JKP);
        shares.amount(Jp, Employee).idr()
    };
    let caps = [
        7_000_000, 7_335_300, 7_703_500, 8_094_000, 8_512_400, 8_939_700, 8_754_600, 9_077_600,
        9_559_600, 10_042_300, 10_547_400, 11_086_300,
    ];

    assert_eq!(jp("2015-07"), 70_000);
    for (year, pair) in (2016..).zip(caps.windows(2)) {
        assert_eq!(jp(&format!("{year}-02")), pair[0] / 100);
        assert_eq!(jp(&format!("{year}-03")), pair[1] / 100);
    }
    let at_cap = priced(&terms(RiskClass::Low), "2026-03", 11_086_300, WITH_JKP);
    let (lines, _) = explained(&terms(RiskClass::Low), "2026-03", 11_086_300);
    assert_eq!(at_cap.amount(Jp, Employee).idr(), 110_863);
    assert_eq!(lines[5].formula, "1.00 % × 11,086,300 = 110,863");
}

#[test]
fn an_old_cap_is_not_taken_for_a_new_one() {
    let policy = Policy::load();
    let known = |terms: &Terms, on| Tariff::of(&policy, terms, month(on)).map(|_| ());
    let all = terms(RiskClass::Low);
    let mut without_jp = all.clone();
    without_jp.programmes.remove(&Jp);

    assert_eq!(known(&all, "2027-02"), Ok(()));
    let missing = known(&all, "2027-03").expect_err("no cap");
    assert_eq!(missing.parameter, "pu/jp_wage_cap");
    assert_eq!(known(&without_jp, "2027-03"), Ok(()));
    assert!(known(&without_jp, "2015-06").is_err());
}

#[test]
fn only_what_is_held_is_owed() {
    let mut basic = terms(RiskClass::Low);
    basic.programmes = [Jkk, Jkm].into_iter().collect();
    let shares = priced(&basic, "2026-05", 10_000_000, WITHOUT_JKP);
    assert_eq!(amounts(&shares), [54_000, 30_000]);
    assert_eq!(paid_by(&shares, Employee), Money::ZERO);

    let past_pension_age = Worker {
        is_jkp_eligible: false,
        holds_jp: false,
    };
    let shares = priced(
        &terms(RiskClass::Low),
        "2026-05",
        10_000_000,
        past_pension_age,
    );
    assert_eq!(amounts(&shares), [54_000, 30_000, 370_000, 200_000]);
    assert_eq!((shares.jkp(), kept(&shares).fund(Jkp)), (None, Money::ZERO));
    assert_eq!(kept(&shares).fund(Jkk).idr(), 54_000);
}

#[test]
fn jkp_took_of_jkm_too_until_the_law_of_2025() {
    let parts = |on| {
        let shares = priced(&terms(RiskClass::Low), on, 4_000_000, WITH_JKP);
        let all = [Jkk, Jkm, Jkp].map(|it| kept(&shares).fund(it).idr());
        let jkp = shares.jkp();
        (
            jkp.map(|it| [it.from_jkk, it.from_jkm, it.from_state].map(Money::idr)),
            all,
        )
    };
    let old = [5_600, 4_000, 8_800];
    let new = [5_600, 0, 8_800];

    // A month is priced by its own first day: the law of 7 February 2025 begins with March.
    assert_eq!(parts("2021-02"), (None, [21_600, 12_000, 0]));
    assert_eq!(parts("2021-03"), (Some(old), [16_000, 8_000, 9_600]));
    assert_eq!(parts("2025-02"), (Some(old), [16_000, 8_000, 9_600]));
    assert_eq!(parts("2025-03"), (Some(new), [16_000, 12_000, 5_600]));
}

#[test]
fn a_line_tells_how_it_came_about_and_cites_its_texts() {
    let (lines, parts) = explained(&terms(RiskClass::Medium), "2026-03", 15_000_000);

    let formulas: Vec<_> = lines.iter().map(|it| it.formula.as_str()).collect();
    assert_eq!(
        formulas,
        [
            "0.89 % × 15,000,000 = 133,500",
            "0.30 % × 15,000,000 = 45,000",
            "3.70 % × 15,000,000 = 555,000",
            "2.00 % × 15,000,000 = 300,000",
            "2.00 % × 11,086,300 (cap) = 221,726",
            "1.00 % × 11,086,300 (cap) = 110,863",
        ]
    );
    assert_eq!(titles(&lines[0].references), ["PP 44/2015, article 16"]);
    assert_eq!(lines[4].references.len(), 2);
    let told: Vec<_> = parts
        .iter()
        .map(|it| (it.source, it.amount.idr(), it.formula.as_str()))
        .collect();
    let (jkk, state) = (
        "0.14 % × 5,000,000 (cap) = 7,000",
        "0.22 % × 5,000,000 (cap) = 11,000",
    );
    assert_eq!(
        told,
        [
            (JkpSource::Jkk, 7_000, jkk),
            (JkpSource::State, 11_000, state)
        ]
    );
    assert_eq!(titles(&parts[0].references), ["PP 6/2025, article 11"]);
}

#[test]
fn the_discount_is_cited_only_where_there_is_one() {
    let titles_on = |on| {
        let (lines, _) = explained(&labour_intensive(), on, 5_000_000);
        lines[0].references.len()
    };
    assert_eq!(titles_on("2025-01"), 1);
    assert_eq!(titles_on("2025-02"), 2);
}
