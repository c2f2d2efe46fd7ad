//! The gateway's money for units, and for contracts abroad: once for each notice, and never refused.

use jamsostek_client::{
    ErrorReason, Payment, Uuid,
    v1::{
        EmployerBill, RecordPaymentRequest, employer_bill::State, look_up_bill_request::By,
        payment::Disposition, payment::SuspenseReason,
    },
};
use tokio::task::JoinSet;

use crate::{
    company::Company,
    migrant::by_himself,
    person::Person,
    town::{ExpectRefusal, Town, id, timestamp},
};

/// What a wage of IDR 5,000,000 costs a month at very low risk.
const MONTH: i64 = 462_000;
/// What of it is old-age savings.
const SAVED: i64 = 285_000;

#[tokio::test]
async fn a_notice_for_a_unit_counts_once_however_often_it_comes() {
    let town = Town::found("2026-03-10").await;
    let (company, worker, bill) = owes_a_month(&town, "JK001301").await;
    let gateway = town.gateway();
    let notice = gateway.notice(&bill.payment_code, MONTH);

    let mut notices = JoinSet::new();
    for _ in 0..20 {
        let (gateway, notice) = (gateway.clone(), notice.clone());
        notices.spawn(async move { gateway.reports(notice).await });
    }
    let answers = notices.join_all().await;
    town.lets_the_workers_run().await;
    let late = gateway.reports(notice.clone()).await;
    let other = RecordPaymentRequest {
        amount_idr: MONTH + 1,
        ..notice
    };
    let other = gateway.client.record_payment(other).await.expect_refusal();
    town.lets_the_workers_run().await;

    assert!(answers.iter().all(|it| *it == late), "{answers:?}");
    assert_eq!((late.applied_idr, late.credited_idr), (MONTH, 0));
    assert_eq!(other.reason, ErrorReason::IdTaken);
    assert_eq!(shown(&company, &bill).await.state(), State::Paid);
    assert_eq!(worker.balance().await, SAVED);
    town.adds_up().await;
}

#[tokio::test]
async fn what_a_unit_pays_too_much_is_taken_off_its_next_bill() {
    let town = Town::found("2026-03-10").await;
    let (company, worker, march) = owes_a_month(&town, "JK001302").await;
    let gateway = town.gateway();

    let paid = gateway.pays(&march.payment_code, MONTH + 100_000).await;
    town.lets_the_workers_run().await;
    let again = gateway.pays(&march.payment_code, 50_000).await;
    town.moves_to("2026-04-10T02:00:00Z");
    let april = company.bill(&town, "2026-04").await;
    let rest = gateway.pays(&april.payment_code, 2 * MONTH - 150_000).await;
    town.moves_to("2026-05-10T02:00:00Z");
    let may = company.bill(&town, "2026-05").await;

    assert_eq!(paid.disposition(), Disposition::PartlyApplied);
    assert_eq!((paid.applied_idr, paid.credited_idr), (MONTH, 100_000));
    assert_eq!(again.disposition(), Disposition::Credited);
    assert_eq!(
        (april.total_idr, april.payable_idr),
        (MONTH, MONTH - 150_000)
    );
    assert_eq!(
        (rest.applied_idr, rest.credited_idr),
        (MONTH, MONTH - 150_000)
    );
    // The credit pays it whole as soon as it is computed, and nobody is asked for anything.
    assert_eq!((may.payable_idr, may.state()), (0, State::Paid));
    assert_eq!(worker.balance().await, 3 * SAVED);
    town.adds_up().await;
}

#[tokio::test]
async fn a_bill_is_paid_by_parts_and_each_look_says_what_is_left() {
    let town = Town::found("2026-03-10").await;
    let (company, worker, bill) = owes_a_month(&town, "JK001303").await;
    let gateway = town.gateway();
    let asks = || {
        let (client, code) = (gateway.client.clone(), bill.payment_code.clone());
        async move { client.look_up_bill(By::PaymentCode(code)).await }
    };

    let first = gateway.pays(&bill.payment_code, 200_000).await;
    let looked = asks().await.expect("an answer").bill.expect("the bill");
    let open = shown(&company, &bill).await;
    let second = gateway.pays(&bill.payment_code, MONTH - 200_000).await;
    town.lets_the_workers_run().await;

    assert_eq!(first.disposition(), Disposition::Credited);
    assert_eq!(
        (looked.payable_idr, looked.npp),
        (MONTH - 200_000, open.npp)
    );
    assert_eq!(
        (open.payable_idr, open.state),
        (MONTH - 200_000, State::Open.into())
    );
    assert_eq!((second.applied_idr, second.credited_idr), (MONTH, -200_000));
    // Nobody is asked for anything more.
    assert_eq!(asks().await.expect_refusal().reason, ErrorReason::NotFound);
    assert_eq!(worker.balance().await, SAVED);
    town.adds_up().await;
}

