//! Contributions cost what the law of their month says, and nothing is made up where it says nothing.

use jamsostek_client::{BpuCategory, ErrorReason, Programme, Sector, v1::QuoteContributionRequest};

use crate::{
    person::programmes,
    town::{ExpectRefusal, Town},
};

#[tokio::test]
async fn contributions_cost_what_the_law_says() {
    let town = Town::found("2026-03-10").await;
    let all = [Programme::Jkk, Programme::Jkm, Programme::Jht];
    let two = [Programme::Jkk, Programme::Jkm];
    // Vectors 1 to 5 and 9 of the field's rules.
    let vectors = [
        (Sector::Trade, 2_500_000, &all[..], "2026-01", 1, 84_800),
        (Sector::Trade, 2_500_000, &all, "2026-03", 1, 84_800),
        (Sector::Trade, 2_500_000, &all, "2026-04", 1, 68_400),
        (Sector::Trade, 2_500_000, &all, "2026-12", 1, 68_400),
        (Sector::Trade, 2_500_000, &all, "2027-01", 1, 84_800),
        (Sector::Transport, 900_000, &two, "2025-12", 1, 16_800),
        (Sector::Transport, 900_000, &two, "2026-01", 1, 8_400),
        (Sector::Transport, 900_000, &two, "2027-03", 1, 8_400),
        (Sector::Transport, 900_000, &two, "2027-04", 1, 16_800),
        (Sector::Trade, 1_000_000, &two, "2026-01", 12, 126_000),
        (Sector::Transport, 1_000_000, &two, "2026-01", 12, 100_800),
        (Sector::Trade, 2_950_000, &two, "2026-05", 1, 18_150),
    ];

    for (sector, income_idr, held, first_month, months, total) in vectors {
        let request = QuoteContributionRequest {
            sector: sector.into(),
            income_idr,
            programmes: held.iter().map(|&it| it.into()).collect(),
            first_month: first_month.into(),
            months,
            ..Default::default()
        };
        let quote = town
            .client
            .quote_contribution(request)
            .await
            .expect("a quote");

        assert_eq!(
            quote.total_idr, total,
            "{sector:?} {income_idr} {first_month} {months}"
        );
    }
}

#[tokio::test]
async fn a_quote_shows_how_it_came_about() {
    let town = Town::found("2026-03-10").await;
    let request = QuoteContributionRequest {
        sector: Sector::Trade.into(),
        income_idr: 2_500_000,
        programmes: programmes([Programme::Jkk, Programme::Jkm]),
        first_month: "2026-04".into(),
        ..Default::default()
    };

    let quote = town.client.quote_contribution(request).await;
    let quote = quote.expect("a quote");

    let told: Vec<_> = quote
        .lines
        .iter()
        .map(|it| (it.amount_idr, it.discount_idr, it.formula.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                13_000,
                13_000,
                "50.00 % off (1.00 % × 2,600,000 = 26,000) = 13,000"
            ),
            (3_400, 3_400, "50.00 % off (6,800) = 3,400"),
        ]
    );
    let laws: Vec<_> = quote.lines[0]
        .references
        .iter()
        .map(|it| it.title.as_str())
        .collect();
    assert!(
        laws.len() == 2 && laws[1].starts_with("PP 50/2025"),
        "{laws:?}"
    );
    let info = town.client.get_server_info().await.expect("itself");
    assert_eq!(quote.policy_version, info.policy_version);
}

#[tokio::test]
async fn owners_get_nothing_off_and_the_richest_have_the_last_bracket() {
    let town = Town::found("2026-03-10").await;
    let mut request = QuoteContributionRequest {
        category: BpuCategory::Owner.into(),
        sector: Sector::Trade.into(),
        income_idr: 1_000_000,
        programmes: programmes([Programme::Jkk, Programme::Jkm, Programme::Jht]),
        first_month: "2026-05".into(),
        ..Default::default()
    };

    let owner = town
        .client
        .quote_contribution(request.clone())
        .await
        .expect("a quote");
    request.income_idr = 50_000_000;
    let rich = town
        .client
        .quote_contribution(request)
        .await
        .expect("a quote");

    assert_eq!((owner.total_idr, owner.bracket), (36_800, 1));
    assert_eq!((rich.base_idr, rich.bracket), (20_700_000, 33));
}

#[tokio::test]
async fn no_price_is_made_up_for_a_time_without_a_law() {
    let town = Town::found("2026-03-10").await;
    let request = QuoteContributionRequest {
        sector: Sector::Trade.into(),
        income_idr: 1_000_000,
        programmes: programmes([Programme::Jkk, Programme::Jkm]),
        first_month: "2014-12".into(),
        ..Default::default()
    };

    let refusal = town
        .client
        .quote_contribution(request)
        .await
        .expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::NoParameter);
    assert!(
        refusal.metadata["parameter"].starts_with("bpu/"),
        "{:?}",
        refusal.metadata
    );
    assert_eq!(refusal.metadata["day"], "2014-12-01");
}
