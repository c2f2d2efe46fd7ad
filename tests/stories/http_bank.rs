//! A bank over HTTP pays once, whatever it says and whatever stands between it and us.

mod doubt;

use jamsostek_client::{
    ClaimCause, ErrorReason,
    v1::{Award, BankAccount, RecordPayoutRequest, award::State as AwardState, claim::State},
};
use tempfile::TempDir;

use crate::{
    bank::{BadBank, Mood, TOKEN},
    jamsostekd::{program, told},
    person::{Person, SAVED},
    town::{ExpectRefusal, Town, id},
};

/// Longer than a silent bank is left alone.
const LATER: u64 = 301;

#[tokio::test]
async fn a_bank_over_http_is_told_once_under_the_awards_own_id() {
    let bank = BadBank::opens("BUDI HARTONO").await;
    let (town, budi, award) = approved_at(&bank).await;

    town.lets_the_workers_run().await;

    let paid = budi.award().await;
    assert_eq!(
        (paid.state(), paid.bank_reference.as_str()),
        (AwardState::Paid, "BANK-1")
    );
    assert_eq!(budi.person.balance().await, 0);
    assert_eq!(bank.ledger(), [(award, SAVED)]);
    assert_eq!(bank.heard(), ["POST", "PUT"]);
}

#[tokio::test]
async fn the_bank_says_whose_an_account_is_and_silence_is_no_answer() {
    let bank = BadBank::opens("SOMEBODY ELSE").await;
    let town = founded_at(&bank).await;
    let budi = town.stopped().await;
    let proxy = (404, "<html>Not Found</html>");
    let moods = [proxy, (200, "{}"), (401, ""), (503, "")];

    let theirs = refused(&town, &budi, "1230004567").await;
    let nobodys = refused(&town, &budi, "999999999").await;
    let mut unknown = Vec::new();
    for (status, body) in moods {
        bank.next([Mood::Says(status, body.to_owned())]);
        unknown.push(refused(&town, &budi, "1230004567").await);
    }

    assert_eq!(theirs.reason, ErrorReason::AccountHolderDiffers);
    assert_eq!(nobodys.reason, ErrorReason::AccountUnknown);
    for refusal in unknown {
        assert_eq!(refusal.reason, ErrorReason::BankUnavailable);
    }
}

#[tokio::test]
async fn what_a_bank_over_http_refuses_is_back_in_the_savings_in_our_own_words() {
    let bank = BadBank::opens("BUDI HARTONO").await;
    let (town, budi, _) = approved_at(&bank).await;
    bank.next([Mood::Refuses("ACCOUNT_CLOSED")]);

    town.lets_the_workers_run().await;

    let failed = budi.award().await;
    assert_eq!(
        (failed.state(), failed.failure.as_str()),
        (AwardState::Failed, "the account is closed")
    );
    assert_eq!(budi.person.balance().await, SAVED);
    assert_eq!(bank.ledger(), []);
}

#[tokio::test]
async fn a_bank_over_http_may_take_its_time_until_its_notice() {
    let bank = BadBank::opens("BUDI HARTONO").await;
    let (town, budi, award) = approved_at(&bank).await;
    bank.next([Mood::TakesItsTime]);
    town.lets_the_workers_run().await;
    town.waits(LATER);
    town.lets_the_workers_run().await;
    let waiting = budi.award().await.state();

    let notice = notice(&award, true);
    let paid = town
        .bank()
        .record_payout(notice)
        .await
        .expect("it is taken");
    town.waits(LATER);
    town.lets_the_workers_run().await;

    assert_eq!(waiting, AwardState::Instructed);
    assert_eq!(paid.state(), AwardState::Paid);
    assert_eq!(budi.award().await, paid);
    assert_eq!(bank.heard(), ["POST", "PUT", "GET"]);
}

#[tokio::test]
async fn one_payout_that_takes_its_time_keeps_neither_others_nor_codes_waiting() {
    let bank = BadBank::opens("BUDI HARTONO").await;
    let town = founded_at(&bank).await;
    let people = [town.participant().await, town.participant().await];
    for person in &people {
        person.ends_business("").await.expect("it ends");
    }
    town.moves_to("2026-04-10T02:00:00Z");
    let claims = [people[0].claims().await, people[1].claims().await];
    for claim in &claims {
        town.approves(claim).await;
    }
    bank.next([Mood::Waits]);
    // The first does what asks nobody outside, the second pays.
    let workers = town.workers().side_by_side();
    let before = bank.heard().len();
    let paying = tokio::spawn({
        let payer = workers[1].clone();
        async move { payer.work().await.expect("a round") }
    });

    bank.has_heard(before + 2).await;
    let mut siti = town.person();
    siti.starts().await.expect("a registration");
    workers[0].work().await.expect("a round");
    let messages = town.client.list_messages(siti.contact.clone()).await;
    bank.lets_go();
    let paid = paying.await.expect("no panic");

    assert_eq!(messages.expect("messages").len(), 1);
    assert_eq!((paid, bank.ledger().len()), (2, 2));
    for (person, claim) in people.iter().zip(&claims) {
        assert_eq!(person.follows(claim).await.state(), State::Closed);
    }
}

