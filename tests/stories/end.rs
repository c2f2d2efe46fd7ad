//! A business ends: what is still owed, covered, paid ahead and billed.

use jamsostek_client::{
    ErrorReason,
    v1::{
        EndBusinessRequest, IssueBillRequest,
        coverage::Reason,
        look_up_bill_request::By,
        membership::State,
        payment::{Disposition, SuspenseReason},
    },
};

use crate::{
    person::{APRIL, SAVED},
    town::{ExpectRefusal, Town},
};

#[tokio::test]
async fn the_last_day_is_covered_and_the_next_is_not() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;

    budi.ends_business("2026-03-20").await.expect("it ends");
    town.moves_to("2026-03-20T02:00:00Z");
    let last = budi.client.get_participant(None).await.expect("himself");
    town.moves_to("2026-03-21T02:00:00Z");
    let after = budi.client.get_participant(None).await.expect("himself");

    assert!(last.coverage[0].covered);
    assert_eq!(last.coverage[0].until, "2026-03-20");
    assert_eq!(last.memberships[0].state(), State::Active);
    assert_eq!(after.coverage[0].reason(), Reason::Ended);
    assert_eq!(after.memberships[0].state(), State::Ended);
    assert_eq!(after.memberships[0].ended_on, "2026-03-20");
}

#[tokio::test]
async fn an_end_is_told_once_for_today_or_later() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let yesterday = budi.ends_business("2026-03-09").await.expect_refusal();
    let in_years = budi.ends_business("2027-03-12").await.expect_refusal();

    let end = budi.ends_business("2026-03-31").await.expect("it ends");
    let again = budi.ends_business("2026-03-31").await.expect("the same");
    let other = budi.ends_business("2026-04-01").await.expect_refusal();

    for refusal in [yesterday, in_years] {
        assert_eq!(refusal.reason, ErrorReason::MalformedRequest);
        assert_eq!(refusal.violations[0].field, "ended_on");
    }
    assert_eq!(
        (end.claimable_on.as_str(), again),
        ("2026-04-30", end.clone())
    );
    assert_eq!(other.reason, ErrorReason::MembershipEnded);
    assert_eq!(other.metadata["endedOn"], "2026-03-31");
}

#[tokio::test]
async fn nobody_ends_what_is_not_paid_or_not_his() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let mut unpaid = town.person();
    let bill = unpaid.has_a_bill().await;
    let request = EndBusinessRequest {
        membership_id: bill.membership_id,
        ended_on: String::new(),
    };

    let early = town.officer().end_business(request).await.expect_refusal();
    let theirs = EndBusinessRequest {
        membership_id: budi.membership().await.to_string(),
        ended_on: String::new(),
    };
    let stranger = town.participant().await;
    let theirs = stranger.client.end_business(theirs).await.expect_refusal();

    assert_eq!(early.reason, ErrorReason::WrongState);
    assert_eq!(early.metadata["state"], "STATE_AWAITING_PAYMENT");
    assert_eq!(theirs.reason, ErrorReason::NotFound);
}

#[tokio::test]
async fn no_month_after_the_end_is_billed_or_paid() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let request = |months| {
        let budi = &budi;
        async move {
            let request = IssueBillRequest {
                membership_id: budi.membership().await.to_string(),
                months,
                ..Default::default()
            };
            budi.client.issue_bill(request).await
        }
    };
    let before = request(2).await.expect("a bill").bill.expect("it");
    budi.ends_business("2026-04-20").await.expect("it ends");

    let shorter = request(12).await.expect("a bill").bill.expect("it");
    let gateway = town.gateway();
    let too_long = gateway.pays(&before.payment_code, before.payable_idr).await;
    let paid = gateway
        .pays(&shorter.payment_code, shorter.payable_idr)
        .await;
    let none_left = request(1).await.expect_refusal();
    let by_nik = gateway
        .client
        .look_up_bill(By::Nik(budi.nik.clone()))
        .await
        .expect_refusal();

    assert_eq!(shorter.months, 1);
    assert_eq!(too_long.disposition(), Disposition::Suspense);
    assert_eq!(too_long.suspense_reason(), SuspenseReason::MembershipEnded);
    assert_eq!(paid.disposition(), Disposition::Applied);
    assert_eq!(none_left.reason, ErrorReason::MembershipEnded);
    assert_eq!(by_nik.reason, ErrorReason::NotFound);
    assert_eq!(budi.balance().await, 2 * SAVED);
}

#[tokio::test]
async fn money_that_comes_when_all_is_over_is_set_aside_and_never_refused() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let bill = budi
        .client
        .issue_bill(IssueBillRequest {
            membership_id: budi.membership().await.to_string(),
            months: 1,
            ..Default::default()
        })
        .await
        .expect("a bill");
    let bill = bill.bill.expect("it");
    budi.ends_business("2026-04-20").await.expect("it ends");
    town.moves_to("2026-08-05T02:00:00Z");

    let late = town
        .gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await;
    let asked = town
        .gateway()
        .client
        .look_up_bill(By::PaymentCode(bill.payment_code))
        .await;
    let shown = town
        .officer()
        .get_bill(crate::town::id(&bill.id))
        .await
        .expect("the bill");

    assert_eq!(late.suspense_reason(), SuspenseReason::MembershipEnded);
    assert_eq!(asked.expect("an answer").bill.expect("it").payable_idr, 0);
    assert_eq!(shown.payable_idr, 0);
}

#[tokio::test]
async fn a_bill_that_reaches_past_the_end_asks_for_no_month_that_does_not_come() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let bill = budi
        .client
        .issue_bill(IssueBillRequest {
            membership_id: budi.membership().await.to_string(),
            months: 2,
            ..Default::default()
        })
        .await
        .expect("a bill");
    let bill = bill.bill.expect("it");

    budi.ends_business("2026-04-20").await.expect("it ends");

    let shown = budi
        .client
        .get_bill(crate::town::id(&bill.id))
        .await
        .expect("the bill");
    assert_eq!((bill.payable_idr, shown.payable_idr), (2 * APRIL, APRIL));
    let gateway = town.gateway().client;
    let asked = gateway
        .look_up_bill(By::PaymentCode(bill.payment_code))
        .await
        .expect_refusal();
    assert_eq!(
        asked.reason,
        ErrorReason::NotFound,
        "what is paid with it would wait for an officer"
    );
}

#[tokio::test]
async fn until_a_last_day_that_was_told_ahead_months_are_found_reminded_of_and_paid() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    budi.ends_business("2026-09-30").await.expect("it ends");
    town.moves_to("2026-04-13T02:00:00Z");

    let told = budi.reads_messages().await;
    let gateway = town.gateway();
    let found = gateway
        .client
        .look_up_bill(By::Nik(budi.nik.clone()))
        .await
        .expect("a bill");
    let bill = found.bill.expect("it");
    let paid = gateway.pays(&bill.payment_code, bill.payable_idr).await;

    assert!(told[0].contains("is due on 15 April 2026"), "{told:?}");
    assert_eq!(paid.disposition(), Disposition::Applied);
    assert_eq!(budi.balance().await, 2 * SAVED);
}

#[tokio::test]
async fn telling_the_same_end_again_the_day_after_is_still_the_same() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let end = budi.ends_business("").await.expect("it ends");
    town.moves_to("2026-03-11T02:00:00Z");

    let unnamed = budi.ends_business("").await.expect("the same");
    let named = budi.ends_business("2026-03-10").await.expect("the same");

    assert_eq!((&unnamed, &named), (&end, &end));
}
