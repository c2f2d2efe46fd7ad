//! An employee stops working, waits a month, and is paid what he has saved.

use jamsostek_client::{
    ClaimCause,
    v1::{ReportEmploymentEndRequest, award, claim::State, eligibility_rule::Rule},
};

use crate::town::Town;

/// What an employee who earns 5,000,000 rupiah saves in a month, with his employer's part: 5.7 %.
const SAVED: i64 = 285_000;

#[tokio::test]
async fn a_month_after_somebody_has_resigned_his_savings_are_claimed_and_paid() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000601").await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let membership = worker.membership().await;
    let confirmed = company.confirms(&worker, membership, "2026-03-01").await;
    confirmed.expect("confirmed");
    let bill = company.bill(&town, "2026-03").await;
    town.gateway()
        .pays(&bill.payment_code, bill.total_idr)
        .await;
    town.lets_the_workers_run().await;
    let running = worker.checks(ClaimCause::Resignation).await;
    let end = ReportEmploymentEndRequest {
        membership_id: membership.to_string(),
        ended_on: "2026-03-31".into(),
    };
    let ended = company.client.report_employment_end(end).await;
    ended.expect("an end");

    town.moves_to("2026-04-29T02:00:00Z");
    let early = worker.checks(ClaimCause::Resignation).await;
    town.moves_to("2026-04-30T02:00:00Z");
    let filled = worker
        .fills_in(ClaimCause::Resignation, worker.account())
        .await;
    let claim = filled.submitted_by(&worker).await.expect("a claim");
    town.approves(&claim).await;
    town.lets_the_workers_run().await;

    let missing = |it: &jamsostek_client::Eligibility| {
        let missing = it.rules.iter().find(|it| !it.passed);
        missing.expect("a rule that is not fulfilled").rule()
    };
    assert_eq!(missing(&running), Rule::WorkEnded);
    assert_eq!(missing(&early), Rule::WaitingPeriod);
    assert_eq!(early.earliest_on, "2026-04-30");
    let claim = worker.follows(&claim).await;
    assert_eq!(claim.state(), State::Closed);
    let award = claim.award.expect("an award");
    assert_eq!(award.state(), award::State::Paid);
    assert_eq!(award.amount_idr, SAVED);
    assert_eq!(worker.balance().await, 0);
    town.adds_up().await;
}
