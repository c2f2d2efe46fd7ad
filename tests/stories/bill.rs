//! Bills are issued once, found by whoever takes the money, and paid month by month, by money or by credit.

use jamsostek_client::{
    ErrorReason,
    v1::{IssueBillRequest, bill, look_up_bill_request::By},
};
use uuid::Uuid;

use crate::{
    person::{APRIL, MARCH, Person, SAVED},
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn the_gateway_finds_the_next_bill_by_nik() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let by = || By::Nik(budi.nik.clone());

    let found = town
        .gateway()
        .client
        .look_up_bill(by())
        .await
        .expect("a bill");
    let again = town
        .gateway()
        .client
        .look_up_bill(by())
        .await
        .expect("a bill");

    let bill = found.bill.expect("a bill");
    assert_eq!(found.masked_name, "B••• H•••");
    assert_eq!(
        (bill.first_month.as_str(), bill.payable_idr),
        ("2026-04", APRIL)
    );
    assert_eq!(bill.lines, []);
    assert_eq!(again.bill.expect("a bill").id, bill.id);
    let by_code = town
        .gateway()
        .client
        .look_up_bill(By::PaymentCode(bill.payment_code))
        .await;
    assert_eq!(by_code.expect("a bill").bill.expect("a bill").id, bill.id);
    let nobody = town
        .gateway()
        .client
        .look_up_bill(By::Nik(town.person().nik))
        .await;
    assert_eq!(nobody.expect_refusal().reason, ErrorReason::NotFound);
}

#[tokio::test]
async fn a_bill_asked_for_twice_is_one_bill() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let mut request = IssueBillRequest {
        bill_id: Uuid::now_v7().to_string(),
        membership_id: budi.membership().await.to_string(),
        months: 2,
    };
    let first = budi
        .client
        .issue_bill(request.clone())
        .await
        .expect("a bill");

    let again = budi
        .client
        .issue_bill(request.clone())
        .await
        .expect("the same bill");
    request.months = 3;
    let refusal = budi.client.issue_bill(request).await.expect_refusal();

    assert_eq!(first, again);
    assert_eq!(first.bill.expect("a bill").total_idr, 2 * APRIL);
    assert_eq!(refusal.reason, ErrorReason::IdTaken);
}

#[tokio::test]
async fn there_is_no_second_bill_before_the_first_is_paid() {
    let town = Town::found("2026-03-10").await;
    let bill = town.person().has_a_bill().await;
    let request = IssueBillRequest {
        membership_id: bill.membership_id,
        months: 1,
        ..Default::default()
    };

    let refusal = town.officer().issue_bill(request).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::WrongState);
}

#[tokio::test]
async fn a_paid_bill_says_so_and_how_it_came_about() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let open = budi.has_a_bill().await;

    town.gateway().pays(&open.payment_code, MARCH).await;
    let paid = budi.client.get_bill(id(&open.id)).await;

    assert_eq!(open.state(), bill::State::Open);
    assert_eq!(
        (open.due_on.as_str(), open.valid_through.as_str()),
        ("2026-03-16", "2026-03-31")
    );
    let total: i64 = open.lines.iter().map(|it| it.amount_idr).sum();
    assert_eq!(total, open.total_idr);
    assert!(
        open.lines
            .iter()
            .all(|it| !it.references.is_empty() && !it.formula.is_empty())
    );
    let paid = paid.expect("the bill");
    assert_eq!((paid.state(), paid.payable_idr), (bill::State::Paid, 0));
    let info = town.client.get_server_info().await.expect("itself");
    assert_eq!(paid.policy_version, info.policy_version);
}

#[tokio::test]
async fn a_bill_is_paid_month_by_month() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let bill = issues_a_bill(&budi, 3).await;

    let paid = town.gateway().pays(&bill.payment_code, APRIL + 1).await;

    assert_eq!(paid.months_paid, ["2026-04"]);
    let left = budi.client.get_bill(id(&bill.id)).await.expect("the bill");
    assert_eq!(left.state(), bill::State::PartlyPaid);
    assert_eq!(left.payable_idr, 2 * APRIL - 1);
}

#[tokio::test]
async fn a_bill_that_credit_covers_is_paid_when_it_is_issued() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    town.gateway().pays(&bill.payment_code, MARCH + APRIL).await;
    budi.becomes_a_participant().await;

    let next = issues_a_bill(&budi, 1).await;

    assert_eq!((next.state(), next.payable_idr), (bill::State::Paid, 0));
    assert_eq!(budi.balance().await, 2 * SAVED);
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.memberships[0].paid_through, "2026-04");
    let lines = budi.client.list_statement_lines(Default::default()).await;
    let lines = lines.expect("lines").lines;
    // The second month was paid by what had come before, and by no payment of its own.
    let paid_by: Vec<_> = lines.iter().map(|it| it.payment_id.is_empty()).collect();
    assert_eq!(paid_by, [true, false]);
}

#[tokio::test]
async fn nobody_issues_more_than_twenty_bills_a_day() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    for _ in 0..20 {
        issues_a_bill(&budi, 1).await;
    }
    let request = IssueBillRequest {
        membership_id: budi.membership().await.to_string(),
        months: 1,
        ..Default::default()
    };

    let refusal = budi
        .client
        .issue_bill(request.clone())
        .await
        .expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::TooManyBills);
    assert_eq!(refusal.metadata["retryAfterSeconds"], "86400");
    town.waits(86_400);
    budi.client.issue_bill(request).await.expect("a day later");
}

#[tokio::test]
async fn nobody_collects_for_a_registration_that_was_taken_back() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    budi.client
        .cancel_registration(budi.registration)
        .await
        .expect("taken back");

    let found = town
        .gateway()
        .client
        .look_up_bill(By::PaymentCode(bill.payment_code))
        .await;

    assert_eq!(found.expect_refusal().reason, ErrorReason::NotFound);
}

#[tokio::test]
async fn looking_up_spends_credit_only_for_a_month_that_has_come() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    town.gateway().pays(&bill.payment_code, MARCH + APRIL).await;
    let by = || By::Nik(budi.nik.clone());

    let first = town.gateway().client.look_up_bill(by()).await;
    let second = town.gateway().client.look_up_bill(by()).await;

    let (first, second) = (first.expect("a bill").bill, second.expect("a bill").bill);
    assert_eq!(first, second);
    let first = first.expect("a bill");
    assert_eq!(
        (first.first_month.as_str(), first.payable_idr),
        ("2026-04", 0)
    );
    assert_eq!(first.state(), bill::State::Open);
    town.moves_to("2026-04-02T02:00:00Z");
    let paid = town.gateway().client.look_up_bill(by()).await;
    let paid = paid.expect("a bill").bill.expect("a bill");
    assert_eq!(
        (paid.first_month.as_str(), paid.state()),
        ("2026-04", bill::State::Paid)
    );
}

pub async fn issues_a_bill(person: &Person, months: i32) -> jamsostek_client::Bill {
    let request = IssueBillRequest {
        membership_id: person.membership().await.to_string(),
        months,
        ..Default::default()
    };
    let issued = person.client.issue_bill(request).await.expect("a bill");
    issued.bill.expect("its bill")
}
