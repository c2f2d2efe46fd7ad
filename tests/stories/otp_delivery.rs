//! Codes go out: how often, by which way, and how far they have got.

use std::time::Duration;

use jamsostek_client::{
    ErrorReason,
    v1::{OtpPurpose, SendOtpRequest, get_otp_delivery_response::State},
};
use jamsostek_server::OtpLimits;
use uuid::Uuid;

use crate::town::{ExpectRefusal, Town, timestamp};

#[tokio::test]
async fn a_code_is_queued_and_then_sent() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");

    let queued = town
        .client
        .get_otp_delivery(budi.challenge)
        .await
        .expect("its way");
    town.lets_the_workers_run().await;
    let sent = town
        .client
        .get_otp_delivery(budi.challenge)
        .await
        .expect("its way");

    assert_eq!(queued.state(), State::Queued);
    assert_eq!(sent.state(), State::Sent);
    assert_eq!(
        sent.masked_contact,
        format!("+62•••••••{}", &budi.contact[10..])
    );
}

#[tokio::test]
async fn a_code_that_waited_too_long_does_not_leave() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");

    town.waits(301);
    town.lets_the_workers_run().await;

    let way = town
        .client
        .get_otp_delivery(budi.challenge)
        .await
        .expect("its way");
    assert_eq!(way.state(), State::Failed);
}

#[tokio::test]
async fn a_code_goes_by_mail_too() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.person();
    siti.contact = "Siti.Aminah@Example.id".into();

    let started = siti.starts().await.expect("a registration");

    assert_eq!(started.masked_contact, "s•••@example.id");
    siti.confirms_the_code().await.expect("tokens");
}

#[tokio::test]
async fn the_next_code_waits_a_minute() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    town.waits(60);
    let second = budi.asks_again().await.expect("a minute later");
    let resend_at = town.now() + Duration::from_secs(60);
    assert_eq!(second.resend_at, Some(timestamp(resend_at)));
    town.waits(18);

    let refusal = budi.asks_again().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpTooSoon);
    assert_eq!(refusal.metadata["retryAfterSeconds"], "42");
    assert_eq!(refusal.metadata["sendsLeft"], "1");
    assert_eq!(refusal.retry_after.expect("a wait").as_secs(), 42);
}

#[tokio::test]
async fn three_codes_in_ten_minutes_are_enough() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("the first code");
    for _ in 0..2 {
        town.waits(61);
        budi.asks_again().await.expect("another code");
    }
    town.waits(61);

    let refusal = budi.asks_again().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpSendLimit);
    assert_eq!(refusal.metadata["retryAfterSeconds"], "417");
    assert_eq!(refusal.metadata["sendsLeft"], "0");
    town.waits(417);
    budi.asks_again()
        .await
        .expect("ten minutes later, another code");
}

#[tokio::test]
async fn five_codes_a_day_to_one_contact_are_enough() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("the first code");
    for _ in 0..4 {
        town.waits(11 * 60);
        budi.asks_again().await.expect("another code");
    }
    town.waits(11 * 60);

    let refusal = budi.asks_again().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpSendLimit);
    assert_eq!(refusal.metadata["sendsLeft"], "0");
    // A day after the first code, and five times eleven minutes have gone.
    let wait = 24 * 3_600 - 5 * 11 * 60;
    assert_eq!(refusal.metadata["retryAfterSeconds"], wait.to_string());
}

#[tokio::test]
async fn ten_codes_an_hour_to_whoever_calls_from_one_place_are_enough() {
    let town = Town::found_as("2026-03-10T02:00:00Z", |parts| {
        parts.limits = OtpLimits::PRODUCTION;
    })
    .await;
    for _ in 0..10 {
        town.person().starts().await.expect("a code");
    }

    let refusal = town.person().starts().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpSendLimit);
    assert_eq!(refusal.metadata["retryAfterSeconds"], "3600");
    town.waits(3_600);
    town.person().starts().await.expect("an hour later");
}

#[tokio::test]
async fn a_code_asked_for_twice_with_one_id_is_one_code() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    town.waits(10 * 60);
    let request = SendOtpRequest {
        challenge_id: Uuid::now_v7().to_string(),
        purpose: OtpPurpose::SignIn.into(),
        contact: budi.contact.clone(),
        ..Default::default()
    };
    let nobody = budi.client.anonymous();

    let first = nobody.send_otp(request.clone()).await.expect("a code");
    let second = nobody.send_otp(request).await.expect("the same");

    assert_eq!(first.sends_left, 2);
    assert_eq!(second, first);
}
