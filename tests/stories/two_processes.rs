//! Two real processes on one database, each with its own workers and nothing between them but the store.

use jamsostek_client::Options;
use sea_orm::DatabaseConnection;
use tempfile::TempDir;
use tokio::{task::JoinSet, time::timeout};

use crate::{
    canary::{free_address, scrape},
    crash::{
        claims::claims,
        log::{Known, Log},
        moment::{banks_ledger_is_ours, count, open},
        roads::walks,
    },
    fresh_store::empty_store,
    jamsostekd::{House, PATIENCE, program, told, verify_with},
};

/// How many people register at each.
const PEOPLE: usize = 6;

/// A process, and where it tells what it has counted.
struct Counting {
    house: House,
    metrics: String,
}

#[tokio::test]
async fn whoever_registers_at_one_and_claims_at_the_other_is_told_and_paid_once() {
    let home = TempDir::new().expect("a directory");
    let url = empty_store(&home).await;
    let first = opens(&home, &url).await;
    if url.starts_with("sqlite") {
        // SQLite is served by one process; process.rs tells how the second is refused.
        let mut second = program(&home).await;
        second.args(["--database-url", &url, "--listen", "127.0.0.1:0"]);
        let second = second.output().await.expect("it ran");
        assert!(!second.status.success(), "{}", told(&second));
        return;
    }
    let mut both = [first, opens(&home, &url).await];
    let log = Log::new();
    let mut roads = JoinSet::new();
    for Counting { house, .. } in &both {
        for _ in 0..PEOPLE {
            let (client, log) = (house.client.clone(), log.clone());
            roads.spawn(async move { walks(&client, &log).await });
        }
    }
    all_end_well(roads).await;
    // A minute later each of them can be sent another code.
    for Counting { house, .. } in &both {
        house.client.advance_clock(61).await.expect("it moves");
    }
    let mut roads = JoinSet::new();
    for (at, known) in log.all().into_iter().enumerate() {
        let Known::Paid(tokens, contact, ..) = known else {
            continue;
        };
        let client = both[at % 2].house.client.clone();
        let person = client.with_tokens(tokens);
        person.renew_tokens().await.expect("a participant's tokens");
        roads.spawn(async move { claims(&client, &person, &contact, &Log::new()).await });
    }
    assert_eq!(roads.len(), 2 * PEOPLE);
    all_end_well(roads).await;

    let store = open(&url).await;
    timeout(PATIENCE, nothing_waits(&store))
        .await
        .expect("all is told");
    let mut left = 0;
    for Counting { metrics, .. } in &both {
        left += messages_sent(metrics).await;
    }
    let came = count(&store, "SELECT COUNT(*) FROM sandbox_message").await;
    assert_eq!(left, came, "a message has left twice");
    banks_ledger_is_ours(&url).await;
    for Counting { house, .. } in &mut both {
        assert!(house.ends_when_asked().await);
    }
    let verified = verify_with(&home, &["--database-url", &url]).await;
    assert!(verified.status.success(), "{}", told(&verified));
}

async fn opens(home: &TempDir, url: &str) -> Counting {
    let metrics = free_address().await;
    let flags = ["--database-url", url, "--metrics-listen", &metrics];
    let house = House::opens_with(home, &flags, |address| {
        Options::new(format!("http://{address}"))
    });
    Counting {
        house: house.await,
        metrics,
    }
}

async fn all_end_well(mut roads: JoinSet<Result<(), jamsostek_client::Error>>) {
    while let Some(walked) = roads.join_next().await {
        walked.expect("no panic").expect("the whole road");
    }
}

async fn nothing_waits(store: &DatabaseConnection) {
    let waiting = "SELECT COUNT(*) FROM message WHERE state IN ('queued', 'leased')";
    while count(store, waiting).await > 0 {
        tokio::task::yield_now().await;
    }
}

/// How many messages the process says it has sent.
async fn messages_sent(metrics: &str) -> i64 {
    let counted = scrape(metrics).await;
    let line = counted
        .lines()
        .find(|it| it.starts_with("jamsostek_messages_total") && it.contains("\"sent\""));
    let number = line.and_then(|it| it.rsplit(' ').next());
    number.map_or(0, |it| it.parse().expect("a number"))
}
