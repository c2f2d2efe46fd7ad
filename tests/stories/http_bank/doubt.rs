//! Nobody knows whether it was paid: the bank is asked first, told again under the same reference, and believed nothing but its word.

use jamsostek_client::v1::award::State as AwardState;
use sea_orm::{ConnectionTrait, Statement};

use super::{LATER, approved_at, approved_with, notice};
use crate::{
    bank::{BadBank, Mood},
    person::SAVED,
    town::{Town, run},
};

#[tokio::test]
async fn only_the_banks_own_word_counts_and_all_else_is_silence() {
    let bank = BadBank::opens("BUDI HARTONO").await;
    let (town, budi, award) = approved_at(&bank).await;
    bank.next([Mood::GoneBefore]);
    town.lets_the_workers_run().await;
    let ours = format!(
        r#""reference":"{award}","amountIdr":{SAVED},"bankCode":"008","accountNumber":"1230004567""#
    );
    let not_the_bank = [
        (404, "<html>Not Found</html>".to_owned()),
        (404, String::new()),
        (404, r#"{"error":"NO_SUCH_ROUTE"}"#.to_owned()),
        (410, r#"{"error":"TRANSFER_NOT_FOUND"}"#.to_owned()),
        (200, "<html>Please sign in</html>".to_owned()),
        (200, r#"{"state":"REFUSED"}"#.to_owned()),
        (
            200,
            format!(r#"{{{ours},"state":"REFUSED","code":"NO_COVER"}}"#),
        ),
        (200, format!(r#"{{{ours},"state":"PAID"}}"#)),
        (302, String::new()),
        (401, String::new()),
        (
            502,
            format!(r#"{{{ours},"state":"REFUSED","code":"ACCOUNT_CLOSED"}}"#),
        ),
        (
            200,
            format!(
                r#"{{{ours},"state":"PAID","bankReference":"B","pad":"{}"}}"#,
                "x".repeat(20_000)
            ),
        ),
    ];

    for (status, body) in not_the_bank {
        bank.next([Mood::Says(status, body.clone())]);
        town.waits(LATER);
        town.lets_the_workers_run().await;
        assert_eq!(
            budi.award().await.state(),
            AwardState::Instructed,
            "{status} {body}"
        );
    }
    let told = bank.heard().iter().filter(|it| **it == "PUT").count();
    town.waits(LATER);
    town.lets_the_workers_run().await;

    assert_eq!(told, 1, "it was told again while nobody knew");
    assert_eq!(budi.award().await.state(), AwardState::Paid);
    assert_eq!(bank.ledger(), [(award, SAVED)]);
}

#[tokio::test]
async fn a_bank_that_paid_and_broke_off_is_asked_and_not_told_again() {
    let bank = BadBank::opens("BUDI HARTONO").await;
    let (town, budi, award) = approved_at(&bank).await;
    bank.next([Mood::GoneAfter]);

    town.lets_the_workers_run().await;
    let unknown = budi.award().await.state();
    town.waits(LATER);
    town.lets_the_workers_run().await;

    assert_eq!(unknown, AwardState::Instructed);
    assert_eq!(budi.award().await.state(), AwardState::Paid);
    assert_eq!(bank.heard(), ["POST", "PUT", "GET"]);
    assert_eq!(bank.ledger(), [(award, SAVED)]);
}

#[tokio::test]
async fn a_telling_that_was_only_late_pays_nothing_twice() {
    let bank = BadBank::opens("BUDI HARTONO").await;
    let (town, budi, award) = approved_at(&bank).await;
    bank.next([Mood::Late]);

    town.lets_the_workers_run().await;
    town.waits(LATER);
    town.lets_the_workers_run().await;
    bank.does_what_is_late();

    assert_eq!(budi.award().await.state(), AwardState::Paid);
    assert_eq!(bank.heard(), ["POST", "PUT", "GET", "PUT"]);
    assert_eq!(bank.ledger(), [(award, SAVED)]);
}

#[tokio::test]
async fn a_bank_that_never_answers_is_not_waited_for() {
    let bank = BadBank::opens("BUDI HARTONO").await;
    let within = std::time::Duration::from_millis(500);
    let (town, budi, _) = approved_with(&bank, bank.at_within(within)).await;
    bank.next([Mood::HangsBefore]);

    town.lets_the_workers_run().await;

    assert_eq!(budi.award().await.state(), AwardState::Instructed);
    assert_eq!(bank.ledger(), []);
}

#[tokio::test]
async fn a_bank_with_another_payout_under_the_reference_is_told_of_once_and_believed_nothing() {
    let bank = BadBank::opens("BUDI HARTONO").await;
    let (town, budi, award) = approved_at(&bank).await;
    let taken = r#"{"error":"REFERENCE_TAKEN"}"#.to_owned();
    bank.next([Mood::Says(409, taken)]);
    town.lets_the_workers_run().await;
    let first = budi.award().await.state();
    // It is asked, does not know it, is told again, and speaks of another amount; then, asked again, once more.
    bank.next([Mood::Well, Mood::Misremembers, Mood::Misremembers]);
    for _ in 0..2 {
        town.waits(LATER);
        town.lets_the_workers_run().await;
    }

    let disputed = budi.person.client.get_claim(budi.claim).await.expect("it");
    let notice = notice(&award, true);
    let settled = town.bank().record_payout(notice).await;

    assert_eq!(first, AwardState::Instructed);
    assert_eq!(
        disputed.award.expect("an award").state(),
        AwardState::Instructed
    );
    let steps: Vec<_> = disputed.steps.iter().map(|it| it.what.as_str()).collect();
    assert_eq!(
        steps,
        ["SubmitClaim", "TakeClaim", "ApproveClaim", "PayOutDisputed"]
    );
    assert_eq!(events(&town, "claim.payout_disputed").await, 1);
    assert_eq!(settled.expect("it is taken").state(), AwardState::Paid);
}

#[tokio::test]
async fn an_answer_that_contradicts_a_notice_is_kept_for_whoever_must_look() {
    let bank = BadBank::opens("BUDI HARTONO").await;
    let (town, budi, award) = approved_at(&bank).await;
    bank.next([Mood::Waits]);
    let workers = town.workers();
    let working = tokio::spawn(async move { run(&workers).await });
    bank.has_heard(2).await;

    let notice = notice(&award, false);
    let failed = town
        .bank()
        .record_payout(notice)
        .await
        .expect("it is taken");
    bank.lets_go();
    working.await.expect("no panic");

    assert_eq!(failed.state(), AwardState::Failed);
    assert_eq!(budi.award().await, failed);
    assert_eq!(events(&town, "claim.payout_contradicted").await, 1);
}

async fn events(town: &Town, kind: &str) -> i64 {
    let store = town.burglar().await;
    let sql = format!("SELECT COUNT(*) FROM event WHERE kind = '{kind}'");
    let row = store.query_one_raw(Statement::from_string(store.get_database_backend(), sql));
    let row = row.await.expect("an answer").expect("a row");
    row.try_get_by_index(0).expect("a number")
}
