//! The register is silent when somebody registers: nobody is turned away for it, and no money is lost.

use jamsostek_client::{
    ErrorReason, Payment, Uuid,
    v1::{
        AllocatePaymentRequest, DecideIdentityRequest, IdentityState, Neighbour,
        allocate_payment_request::Home,
        payment::{Disposition, SuspenseReason},
        registration::State,
    },
};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

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

    // The first at once, then after 1, 5, 30, 120, 360 and again 360 minutes: never a second sooner.
    let mut asked = Vec::new();
    for minutes in [1, 5, 30, 120, 360, 360] {
        town.waits(minutes * 60 - 1);
        town.lets_the_workers_run().await;
        asked.push(questions(&town).await);
        town.waits(1);
        town.lets_the_workers_run().await;
    }

    assert_eq!(
        asked,
        [
            (1, 1_000),
            (2, 2_000),
            (3, 3_000),
            (4, 4_000),
            (5, 5_000),
            (6, 6_000)
        ]
    );
}

/// How many questions the register did not answer, and what they cost.
pub async fn questions(town: &Town) -> (i64, i64) {
    counted(town, "verdict = 'unavailable'").await
}

/// How many questions of a kind were counted, and what they cost.
pub async fn counted(town: &Town, of: &str) -> (i64, i64) {
    counted_in(&town.burglar().await, of).await
}

/// The same, for somebody who looks more than once.
pub async fn counted_in(store: &DatabaseConnection, of: &str) -> (i64, i64) {
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(questions), 0) AS BIGINT), CAST(COALESCE(SUM(cost_idr), 0) AS BIGINT) FROM register_cost \
         WHERE {of}"
    );
    let row = store.query_one_raw(Statement::from_string(store.get_database_backend(), sql));
    let row = row.await.expect("an answer").expect("a row");
    let number = |at| row.try_get_by_index(at).expect("a number");
    (number(0), number(1))
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
    assert_eq!(refusal.metadata["state"], "IDENTITY_STATE_REFUSED");
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
async fn an_officer_need_not_wait_for_the_register_and_what_it_says_later_changes_nothing() {
    let town = Town::found("2026-03-10").await;
    town.client
        .fail_next(Neighbour::Register, 1)
        .await
        .expect("it fails");
    let mut agus = town.known_as("Agus Wijaya").await;
    pays_in_doubt(&town, &mut agus).await;

    let decision = decision(membership_of(&agus).await, true);
    town.officer()
        .decide_identity(decision)
        .await
        .expect("decided");
    town.waits(3_600);
    town.lets_the_workers_run().await;

    agus.becomes_a_participant().await;
    let me = agus.client.get_participant(None).await.expect("himself");
    assert_eq!(
        (me.coverage[0].since.as_str(), me.identity_state()),
        ("2026-03-10", IdentityState::Vouched)
    );
}

#[tokio::test]
async fn what_was_paid_by_somebody_whom_an_officer_rejects_can_be_given_back() {
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
    town.waits(30);
    let second = pays_in_doubt(&town, &mut twin).await;

    // It is a minute after the first one's confirmation, and half a minute after the other's.
    town.waits(31);
    town.lets_the_workers_run().await;

    let states = [budi.looks().await.state(), twin.looks().await.state()];
    assert_eq!(states, [State::Active, State::Held]);
    let gateway = town.gateway().client;
    let first = gateway.get_payment(id(&first.id)).await.expect("it");
    let second = gateway.get_payment(id(&second.id)).await.expect("it");
    assert_eq!(first.disposition(), Disposition::Applied);
    assert_eq!(second.suspense_reason(), SuspenseReason::NikTaken);
    assert_eq!(
        jamsostek_server::verify(&town.db, &town.seal)
            .await
            .expect("it looks"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn whoever_paid_in_doubt_is_asked_for_nothing_more_however_long_the_register_is_silent() {
    let town = Town::found("2026-03-20").await;
    let mut wati = town.known_as("Wati Rahayu").await;
    pays_in_doubt(&town, &mut wati).await;

    // April costs less, and in May the registration's thirty days are over.
    let mut states = Vec::new();
    for moment in ["2026-04-02T02:00:00Z", "2026-05-02T02:00:00Z"] {
        town.moves_to(moment);
        town.lets_the_workers_run().await;
        states.push(wati.looks().await.state());
    }

    assert_eq!(states, [State::AwaitingIdentity, State::AwaitingIdentity]);
    let membership = membership_of(&wati).await;
    town.officer()
        .decide_identity(decision(membership, true))
        .await
        .expect("decided");
    wati.becomes_a_participant().await;
    let me = wati.client.get_participant(None).await.expect("herself");
    assert_eq!(
        (
            me.memberships[0].paid_through.as_str(),
            me.coverage[0].since.as_str()
        ),
        ("2026-03", "2026-03-20")
    );
}

#[tokio::test]
async fn the_first_rejection_after_the_registers_no_is_kept_with_its_reason() {
    let town = Town::found("2026-03-10").await;
    let (agus, _) = mismatched(&town).await;

    let decided = town
        .officer()
        .decide_identity(decision(membership_of(&agus).await, false))
        .await;

    assert_eq!(
        decided.expect("decided").identity_state(),
        IdentityState::Refused
    );
    let store = town.burglar().await;
    let sql = "SELECT COUNT(*) FROM event WHERE kind = 'identity.decided'";
    let row = store.query_one_raw(Statement::from_string(store.get_database_backend(), sql));
    let row = row.await.expect("an answer").expect("a row");
    assert_eq!(row.try_get_by_index::<i64>(0).expect("a number"), 1);
}

#[tokio::test]
async fn what_is_taken_back_in_doubt_is_asked_about_no_more() {
    let town = Town::found("2026-03-10").await;
    let mut wati = town.known_as("Wati Rahayu").await;
    let payment = pays_in_doubt(&town, &mut wati).await;
    let membership = membership_of(&wati).await;

    let cancelled = wati
        .client
        .cancel_registration(wati.registration)
        .await
        .expect("it is");
    let asked = questions(&town).await;
    town.waits(3_600);
    town.lets_the_workers_run().await;

    assert_eq!(cancelled.state(), State::Cancelled);
    assert_eq!(questions(&town).await, asked);
    let decision = decision(membership, true);
    let decided = town.officer().decide_identity(decision).await;
    let refusal = decided.expect_refusal();
    assert_eq!(refusal.metadata["state"], "STATE_CANCELLED");
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
pub async fn pays_in_doubt(town: &Town, person: &mut Person) -> Payment {
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
        home: Some(Home::MembershipId(membership.to_string())),
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
