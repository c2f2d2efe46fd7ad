//! The store is new, gone, or held by somebody else.

use std::time::Duration;

use jamsostek_client::ErrorReason;
use jamsostek_server::db::Db;
use sea_orm::{ConnectionTrait, DbBackend};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tonic::Code;

use crate::{
    fresh_store::empty_store,
    town::{ExpectRefusal, Town},
};

#[tokio::test]
async fn five_servers_that_start_at_once_bring_up_one_schema() {
    let directory = TempDir::new().expect("a directory");
    let url = empty_store(&directory).await;
    let mut starting = JoinSet::new();
    for _ in 0..5 {
        let url = url.clone();
        starting.spawn(async move { Db::open(&url).await });
    }

    let started = starting.join_all().await;

    for db in started {
        db.expect("it starts").close().await;
    }
    let db = Db::open_to_inspect(&url).await.expect("a whole schema");
    db.close().await;
}

#[tokio::test]
async fn without_a_store_the_service_says_so_and_when_to_come_again() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    town.db.close().await;
    // Less than the service asks to wait: the client does not repeat.
    let budi = budi.client.with_deadline(Duration::from_millis(900));

    let refusal = budi.get_balance(None, None).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::StoreUnavailable);
    assert_eq!(refusal.code, Code::Unavailable);
    assert_eq!(refusal.retry_after, Some(Duration::from_secs(1)));
    budi.who_am_i().await.expect("what needs no store goes on");
}

#[tokio::test]
async fn whoever_waits_too_long_for_another_writer_is_told_to_come_again() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let code = budi.reads_the_code().await;
    let other = town.burglar().await;
    let statements: &[&str] = if other.get_database_backend() == DbBackend::Postgres {
        &["BEGIN", "SELECT id FROM otp_challenge FOR UPDATE"]
    } else {
        &["BEGIN IMMEDIATE"]
    };
    for sql in statements {
        other.execute_unprepared(sql).await.expect("a lock");
    }

    let refusal = budi.tries(&code).await.expect_refusal();
    other
        .execute_unprepared("ROLLBACK")
        .await
        .expect("the lock is given up");

    assert_eq!(refusal.reason, ErrorReason::Contention);
    assert_eq!(refusal.code, Code::Aborted);
    budi.tries(&code).await.expect("afterwards it goes");
}
