//! Work that nobody waits for: what fails in a round is told, by its name, and keeps nothing else from being done.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, Utc};
use jamsostek_client::{Options, Segment, v1::StartRegistrationRequest};
use jamsostek_server::clock::Clock;
use sea_orm::{ConnectionTrait, Statement};
use tempfile::TempDir;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    canary::{free_address, scrape},
    crash::moment::{count, open},
    fresh_store::empty_store,
    jamsostekd::{House, PATIENCE, program},
    town::Town,
};

/// The own read of `GetBalance`, once it is written down.
const OWN_READS: &str = "SELECT COUNT(*) FROM own_read WHERE rpc = 'GetBalance'";

#[tokio::test]
async fn every_part_of_a_round_that_fails_is_named_and_the_others_are_done() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    town.lets_the_workers_run().await;
    budi.balance().await;
    let store = town.burglar().await;
    let rename = async |from: &str, to: &str| {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        store.execute_unprepared(&sql).await.expect("it is renamed");
    };
    rename("employment", "away").await;
    rename("register_answer", "lost").await;

    let failed = town.workers().work().await.expect_err("two parts of it");

    let told = failed.to_string();
    for part in ["silent_employers: ", "answers: "] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(!told.contains("own_reads: "), "{told}");
    let sql = Statement::from_string(store.get_database_backend(), OWN_READS);
    let row = store.query_one_raw(sql).await.expect("rows").expect("one");
    assert_eq!(row.try_get_by_index::<i64>(0), Ok(1));
    rename("away", "employment").await;
    rename("lost", "register_answer").await;
    town.lets_the_workers_run().await;
}

#[tokio::test]
async fn a_part_that_panics_ends_alone_and_is_done_in_a_later_round() {
    let broken = Arc::new(AtomicBool::new(false));
    let town = Town::found_as("2026-03-10T02:00:00Z", |parts| {
        let (clock, broken) = (parts.clock.clone(), broken.clone());
        parts.clock = Arc::new(Breakable { clock, broken });
    })
    .await;
    let budi = town.participant().await;
    town.lets_the_workers_run().await;
    budi.balance().await;
    let mut siti = town.person();
    siti.starts().await.expect("a registration");

    broken.store(true, Ordering::Relaxed);
    let failed = town.workers().work().await.expect_err("no clock, no work");
    broken.store(false, Ordering::Relaxed);

    let told = failed.to_string();
    for part in ["messages", "questions", "reminders", "answers"] {
        let panicked = format!("{part}: it panicked");
        assert!(told.contains(&panicked), "{panicked} in {told}");
    }
    // What asks no clock was done.
    let store = town.burglar().await;
    let sql = Statement::from_string(store.get_database_backend(), OWN_READS);
    let row = store.query_one_raw(sql).await.expect("rows").expect("one");
    assert_eq!(row.try_get_by_index::<i64>(0), Ok(1));
    assert_eq!(siti.reads_the_code().await.len(), 6);
}

#[tokio::test]
async fn whatever_fails_is_logged_and_counted_while_the_house_goes_on() {
    let home = TempDir::new().expect("a directory");
    let (url, metrics) = (empty_store(&home).await, free_address().await);
    let mut command = program(&home).await;
    command.args(["--database-url", &url, "--metrics-listen", &metrics]);
    let mut house = House::of(command, |address| Options::new(format!("http://{address}"))).await;
    let store = open(&url).await;
    let rename = async |from: &str, to: &str| {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        store.execute_unprepared(&sql).await.expect("it is renamed");
    };
    rename("employment", "away").await;
    rename("register_answer", "lost").await;

    let counted = async {
        let parts = ["silent_employers", "answers"];
        let line = |part| format!("jamsostek_work_failures_total{{part=\"{part}\"}}");
        loop {
            let (counted, log) = (scrape(&metrics).await, house.log());
            let named = |it: &&str| log.contains(&format!("part=\"{it}\""));
            if parts.iter().all(|it| counted.contains(&line(it))) && parts.iter().all(named) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, counted)
        .await
        .expect("counted and logged in time");
    let contact = "+6281234500001";
    let form = StartRegistrationRequest {
        registration_id: Uuid::now_v7().to_string(),
        segment: Segment::Bpu.into(),
        nik: "3174014107900001".into(),
        full_name: "Siti Aminah".into(),
        contact: contact.into(),
        consent: true,
        ..Default::default()
    };
    house.client.start_registration(form).await.expect("begun");
    house.code_sent_to(contact).await;
    rename("away", "employment").await;
    rename("lost", "register_answer").await;
    assert_eq!(count(&store, "SELECT COUNT(*) FROM employment").await, 0);
    assert!(house.ends_when_asked().await);
}

/// A clock that stops with a panic while it is broken.
struct Breakable {
    clock: Arc<dyn Clock>,
    broken: Arc<AtomicBool>,
}

impl Clock for Breakable {
    fn now(&self) -> DateTime<Utc> {
        assert!(!self.broken.load(Ordering::Relaxed), "a broken clock");
        self.clock.now()
    }
}
