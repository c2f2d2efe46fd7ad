//! The house tells about itself.

use tonic::Streaming;
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus,
    health_client::HealthClient,
};
use tonic_reflection::pb::{v1, v1alpha};

use crate::town::Town;

#[tokio::test]
async fn the_service_tells_its_version_profile_limits_and_day() {
    // 00:30 on 11 March in Jakarta.
    let town = Town::found_at("2026-03-10T17:30:00Z").await;

    let info = town.client.get_server_info().await.expect("itself");

    assert_eq!(info.version, env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (info.profile.as_str(), info.today.as_str()),
        ("sandbox", "2026-03-11")
    );
    assert!(info.request_bytes_max > 0 && info.streams_max > 0);
    assert_eq!((info.deadline_seconds_max, info.calls_max), (30, 1_024));
}

#[tokio::test]
async fn the_service_is_alive_and_ready() {
    let town = Town::found("2026-03-10").await;

    let (mut alive, mut ready) = (watch(&town, "liveness").await, watch(&town, "").await);

    until(&mut alive, ServingStatus::Serving).await;
    until(&mut ready, ServingStatus::Serving).await;
}

#[tokio::test]
async fn without_a_store_the_service_is_alive_and_not_ready() {
    let town = Town::found("2026-03-10").await;
    let (mut alive, mut ready) = (watch(&town, "liveness").await, watch(&town, "").await);
    until(&mut ready, ServingStatus::Serving).await;

    town.db.close().await;

    until(&mut ready, ServingStatus::NotServing).await;
    until(&mut alive, ServingStatus::Serving).await;
}

#[tokio::test]
async fn the_contract_is_reflected_in_both_versions() {
    let town = Town::found("2026-03-10").await;

    let request = v1::ServerReflectionRequest {
        message_request: Some(v1::server_reflection_request::MessageRequest::ListServices(
            String::new(),
        )),
        ..Default::default()
    };
    let mut answers =
        v1::server_reflection_client::ServerReflectionClient::new(town.client.channel())
            .server_reflection_info(tokio_stream::once(request))
            .await
            .expect("an answer")
            .into_inner();
    let new = answers.message().await.expect("a list").expect("a list");
    let request = v1alpha::ServerReflectionRequest {
        message_request: Some(
            v1alpha::server_reflection_request::MessageRequest::ListServices(String::new()),
        ),
        ..Default::default()
    };
    let mut answers =
        v1alpha::server_reflection_client::ServerReflectionClient::new(town.client.channel())
            .server_reflection_info(tokio_stream::once(request))
            .await
            .expect("an answer")
            .into_inner();
    let old = answers.message().await.expect("a list").expect("a list");

    let Some(v1::server_reflection_response::MessageResponse::ListServicesResponse(new)) =
        new.message_response
    else {
        panic!("not a list: {new:?}");
    };
    let Some(v1alpha::server_reflection_response::MessageResponse::ListServicesResponse(old)) =
        old.message_response
    else {
        panic!("not a list: {old:?}");
    };
    let ours = |it: &String| it.starts_with("jamsostek.v1.");
    let mut new: Vec<_> = new.service.into_iter().map(|it| it.name).collect();
    let mut old: Vec<_> = old.service.into_iter().map(|it| it.name).collect();
    new.retain(ours);
    old.retain(ours);
    assert_eq!(new, old);
    assert!(
        new.iter()
            .any(|it| it == "jamsostek.v1.RegistrationService")
    );
}

#[tokio::test]
async fn the_sandbox_tells_its_people_with_their_stories() {
    let town = Town::found("2026-03-10").await;

    let people = town.client.list_people().await.expect("people");

    assert!(people.len() >= 10);
    assert!(
        people
            .iter()
            .all(|it| it.nik.len() == 16 && !it.story.is_empty())
    );
}

/// Follows what the service says of its health.
async fn watch(town: &Town, service: &str) -> Streaming<HealthCheckResponse> {
    let request = HealthCheckRequest {
        service: service.into(),
    };
    let watched = HealthClient::new(town.client.channel())
        .watch(request)
        .await;
    watched.expect("an answer").into_inner()
}

/// Waits until the service says so.
async fn until(said: &mut Streaming<HealthCheckResponse>, status: ServingStatus) {
    while said
        .message()
        .await
        .expect("a word")
        .expect("a word")
        .status()
        != status
    {}
}
