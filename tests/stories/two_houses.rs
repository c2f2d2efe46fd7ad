//! Two servers on one store are one service: what one counts the other knows, and nothing is done twice.

use jamsostek_client::{ErrorReason, v1::Neighbour};
use jamsostek_server::Workers;
use tokio::task::JoinSet;

use crate::{
    doubt::{pays_in_doubt, questions},
    person::MARCH,
    town::{ExpectRefusal, Town, other_than},
};

#[tokio::test]
async fn wrong_codes_count_at_both() {
    let town = Town::found("2026-03-10").await;
    let (second, _) = town.opens_another_house().await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let code = budi.reads_the_code().await;
    let wrong = other_than(&code);
    for house in [&town.client, &second, &town.client, &second, &town.client] {
        let refusal = house.verify_otp(budi.challenge, &wrong).await;
        assert_eq!(refusal.expect_refusal().reason, ErrorReason::OtpWrong);
    }

    let refusal = second.verify_otp(budi.challenge, &code).await;

    assert_eq!(refusal.expect_refusal().reason, ErrorReason::OtpLocked);
}

#[tokio::test]
async fn codes_that_were_sent_count_at_both() {
    let town = Town::found("2026-03-10").await;
    let (second, _) = town.opens_another_house().await;
    let mut budi = town.person();
    budi.starts().await.expect("a code");
    budi.client = second;

    let refusal = budi.asks_again().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpTooSoon);
}

#[tokio::test]
async fn a_token_of_one_is_good_at_the_other() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let (second, _) = town.opens_another_house().await;

    let there = second.with_tokens(budi.client.tokens().expect("tokens"));

    let me = there.get_participant(None).await.expect("himself");
    assert_eq!(
        me,
        budi.client.get_participant(None).await.expect("himself")
    );
}

#[tokio::test]
async fn no_message_leaves_twice() {
    let town = Town::found("2026-03-10").await;
    let (_, workers) = town.opens_another_house().await;
    let mut people = Vec::new();
    for _ in 0..50 {
        let mut person = town.person();
        person.starts().await.expect("a registration");
        people.push(person);
    }

    let first = town.workers();
    let (one, other) = tokio::join!(work_of(&first), work_of(&workers));

    assert_eq!(one + other, 50);
    for person in people {
        let messages = town.client.list_messages(person.contact).await;
        assert_eq!(messages.expect("messages").len(), 1);
    }
}

#[tokio::test]
async fn the_register_is_asked_once_about_each() {
    let town = Town::found("2026-03-10").await;
    let (_, workers) = town.opens_another_house().await;
    town.client
        .fail_next(Neighbour::Register, 1_000)
        .await
        .expect("it fails");
    for _ in 0..20 {
        pays_in_doubt(&town, &mut town.person()).await;
    }
    town.waits(60);

    let first = town.workers();
    tokio::join!(work_of(&first), work_of(&workers));

    // Once when each registered, and once more now, at 1,000 rupiah.
    assert_eq!(questions(&town).await, (40, 40_000));
}

/// How much the workers of a house have done when nothing waits any more.
async fn work_of(workers: &Workers) -> usize {
    let mut done = 0;
    loop {
        match workers.work().await.expect("work") {
            0 => return done,
            more => done += more,
        }
    }
}

#[tokio::test]
async fn a_payment_told_to_both_counts_once() {
    let town = Town::found("2026-03-10").await;
    let (second, _) = town.opens_another_house().await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    let gateway = town.gateway();
    let there = second.with_credentials(crate::town::credential(1), "sandbox-gateway");
    let notice = gateway.notice(&bill.payment_code, MARCH);

    let mut telling = JoinSet::new();
    for at in 0..40 {
        let client = if at % 2 == 0 { &gateway.client } else { &there };
        let (client, notice) = (client.clone(), notice.clone());
        telling.spawn(async move { client.record_payment(notice).await.expect("taken").id });
    }
    let mut told = telling.join_all().await;
    told.dedup();

    assert_eq!(told.len(), 1);
    budi.becomes_a_participant().await;
    let lines = budi.client.list_statement_lines(Default::default()).await;
    assert_eq!(lines.expect("lines").lines.len(), 1);
}
