//! Whoever cannot prove who he is: two officers accept him, one rejects him.

use jamsostek_client::{
    ErrorReason,
    v1::{joining::State as Joining, registration::State},
};

use crate::{
    company::{Company, all},
    joiner::npp,
    person::Person,
    town::{ExpectRefusal, Town, id, timestamp},
};

#[tokio::test]
async fn three_wrong_proofs_bring_it_before_two_officers() {
    let town = Town::found("2026-03-10").await;
    let (company, worker, kpj) = fails_three_times(&town, "JK000401").await;

    let stopped = worker.looks().await;
    let late = worker
        .proves(&kpj, npp(&company.npp))
        .await
        .expect_refusal();
    let waiting = all(town.officer().joinings()).await;
    let (one, two) = (town.officer(), town.second_officer());
    let papers = "passport photo and family card";
    let first = one.decide_joining(worker.registration, true, papers).await;
    let first = first.expect("a proposal");
    let again = one.decide_joining(worker.registration, true, papers).await;
    let proposed = worker.looks().await;
    let second = two.decide_joining(worker.registration, true, papers).await;
    let second = second.expect("accepted");

    assert_eq!(stopped.state(), State::Stopped);
    assert_eq!(late.reason, ErrorReason::OfficerNeeded);
    assert_eq!(waiting.len(), 1);
    let waits = &waiting[0];
    assert_eq!((waits.state(), waits.tries), (Joining::Waiting, 3));
    assert_eq!(id(&waits.registration_id), worker.registration);
    assert_eq!(
        (
            &waits.full_name,
            waits.masked_contact.contains(&worker.contact)
        ),
        (&worker.name, false)
    );
    assert_eq!(first.state(), Joining::Proposed);
    assert_eq!(again.expect("as it stands"), first);
    assert_eq!(proposed.state(), State::Stopped);
    assert_eq!(second.state(), Joining::Accepted);
    for officer in [&one, &two] {
        let again = officer
            .decide_joining(worker.registration, true, papers)
            .await;
        assert_eq!(again.expect("as it stands"), second);
    }
    let other = two
        .decide_joining(worker.registration, false, papers)
        .await
        .expect_refusal();
    assert_eq!(other.reason, ErrorReason::WrongState);
    assert_eq!(other.metadata["state"], "STATE_ACCEPTED");
    assert_eq!(all(one.joinings()).await, []);
    worker.becomes_a_participant().await;
    let me = worker.client.get_participant(None).await.expect("himself");
    assert_eq!((me.kpj, me.id), (kpj, waits.participant_id.clone()));
    let held = town.now() + chrono::Duration::hours(72);
    assert_eq!(me.payouts_held_until, Some(timestamp(held)));
    assert!(worker.reads_messages().await[0].contains("72 hours"));
}

#[tokio::test]
async fn what_an_officer_rejects_leaves_nothing_behind() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let before = budi.client.get_participant(None).await.expect("himself");
    let mut thief = Person {
        contact: town.person().contact,
        client: town.client.clone(),
        ..budi.clone()
    };
    thief.has_an_account().await;
    let told = budi.reads_messages().await;

    let proposed = town
        .officer()
        .decide_joining(thief.registration, true, "a family card")
        .await;
    let rejected = town
        .second_officer()
        .decide_joining(thief.registration, false, "the card is forged")
        .await;
    let again = town
        .officer()
        .decide_joining(thief.registration, false, "the card is forged")
        .await;
    let late = town
        .officer()
        .decide_joining(thief.registration, true, "a family card")
        .await;
    let refusals = [
        thief.tells_work().await.expect_refusal(),
        thief
            .proves(&before.kpj, npp("NOBODYS1"))
            .await
            .expect_refusal(),
    ];

    assert_eq!(proposed.expect("a proposal").state(), Joining::Proposed);
    let rejected = rejected.expect("rejected");
    assert_eq!(
        (rejected.state(), rejected.reason.as_str()),
        (Joining::Rejected, "the card is forged")
    );
    assert_eq!(again.expect("as it stands"), rejected);
    let late = late.expect_refusal();
    assert_eq!(late.reason, ErrorReason::WrongState);
    assert_eq!(late.metadata["state"], "STATE_REJECTED");
    for refusal in refusals {
        assert_eq!(refusal.reason, ErrorReason::JoiningRejected);
    }
    assert_eq!(thief.looks().await.state(), State::Stopped);
    assert_eq!(all(town.officer().joinings()).await, []);
    let after = budi.client.get_participant(None).await.expect("himself");
    assert_eq!((after, budi.reads_messages().await), (before, told));
}

