//! A sandbox's clock is moved, and its neighbours fail as told.

use chrono::{DateTime, Utc};
use jamsostek_client::{
    ErrorReason,
    v1::{Neighbour, coverage::Reason, get_otp_delivery_response::State},
};
use tempfile::TempDir;

use crate::{
    jamsostekd::House,
    town::{ExpectRefusal, Town, run, timestamp},
};

#[tokio::test]
async fn a_clock_that_is_moved_shows_waiting_periods_without_waiting() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    budi.ends_business("2026-03-20").await.expect("it ends");

    let moved = town
        .client
        .set_clock(moment("2026-03-21T02:00:00Z"))
        .await
        .expect("it moves");

    assert_eq!(moved.today, "2026-03-21");
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.coverage[0].reason(), Reason::Ended);
}

#[tokio::test]
async fn a_clock_never_goes_back() {
    let town = Town::found("2026-03-10").await;

    let back = town
        .client
        .set_clock(moment("2026-03-10T01:59:59Z"))
        .await
        .expect_refusal();
    let too_far = town
        .client
        .set_clock(moment("2101-01-01T00:00:00Z"))
        .await
        .expect_refusal();

    assert_eq!(back.reason, ErrorReason::ClockBackwards);
    assert_eq!(back.metadata["now"], "2026-03-10T02:00:00Z");
    assert_eq!(too_far.violations[0].field, "to");
    let ahead = town.client.advance_clock(60).await.expect("it moves");
    assert_eq!(ahead.now, Some(moment("2026-03-10T02:01:00Z")));
    let behind = town.client.advance_clock(-60).await.expect_refusal();
    assert_eq!(behind.reason, ErrorReason::ClockBackwards);
}

#[tokio::test]
async fn every_server_of_a_sandbox_follows_its_clock() {
    let town = Town::found("2026-03-10").await;
    let (other, workers) = town.opens_another_house().await;

    town.client
        .set_clock(moment("2027-01-01T00:00:00Z"))
        .await
        .expect("it moves");
    run(&workers).await;

    let info = other.get_server_info().await.expect("itself");
    assert_eq!(info.today, "2027-01-01");
}

#[tokio::test]
async fn a_restart_keeps_the_clock() {
    let home = TempDir::new().expect("a directory");
    let mut house = House::opens(&home).await;
    house
        .client
        .set_clock(moment("2099-06-01T02:00:00Z"))
        .await
        .expect("it moves");
    assert!(house.ends_when_asked().await);

    let house = House::opens(&home).await;

    let info = house.client.get_server_info().await.expect("itself");
    assert_eq!(info.today, "2099-06-01");
}

#[tokio::test]
async fn a_carrier_that_fails_loses_no_notice_and_sends_no_code_twice() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let before = budi.reads_messages().await.len();
    town.client
        .fail_next(Neighbour::Sender, 1)
        .await
        .expect("it fails");
    budi.ends_business("").await.expect("it ends");
    let failed = budi.reads_messages().await.len();
    town.waits(61);
    let told = budi.reads_messages().await;
    let mut siti = town.person();
    town.client
        .fail_next(Neighbour::Sender, 1)
        .await
        .expect("it fails");
    siti.starts().await.expect("a registration");
    town.lets_the_workers_run().await;
    town.waits(61);

    let codes = siti.reads_messages().await;

    assert_eq!(failed, before);
    assert!(
        told.len() == before + 1 && told[0].contains("10 April 2026"),
        "{told:?}"
    );
    assert_eq!(codes, Vec::<String>::new());
    let delivery = town
        .client
        .get_otp_delivery(siti.challenge)
        .await
        .expect("its way");
    assert_eq!(delivery.state(), State::Failed);
}

#[tokio::test]
async fn of_messages_that_leave_together_as_many_fail_as_were_told_to() {
    let town = Town::found("2026-03-10").await;
    town.client
        .fail_next(Neighbour::Sender, 2)
        .await
        .expect("it fails");
    let mut people = Vec::new();
    for _ in 0..5 {
        let mut person = town.person();
        person.starts().await.expect("a registration");
        people.push(person);
    }
    town.lets_the_workers_run().await;

    let (mut sent, mut read) = (0, 0);
    for person in &people {
        let way = town.client.get_otp_delivery(person.challenge).await;
        sent += usize::from(way.expect("its way").state() == State::Sent);
        read += person.reads_messages().await.len();
    }
    assert_eq!((sent, read), (3, 3));
}

#[tokio::test]
async fn only_neighbours_fail_and_only_so_often() {
    let town = Town::found("2026-03-10").await;

    let nobody = town
        .client
        .fail_next(Neighbour::Unspecified, 1_001)
        .await
        .expect_refusal();

    let fields: Vec<_> = nobody
        .violations
        .iter()
        .map(|it| it.field.as_str())
        .collect();
    assert_eq!(fields, ["neighbour", "times"]);
    assert!(
        town.client
            .list_bank_accounts()
            .await
            .expect("accounts")
            .len()
            >= 4
    );
}

fn moment(text: &str) -> prost_types::Timestamp {
    timestamp(text.parse::<DateTime<Utc>>().expect("a moment"))
}
