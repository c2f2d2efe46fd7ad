//! Money that pays for nothing is set aside for an officer.

use jamsostek_client::{
    Payment,
    v1::{
        payment::{Disposition, SuspenseReason},
        registration,
    },
};
use jamsostek_server::verify;

use crate::{
    person::{APRIL, MARCH, Person},
    town::{Town, id, timestamp},
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

/// Why the money is set aside.
/// Why it waits; it does.
pub fn set_aside(payment: &Payment) -> SuspenseReason {
    assert_eq!(payment.disposition(), Disposition::Suspense);
    assert_eq!((payment.applied_idr, payment.credited_idr), (0, 0));
    payment.suspense_reason()
}
