//! The house tells about itself.

use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

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
    assert_eq!(info.deadline_seconds_max, 30);
}

#[tokio::test]
async fn the_service_is_alive_and_ready() {
    let town = Town::found("2026-03-10").await;
    let mut health = HealthClient::new(town.client.channel());

    let answer = health
        .check(HealthCheckRequest::default())
        .await
        .expect("an answer");

    assert_eq!(answer.into_inner().status(), ServingStatus::Serving);
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
