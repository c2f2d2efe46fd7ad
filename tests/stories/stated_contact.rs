//! Contacts that employers state: whoever is concerned is told, and none is trusted when the work is over or was none.

use jamsostek_client::{
    Uuid,
    v1::{
        DecideEmploymentRequest, ReportEmployeeRequest, ReportEmploymentEndRequest,
        registration::State,
    },
};

use crate::{
    company::Company,
    person::Person,
    town::{Town, id},
};

#[tokio::test]
async fn a_contact_that_an_employer_stated_opens_nothing_after_the_work_has_ended() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000501").await;
    let mut worker = town.person();
    let membership = reports(&company, &worker, "2026-03-10").await;
    town.moves_to("2026-03-18T02:00:00Z");
    ends(&company, membership, "2026-03-18").await;

    worker.has_an_account().await;
    let late = worker.looks().await;
    // He is hired again, and for a week his contact has been the employer's word once more.
    town.moves_to("2026-03-20T02:00:00Z");
    reports(&company, &worker, "2026-03-20").await;
    town.moves_to("2026-03-26T02:00:00Z");
    let early = registers(&worker).await;
    town.moves_to("2026-03-27T02:00:00Z");
    let again = registers(&worker).await;

    assert_eq!(late.state(), State::AwaitingProof);
    assert_eq!(early, State::AwaitingProof);
    assert_eq!(again, State::Active);
}

#[tokio::test]
async fn a_contact_of_a_report_that_an_officer_rejected_opens_nothing() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000502").await;
    let agus = town.known_as("Agus Wijaya").await;
    let membership = reports(&company, &agus, "2026-03-10").await;
    town.lets_the_workers_run().await;
    let no = DecideEmploymentRequest {
        membership_id: membership.to_string(),
        accepted: false,
        reason: "the register knows somebody else".into(),
        ..DecideEmploymentRequest::default()
    };
    let rejected = town.officer().decide_employment(no).await;
    rejected.expect("rejected");

    town.moves_to("2026-03-18T02:00:00Z");
    let state = registers(&agus).await;

    assert_ne!(state, State::Active);
}

#[tokio::test]
async fn whom_an_employer_states_another_contact_for_is_told_at_his_own() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000503").await;
    let (budi, siti) = (town.participant().await, town.participant().await);
    let elsewhere = Person {
        contact: "+6281999000501".into(),
        ..budi.clone()
    };

    reports(&company, &elsewhere, "2026-03-10").await;
    reports(&company, &siti, "2026-03-10").await;

    let told = told_of_a_contact(&budi).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("+62•••••••0501"), "{told:?}");
    assert_eq!(told_of_a_contact(&elsewhere).await, Vec::<String>::new());
    // His own is no news to him.
    assert_eq!(told_of_a_contact(&siti).await, Vec::<String>::new());
}

/// Reports somebody with the contact at which he is reached; his membership.
async fn reports(company: &Company, worker: &Person, started_on: &str) -> Uuid {
    let report = ReportEmployeeRequest {
        contact: worker.contact.clone(),
        ..company.report_of(worker, started_on)
    };
    let reported = company.client.report_employee(report).await;
    let employee = reported.expect("a report").employee;
    id(&employee.expect("one").membership_id)
}

async fn ends(company: &Company, membership: Uuid, on: &str) {
    let end = ReportEmploymentEndRequest {
        membership_id: membership.to_string(),
        ended_on: on.into(),
    };
    let ended = company.client.report_employment_end(end).await;
    ended.expect("an end");
}

/// Where a new registration stands, after its code has come back.
async fn registers(person: &Person) -> State {
    let mut anew = person.clone();
    anew.has_an_account().await;
    anew.looks().await.state()
}

async fn told_of_a_contact(person: &Person) -> Vec<String> {
    let mut told = person.reads_messages().await;
    told.retain(|it| it.contains("An employer states that you are reached at"));
    told
}
