//! Who may call: with which token, for how long, and what.

use std::time::Duration;

use jamsostek_client::{
    ErrorReason, Subject,
    v1::{WhoAmIRequest, session_service_client::SessionServiceClient},
};
use tonic::{Code, Request};
use uuid::Uuid;

use crate::town::{ExpectRefusal, Town, credential};

#[tokio::test]
async fn wrong_credentials_open_nothing() {
    let town = Town::found("2026-03-10").await;

    let secret = town
        .client
        .issue_token(credential(1), "guess")
        .await
        .expect_refusal();
    let nobody = town
        .client
        .issue_token(Uuid::now_v7(), "sandbox-gateway")
        .await
        .expect_refusal();

    assert_eq!(secret.reason, ErrorReason::CredentialsWrong);
    assert_eq!(nobody.reason, ErrorReason::CredentialsWrong);
}

#[tokio::test]
async fn a_call_without_a_token_is_told_so() {
    let town = Town::found("2026-03-10").await;

    let refusal = town.client.get_balance(None, None).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::TokenMissing);
    assert_eq!(refusal.code, Code::Unauthenticated);
}

#[tokio::test]
async fn a_made_up_token_is_none() {
    let town = Town::found("2026-03-10").await;
    let other = Town::found("2026-03-10").await;
    let foreign = other
        .client
        .issue_token(credential(2), "sandbox-officer")
        .await;

    let made_up = town
        .client
        .with_token("eyJ.made.up")
        .who_am_i()
        .await
        .expect_refusal();
    let foreign = foreign.expect("a token of another house").access_token;
    let foreign = town
        .client
        .with_token(foreign)
        .who_am_i()
        .await
        .expect_refusal();

    assert_eq!(made_up.reason, ErrorReason::TokenInvalid);
    assert_eq!(foreign.reason, ErrorReason::TokenInvalid);
}

#[tokio::test]
async fn a_token_ends_after_five_minutes_and_the_client_goes_on() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let access = budi.confirms_the_code().await.expect("tokens").access_token;

    town.waits(299);
    let registrant = town.client.with_token(access);
    registrant.who_am_i().await.expect("a second before");
    town.waits(1);

    let refusal = registrant.who_am_i().await.expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::TokenExpired);
    budi.client
        .who_am_i()
        .await
        .expect("the client has refreshed it");
}

#[tokio::test]
async fn an_old_token_keeps_nobody_from_what_is_for_everybody() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let token = budi.client.tokens().expect("his tokens").access_token;
    town.waits(301);

    let people = town.client.with_token(token).list_people().await;

    people.expect("the people");
}

#[tokio::test]
async fn who_may_not_call_is_told_so() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;

    let money = town.gateway().notice("8810000000012", 1);
    let person = budi
        .client
        .record_payment(money.clone())
        .await
        .expect_refusal();
    let service = town
        .warehouse()
        .record_payment(money)
        .await
        .expect_refusal();

    assert_eq!(person.reason, ErrorReason::CallerNotAllowed);
    assert_eq!(person.metadata["subject"], "SUBJECT_PARTICIPANT");
    assert_eq!(service.reason, ErrorReason::CallerNotAllowed);
    assert_eq!(service.metadata["subject"], "SUBJECT_SERVICE");
}

#[tokio::test]
async fn a_call_with_too_little_time_is_not_begun() {
    let town = Town::found("2026-03-10").await;
    let token = town
        .client
        .issue_token(credential(1), "sandbox-gateway")
        .await;
    let token = token.expect("a token").access_token;
    let mut request = Request::new(WhoAmIRequest {});
    request.set_timeout(Duration::from_millis(40));
    let value = format!("Bearer {token}").parse().expect("a token");
    request.metadata_mut().insert("authorization", value);

    let status = SessionServiceClient::new(town.client.channel())
        .who_am_i(request)
        .await;

    let refusal = status
        .map_err(jamsostek_client::Error::from)
        .expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::Deadline);
    assert_eq!(refusal.code, Code::DeadlineExceeded);
}

#[tokio::test]
async fn whoever_has_a_token_may_ask_who_he_is_and_no_store_is_asked() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let gateway = town.gateway().client;
    gateway.who_am_i().await.expect("a token is fetched");

    let (statements, service) = town.statements_of(gateway.who_am_i()).await;
    let me = budi.client.who_am_i().await.expect("himself");

    let service = service.expect("the gateway");
    assert_eq!(statements, 0);
    assert_eq!(service.subject(), Subject::Service);
    assert_eq!(service.subject_id, credential(1).to_string());
    assert_eq!(service.scopes, ["payments.write"]);
    assert_eq!(me.subject(), Subject::Participant);
    let participant = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.subject_id, participant.id);
}
