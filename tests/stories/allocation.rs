//! An officer gives money that was set aside to whom it belongs, or back to its payer.

use jamsostek_client::{
    ErrorReason,
    v1::{
        AllocatePaymentRequest,
        allocate_payment_request::Home,
        employer_bill::State,
        payment::{Disposition, SuspenseReason},
    },
};
use uuid::Uuid;

use crate::{
    bill::issues_a_bill,
    employer_bill::{MONTH, assert_whole, hires},
    person::{APRIL, MARCH, SAVED},
    suspense::set_aside,
    town::{ExpectRefusal, Town, id},
};

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
            home: Some(Home::MembershipId(bill.membership_id)),
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
            home: Some(Home::MembershipId(membership.to_string())),
            reason: "the gateway was down".into(),
        })
        .await
        .expect("it is given");

    assert_eq!(set_aside(&late), SuspenseReason::Stale);
    assert_eq!(allocated.months_paid, ["2026-04", "2026-05", "2026-06"]);
    assert_eq!(allocated.credited_idr, 0);
}

#[tokio::test]
async fn an_officer_gives_money_that_was_set_aside_to_whom_it_belongs() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let paid = town.gateway().pays("8899999999999", APRIL).await;
    let request = AllocatePaymentRequest {
        payment_id: paid.id.clone(),
        home: Some(Home::MembershipId(budi.membership().await.to_string())),
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
        home: Some(Home::MembershipId(budi.membership().await.to_string())),
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
        home: Some(Home::MembershipId(budi.membership().await.to_string())),
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

#[tokio::test]
async fn money_that_an_employer_paid_too_late_is_given_to_his_unit_as_of_its_day() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000371").await;
    let other = town.company("JK000372").await;
    hires(&company, &town.person(), "2026-03-01").await;
    let bill = company.bill(&town, "2026-03").await;
    let gateway = town.gateway();
    town.moves_to("2026-04-14T02:00:00Z");
    let notice = gateway.notice(&bill.payment_code, MONTH);
    town.moves_to("2026-04-20T02:00:00Z");
    let late = gateway.reports(notice).await;
    let to = |npp: &str| AllocatePaymentRequest {
        payment_id: late.id.clone(),
        home: Some(Home::Npp(npp.into())),
        reason: "the gateway was down".into(),
    };

    let homeless = AllocatePaymentRequest {
        home: None,
        ..to(&company.npp)
    };
    let homeless = town.officer().allocate_payment(homeless).await;
    let nobody = town.officer().allocate_payment(to("NOBODYS1")).await;
    let given = town.officer().allocate_payment(to(&company.npp)).await;
    let again = town.officer().allocate_payment(to(&company.npp)).await;
    let elsewhere = town.officer().allocate_payment(to(&other.npp)).await;
    town.lets_the_workers_run().await;
    let bill = company.client.get_employer_bill(id(&bill.id)).await;

    assert_eq!(late.disposition(), Disposition::Suspense);
    let homeless = homeless.expect_refusal();
    assert_eq!(homeless.violations[0].field, "membership_id");
    assert_eq!(nobody.expect_refusal().reason, ErrorReason::NotFound);
    let given = given.expect("it is given");
    assert_eq!(given.disposition(), Disposition::Applied);
    assert_eq!(again.expect("as it stands"), given);
    assert_eq!(elsewhere.expect_refusal().reason, ErrorReason::WrongState);
    let bill = bill.expect("the bill");
    assert_eq!(
        (bill.state(), bill.paid_on.as_str()),
        (State::Paid, "2026-04-14")
    );
    town.moves_to("2026-04-30T02:00:00Z");
    let next = company.bill(&town, "2026-04").await;
    assert_eq!(next.penalty_idr, 0);
    assert_whole(&town).await;
}
