//! The register is silent when somebody registers: nobody is turned away for it, and no money is lost.

use jamsostek_client::{
    ErrorReason, Payment, Uuid,
    v1::{
        AllocatePaymentRequest, DecideIdentityRequest, IdentityState, Neighbour,
        payment::{Disposition, SuspenseReason},
        registration::State,
    },
};
use sea_orm::{ConnectionTrait, Statement};

use crate::{
    person::{MARCH, Person, SAVED},
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn a_register_that_is_silent_for_a_day_and_then_agrees_costs_nobody_a_day_of_cover() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    town.client
        .fail_next(Neighbour::Register, 1_000)
        .await
        .expect("it fails");
    let payment = pays_in_doubt(&town, &mut budi).await;
    let waiting = budi.looks().await;
    for _ in 0..12 {
        town.waits(2 * 3_600);
        town.lets_the_workers_run().await;
    }
    let still = budi.looks().await;
    town.client
        .fail_next(Neighbour::Register, 0)
        .await
        .expect("it is mended");
    town.waits(6 * 3_600);
    town.lets_the_workers_run().await;

    assert_eq!(payment.disposition(), Disposition::Credited);
    assert_eq!(waiting.identity_state(), IdentityState::Pending);
    assert_eq!(
        (waiting.state(), still.state()),
        (State::AwaitingIdentity, State::AwaitingIdentity)
    );
    budi.becomes_a_participant().await;
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.coverage[0].since, "2026-03-10");
    assert_eq!(me.identity_state(), IdentityState::Matched);
    assert_eq!(budi.balance().await, SAVED);
    let paid = town
        .gateway()
        .client
        .get_payment(id(&payment.id))
        .await
        .expect("the payment");
    assert_eq!(
        (paid.disposition(), paid.months_paid),
        (Disposition::Applied, vec!["2026-03".into()])
    );
    assert_eq!(
        jamsostek_server::verify(&town.db, &town.seal)
            .await
            .expect("it looks"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn each_question_is_counted_with_its_price_and_the_pauses_grow() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    town.client
        .fail_next(Neighbour::Register, 1_000)
        .await
        .expect("it fails");
    pays_in_doubt(&town, &mut budi).await;

    // After 1, 5, 30, 120 and then each 360 minutes.
    for _ in 0..24 * 60 {
        town.waits(60);
        town.lets_the_workers_run().await;
    }

    let store = town.burglar().await;
    let sql = "SELECT CAST(SUM(questions) AS BIGINT), CAST(SUM(cost_idr) AS BIGINT) FROM register_cost WHERE verdict = 'unavailable'";
    let row = store.query_one_raw(Statement::from_string(store.get_database_backend(), sql));
    let row = row.await.expect("an answer").expect("a row");
    let (questions, cost): (i64, i64) = (
        row.try_get_by_index(0).expect("it"),
        row.try_get_by_index(1).expect("it"),
    );
    assert_eq!((questions, cost), (8, 8_000));
}

#[tokio::test]
async fn a_mismatch_after_the_payment_holds_the_membership_and_sets_the_money_aside() {
    let town = Town::found("2026-03-10").await;
    let (agus, payment) = mismatched(&town).await;

    let held = agus.looks().await;
    let more = town.gateway().pays(&payment.payment_code, 10_000).await;

    assert_eq!(held.state(), State::Held);
    assert_eq!(held.identity_state(), IdentityState::Refused);
    let set_aside = town
        .gateway()
        .client
        .get_payment(id(&payment.id))
        .await
        .expect("it");
    assert_eq!(set_aside.disposition(), Disposition::Suspense);
    assert_eq!(set_aside.suspense_reason(), SuspenseReason::IdentityRefused);
    assert_eq!(more.suspense_reason(), SuspenseReason::IdentityRefused);
    let told = agus.reads_messages().await;
    assert!(told[0].contains("officer will decide"), "{told:?}");
    let membership = membership_of(&agus).await;
    let allocating = town
        .officer()
        .allocate_payment(to(&payment, membership))
        .await;
    let refusal = allocating.expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::WrongState);
    assert_eq!(
        refusal.metadata["state"],
        "SUSPENSE_REASON_IDENTITY_REFUSED"
    );
}

