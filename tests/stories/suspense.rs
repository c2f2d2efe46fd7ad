//! Money that pays for nothing is set aside, until an officer gives it to whom it belongs, or back.

use jamsostek_client::{
    ErrorReason, Payment,
    v1::{
        AllocatePaymentRequest,
        payment::{Disposition, SuspenseReason},
        registration,
    },
};
use jamsostek_server::verify;
use uuid::Uuid;

use crate::{
    bill::issues_a_bill,
    person::{APRIL, MARCH, Person, SAVED},
    town::{ExpectRefusal, Town, id, timestamp},
};

#[tokio::test]
async fn money_for_an_unknown_code_is_set_aside() {
    let town = Town::found("2026-03-10").await;

    let paid = town.gateway().pays("8899999999999", 10_000).await;

    assert_eq!(set_aside(&paid), SuspenseReason::UnknownCode);
    let told = town.gateway().client.get_payment(id(&paid.id)).await;
    assert_eq!(told.expect("the payment"), paid);
}

#[tokio::test]
async fn money_that_is_told_of_too_late_is_set_aside() {
    let town = Town::found("2026-03-10").await;
    let (mut late, mut just_in_time) = (town.person(), town.person());
    let (stale, fresh) = (late.has_a_bill().await, just_in_time.has_a_bill().await);
    let gateway = town.gateway();
    let four_days = gateway.notice(&stale.payment_code, MARCH);
    let mut three_days = gateway.notice(&fresh.payment_code, MARCH);
    three_days.paid_at = Some(timestamp(town.now() + chrono::Duration::days(1)));
    town.moves_to("2026-03-14T02:00:00Z");

    let stale = gateway.reports(four_days).await;
    let fresh = gateway.reports(three_days).await;

    assert_eq!(set_aside(&stale), SuspenseReason::Stale);
    assert_eq!(fresh.disposition(), Disposition::Applied);
}

#[tokio::test]
async fn an_old_code_takes_the_price_of_the_day_and_no_other_amount() {
    let town = Town::found("2026-03-30").await;
    let (mut budi, mut siti) = (town.person(), town.person());
    let (right, wrong) = (budi.has_a_bill().await, siti.has_a_bill().await);
    town.moves_to("2026-04-02T02:00:00Z");

    let right = town.gateway().pays(&right.payment_code, APRIL).await;
    let wrong = town.gateway().pays(&wrong.payment_code, MARCH).await;

    assert_eq!(right.disposition(), Disposition::Applied);
    assert_eq!(right.months_paid, ["2026-04"]);
    assert_eq!(set_aside(&wrong), SuspenseReason::BillExpired);
}

#[tokio::test]
async fn of_two_with_one_nik_who_pays_first_is_first() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let mut other = Person {
        contact: town.person().contact,
        ..budi.clone()
    };
    let (first, second) = (budi.has_a_bill().await, other.has_a_bill().await);

    let applied = town.gateway().pays(&first.payment_code, MARCH).await;
    let taken = town.gateway().pays(&second.payment_code, MARCH).await;

    assert_eq!(applied.disposition(), Disposition::Applied);
    assert_eq!(set_aside(&taken), SuspenseReason::NikTaken);
    assert_eq!(other.looks().await.state(), registration::State::Held);
}

#[tokio::test]
async fn what_the_second_of_two_with_one_nik_had_paid_waits_as_well() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let mut other = Person {
        contact: town.person().contact,
        ..budi.clone()
    };
    let (first, second) = (budi.has_a_bill().await, other.has_a_bill().await);
    let some = town.gateway().pays(&second.payment_code, 50_000).await;
    town.gateway().pays(&first.payment_code, MARCH).await;
    let officer = town.officer();
    let waiting = officer.list_suspense(Default::default()).await;
    assert_eq!(waiting.expect("a list").payments.len(), 1);

    let rest = town.gateway().pays(&second.payment_code, 1_000).await;

    assert_eq!(some.disposition(), Disposition::Credited);
    assert_eq!(set_aside(&rest), SuspenseReason::NikTaken);
    let some = officer.get_payment(id(&some.id)).await.expect("it");
    assert_eq!(set_aside(&some), SuspenseReason::NikTaken);
    let waiting = officer.list_suspense(Default::default()).await;
    assert_eq!(waiting.expect("a list").payments.len(), 2);
    other
        .client
        .cancel_registration(other.registration)
        .await
        .expect("it is taken back");
    let wrong = verify(&town.db, &town.seal).await.expect("a look");
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn money_from_before_somebody_registered_covers_no_day_before() {
    let town = Town::found("2026-02-27").await;
    let early = town.gateway().pays("8899999999999", MARCH).await;
    town.moves_to("2026-03-10T02:00:00Z");
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;

    let allocated = town
        .officer()
        .allocate_payment(AllocatePaymentRequest {
            payment_id: early.id,
            membership_id: bill.membership_id,
            reason: "he had mistyped the code".into(),
        })
        .await
        .expect("it is given");

    assert_eq!(allocated.months_paid, ["2026-03"]);
    budi.becomes_a_participant().await;
    let me = budi.client.get_participant(None).await.expect("himself");
    assert!(me.coverage.iter().all(|it| it.since == "2026-03-10"));
}

#[tokio::test]
async fn what_comes_too_late_pays_as_many_months_as_its_bill_asked_for() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let bill = issues_a_bill(&budi, 3).await;
    let notice = town.gateway().notice(&bill.payment_code, bill.total_idr);
    town.moves_to("2026-03-20T02:00:00Z");
    let late = town.gateway().reports(notice).await;

    let membership = budi.membership().await;
    let allocated = town
        .officer()
        .allocate_payment(AllocatePaymentRequest {
            payment_id: late.id.clone(),
            membership_id: membership.to_string(),
            reason: "the gateway was down".into(),
        })
        .await
        .expect("it is given");

    assert_eq!(set_aside(&late), SuspenseReason::Stale);
    assert_eq!(allocated.months_paid, ["2026-04", "2026-05", "2026-06"]);
    assert_eq!(allocated.credited_idr, 0);
}

