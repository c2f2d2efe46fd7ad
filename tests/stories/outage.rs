//! The store is new, gone, or held by somebody else.

use std::{pin::pin, time::Duration};

use jamsostek_client::{Error, ErrorReason};
use jamsostek_server::db::Db;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tonic::Code;

use crate::{
    fresh_store::empty_store,
    language::is_explained,
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
    let other = holds_the_store(&town).await;

    let refusal = budi.tries(&code).await.expect_refusal();
    other
        .execute_unprepared("ROLLBACK")
        .await
        .expect("the lock is given up");

    assert_eq!(refusal.reason, ErrorReason::Contention);
    assert_eq!(refusal.code, Code::Aborted);
    budi.tries(&code).await.expect("afterwards it goes");
}

#[tokio::test]
async fn whoever_comes_when_the_house_is_full_is_told_when_to_come_again() {
    let town = Town::found_as("2026-03-10T02:00:00Z", |parts| parts.calls_max = 1).await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let code = budi.reads_the_code().await;
    let other = holds_the_store(&town).await;
    // With less time than the house asks to wait, the client comes only once.
    let hasty = town.client.with_deadline(Duration::from_millis(900));

    let mut waiting = pin!(budi.tries(&code));
    let refusal = loop {
        tokio::select! {
            biased;
            answered = hasty.list_people() => {
                if let Err(Error::Refused(refusal)) = answered {
                    break refusal;
                }
            }
            ended = &mut waiting => panic!("nobody was turned away: {ended:?}"),
        }
    };

    assert_eq!(refusal.reason, ErrorReason::Overloaded);
    is_explained(&refusal);
    assert_eq!(refusal.code, Code::Unavailable);
    assert_eq!(refusal.metadata["callsMax"], "1");
    assert_eq!(refusal.retry_after, Some(Duration::from_secs(1)));
    other.execute_unprepared("ROLLBACK").await.expect("free");
    waiting.await.expect("tokens");
    town.client
        .list_people()
        .await
        .expect("there is room again");
}

/// Somebody who holds what every code needs, until he rolls back.
async fn holds_the_store(town: &Town) -> DatabaseConnection {
    let other = town.burglar().await;
    let statements: &[&str] = if other.get_database_backend() == DbBackend::Postgres {
        &["BEGIN", "SELECT id FROM otp_challenge FOR UPDATE"]
    } else {
        &["BEGIN IMMEDIATE"]
    };
    for sql in statements {
        other.execute_unprepared(sql).await.expect("a lock");
    }
    other
}
