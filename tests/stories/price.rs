//! Contributions cost what the law of their month says, and nothing is made up where it says nothing.

use jamsostek_client::{
    BpuCategory, ErrorReason, Programme, Sector,
    v1::{
        EmployeeTerms, Payer, PlacementTerms, QuoteContributionRequest, RiskClass, Route, Scale,
        Stage, quote_contribution_request::Work,
    },
};

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
async fn anybody_asks_what_an_employee_costs_his_employer_and_himself() {
    let town = Town::found("2026-03-10").await;
    let asks = async |terms: EmployeeTerms, first_month: &str, months: i32| {
        let request = QuoteContributionRequest {
            first_month: first_month.into(),
            months,
            work: Some(Work::Employee(terms)),
            ..Default::default()
        };
        town.client.quote_contribution(request).await
    };
    let terms = EmployeeTerms {
        risk_class: RiskClass::VeryLow.into(),
        scale: Scale::Medium.into(),
        wage_idr: 5_000_000,
        ..EmployeeTerms::default()
    };
    let dangerous = EmployeeTerms {
        risk_class: RiskClass::VeryHigh.into(),
        ..terms.clone()
    };
    let old = EmployeeTerms {
        birth_date: "1960-01-01".into(),
        ..terms.clone()
    };
    let poor = EmployeeTerms {
        wage_idr: 999_999,
        ..terms.clone()
    };

    let month = asks(terms.clone(), "2026-03", 0).await.expect("a quote");
    let two = asks(terms.clone(), "2026-03", 2).await.expect("a quote");
    let dangerous = asks(dangerous, "2026-03", 1).await.expect("a quote");
    let old = asks(old, "2026-03", 1).await.expect("a quote");
    let poor = asks(poor, "2026-03", 1).await.expect_refusal();
    let ahead = asks(terms.clone(), "2027-03", 1).await.expect_refusal();
    let both = QuoteContributionRequest {
        income_idr: 1,
        sector: Sector::Trade.into(),
        work: Some(Work::Employee(EmployeeTerms::default())),
        ..Default::default()
    };
    let both = town.client.quote_contribution(both).await.expect_refusal();

    // JKK 0.24 %, JKM 0.3 %, JHT 3.7 and 2 %, JP 2 and 1 % of 5,000,000.
    assert_eq!((month.total_idr, month.base_idr), (462_000, 5_000_000));
    assert_eq!((month.due_on.as_str(), month.lines), ("2026-04-15", vec![]));
    let paid_by = |payer: Payer| -> i64 {
        let lines = month.employee_contributions.iter();
        let of = lines.filter(|it| it.payer() == payer);
        of.filter_map(|it| it.line.as_ref())
            .map(|it| it.amount_idr)
            .sum()
    };
    assert_eq!(paid_by(Payer::Worker), 150_000);
    assert_eq!(paid_by(Payer::Employer), 312_000);
    assert_eq!(two.total_idr, 924_000);
    // 1.74 % instead of 0.24 %.
    assert_eq!(dangerous.total_idr, 462_000 + 75_000);
    assert_eq!(old.total_idr, 312_000);
    assert_eq!(poor.reason, ErrorReason::WageTooLow);
    assert_eq!(ahead.reason, ErrorReason::NoParameter);
    let fields: Vec<_> = both.violations.iter().map(|it| it.field.as_str()).collect();
    let bad = [
        "sector",
        "income_idr",
        "first_month",
        "employee.risk_class",
        "employee.scale",
        "employee.wage_idr",
    ];
    assert_eq!(fields, bad);
}

#[tokio::test]
async fn anybody_asks_what_a_contract_abroad_costs_by_the_law_of_today() {
    let town = Town::found("2026-03-10").await;
    let asks = async |route: Route, contract_months: i32, jht_monthly_idr: i64| {
        let terms = PlacementTerms {
            route: route.into(),
            contract_months,
            jht_monthly_idr,
        };
        let request = QuoteContributionRequest {
            work: Some(Work::Placement(terms)),
            ..Default::default()
        };
        town.client.quote_contribution(request).await
    };

    let agency = asks(Route::Agency, 24, 0).await.expect("a quote");
    let alone = asks(Route::Individual, 6, 100_000).await.expect("a quote");
    let long = asks(Route::Individual, 61, 0).await.expect_refusal();
    let odd = asks(Route::Individual, 6, 70_000).await.expect_refusal();

    let stages: Vec<_> = agency
        .lines
        .iter()
        .map(|it| (it.stage(), it.amount_idr))
        .collect();
    let paid = [(Stage::BeforeWork, 37_500), (Stage::Contract, 332_500)];
    assert_eq!((stages, agency.total_idr), (paid.to_vec(), 370_000));
    assert_eq!(agency.due_on, "");
    assert_eq!(alone.total_idr, 108_000 + 600_000);
    assert_eq!(long.reason, ErrorReason::ContractMonths);
    assert_eq!(odd.reason, ErrorReason::JhtAmountNotOffered);
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
