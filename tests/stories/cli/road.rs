//! From nobody to savings.

use serde_json::{Value, json};

use super::Shell;
use crate::{
    person::{MARCH, SAVED},
    town::{Town, other_than},
};

#[tokio::test]
async fn from_a_new_account_to_the_balance_by_the_command_line_alone() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    let who = ["--nik", "3174011205907777", "--name", "Budi Hartono"];
    let who = [&who[..], &["--contact", "+6281234500001", "--consent"]].concat();

    let started = budi.asks(&[&["register"], &who[..]].concat()).await;
    let code = budi.reads_the_code(&town, "+6281234500001").await;
    let proven = budi.asks(&["otp", "verify", "--code", &code]).await;
    let work = [
        "--occupation",
        "Warung",
        "--sector",
        "trade",
        "--income",
        "2500000",
    ];
    let told = budi.asks(&[&["register"], &work[..]].concat()).await;
    let confirmed = budi.asks(&["register", "--yes"]).await;
    let paid = budi.asks(&["pay"]).await;
    let balance = budi.asks(&["balance"]).await;
    let coverage = budi.asks(&["coverage"]).await;

    assert_eq!(started["registration"]["state"], "AWAITING_OTP");
    assert_eq!(proven["subject"], "REGISTRANT");
    assert_eq!(told["registration"]["state"], "AWAITING_CONFIRMATION");
    assert_eq!(confirmed["registration"]["state"], "AWAITING_PAYMENT");
    assert_eq!(confirmed["bill"]["payable_idr"], MARCH);
    assert_eq!(
        (&paid["disposition"], &paid["months_paid"]),
        (&json!("APPLIED"), &json!(["2026-03"]))
    );
    assert_eq!(balance["balance_idr"], SAVED);
    let covered = coverage["coverage"].as_array().expect("programmes");
    assert!(
        covered.iter().all(|it| it["covered"] == true),
        "{covered:?}"
    );
}

#[tokio::test]
async fn for_people_it_shows_amounts_as_people_read_them() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    budi.becomes_a_participant(&town).await;

    let balance = budi.runs(&["balance"]).await;
    let bill = budi.runs(&["bill", "--months", "12"]).await;
    let quote = budi
        .runs(&["quote", "--income", "2500000", "--sector", "trade"])
        .await;

    assert!(balance.printed.contains("Rp 52.000"), "{}", balance.printed);
    assert!(
        bill.printed.contains("to pay        Rp "),
        "{}",
        bill.printed
    );
    assert!(quote.printed.contains("Rp 84.800"), "{}", quote.printed);
    for it in [balance, bill, quote] {
        assert_eq!(it.exit, 0, "{}", it.complained);
        assert!(
            it.printed.lines().all(|it| it.chars().count() <= 80),
            "{}",
            it.printed
        );
        assert!(!it.printed.contains('\u{1b}'), "no colours in a pipe");
    }
}

#[tokio::test]
async fn a_statement_adds_up_to_the_balance_in_every_shape() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    budi.becomes_a_participant(&town).await;
    town.moves_to("2026-05-04T02:00:00Z");
    budi.asks(&["pay", "--months", "3"]).await;

    let balance = budi.asks(&["balance"]).await["balance_idr"].as_i64();
    let json = budi.asks(&["statement"]).await;
    let csv = budi.runs(&["statement", "--csv"]).await.printed;
    let chart = budi.runs(&["statement", "--chart"]).await.printed;

    assert_eq!(balance, Some(4 * SAVED));
    let lines = json["lines"].as_array().expect("lines");
    let sum = lines
        .iter()
        .map(|it| it["amount_idr"].as_i64().expect("a number"));
    assert_eq!(Some(sum.sum()), balance);
    let head: Vec<_> = csv.lines().next().expect("a head").split(',').collect();
    let amount = head
        .iter()
        .position(|it| *it == "amount_idr")
        .expect("amounts");
    let amounts = csv.lines().skip(1).map(|it| it.split(',').nth(amount));
    let amounts = amounts.map(|it| it.expect("a cell").parse::<i64>().expect("a number"));
    assert_eq!(Some(amounts.sum()), balance);
    let bars: Vec<_> = chart.lines().map(|it| it.matches('█').count()).collect();
    assert_eq!(bars.len(), 3, "March to May:\n{chart}");
    assert!(bars[0] == bars[1] && bars[2] > 3 * bars[0], "{chart}");
    assert!(chart.lines().all(|it| it.chars().count() <= 80), "{chart}");
}

