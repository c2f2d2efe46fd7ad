//! Months go on: the second, those paid ahead, those that are forgotten, and what is said before they are.

use jamsostek_client::{
    Bill, Participant, Uuid,
    v1::{IssueBillRequest, look_up_bill_request::By},
};

use crate::{
    person::{APRIL, Person, SAVED},
    town::{Town, id},
};

#[tokio::test]
async fn the_second_month_is_paid_by_nik_at_its_own_price() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    town.moves_to("2026-04-10T02:00:00Z");

    let bill = pays_by_nik(&town, &budi).await;

    assert_eq!(
        (bill.first_month.as_str(), bill.payable_idr),
        ("2026-04", APRIL)
    );
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.memberships[0].paid_through, "2026-04");
    assert_eq!(me.coverage[0].since, "2026-03-10");
}

#[tokio::test]
async fn months_are_paid_ahead_each_at_its_own_price() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;

    pays_ahead(&town, &budi, 11).await;

    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.memberships[0].paid_through, "2027-02");
    assert_eq!(budi.balance().await, 12 * SAVED);
}

#[tokio::test]
async fn three_days_before_a_month_is_due_its_payer_is_reminded_once() {
    let town = Town::found("2026-03-10").await;
    let (budi, ahead) = (town.participant().await, town.participant().await);
    pays_ahead(&town, &ahead, 1).await;
    let before = budi.reads_messages().await.len();
    town.moves_to("2026-04-11T02:00:00Z");
    let early = budi.reads_messages().await.len();

    // The 15th of April 2026 is a Wednesday.
    town.moves_to("2026-04-12T02:00:00Z");
    let told = budi.reads_messages().await;
    town.moves_to("2026-04-13T02:00:00Z");
    let later = budi.reads_messages().await.len();
    let (_, workers) = town.opens_another_house().await;
    crate::town::run(&workers).await;

    assert_eq!(early, before);
    assert!(told[0].contains("is due on 15 April 2026"), "{told:?}");
    assert_eq!((told.len(), later), (before + 1, before + 1));
    assert_eq!(budi.reads_messages().await.len(), before + 1);
    assert!(!ahead.reads_messages().await[0].contains("due on"));
}

#[tokio::test]
async fn a_week_before_cover_ends_its_payer_is_warned_and_whoever_pays_keeps_it() {
    let town = Town::found("2026-03-10").await;
    let (budi, siti) = (town.participant().await, town.participant().await);
    let (him, her) = (himself(&budi).await, himself(&siti).await);
    town.moves_to("2026-06-22T02:00:00Z");
    let early = budi.reads_messages().await;

    town.moves_to("2026-06-23T02:00:00Z");
    let warned = budi.reads_messages().await;
    pays_by_nik(&town, &budi).await;
    town.moves_to("2026-07-01T02:00:00Z");

    assert!(!early[0].contains("cover ends"));
    assert!(
        warned[0].contains("Your cover ends on 30 June 2026"),
        "{warned:?}"
    );
    assert!(seen(&town, him).await.coverage[0].covered);
    assert!(!seen(&town, her).await.coverage[0].covered);
}

#[tokio::test]
async fn whoever_comes_back_after_a_lapse_owes_nothing_for_the_months_between() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let him = himself(&budi).await;
    town.moves_to("2026-09-08T02:00:00Z");

    let bill = pays_by_nik(&town, &budi).await;

    assert_eq!(
        (bill.first_month.as_str(), bill.payable_idr),
        ("2026-09", APRIL)
    );
    let me = seen(&town, him).await;
    assert_eq!(me.coverage[0].since, "2026-09-08");
}

/// Pays what the gateway finds by somebody's NIK.
async fn pays_by_nik(town: &Town, person: &Person) -> Bill {
    let gateway = town.gateway();
    let found = gateway.client.look_up_bill(By::Nik(person.nik.clone()));
    let bill = found.await.expect("a bill").bill.expect("a bill");
    gateway.pays(&bill.payment_code, bill.payable_idr).await;
    bill
}

/// Pays so many months after the last paid one.
async fn pays_ahead(town: &Town, person: &Person, months: i32) {
    let request = IssueBillRequest {
        membership_id: person.membership().await.to_string(),
        months,
        ..Default::default()
    };
    let bill = person
        .client
        .issue_bill(request)
        .await
        .expect("a bill")
        .bill
        .expect("it");
    town.gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await;
}

async fn himself(person: &Person) -> Uuid {
    let me = person.client.get_participant(None).await;
    id(&me.expect("himself").id)
}

/// The participant as an officer sees him: his own session has ended long ago.
async fn seen(town: &Town, participant: Uuid) -> Participant {
    let seen = town.officer().get_participant(Some(participant)).await;
    seen.expect("the participant")
}