#[tokio::test]
async fn money_of_no_unit_or_told_of_too_late_waits_for_an_officer() {
    let town = Town::found("2026-03-10").await;
    let (company, _, bill) = owes_a_month(&town, "JK001304").await;
    let gateway = town.gateway();
    let mut stale = gateway.notice(&bill.payment_code, MONTH);
    stale.paid_at = Some(timestamp(town.now() - chrono::Duration::days(4)));

    let unknown = gateway.pays("100000000001", MONTH).await;
    let stale = gateway.reports(stale).await;
    let waiting = town.officer().list_suspense(Default::default()).await;
    let returned = town
        .officer()
        .return_payment(id(&unknown.id), "mistyped")
        .await;

    let reason = |it: &Payment| (it.disposition(), it.suspense_reason());
    let aside = Disposition::Suspense;
    assert_eq!(reason(&unknown), (aside, SuspenseReason::UnknownCode));
    assert_eq!(reason(&stale), (aside, SuspenseReason::Stale));
    assert_eq!(waiting.expect("a list").payments.len(), 2);
    assert_eq!(
        returned.expect("it is").disposition(),
        Disposition::Returned
    );
    assert_eq!(shown(&company, &bill).await.payable_idr, MONTH);
    town.adds_up().await;
}

#[tokio::test]
async fn a_notice_for_a_contract_or_for_months_added_to_it_counts_once() {
    let town = Town::found("2026-03-10").await;
    let gateway = town.gateway();
    let mut budi = town.migrant(by_himself(6));
    let contract = budi.has_a_bill().await;

    let first = twice(&town, &contract.payment_code, contract.payable_idr).await;
    budi.becomes_a_participant().await;
    let extension = budi.extends(Uuid::now_v7(), 2).await.expect("an extension");
    let extension = extension.bill.expect("a bill");
    let second = twice(&town, &extension.payment_code, extension.payable_idr).await;
    let unknown = gateway.pays("8899999999999", 13_500).await;

    assert_eq!((first.applied_idr, first.credited_idr), (108_000, 0));
    assert_eq!((second.applied_idr, second.credited_idr), (27_000, 0));
    assert_eq!(unknown.suspense_reason(), SuspenseReason::UnknownCode);
    let me = budi.client.get_participant(None).await.expect("himself");
    let journey = me.memberships[0].journey.clone().expect("a journey");
    assert_eq!(journey.extended_months, 2);
    town.adds_up().await;
}

/// Takes money and says so from two sides at once, and once more; what was answered each time.
async fn twice(town: &Town, payment_code: &str, amount_idr: i64) -> Payment {
    let gateway = town.gateway();
    let notice = gateway.notice(payment_code, amount_idr);
    let (first, second) = tokio::join!(
        gateway.reports(notice.clone()),
        gateway.reports(notice.clone())
    );
    let third = gateway.reports(notice).await;
    assert_eq!((&first, &second), (&second, &third));
    third
}

/// A company that owes March for somebody who has an account, and its bill.
async fn owes_a_month(town: &Town, npp: &str) -> (Company, Person, EmployerBill) {
    let company = town.company(npp).await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let membership = worker.membership().await;
    let confirmed = company.confirms(&worker, membership, "2026-03-01").await;
    confirmed.expect("confirmed");
    let bill = company.bill(town, "2026-03").await;
    assert_eq!(bill.payable_idr, MONTH);
    (company, worker, bill)
}

async fn shown(company: &Company, bill: &EmployerBill) -> EmployerBill {
    let bill = company.client.get_employer_bill(id(&bill.id)).await;
    bill.expect("the bill")
}
