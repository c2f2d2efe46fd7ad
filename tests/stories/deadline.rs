//! A call ends when its caller's patience does, and the database does not go on for somebody who has gone.

use std::time::Duration;

use jamsostek_client::{Code, ErrorReason, Uuid, v1::IssueBillRequest};
use sea_orm::{
    ConnectionTrait, DbBackend, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};
use tokio::time::timeout;

use crate::town::Town;

/// Sooner than a wait for a lock would end by itself, on either engine.
const SOON: Duration = Duration::from_secs(2);

#[tokio::test]
async fn whoever_has_no_patience_left_is_told_so_and_nothing_happens_behind_his_back() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let membership = budi.membership().await;
    let store = town.burglar().await;
    let mut options = TransactionOptions::default();
    if store.get_database_backend() == DbBackend::Sqlite {
        options.sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    }
    let holder = store
        .begin_with_options(options)
        .await
        .expect("a transaction");
    holder
        .execute_unprepared("UPDATE membership SET segment = segment")
        .await
        .expect("the rows are held");
    let request = |months| IssueBillRequest {
        bill_id: BILL.to_string(),
        membership_id: membership.to_string(),
        months,
    };

    let impatient = budi.client.with_deadline(Duration::from_millis(400));
    let error = impatient
        .issue_bill(request(1))
        .await
        .expect_err("no answer");

    assert_eq!(error.code(), Code::DeadlineExceeded);
    timeout(SOON, nobody_waits(&town))
        .await
        .expect("the statement ended with its caller");
    holder.rollback().await.expect("the rows are free");
    // Had it gone on, this id would name a bill of one month.
    let issued = budi.client.issue_bill(request(2)).await.expect("a bill");
    assert_eq!(issued.bill.expect("it").months, 2);
}

#[tokio::test]
async fn a_call_without_time_is_not_begun() {
    let town = Town::found("2026-03-10").await;

    let hasty = town.client.with_deadline(Duration::from_millis(40));
    let error = hasty.get_server_info().await.expect_err("no answer");

    assert_eq!(error.code(), Code::DeadlineExceeded);
    let reason = error.reason();
    assert!(
        reason.is_none_or(|it| it == ErrorReason::Deadline),
        "{reason:?}"
    );
}

const BILL: Uuid = Uuid::from_u128(0x019a_b3c4_0000_7000_8000_0000_0000_00de);

/// Completes when no statement waits for a lock in this store. (SQLite's are not seen: they wait in the process, which has let go.)
async fn nobody_waits(town: &Town) {
    let store = town.burglar().await;
    if store.get_database_backend() == DbBackend::Sqlite {
        return;
    }
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND wait_event_type = 'Lock'";
    loop {
        let row = store.query_one_raw(Statement::from_string(DbBackend::Postgres, sql));
        let row = row.await.expect("an answer").expect("a row");
        if row.try_get_by_index::<i64>(0).expect("a number") == 0 {
            return;
        }
    }
}
