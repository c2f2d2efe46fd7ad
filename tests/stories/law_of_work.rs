//! The law's numbers for employees and migrant workers: each with its text and its days, and none beyond them.

use std::{collections::BTreeSet, fs, path::Path};

use jamsostek_client::{ErrorReason, NaiveDate, Uuid, v1::Scale};

use crate::{
    company::all,
    town::{ExpectRefusal, Town},
};

/// Where the files of the law are.
const LAW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/server/policy");

#[tokio::test]
async fn every_number_for_employees_and_migrant_workers_is_listed_with_its_law() {
    let town = Town::found("2026-03-10").await;

    let listed = all(town.client.parameters()).await;

    let of_work = |it: &str| it.starts_with("pu/") || it.starts_with("pmi/");
    let listed: Vec<_> = listed.into_iter().filter(|it| of_work(&it.name)).collect();
    let names: BTreeSet<_> = listed.iter().map(|it| it.name.clone()).collect();
    assert_eq!(names, &files("pu") | &files("pmi"));
    for it in &listed {
        assert!(!it.description.is_empty() && !it.unit.is_empty(), "{it:?}");
        let days: Vec<_> = it.values.iter().map(|it| it.from.as_str()).collect();
        assert!(days.is_sorted() && !days.is_empty(), "{it:?}");
        for value in &it.values {
            let law = value.reference.as_ref().expect("a text of law");
            assert!(!law.title.is_empty() && law.href.starts_with("https://"));
            let told = ["H", "M", "L"].contains(&value.confidence.as_str());
            assert!(told && !value.verified.is_empty(), "{value:?}");
        }
    }
}

#[tokio::test]
async fn a_number_of_work_is_that_of_its_day() {
    let town = Town::found("2026-03-10").await;
    let asks = async |name: &str, day: &str| {
        let day: NaiveDate = day.parse().expect("a day");
        let answer = town.client.get_parameter(name, Some(day)).await?;
        let parameter = answer.parameter.expect("a parameter");
        let value = parameter.values[0].value.clone();
        Ok::<_, jamsostek_client::Error>(format!("{value} {}", parameter.unit))
    };

    let told = [
        ("pu/jkk_rate_high", "2026-03-10", "1.27 % %"),
        ("pu/jp_wage_cap", "2026-02-28", "10,547,400 IDR"),
        ("pu/jp_wage_cap", "2026-03-01", "11,086,300 IDR"),
        ("pu/jp_wage_cap", "2027-02-28", "11,086,300 IDR"),
        ("pmi/before_work_price", "2026-03-10", "37,500 IDR"),
        ("pmi/extra_month_price", "2026-03-10", "13,500 IDR"),
        ("pmi/after_work_days", "2026-03-10", "30 day"),
    ];
    for (name, day, value) in told {
        assert_eq!(asks(name, day).await.expect("a number"), value, "{name}");
    }
    let beyond = [
        ("pu/jp_wage_cap", "2027-03-01"),
        ("pu/lowest_minimum_wage", "2024-01-01"),
        ("pmi/extra_month_price", "2023-03-31"),
    ];
    for (name, day) in beyond {
        let refusal = asks(name, day).await.expect_refusal();
        assert_eq!(refusal.reason, ErrorReason::NoParameter, "{name}");
        assert_eq!(
            (
                refusal.metadata["parameter"].as_str(),
                refusal.metadata["day"].as_str()
            ),
            (name, day)
        );
    }
}

#[tokio::test]
async fn a_month_whose_cap_is_not_announced_is_not_billed_and_leaves_nothing_behind() {
    let town = Town::found("2027-02-10").await;
    let company = town.company("JK001201").await;
    let small = town.company_of("JK001202", Scale::Small).await;
    for it in [&company, &small] {
        it.hires(&town.person(), "2027-02-01").await;
    }
    let february = company.bill(&town, "2027-02").await;
    town.moves_to("2027-03-10T02:00:00Z");

    let bill = Uuid::now_v7();
    let asked = company
        .client
        .issue_employer_bill(bill, &company.npp, "2027-03");
    let refusal = asked.await.expect_refusal();
    town.lets_the_workers_run().await;
    let listed = all(company.client.employer_bills(&company.npp)).await;
    let without_pension = small.bill(&town, "2027-03").await;

    assert_eq!(refusal.reason, ErrorReason::NoParameter);
    assert_eq!(refusal.metadata["parameter"], "pu/jp_wage_cap");
    assert_eq!(refusal.metadata["day"], "2027-03-01");
    let months: Vec<_> = listed.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(months, [february.id.as_str()]);
    let gone = company
        .client
        .get_employer_bill(bill)
        .await
        .expect_refusal();
    assert_eq!(gone.reason, ErrorReason::NotFound);
    // Who holds no pension needs no cap: JKK 12,000, JKM 15,000, JHT 285,000.
    assert_eq!(without_pension.total_idr, 312_000);
    town.adds_up().await;
}

/// The names of the files in a folder of the law.
fn files(folder: &str) -> BTreeSet<String> {
    let files = fs::read_dir(Path::new(LAW).join(folder)).expect("the law");
    files
        .map(|it| {
            let path = it.expect("a file").path();
            let name = path.file_stem().expect("a name").to_string_lossy();
            format!("{folder}/{name}")
        })
        .collect()
}
