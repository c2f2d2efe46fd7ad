//! Employees and migrant workers, from nobody to what covers them.

use serde_json::Value;

use super::Shell;
use crate::town::Town;

const PU: [&str; 2] = ["--segment", "pu"];
const PMI: [&str; 2] = ["--segment", "pmi"];
/// Two years in Taiwan, with savings.
const ABROAD: [&str; 14] = [
    "--route",
    "agency",
    "--agency",
    "PT Maju Bersama",
    "--country",
    "tw",
    "--job",
    "Perawat",
    "--contract-months",
    "24",
    "--departs-on",
    "2026-03-20",
    "--jht-monthly",
    "100000",
];

#[tokio::test]
async fn an_employee_opens_an_account_and_names_his_employer() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000701").await;
    let (budi, somebody) = (Shell::at(&town.address), town.person());
    budi.opens_an_account(&town, &somebody, &PU).await;

    let work = |npp: &'static str| ["register", "--npp", npp, "--started-on", "2026-03-02"];
    let unknown = work("JK999999");
    let unknown = budi.runs(&[&unknown[..], &["--json"]].concat()).await;
    let half = budi.runs(&["register", "--npp", "JK000701"]).await;
    let told = budi.asks(&work("JK000701")).await;
    let shown = budi.runs(&["register"]).await;
    let confirmed = budi.asks(&["register", "--yes"]).await;
    let me = budi.asks(&["whoami"]).await;
    let waiting = budi.asks(&["coverage"]).await;

    assert_eq!(unknown.error()["reason"], "EMPLOYER_UNKNOWN");
    assert_eq!(half.exit, 2);
    assert!(
        half.complained.contains("--started-on"),
        "{}",
        half.complained
    );
    let registration = &told["registration"];
    assert_eq!(registration["state"], "AWAITING_CONFIRMATION");
    assert_eq!(registration["employee"]["npp"], company.npp.as_str());
    assert!(shown.printed.contains("JK000701"), "{}", shown.printed);
    assert_eq!(confirmed["registration"]["state"], "ACTIVE");
    assert_eq!(confirmed["registration"]["kpj"], Value::Null);
    assert_eq!(me["subject"], "PARTICIPANT");
    assert_eq!(waiting["coverage"][0]["reason"], "NOT_REPORTED");
}

#[tokio::test]
async fn an_employer_whom_nobody_knows_is_told_by_name() {
    let town = Town::found("2026-03-10").await;
    let (budi, somebody) = (Shell::at(&town.address), town.person());
    budi.opens_an_account(&town, &somebody, &PU).await;

    let named = ["register", "--employer-name", "CV Baru", "--employer-city"];
    let named = [&named[..], &["Bandung", "--started-on", "2026-03-02"]].concat();
    let told = budi.asks(&named).await;
    let mistaken = ["register", "--income", "2500000", "--sector", "trade"];
    let mistaken = budi.runs(&mistaken).await;
    let other = budi.runs(&["register", "--segment", "bpu"]).await;

    let unlisted = &told["registration"]["employee"]["unlisted_employer"];
    assert_eq!(
        (&unlisted["name"], &unlisted["city"]),
        (&"CV Baru".into(), &"Bandung".into())
    );
    assert_eq!((mistaken.exit, other.exit), (2, 2));
    assert!(
        mistaken.complained.contains("for PU") && mistaken.complained.contains("of BPU"),
        "{}",
        mistaken.complained
    );
    assert!(other.complained.contains("for PU"), "{}", other.complained);
}

#[tokio::test]
async fn a_migrant_worker_pays_a_contract_in_stages_and_sees_cover_and_savings() {
    let town = Town::found("2026-03-10").await;
    let (siti, somebody) = (Shell::at(&town.address), town.person());
    siti.opens_an_account(&town, &somebody, &PMI).await;

    let next = siti.asks(&["register"]).await;
    let told = siti.asks(&[&["register"], &ABROAD[..]].concat()).await;
    let confirmed = siti.asks(&["register", "--yes"]).await;
    let bill = siti.runs(&["bill"]).await;
    let first = siti.asks(&["pay", "--amount", "37500"]).await;
    let active = siti.asks(&["register"]).await;
    let before = siti.asks(&["coverage"]).await;
    let second = siti.asks(&["pay"]).await;
    let nothing = siti.runs(&["pay"]).await;
    let balance = siti.asks(&["balance"]).await;
    let people = siti.runs(&["coverage"]).await;

    assert!(next["next"].to_string().contains("--route"), "{next}");
    assert_eq!(told["registration"]["placement"]["country"], "TW");
    let asked = &confirmed["bill"];
    assert_eq!(asked["payable_idr"], 2_770_000);
    assert_eq!(asked["next_stage_idr"], 37_500);
    assert_eq!(asked["lines"][0]["stage"], "BEFORE_WORK");
    for part in [
        "before work",
        "24 month(s) abroad",
        "or at first   Rp 37.500",
    ] {
        assert!(bill.printed.contains(part), "{part} in {}", bill.printed);
    }
    assert!(
        bill.printed.lines().all(|it| it.chars().count() <= 80),
        "{}",
        bill.printed
    );
    assert_eq!(
        (&first["disposition"], &second["disposition"]),
        (&"APPLIED".into(), &"APPLIED".into())
    );
    assert_eq!(active["registration"]["state"], "ACTIVE");
    assert!(
        active["next"].to_string().contains("jamsostek pay"),
        "{active}"
    );
    assert_eq!(before["coverage"][0]["phase"], "BEFORE_WORK");
    assert_eq!(nothing.exit, 2, "{}", nothing.complained);
    assert_eq!(balance["balance_idr"], 2_400_000);
    assert!(people.printed.contains("before work"), "{}", people.printed);
}

#[tokio::test]
async fn somebody_abroad_extends_his_cover_and_pays_for_it() {
    let town = Town::found("2026-03-10").await;
    let (siti, somebody) = (Shell::at(&town.address), town.person());
    siti.opens_an_account(&town, &somebody, &PMI).await;
    siti.asks(&[&["register", "--yes"], &ABROAD[..]].concat())
        .await;
    siti.asks(&["pay"]).await;
    siti.asks(&["register"]).await;

    let bill = siti.asks(&["extend", "--months", "2"]).await;
    let many = siti.runs(&["extend", "--months", "61", "--json"]).await;
    let paid = siti.asks(&["pay"]).await;
    let after = siti.asks(&["coverage"]).await;
    let balance = siti.asks(&["balance"]).await;

    assert_eq!(bill["payable_idr"], 227_000);
    assert_eq!(bill["lines"][0]["stage"], "EXTENSION");
    assert_eq!(many.error()["reason"], "CONTRACT_MONTHS");
    assert_eq!(paid["applied_idr"], 227_000);
    assert_eq!(after["memberships"][0]["journey"]["extended_months"], 2);
    assert_eq!(balance["balance_idr"], 2_600_000);
}
