//! Money comes in, whatever it is for, and is never refused.

use jamsostek_client::{
    ErrorReason,
    v1::{payment::Disposition, registration},
};
use tokio::task::JoinSet;

use crate::{
    bill::issues_a_bill,
    person::{APRIL, MARCH, SAVED},
    town::{ExpectRefusal, Town, id, timestamp},
};

#[tokio::test]
async fn the_exact_amount_pays_the_month() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;

    let paid = town.gateway().pays(&bill.payment_code, MARCH).await;

    assert_eq!(paid.disposition(), Disposition::Applied);
    assert_eq!((paid.applied_idr, paid.credited_idr), (MARCH, 0));
    assert_eq!(paid.months_paid, ["2026-03"]);
    assert_eq!(budi.looks().await.state(), registration::State::Active);
}

#[tokio::test]
async fn too_little_is_credit_until_the_rest_comes() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;

    let some = town.gateway().pays(&bill.payment_code, 50_000).await;
    let left = budi.client.get_bill(id(&bill.id)).await.expect("the bill");
    let waiting = budi.looks().await.state();
    let rest = town
        .gateway()
        .pays(&bill.payment_code, left.payable_idr)
        .await;

    assert_eq!(some.disposition(), Disposition::Credited);
    assert_eq!((some.applied_idr, some.credited_idr), (0, 50_000));
    assert_eq!(left.payable_idr, MARCH - 50_000);
    assert_eq!(waiting, registration::State::AwaitingPayment);
    assert_eq!(rest.disposition(), Disposition::Applied);
    assert_eq!((rest.applied_idr, rest.credited_idr), (MARCH, -50_000));
    assert_eq!(budi.looks().await.state(), registration::State::Active);
}

#[tokio::test]
async fn too_much_is_credit_for_the_next_bill() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;

    let paid = town
        .gateway()
        .pays(&bill.payment_code, MARCH + 15_200)
        .await;
    budi.becomes_a_participant().await;
    let next = issues_a_bill(&budi, 1).await;

    assert_eq!(paid.disposition(), Disposition::PartlyApplied);
    assert_eq!((paid.applied_idr, paid.credited_idr), (MARCH, 15_200));
    assert_eq!((next.total_idr, next.payable_idr), (APRIL, APRIL - 15_200));
    assert_eq!(budi.balance().await, SAVED);
}

#[tokio::test]
async fn three_months_are_paid_at_once_each_at_its_own_price() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.work.months = 3;

    let paid = budi.is_active(&town).await;

    assert_eq!(paid.amount_idr, MARCH + 2 * APRIL);
    assert_eq!(paid.months_paid, ["2026-03", "2026-04", "2026-05"]);
    assert_eq!(budi.balance().await, 3 * SAVED);
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.memberships[0].paid_through, "2026-05");
    assert_eq!(me.coverage[0].until, "2026-08-31");
}

#[tokio::test]
async fn a_notice_sent_twice_is_one_payment() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    let gateway = town.gateway();
    let notice = gateway.notice(&bill.payment_code, MARCH);
    let first = gateway.reports(notice.clone()).await;

    let again = gateway.reports(notice.clone()).await;
    let mut other = notice;
    other.amount_idr += 1;
    let refusal = gateway.client.record_payment(other).await.expect_refusal();

    assert_eq!(first, again);
    assert_eq!(refusal.reason, ErrorReason::IdTaken);
    budi.becomes_a_participant().await;
    assert_eq!(budi.balance().await, SAVED);
}

#[tokio::test]
async fn a_hundred_notices_of_one_payment_are_one_posting() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    let gateway = town.gateway();
    let notice = gateway.notice(&bill.payment_code, MARCH);
    gateway.client.who_am_i().await.expect("a token is fetched");

    let mut notices = JoinSet::new();
    for _ in 0..100 {
        let (gateway, notice) = (gateway.clone(), notice.clone());
        notices.spawn(async move { gateway.reports(notice).await });
    }
    let answers = notices.join_all().await;

    assert_eq!(answers.len(), 100);
    assert!(answers.iter().all(|it| *it == answers[0]));
    budi.becomes_a_participant().await;
    assert_eq!(budi.balance().await, SAVED);
    let lines = budi.client.list_statement_lines(Default::default()).await;
    assert_eq!(lines.expect("lines").lines.len(), 1);
}

#[tokio::test]
async fn tomorrows_money_is_malformed() {
    let town = Town::found("2026-03-10").await;
    let gateway = town.gateway();
    let mut notice = gateway.notice("8899999999999", 10_000);
    notice.paid_at = Some(timestamp(town.now() + chrono::Duration::days(1)));

    let refusal = gateway.client.record_payment(notice).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::MalformedRequest);
    assert_eq!(refusal.violations[0].field, "paid_at");
}