#[tokio::test]
async fn whom_nothing_on_file_can_prove_an_officer_helps_however_long_it_takes() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let mut again = Person {
        contact: town.person().contact,
        client: town.client.clone(),
        ..budi.clone()
    };
    again.has_an_account().await;

    town.waits(31 * 24 * 3_600);
    again.client.renew_tokens().await.expect("tokens");
    let waits = again.looks().await;
    for officer in [town.officer(), town.second_officer()] {
        let decided = officer
            .decide_joining(again.registration, true, "he came with his e-KTP")
            .await;
        decided.expect("decided");
    }

    assert_eq!(waits.state(), State::Stopped);
    assert_eq!(
        waits.next_steps[0].rpc,
        "jamsostek.v1.RegistrationService/CancelRegistration"
    );
    assert_eq!(again.looks().await.state(), State::Active);
    let told = budi.reads_messages().await;
    assert!(told[0].contains("72 hours"), "{told:?}");
}

#[tokio::test]
async fn whoever_becomes_known_with_nothing_to_prove_asks_for_an_officer_himself() {
    let town = Town::found("2026-03-10").await;
    let (mut budi, mut slow) = (town.person(), town.person());
    slow.nik = budi.nik.clone();
    slow.has_an_account().await;
    budi.is_active(&town).await;

    let stopped = slow.looks().await;
    let before = all(town.officer().joinings()).await;
    let asked = slow
        .proves("10000000000", npp("NOBODYS1"))
        .await
        .expect_refusal();

    assert_eq!(stopped.state(), State::Stopped);
    assert_eq!(
        stopped.next_steps[0].rpc,
        "jamsostek.v1.RegistrationService/ProveIdentity"
    );
    assert_eq!(before, []);
    assert_eq!(asked.reason, ErrorReason::OfficerNeeded);
    let waiting = all(town.officer().joinings()).await;
    assert_eq!(id(&waiting[0].registration_id), slow.registration);
}

#[tokio::test]
async fn whoever_takes_his_registration_back_waits_for_nobody() {
    let town = Town::found("2026-03-10").await;
    let (_, worker, _) = fails_three_times(&town, "JK000402").await;

    let cancelled = worker.client.cancel_registration(worker.registration).await;
    let waiting = all(town.officer().joinings()).await;
    let decided = town
        .officer()
        .decide_joining(worker.registration, true, "a family card")
        .await;

    assert_eq!(cancelled.expect("taken back").state(), State::Cancelled);
    assert_eq!(waiting, []);
    let decided = decided.expect_refusal();
    assert_eq!(decided.reason, ErrorReason::WrongState);
    assert_eq!(decided.metadata["state"], "STATE_WITHDRAWN");
}

#[tokio::test]
async fn what_an_officer_has_rejected_nobody_takes_back() {
    let town = Town::found("2026-03-10").await;
    let (_, thief, _) = fails_three_times(&town, "JK000404").await;
    let forged = "the card is forged";
    let rejects = async || {
        let officer = town.officer();
        officer
            .decide_joining(thief.registration, false, forged)
            .await
            .expect("rejected")
    };

    let rejected = rejects().await;
    let cancelled = thief.client.cancel_registration(thief.registration).await;

    let cancelled = cancelled.expect_refusal();
    assert_eq!(cancelled.reason, ErrorReason::WrongState);
    assert_eq!(cancelled.metadata["state"], "STATE_REJECTED");
    assert_eq!(rejects().await, rejected);
    assert_eq!(thief.looks().await.state(), State::Stopped);
}

#[tokio::test]
async fn two_officers_who_accept_at_once_are_two_whoever_was_first() {
    let town = Town::found("2026-03-10").await;
    let (_, worker, _) = fails_three_times(&town, "JK000403").await;
    let (one, two) = (town.officer(), town.second_officer());

    let papers = "passport photo and family card";
    let (first, same, second) = tokio::join!(
        one.decide_joining(worker.registration, true, papers),
        one.decide_joining(worker.registration, true, papers),
        two.decide_joining(worker.registration, true, papers)
    );

    for decided in [first, same, second] {
        decided.expect("decided");
    }
    assert_eq!(worker.looks().await.state(), State::Active);
    let told = worker.reads_messages().await;
    let told = told.iter().filter(|it| it.contains("72 hours"));
    assert_eq!(told.count(), 1);
}

/// Somebody whom a company has reported, and who could not prove who he is; his KPJ.
async fn fails_three_times(town: &Town, number: &str) -> (Company, Person, String) {
    let company = town.company(number).await;
    let mut worker = town.person();
    let kpj = company.hires(&worker, "2026-03-10").await;
    worker.has_an_account().await;
    for _ in 0..3 {
        let wrong = worker.proves(&kpj, npp("NOBODYS1")).await.expect_refusal();
        assert_eq!(wrong.reason, ErrorReason::ProofsWrong);
    }
    (company, worker, kpj)
}