#[tokio::test]
async fn an_officer_who_has_seen_the_papers_makes_him_a_participant_from_the_day_he_paid() {
    let town = Town::found("2026-03-10").await;
    let (agus, payment) = mismatched(&town).await;
    let (officer, membership) = (town.officer(), membership_of(&agus).await);

    let decided = officer
        .decide_identity(decision(membership, true))
        .await
        .expect("decided");
    let again = officer
        .decide_identity(decision(membership, true))
        .await
        .expect("the same");
    let otherwise = officer
        .decide_identity(decision(membership, false))
        .await
        .expect_refusal();
    let allocated = officer.allocate_payment(to(&payment, membership)).await;

    assert_eq!(
        (decided.identity_state(), again.identity_state()),
        (IdentityState::Vouched, IdentityState::Vouched)
    );
    assert_eq!(otherwise.reason, ErrorReason::WrongState);
    assert_eq!(
        allocated.expect("it is").disposition(),
        Disposition::Applied
    );
    agus.becomes_a_participant().await;
    let me = agus.client.get_participant(None).await.expect("himself");
    assert_eq!(
        (me.coverage[0].since.as_str(), me.identity_state()),
        ("2026-03-10", IdentityState::Vouched)
    );
    assert_eq!(
        jamsostek_server::verify(&town.db, &town.seal)
            .await
            .expect("it looks"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn an_officer_need_not_wait_for_a_register_that_never_answers() {
    let town = Town::found("2026-03-10").await;
    let mut wati = town.known_as("Wati Rahayu").await;
    pays_in_doubt(&town, &mut wati).await;
    let membership = membership_of(&wati).await;
    town.waits(3 * 24 * 3_600);

    town.officer()
        .decide_identity(decision(membership, true))
        .await
        .expect("decided");

    wati.becomes_a_participant().await;
    let me = wati.client.get_participant(None).await.expect("herself");
    assert_eq!(me.coverage[0].since, "2026-03-10");
    town.lets_the_workers_run().await;
    assert_eq!(
        wati.looks_as_participant(&town).await,
        IdentityState::Vouched
    );
}

#[tokio::test]
async fn an_officer_who_rejects_sends_the_money_back() {
    let town = Town::found("2026-03-10").await;
    let mut wati = town.known_as("Wati Rahayu").await;
    let payment = pays_in_doubt(&town, &mut wati).await;
    let (officer, membership) = (town.officer(), membership_of(&wati).await);

    officer
        .decide_identity(decision(membership, false))
        .await
        .expect("decided");
    let returned = officer
        .return_payment(id(&payment.id), "not she")
        .await
        .expect("it is");

    assert_eq!(returned.disposition(), Disposition::Returned);
    assert_eq!(wati.looks().await.state(), State::Held);
}

#[tokio::test]
async fn where_nothing_is_in_doubt_there_is_nothing_to_decide() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;

    let decision = decision(budi.membership().await, true);
    let refusal = town
        .officer()
        .decide_identity(decision)
        .await
        .expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::WrongState);
    assert_eq!(refusal.metadata["state"], "IDENTITY_STATE_MATCHED");
}

#[tokio::test]
async fn of_two_in_doubt_with_one_nik_who_is_proven_first_is_first() {
    let town = Town::found("2026-03-10").await;
    town.client
        .fail_next(Neighbour::Register, 2)
        .await
        .expect("it fails");
    let mut budi = town.person();
    let mut twin = town.person();
    twin.nik.clone_from(&budi.nik);
    let first = pays_in_doubt(&town, &mut budi).await;
    let second = pays_in_doubt(&town, &mut twin).await;

    town.waits(61);
    town.lets_the_workers_run().await;

    let states = [budi.looks().await.state(), twin.looks().await.state()];
    assert!(
        states == [State::Active, State::Held] || states == [State::Held, State::Active],
        "{states:?}"
    );
    let mut reasons = Vec::new();
    for payment in [first, second] {
        let payment = town
            .gateway()
            .client
            .get_payment(id(&payment.id))
            .await
            .expect("it");
        reasons.push(payment.suspense_reason());
    }
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        [SuspenseReason::Unspecified, SuspenseReason::NikTaken]
    );
    assert_eq!(
        jamsostek_server::verify(&town.db, &town.seal)
            .await
            .expect("it looks"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn what_is_taken_back_in_doubt_is_asked_about_no_more() {
    let town = Town::found("2026-03-10").await;
    let mut wati = town.known_as("Wati Rahayu").await;
    let payment = pays_in_doubt(&town, &mut wati).await;

    let cancelled = wati
        .client
        .cancel_registration(wati.registration)
        .await
        .expect("it is");
    town.waits(3_600);
    town.lets_the_workers_run().await;

    assert_eq!(cancelled.state(), State::Cancelled);
    let payment = town
        .gateway()
        .client
        .get_payment(id(&payment.id))
        .await
        .expect("it");
    assert_eq!(
        payment.suspense_reason(),
        SuspenseReason::RegistrationCancelled
    );
}

/// Somebody of whom the register says, after he has paid, that it is not he; and his payment.
async fn mismatched(town: &Town) -> (Person, Payment) {
    town.client
        .fail_next(Neighbour::Register, 1)
        .await
        .expect("it fails");
    let mut agus = town.known_as("Agus Wijaya").await;
    let payment = pays_in_doubt(town, &mut agus).await;
    town.waits(61);
    town.lets_the_workers_run().await;
    (agus, payment)
}

/// Walks to the payment while the register is silent.
async fn pays_in_doubt(town: &Town, person: &mut Person) -> Payment {
    let bill = person.has_a_bill().await;
    assert_eq!(bill.payable_idr, MARCH);
    town.gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await
}

async fn membership_of(person: &Person) -> Uuid {
    let bill = id(&person.looks().await.bill_id);
    id(&person
        .client
        .get_bill(bill)
        .await
        .expect("the bill")
        .membership_id)
}

fn to(payment: &Payment, membership: Uuid) -> AllocatePaymentRequest {
    AllocatePaymentRequest {
        payment_id: payment.id.clone(),
        membership_id: membership.to_string(),
        reason: "papers seen".into(),
    }
}

fn decision(membership: Uuid, accepted: bool) -> DecideIdentityRequest {
    DecideIdentityRequest {
        membership_id: membership.to_string(),
        accepted,
        reason: "e-KTP and family card seen".into(),
    }
}

impl Person {
    async fn looks_as_participant(&self, town: &Town) -> IdentityState {
        let me = self.client.who_am_i().await.expect("somebody");
        let shown = town
            .officer()
            .get_participant(Some(id(&me.subject_id)))
            .await;
        shown.expect("her").identity_state()
    }
}
