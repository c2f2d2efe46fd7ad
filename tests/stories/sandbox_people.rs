//! Whom the sandbox offers to play with: somebody of each segment, whose story is true.

use jamsostek_client::{
    Segment, Uuid,
    v1::{ConfirmEmployeeRequest, EmployeeStatement, employee, registration::State},
};

use crate::{
    company::hire,
    migrant::{BEFORE_WORK, TWO_YEARS, placement},
    person::Person,
    town::{Town, credential, id},
};

#[tokio::test]
async fn the_sandboxs_employee_is_confirmed_by_the_sandboxs_employer() {
    let town = Town::found("2026-03-10").await;
    let mut rudi = Person {
        employee: Some(EmployeeStatement {
            npp: "JK000001".into(),
            started_on: "2026-03-02".into(),
            ..EmployeeStatement::default()
        }),
        ..town.known_as("Rudi Salim").await
    };

    let registered = rudi.waits_for_his_employer().await;
    let employer = town
        .client
        .with_credentials(credential(6), "sandbox-employer");
    let confirmation = ConfirmEmployeeRequest {
        membership_id: rudi.membership().await.to_string(),
        nik: rudi.nik.clone(),
        hire: Some(hire("2026-03-02")),
    };
    let confirmed = employer.confirm_employee(confirmation).await;

    assert_eq!(registered.state(), State::Active);
    assert_eq!(
        confirmed.expect("confirmed").state(),
        employee::State::Active
    );
    let me = rudi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.memberships[0].segment(), Segment::Pu);
    assert!(me.coverage[0].covered);
}

#[tokio::test]
async fn the_sandboxs_migrant_worker_pays_what_her_story_says() {
    let town = Town::found("2026-03-10").await;
    let mut nur = Person {
        placement: Some(placement()),
        ..town.known_as("Nur Aini").await
    };
    let people = town.client.list_people().await.expect("the people");

    let bill = nur.has_a_bill().await;
    for stage in [BEFORE_WORK, TWO_YEARS] {
        let paid = town.gateway().pays(&bill.payment_code, stage).await;
        assert_eq!(paid.applied_idr, stage);
    }

    let story = people.iter().find(|it| it.full_name == nur.name);
    let story = &story.expect("she is there").story;
    assert!(
        story.contains("37,500") && story.contains("332,500"),
        "{story}"
    );
    nur.becomes_a_participant().await;
    let me = nur.client.get_participant(None).await.expect("herself");
    assert_eq!(me.memberships[0].segment(), Segment::Pmi);
    assert_ne!(id(&me.id), Uuid::nil());
}