#[tokio::test]
async fn a_wrong_code_tells_how_many_tries_are_left() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    let somebody = town.person();
    let who = ["register", "--nik", &somebody.nik, "--name", "Budi Hartono"];
    budi.asks(&[&who[..], &["--contact", &somebody.contact, "--consent"]].concat())
        .await;
    let code = budi.reads_the_code(&town, &somebody.contact).await;

    let told = budi
        .runs(&["otp", "verify", "--code", &other_than(&code)])
        .await;
    let script = ["register", "--json", "--code", &other_than(&code)];
    let script = budi.runs(&script).await;

    assert_eq!(told.exit, 1);
    let sentence = "jamsostek: The code is wrong; 4 tries are left. Ask for another with `jamsostek otp send`.\n";
    assert_eq!(told.complained, sentence);
    assert_eq!((script.exit, script.printed.as_str()), (1, ""));
    assert_eq!(script.error()["reason"], "OTP_WRONG");
    assert_eq!(script.error()["metadata"]["triesLeft"], "3");
}

#[tokio::test]
async fn another_code_too_soon_tells_scripts_when_to_come_again() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    let somebody = town.person();
    let who = ["register", "--nik", &somebody.nik, "--name", "Budi Hartono"];
    budi.asks(&[&who[..], &["--contact", &somebody.contact, "--consent"]].concat())
        .await;

    let soon = budi.runs(&["otp", "send"]).await;
    town.waits(61);
    let later = budi.asks(&["otp", "send"]).await;
    let delivery = budi.asks(&["otp", "delivery"]).await;

    assert_eq!(soon.exit, 5, "{}", soon.complained);
    assert!(
        soon.complained.contains("\nTry again in 60 seconds."),
        "{}",
        soon.complained
    );
    assert_eq!(delivery["challenge_id"], later["challenge_id"]);
    assert_eq!(delivery["state"], "QUEUED");
}

#[tokio::test]
async fn an_answer_that_was_lost_starts_nothing_more() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    let somebody = town.person();
    let who = ["register", "--nik", &somebody.nik, "--name", "Budi Hartono"];
    let who = [&who[..], &["--contact", &somebody.contact, "--consent"]].concat();
    let started = budi.asks(&who).await;
    let id = &started["registration"]["registration_id"];
    // The power went before the answer was kept.
    let kept = json!({ "registration_id": id });
    std::fs::write(budi.state_file(), kept.to_string()).expect("written");

    let again = budi.asks(&who).await;

    assert_eq!(&again["registration"]["registration_id"], id);
    assert_eq!(again["challenge_id"], started["challenge_id"]);
}

#[tokio::test]
async fn a_registration_is_taken_back_and_another_started() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    let somebody = town.person();
    let who = ["register", "--nik", &somebody.nik, "--name", "Budi Hartono"];
    let who = [&who[..], &["--contact", &somebody.contact, "--consent"]].concat();
    budi.asks(&who).await;
    let code = budi.reads_the_code(&town, &somebody.contact).await;
    budi.asks(&["register", "--code", &code]).await;

    let cancelled = budi.asks(&["register", "--cancel"]).await;
    town.waits(61);
    let another = budi.asks(&who).await;

    assert_eq!(cancelled["registration"]["state"], "CANCELLED");
    assert_eq!(another["registration"]["state"], "AWAITING_OTP");
}

#[tokio::test]
async fn what_a_script_did_not_say_is_named() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);

    let nothing = budi.runs(&["register"]).await;
    let no_consent = ["register", "--nik", "1", "--name", "B", "--contact", "c"];
    let no_consent = budi.runs(&no_consent).await;
    let malformed = [
        "register",
        "--nik",
        "12",
        "--name",
        "Budi",
        "--contact",
        "+6281234500002",
    ];
    let malformed = [&malformed[..], &["--consent", "--json"]].concat();
    let malformed = budi.runs(&malformed).await;

    assert_eq!((nothing.exit, no_consent.exit, malformed.exit), (2, 2, 2));
    assert!(
        nothing.complained.contains("--nik, --name, --contact"),
        "{}",
        nothing.complained
    );
    assert!(
        no_consent.complained.contains("--consent"),
        "{}",
        no_consent.complained
    );
    assert_eq!(malformed.error()["fields"][0]["field"], "nik");
    let kept = budi.kept();
    assert_eq!(
        kept["registration_id"],
        Value::Null,
        "what was refused is not gone on with"
    );
}
