//! Many payouts at a bank that fails at every third call, while the program is killed in between: its ledger and ours are one.

mod savers;

use std::time::Duration;

use chrono::{DateTime, Utc};
use jamsostek_client::{Client, Options};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tempfile::TempDir;
use tokio::time::timeout;

use self::savers::approved_claims;
use crate::{
    bank::{BadBank, TOKEN},
    crash::moment::{count, open},
    fresh_store::empty_store,
    jamsostekd::{House, program, told},
    person::SAVED,
};

/// How many are paid; more where there is time (`tests/run --long`).
const PAYOUTS: usize = 300;
const PAYOUTS_LONG: usize = 10_000;
/// How often the program is killed.
const CRASHES: usize = 4;
/// Which calls go wrong.
const SEED: u64 = 20_261_123;
/// Longer than a silent bank is left alone, and longer than a lease.
const LATER: i64 = 301;
/// Claims that only an e-mail has confirmed wait for a day: so all are due at once.
const HOLD: i64 = 24 * 3_600 + 1;
/// A bank that fails at every third call has told all after far fewer rounds.
const ROUNDS_MAX: usize = 60;
/// For what is waited for, on a machine that has other tests to run.
const PATIENCE: Duration = Duration::from_secs(900);

#[tokio::test]
async fn a_bad_banks_ledger_is_ours_to_the_rupiah_over_every_crash() {
    let home = TempDir::new().expect("a directory");
    let (url, bank) = (
        empty_store(&home).await,
        BadBank::opens_badly("SITI AMINAH", SEED).await,
    );
    let payouts = match std::env::var_os("JAMSOSTEK_LONG") {
        Some(_) => PAYOUTS_LONG,
        None => PAYOUTS,
    };
    let mut house = opens(&home, &url, &bank).await;
    approved_claims(&house.client, payouts).await;
    let before = bank.heard().len();

    house.client.advance_clock(HOLD).await.expect("it moves");
    for crash in 1..=CRASHES {
        let heard = before + payouts * crash / (CRASHES + 1);
        let told = timeout(PATIENCE, bank.has_heard(heard)).await;
        told.expect("the bank is told in time");
        house.crashes().await;
        house = opens(&home, &url, &bank).await;
        // What was leased when it died is taken up by whoever comes next.
        house.client.advance_clock(LATER).await.expect("it moves");
    }
    let store = open(&url).await;
    let finished = timeout(PATIENCE, all_is_known(&store, &house.client));
    finished.await.expect("all is known in time");

    let mut ours = paid_awards(&store).await;
    let mut theirs = bank.ledger();
    ours.sort_unstable();
    theirs.sort_unstable();
    assert_eq!(ours.len(), payouts);
    assert!(ours == theirs, "the bank has paid something else");
    let journals = "SELECT COUNT(*) FROM transfer WHERE kind = 'payout'";
    assert_eq!(usize::try_from(count(&store, journals).await), Ok(payouts));
    let sum = "SELECT CAST(SUM(amount_idr) AS BIGINT) FROM transfer WHERE kind = 'payout'";
    let paid: i64 = theirs.iter().map(|(_, amount)| amount).sum();
    assert_eq!(count(&store, sum).await, paid);
    assert_eq!(usize::try_from(paid / SAVED), Ok(payouts));
    assert!(house.ends_when_asked().await);
    let verified = program(&home)
        .await
        .args(["verify", "--database-url", &url])
        .output()
        .await
        .expect("it ran");
    assert!(verified.status.success(), "{}", told(&verified));
}

async fn opens(home: &TempDir, url: &str, bank: &BadBank) -> House {
    let mut program = program(home).await;
    program
        .args(["--database-url", url, "--bank-url", &bank.url])
        // As short as this, many an answer of a busy machine is late: to the bank's faults comes silence of our own making.
        .args(["--bank-timeout-ms", "250"])
        .env("JAMSOSTEK_BANK_TOKEN", TOKEN);
    House::of(program, |address| Options::new(format!("http://{address}"))).await
}

/// Lets the time pass that a silent bank is left alone, again and again, until it is known what became of every award.
async fn all_is_known(store: &DatabaseConnection, client: &Client) {
    for _ in 0..ROUNDS_MAX {
        let moved = client.advance_clock(LATER).await.expect("it moves");
        let now = moved.now.expect("a moment");
        let now = DateTime::from_timestamp(now.seconds, 0).expect("a moment");
        while due(store, now).await > 0 {
            tokio::task::yield_now().await;
        }
        if count(store, "SELECT COUNT(*) FROM award WHERE state <> 'paid'").await == 0 {
            return;
        }
    }
    panic!("some awards stay unknown");
}

/// How many awards wait for their turn at `now`.
async fn due(store: &DatabaseConnection, now: DateTime<Utc>) -> i64 {
    let backend = store.get_database_backend();
    let sql = "SELECT COUNT(*) FROM award WHERE next_at <= $1";
    let statement = Statement::from_sql_and_values(backend, sql, [now.into()]);
    let row = store.query_one_raw(statement).await.expect("an answer");
    row.expect("a row").try_get_by_index(0).expect("a number")
}

/// What we know as paid, by our reference.
async fn paid_awards(store: &DatabaseConnection) -> Vec<(String, i64)> {
    let sql = "SELECT id, amount_idr FROM award WHERE state = 'paid'";
    let statement = Statement::from_string(store.get_database_backend(), sql);
    let rows = store.query_all_raw(statement).await.expect("rows");
    let row = |row: &sea_orm::QueryResult| {
        let id: jamsostek_client::Uuid = row.try_get_by_index(0).expect("an id");
        (id.to_string(), row.try_get_by_index(1).expect("an amount"))
    };
    rows.iter().map(row).collect()
}
