//! What a line says of itself.

use super::super::super::JkpSource;
use super::*;

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
