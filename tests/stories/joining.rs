//! Whoever is known already joins what is on file; a stranger learns nothing and changes nothing.

use jamsostek_client::{
    ErrorReason, Subject,
    v1::{NextStep, registration::State},
};
use uuid::Uuid;

use crate::{
    person::Person,
    town::{ExpectRefusal, Town},
};

#[tokio::test]
async fn a_participant_who_starts_anew_joins_by_the_contact_on_file() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.participant().await;
    let before = budi.client.get_participant(None).await.expect("himself");
    town.waits(3_600);

    budi.has_an_account().await;

    let registration = budi.looks().await;
    assert_eq!(registration.state(), State::Active);
    assert_eq!(registration.kpj, before.kpj);
    budi.becomes_a_participant().await;
    assert_eq!(
        budi.client.who_am_i().await.expect("himself").subject(),
        Subject::Participant
    );
    let after = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(
        (before.id, before.memberships),
        (after.id, after.memberships)
    );
}

#[tokio::test]
async fn starting_tells_nothing_about_a_person() {
    let town = Town::found("2026-03-10").await;
    let (known, mut stranger) = (town.participant().await, town.person());
    let mut again = Person {
        contact: town.person().contact,
        ..known
    };

    let one = again.starts().await.expect("a registration");
    let other = stranger.starts().await.expect("a registration");

    assert_eq!(one.expires_at, other.expires_at);
    assert_eq!((one.repeatable, other.repeatable), (true, true));
    let rpcs = |steps: &[NextStep]| steps.iter().map(|it| it.rpc.clone()).collect::<Vec<_>>();
    assert_eq!(rpcs(&one.next_steps), rpcs(&other.next_steps));
    assert_eq!(
        one.masked_contact.chars().count(),
        other.masked_contact.chars().count()
    );
}

#[tokio::test]
async fn a_stranger_with_the_right_papers_sees_nothing_and_changes_nothing() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let before = budi.client.get_participant(None).await.expect("himself");
    let mut thief = town.person();
    (thief.nik, thief.name) = (budi.nik.clone(), budi.name.clone());
    thief.birth_date = "1990-05-12".into();

    thief.has_an_account().await;
    let work = thief.tells_work().await.expect_refusal();
    let confirmation = thief.confirms().await.expect_refusal();
    let look = thief.client.get_participant(None).await.expect_refusal();
    thief
        .client
        .renew_tokens()
        .await
        .expect("still a registrant");

    assert_eq!(work.reason, ErrorReason::OfficerNeeded);
    assert!(work.metadata.is_empty(), "{:?}", work.metadata);
    assert_eq!(confirmation.reason, ErrorReason::OfficerNeeded);
    assert_eq!(look.reason, ErrorReason::CallerNotAllowed);
    let seen = thief.looks().await;
    assert_eq!(seen.state(), State::Stopped);
    assert_eq!(
        (seen.kpj, seen.participant_id, seen.bill_id),
        Default::default()
    );
    assert_eq!(
        thief.client.who_am_i().await.expect("himself").subject(),
        Subject::Registrant
    );
    let after = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(before, after);
}

#[tokio::test]
async fn somebody_elses_registration_does_not_exist() {
    let town = Town::found("2026-03-10").await;
    let (mut budi, mut siti) = (town.person(), town.person());
    budi.has_an_account().await;
    siti.has_an_account().await;

    let other = siti
        .client
        .get_registration(budi.registration)
        .await
        .expect_refusal();
    let missing = siti
        .client
        .get_registration(Uuid::now_v7())
        .await
        .expect_refusal();

    assert_eq!(other.reason, ErrorReason::NotFound);
    assert_eq!(other, missing);
}
