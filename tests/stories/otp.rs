//! Codes come back, run out and lock.

use jamsostek_client::{ErrorReason, Subject};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};
use tokio::task::JoinSet;

use crate::{
    person::Person,
    town::{ExpectRefusal, Town, other_than},
};

#[tokio::test]
async fn a_wrong_code_tells_how_many_tries_are_left() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let wrong = other_than(&budi.reads_the_code().await);

    let first = budi.tries(&wrong).await.expect_refusal();
    let second = budi.tries(&wrong).await.expect_refusal();

    assert_eq!(first.reason, ErrorReason::OtpWrong);
    assert_eq!(first.metadata["triesLeft"], "4");
    assert_eq!(second.metadata["triesLeft"], "3");
    budi.confirms_the_code()
        .await
        .expect("the right one is still good");
}

#[tokio::test]
async fn after_five_wrong_codes_the_right_one_is_locked_out() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let right = budi.reads_the_code().await;
    miss(&budi, &right, 5).await;

    let refusal = budi.tries(&right).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpLocked);
    assert_eq!(refusal.metadata["triesLeft"], "0");
    assert!(!refusal.metadata.contains_key("retryAfterSeconds"));
}

#[tokio::test]
async fn a_locked_out_person_asks_for_another_code() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    miss(&budi, &budi.reads_the_code().await, 5).await;
    town.waits(61);

    budi.asks_again().await.expect("another code");

    let tokens = budi.confirms_the_code().await.expect("tokens");
    assert_eq!(tokens.subject(), Subject::Registrant);
    assert_eq!(tokens.subject_id, budi.registration.to_string());
}

#[tokio::test]
async fn a_code_is_good_for_299_seconds() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let code = budi.reads_the_code().await;

    town.waits(299);

    budi.tries(&code).await.expect("tokens");
}

#[tokio::test]
async fn after_301_seconds_a_code_is_too_old() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let code = budi.reads_the_code().await;

    town.waits(301);

    let refusal = budi.tries(&code).await.expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::OtpExpired);
}

#[tokio::test]
async fn a_code_serves_once() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let code = budi.reads_the_code().await;
    budi.tries(&code).await.expect("tokens");

    let again = budi.tries(&code).await.expect_refusal();
    town.waits(61);
    let another = budi.asks_again().await.expect_refusal();

    assert_eq!(again.reason, ErrorReason::OtpUsed);
    assert_eq!(another.reason, ErrorReason::OtpUsed);
}

#[tokio::test]
async fn a_contact_that_is_confirmed_needs_no_other_code() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let first = budi.challenge;
    town.waits(61);
    budi.asks_again().await.expect("another code");
    budi.confirms_the_code().await.expect("tokens");
    town.waits(61);
    budi.challenge = first;

    let refusal = budi.asks_again().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpUsed);
}

#[tokio::test]
async fn only_the_last_code_is_good() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let (early, code) = (budi.clone(), budi.reads_the_code().await);
    town.waits(61);
    budi.asks_again().await.expect("another code");

    let refusal = early.tries(&code).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpSuperseded);
    budi.confirms_the_code()
        .await
        .expect("the last one is good");
}

#[tokio::test]
async fn ten_misses_in_an_hour_lock_every_code_to_the_contact() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("the first code");
    for _ in 0..2 {
        miss(&budi, &budi.reads_the_code().await, 5).await;
        town.waits(61);
        budi.asks_again().await.expect("another code");
    }
    let right = budi.reads_the_code().await;

    let refusal = budi.tries(&right).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpLocked);
    assert_eq!(refusal.metadata["retryAfterSeconds"], "3478");
}

#[tokio::test]
async fn of_a_hundred_right_codes_at_once_one_opens() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let right = budi.reads_the_code().await;

    let refused = at_once(&budi, &right).await;

    assert_eq!(refused.len(), 99);
    let named = [ErrorReason::OtpUsed, ErrorReason::OtpLocked];
    assert!(refused.iter().all(|it| named.contains(it)), "{refused:?}");
}

#[tokio::test]
async fn of_a_hundred_wrong_codes_at_once_five_are_compared() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let wrong = other_than(&budi.reads_the_code().await);

    let refused = at_once(&budi, &wrong).await;

    let count = |reason| refused.iter().filter(|it| **it == reason).count();
    assert_eq!(count(ErrorReason::OtpWrong), 5);
    assert_eq!(count(ErrorReason::OtpLocked), 95);
}

#[tokio::test]
async fn a_code_lies_nowhere_in_the_store() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let code = budi.reads_the_code().await;

    let Some(file) = town.file() else {
        // PostgreSQL's files are not ours to read; its rows are, with bytes as hexadecimal digits.
        for row in every_row(&town).await {
            for secret in [&code, &budi.nik, &budi.contact] {
                let bytes: String = secret.bytes().map(|it| format!("{it:02x}")).collect();
                let column = format!(",{secret},");
                assert!(!row.contains(&bytes) && !row.contains(&column), "{row}");
            }
        }
        return;
    };
    for part in [file.to_owned(), format!("{file}-wal")] {
        let bytes = std::fs::read(&part).expect("the store's file");
        for secret in [&code, &budi.nik, &budi.contact] {
            let found = bytes
                .windows(secret.len())
                .any(|it| it == secret.as_bytes());
            assert!(!found, "{secret} in {part}");
        }
    }
}

#[tokio::test]
async fn nobody_sends_a_code_again_that_was_never_sent() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.challenge = uuid::Uuid::now_v7();

    let again = budi.asks_again().await.expect_refusal();
    let tried = budi.tries("123456").await.expect_refusal();

    assert_eq!(again.reason, ErrorReason::NotFound);
    assert_eq!(tried.reason, ErrorReason::NotFound);
}

async fn miss(person: &Person, right: &str, times: u32) {
    for _ in 0..times {
        let refusal = person.tries(&other_than(right)).await.expect_refusal();
        assert_eq!(refusal.reason, ErrorReason::OtpWrong);
    }
}

/// Why the others were refused when a hundred try `code`; at most one is not.
async fn at_once(person: &Person, code: &str) -> Vec<ErrorReason> {
    let mut tries = JoinSet::new();
    for _ in 0..100 {
        let (person, code) = (person.clone(), code.to_owned());
        tries.spawn(async move { person.tries(&code).await });
    }
    let answers = tries.join_all().await;
    let refused = answers.into_iter().filter(Result::is_err);
    refused.map(|it| it.expect_refusal().reason).collect()
}

/// Every row of PostgreSQL's tables as one text.
async fn every_row(town: &Town) -> Vec<String> {
    let store = town.burglar().await;
    let ask = async |sql: String| {
        let rows = store
            .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
            .await
            .expect("rows");
        let text = |row: &QueryResult| row.try_get_by_index::<String>(0).expect("text");
        rows.iter().map(text).collect::<Vec<_>>()
    };
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let mut rows = Vec::new();
    for table in ask(tables.to_owned()).await {
        // Commas around every column, the first and the last too.
        let sql = format!("SELECT ',' || btrim(t::text, '()') || ',' FROM \"{table}\" t");
        rows.extend(ask(sql).await);
    }
    assert!(
        rows.len() > 5,
        "the code's own row at least, and what counts it"
    );
    rows
}
