//! Savings, claimed from the command line.

use super::Shell;
use crate::{person::SAVED, town::Town};

const ACCOUNT: [&str; 8] = [
    "--cause",
    "business-end",
    "--bank",
    "008",
    "--account",
    "1230004567",
    "--holder",
    "Budi Hartono",
];

#[tokio::test]
async fn savings_are_claimed_with_a_code_and_taken_back() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    let contact = budi.becomes_a_participant(&town).await;
    let early = budi
        .runs(&[&["claim", "submit", "--json"], &ACCOUNT[..]].concat())
        .await;
    let ended = budi.asks(&["end-business", "--yes"]).await;
    let day = ended["claimable_on"].as_str().expect("a day");
    town.moves_to(&format!("{day}T05:00:00Z"));

    let check = budi
        .asks(&["claim", "check", "--cause", "business-end"])
        .await;
    let asked = budi
        .asks(&[&["claim", "submit"], &ACCOUNT[..]].concat())
        .await;
    let code = budi.reads_the_code(&town, &contact).await;
    let submit = [&["claim", "submit", "--code", &code], &ACCOUNT[..]].concat();
    let submitted = budi.asks(&submit).await["claim"].clone();
    let id = submitted["claim_id"].as_str().expect("an id");
    let listed = budi.asks(&["claim", "list"]).await;
    let withdrawn = budi.asks(&["claim", "withdraw", id, "--yes"]).await;
    let shown = budi.runs(&["claim", "show", id]).await;

    assert_eq!(
        early.exit, 1,
        "no code is sent for what would not be granted"
    );
    assert!(early.printed.contains("WORK_ENDED"), "{}", early.printed);
    assert_eq!(
        (&check["eligible"], check["amount_idr"].as_i64()),
        (&true.into(), Some(SAVED))
    );
    assert_eq!(asked["claim"]["claim_id"], submitted["claim_id"]);
    assert_eq!(submitted["state"], "SUBMITTED");
    assert_eq!(listed["claims"][0]["claim_id"], submitted["claim_id"]);
    assert_eq!(withdrawn["state"], "WITHDRAWN");
    assert!(shown.printed.contains("is withdrawn."), "{}", shown.printed);
}

#[tokio::test]
async fn another_account_than_the_codes_is_refused_and_asks_for_another_code() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    let contact = budi.becomes_a_participant(&town).await;
    let ended = budi.asks(&["end-business", "--yes"]).await;
    let day = ended["claimable_on"].as_str().expect("a day");
    town.moves_to(&format!("{day}T05:00:00Z"));
    budi.asks(&[&["claim", "submit"], &ACCOUNT[..]].concat())
        .await;
    let code = budi.reads_the_code(&town, &contact).await;

    let mut other = ACCOUNT;
    other[5] = "9990004567";
    let words = [&["claim", "submit", "--json", "--code", &code], &other[..]].concat();
    let refused = budi.runs(&words).await;

    assert_eq!(refused.exit, 1);
    assert_eq!(refused.error()["reason"], "PAYOUT_CODE_NEEDED");
    assert!(
        budi.kept()["claim"].is_null(),
        "the next one is another claim"
    );
}