#[tokio::test]
async fn money_for_a_registration_that_was_taken_back_is_set_aside() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    budi.client
        .cancel_registration(budi.registration)
        .await
        .expect("taken back");

    let paid = town.gateway().pays(&bill.payment_code, MARCH).await;

    assert_eq!(set_aside(&paid), SuspenseReason::RegistrationCancelled);
}

#[tokio::test]
async fn money_of_a_registration_that_is_taken_back_goes_back_to_its_payer() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    let some = town.gateway().pays(&bill.payment_code, 30_000).await;
    let more = town.gateway().pays(&bill.payment_code, 20_000).await;

    budi.client
        .cancel_registration(budi.registration)
        .await
        .expect("it is taken back");

    let officer = town.officer();
    let waiting = officer.list_suspense(Default::default()).await;
    let waiting = waiting.expect("a list").payments;
    let mut amounts: Vec<_> = waiting.iter().map(|it| it.amount_idr).collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [20_000, 30_000]);
    for payment in &waiting {
        assert_eq!(payment.disposition(), Disposition::Suspense);
        assert_eq!(
            payment.suspense_reason(),
            SuspenseReason::RegistrationCancelled
        );
    }
    let returned = officer
        .return_payment(id(&some.id), "the payer took it back")
        .await
        .expect("it is given back");
    assert_eq!(returned.disposition(), Disposition::Returned);
    let left = officer.list_suspense(Default::default()).await;
    let left = left.expect("a list").payments;
    assert_eq!((left.len(), left[0].id == more.id), (1, true));
    let wrong = verify(&town.db, &town.seal).await.expect("a look");
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn an_officer_gives_money_that_was_set_aside_to_whom_it_belongs() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let paid = town.gateway().pays("8899999999999", APRIL).await;
    let request = AllocatePaymentRequest {
        payment_id: paid.id.clone(),
        membership_id: budi.membership().await.to_string(),
        reason: "The payer showed the slip.".into(),
    };

    let waiting = town
        .officer()
        .list_suspense(Default::default())
        .await
        .expect("a list");
    let given = town
        .officer()
        .allocate_payment(request.clone())
        .await
        .expect("given");
    let again = town
        .officer()
        .allocate_payment(request)
        .await
        .expect("the same");

    assert_eq!(waiting.payments, std::slice::from_ref(&paid));
    assert_eq!(given.disposition(), Disposition::Applied);
    assert_eq!(given.months_paid, ["2026-04"]);
    assert_eq!(given, again);
    assert_eq!(budi.balance().await, 2 * SAVED);
    let waiting = town
        .officer()
        .list_suspense(Default::default())
        .await
        .expect("a list");
    assert_eq!(waiting.payments, []);
    let back = town
        .officer()
        .return_payment(id(&paid.id), "Too late.")
        .await
        .expect_refusal();
    assert_eq!(back.reason, ErrorReason::WrongState);
}

#[tokio::test]
async fn an_officer_gives_money_back_to_its_payer() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let paid = town.gateway().pays("8899999999999", APRIL).await;

    let back = town
        .officer()
        .return_payment(id(&paid.id), "Nobody's.")
        .await
        .expect("given back");
    let again = town
        .officer()
        .return_payment(id(&paid.id), "Nobody's.")
        .await
        .expect("the same");
    let request = AllocatePaymentRequest {
        payment_id: paid.id,
        membership_id: budi.membership().await.to_string(),
        reason: "Too late.".into(),
    };
    let refusal = town
        .officer()
        .allocate_payment(request)
        .await
        .expect_refusal();

    assert_eq!(back.disposition(), Disposition::Returned);
    assert_eq!(back, again);
    assert_eq!(refusal.reason, ErrorReason::WrongState);
    assert_eq!(budi.balance().await, SAVED);
}

#[tokio::test]
async fn money_that_paid_for_months_is_not_given_back() {
    let town = Town::found("2026-03-10").await;
    let paid = town.person().is_active(&town).await;

    let refusal = town
        .officer()
        .return_payment(id(&paid.id), "Please.")
        .await
        .expect_refusal();
    let missing = town
        .officer()
        .return_payment(Uuid::now_v7(), "Please.")
        .await
        .expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::WrongState);
    assert_eq!(missing.reason, ErrorReason::NotFound);
}

#[tokio::test]
async fn of_an_officer_who_gives_and_one_who_gives_back_one_is_first() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let paid = town.gateway().pays("8899999999999", APRIL).await;
    let request = AllocatePaymentRequest {
        payment_id: paid.id.clone(),
        membership_id: budi.membership().await.to_string(),
        reason: "The payer showed the slip.".into(),
    };
    let (one, other) = (town.officer(), town.officer());

    let (given, back) = tokio::join!(
        one.allocate_payment(request),
        other.return_payment(id(&paid.id), "Nobody's."),
    );

    let saved = if given.is_ok() { 2 * SAVED } else { SAVED };
    assert!(given.is_ok() != back.is_ok());
    let late = given.and(back).expect_refusal();
    assert_eq!(late.reason, ErrorReason::WrongState);
    assert_eq!(budi.balance().await, saved);
}

/// Why the money is set aside.
fn set_aside(payment: &Payment) -> SuspenseReason {
    assert_eq!(payment.disposition(), Disposition::Suspense);
    assert_eq!((payment.applied_idr, payment.credited_idr), (0, 0));
    payment.suspense_reason()
}