#[tokio::test]
async fn settings_that_would_tell_the_token_are_refused_and_production_names_what_is_missing() {
    let home = TempDir::new().expect("a directory");
    let keys = program(&home).await.args(["keys", "create"]).status().await;
    assert!(keys.expect("it ran").success());
    let file = home.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).expect("a file");
    let token_file = ["--bank-token-file", file.to_str().expect("a path")];
    let with_token = |flags: &[&str]| [&token_file[..], flags].concat().join("\0");
    let clear = ends_with(&home, &with_token(&["--bank-url", "http://bank.example"])).await;
    let no_token = ends_with(&home, "--bank-url\0https://bank.example").await;
    let no_url = ends_with(&home, &with_token(&[])).await;

    let production = ["--profile", "production"];
    let without = ends_with(&home, &production.join("\0")).await;
    let bank = ["--bank-url", "https://bank.example"];
    let with = ends_with(&home, &with_token(&[&production[..], &bank].concat())).await;

    assert!(clear.contains("must be https"), "{clear}");
    assert!(no_token.contains("--bank-token-file"), "{no_token}");
    assert!(no_url.contains("--bank-url"), "{no_url}");
    assert!(without.contains("a bank (--bank-url)"), "{without}");
    assert!(
        with.contains("needs") && !with.contains("--bank-url"),
        "{with}"
    );
    for told in [clear, no_token, no_url, without, with] {
        assert!(!told.contains(TOKEN), "{told}");
    }
}

/// Somebody whose claim was approved.
struct Claimant {
    person: Person,
    claim: jamsostek_client::Uuid,
}

impl Claimant {
    async fn award(&self) -> Award {
        let claim = self.person.client.get_claim(self.claim).await;
        claim.expect("the claim").award.expect("an award")
    }
}

async fn founded_at(bank: &BadBank) -> Town {
    let at = bank.at();
    Town::found_as("2026-03-10T02:00:00Z", |parts| {
        parts.outside.bank = Some(at)
    })
    .await
}

/// A town with this bank, somebody in it whose claim was approved, and the award.
async fn approved_at(bank: &BadBank) -> (Town, Claimant, String) {
    approved_with(bank, bank.at()).await
}

async fn approved_with(bank: &BadBank, at: jamsostek_server::BankAt) -> (Town, Claimant, String) {
    let town = Town::found_as("2026-03-10T02:00:00Z", |parts| {
        parts.outside.bank = Some(at)
    })
    .await;
    let person = town.stopped().await;
    let claim = person.claims().await;
    let award = town.approves(&claim).await.award.expect("an award");
    assert_eq!(bank.ledger(), []);
    let claim = id(&claim.id);
    (town, Claimant { person, claim }, award.id)
}

/// Why a claim to an account with this number is refused.
async fn refused(town: &Town, person: &Person, number: &str) -> jamsostek_client::Refusal {
    // A minute later he can be sent another code, and a day later five more.
    town.advances(std::time::Duration::from_secs(24 * 3_600));
    let account: BankAccount = person.account_with(number);
    let filled = person.fills_in(ClaimCause::BusinessEnd, account).await;
    filled.submitted_by(person).await.expect_refusal()
}

fn notice(award: &str, paid: bool) -> RecordPayoutRequest {
    RecordPayoutRequest {
        award_id: award.to_owned(),
        bank_reference: "BNI-77".into(),
        paid,
        failure: if paid {
            String::new()
        } else {
            "account closed".into()
        },
    }
}

/// What the program says as it ends at once, with these flags between zeros.
async fn ends_with(home: &TempDir, flags: &str) -> String {
    let mut program = program(home).await;
    program.args(flags.split('\0').filter(|it| !it.is_empty()));
    let output = program.output().await.expect("it ran");
    assert!(!output.status.success());
    told(&output)
}
