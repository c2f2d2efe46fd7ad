//! People sign in again, stay signed in and leave.

use std::time::Duration;

use jamsostek_client::{
    ErrorReason, Subject,
    v1::{OtpPurpose, SendOtpRequest, get_otp_delivery_response::State},
};

use crate::{
    person::Person,
    town::{ExpectRefusal, Town},
};

#[tokio::test]
async fn a_participant_signs_in_again_and_is_the_same() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.participant().await;
    let before = budi.client.get_participant(None).await.expect("himself");
    town.moves_to("2026-03-20T02:00:00Z");

    budi.asks_to_sign_in("").await.expect("a code");
    let tokens = budi.confirms_the_code().await.expect("tokens");

    assert_eq!(tokens.subject(), Subject::Participant);
    let after = budi.client.get_participant(None).await.expect("himself");
    assert_eq!((before.id, before.kpj), (after.id, after.kpj));
}

#[tokio::test]
async fn asking_to_sign_in_tells_nothing_about_a_contact() {
    let town = Town::found("2026-03-10").await;
    let (mut known, mut stranger) = (town.participant().await, town.person());
    town.moves_to("2026-03-20T02:00:00Z");

    let one = known.asks_to_sign_in("").await.expect("a code");
    let other = stranger.asks_to_sign_in("").await.expect("the same answer");
    town.lets_the_workers_run().await;

    assert_eq!(one.expires_at, other.expires_at);
    assert_eq!(one.resend_at, other.resend_at);
    assert_eq!(one.sends_left, other.sends_left);
    for person in [&known, &stranger] {
        let way = town
            .client
            .get_otp_delivery(person.challenge)
            .await
            .expect("its way");
        assert_eq!(way.state(), State::Sent);
    }
    // Neither code is known here; once in a million runs it is this one.
    let known = known.tries("000000").await.expect_refusal();
    let stranger = stranger.tries("000000").await.expect_refusal();
    assert_eq!(known, stranger);
    assert_eq!(known.reason, ErrorReason::OtpWrong);
}

#[tokio::test]
async fn an_earlier_sign_in_code_tells_nothing_about_a_contact() {
    let town = Town::found("2026-03-10").await;
    let (mut known, mut stranger) = (town.participant().await, town.person());
    town.moves_to("2026-03-20T02:00:00Z");
    known.asks_to_sign_in("").await.expect("a code");
    stranger.asks_to_sign_in("").await.expect("the same answer");
    let (first_known, first_stranger) = (known.clone(), stranger.clone());
    town.waits(61);
    known.asks_to_sign_in("").await.expect("a code");
    stranger.asks_to_sign_in("").await.expect("the same answer");

    let known = first_known.tries("000000").await.expect_refusal();
    let stranger = first_stranger.tries("000000").await.expect_refusal();

    assert_eq!(known, stranger);
    assert_eq!(known.reason, ErrorReason::OtpSuperseded);
}

#[tokio::test]
async fn nobody_gets_a_message_that_he_did_not_register_for() {
    let town = Town::found("2026-03-10").await;
    let mut stranger = town.person();

    stranger.asks_to_sign_in("").await.expect("the same answer");
    town.lets_the_workers_run().await;

    let messages = town.client.list_messages(stranger.contact.clone()).await;
    assert_eq!(messages.expect("messages"), []);
}

#[tokio::test]
async fn where_a_family_shares_a_phone_the_kpj_tells_who() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let mut siti = shares_a_phone(&town, &budi).await;
    let kpj = siti
        .client
        .get_participant(None)
        .await
        .expect("herself")
        .kpj;

    town.waits(3_600);
    siti.asks_to_sign_in("").await.expect("a code");
    let refusal = siti.confirms_the_code().await.expect_refusal();
    town.waits(3_600);
    siti.asks_to_sign_in(&kpj).await.expect("a code");
    siti.confirms_the_code().await.expect("tokens");

    assert_eq!(refusal.reason, ErrorReason::KpjNeeded);
    let me = siti.client.get_participant(None).await.expect("herself");
    assert_eq!((me.kpj, me.full_name), (kpj, "Siti Rahma".into()));
}

#[tokio::test]
async fn asking_once_more_does_not_tell_who_of_a_family_it_is() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let mut siti = shares_a_phone(&town, &budi).await;
    town.waits(3_600);
    siti.asks_to_sign_in("").await.expect("a code");
    town.waits(61);
    let request = SendOtpRequest {
        purpose: OtpPurpose::SignIn.into(),
        resend_of: siti.challenge.to_string(),
        ..Default::default()
    };
    let again = town.client.send_otp(request).await.expect("another code");
    siti.challenge = again.challenge_id.parse().expect("an id");

    let refusal = siti.confirms_the_code().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::KpjNeeded);
}

#[tokio::test]
async fn a_refresh_token_serves_once_and_repeats_for_thirty_seconds() {
    let town = Town::found("2026-03-10").await;
    let first = refresh_token(&town).await;

    let second = town.client.refresh_token(&first).await.expect("tokens");
    town.waits(29);
    let again = town
        .client
        .refresh_token(&first)
        .await
        .expect("the same tokens");

    assert_ne!(first, second.refresh_token);
    assert_eq!(second.refresh_token, again.refresh_token);
}

#[tokio::test]
async fn a_refresh_token_that_turns_up_again_later_ends_the_session() {
    let town = Town::found("2026-03-10").await;
    let first = refresh_token(&town).await;
    let second = town
        .client
        .refresh_token(&first)
        .await
        .expect("tokens")
        .refresh_token;
    town.waits(31);

    let thief = town.client.refresh_token(&first).await.expect_refusal();
    let owner = town.client.refresh_token(&second).await.expect_refusal();

    assert_eq!(thief.reason, ErrorReason::SessionEnded);
    assert_eq!(owner.reason, ErrorReason::SessionEnded);
}

#[tokio::test]
async fn whoever_leaves_is_out() {
    let town = Town::found("2026-03-10").await;
    let token = refresh_token(&town).await;

    town.client.revoke_token(&token).await.expect("out");
    town.client.revoke_token(&token).await.expect("still out");

    let refusal = town.client.refresh_token(&token).await.expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::SessionEnded);
    let refusal = town.client.revoke_token("never-was").await.expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::SessionEnded);
}

#[tokio::test]
async fn a_session_ends_after_ninety_days() {
    let town = Town::found("2026-03-10").await;
    let token = refresh_token(&town).await;

    town.advances(Duration::from_secs(90 * 86_400 - 1));
    let last = town.client.refresh_token(&token).await;
    let token = last.expect("the last tokens").refresh_token;
    town.waits(1);

    let refusal = town.client.refresh_token(&token).await.expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::SessionEnded);
}

async fn shares_a_phone(town: &Town, with: &Person) -> Person {
    let mut siti = town.person();
    siti.name = "Siti Rahma".into();
    siti.contact = with.contact.clone();
    town.waits(3_600);
    siti.is_active(town).await;
    siti
}

/// What somebody who has brought a code back renews his tokens with.
async fn refresh_token(town: &Town) -> String {
    let mut person = town.person();
    person.starts().await.expect("a registration");
    let tokens = person.confirms_the_code().await.expect("tokens");
    tokens.refresh_token
}
