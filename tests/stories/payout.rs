//! Money goes out: under one reference, whatever the bank answers, and in two pairs of hands above the limit.

use jamsostek_client::{
    ClaimCause, ErrorReason,
    v1::{
        IssueBillRequest, Neighbour, RecordPayoutRequest, award::State as AwardState, claim::State,
    },
};
use sea_orm::{ConnectionTrait, Statement};

use crate::{
    claimant::takes,
    person::SAVED,
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn a_bank_that_was_silent_is_told_again_under_the_same_reference() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims().await;
    let award = town.approves(&claim).await.award.expect("an award");
    town.client
        .fail_next(Neighbour::Bank, 2)
        .await
        .expect("it fails");

    town.lets_the_workers_run().await;
    let first = budi.follows(&claim).await;
    for _ in 0..4 {
        town.waits(130);
        town.lets_the_workers_run().await;
    }

    assert_eq!(
        first.award.expect("an award").state(),
        AwardState::Instructed
    );
    let paid = budi.follows(&claim).await.award.expect("an award");
    assert_eq!(
        (paid.state(), paid.id.as_str()),
        (AwardState::Paid, award.id.as_str())
    );
    assert_eq!(bank_ledger(&town).await, [(award.id, SAVED)]);
}

#[tokio::test]
async fn a_bank_that_paid_and_did_not_say_so_pays_once() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims().await;
    let award = town.approves(&claim).await.award.expect("an award");
    town.client
        .fail_next(Neighbour::BankAfter, 1)
        .await
        .expect("it fails");

    town.lets_the_workers_run().await;
    let unknown = budi.follows(&claim).await;
    town.waits(61);
    town.lets_the_workers_run().await;

    assert_eq!(
        unknown.award.expect("an award").state(),
        AwardState::Instructed
    );
    assert_eq!(budi.follows(&claim).await.state(), State::Closed);
    assert_eq!(bank_ledger(&town).await, [(award.id, SAVED)]);
}

#[tokio::test]
async fn what_the_bank_will_not_pay_is_back_in_the_savings_and_can_be_claimed_again() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims_to(budi.account_with("9000000003")).await;
    town.approves(&claim).await;
    town.lets_the_workers_run().await;

    let failed = budi.follows(&claim).await;
    let balance = budi.balance().await;
    town.waits(61);
    let again = budi.claims().await;
    town.approves(&again).await;
    town.lets_the_workers_run().await;

    let award = failed.award.as_ref().expect("an award");
    assert_eq!(
        (failed.state(), award.state()),
        (State::Closed, AwardState::Failed)
    );
    assert_eq!(
        (award.failure.as_str(), balance),
        ("the account is closed", SAVED)
    );
    assert_eq!(
        budi.follows(&again).await.award.expect("an award").state(),
        AwardState::Paid
    );
    assert_eq!(budi.balance().await, 0);
    let told = budi.reads_messages().await;
    assert!(
        told.iter().any(|it| it.contains("The bank did not pay")),
        "{told:?}"
    );
}

#[tokio::test]
async fn the_banks_notice_counts_once() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims_to(budi.account_with("9000000004")).await;
    let award = town.approves(&claim).await.award.expect("an award");
    let notice = RecordPayoutRequest {
        award_id: award.id,
        bank_reference: "BNI-77".into(),
        paid: true,
        failure: String::new(),
    };
    let bank = town.bank();
    let early = bank.record_payout(notice.clone()).await.expect_refusal();
    town.lets_the_workers_run().await;

    let paid = bank
        .record_payout(notice.clone())
        .await
        .expect("it is taken");
    let again = bank.record_payout(notice.clone()).await.expect("the same");
    let failure = "account closed".into();
    let other = RecordPayoutRequest {
        paid: false,
        failure,
        ..notice
    };
    let other = bank.record_payout(other).await.expect_refusal();
    town.waits(3_600);
    town.lets_the_workers_run().await;

    assert_eq!(early.reason, ErrorReason::WrongState);
    assert_eq!(early.metadata["state"], "STATE_APPROVED");
    assert_eq!(
        (paid.state(), paid.bank_reference.as_str()),
        (AwardState::Paid, "BNI-77")
    );
    assert_eq!(again, paid);
    assert_eq!(other.reason, ErrorReason::IdTaken);
    assert_eq!(budi.follows(&claim).await.state(), State::Closed);
}

#[tokio::test]
async fn a_claim_is_rejected_with_its_reason_and_the_savings_stay() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims().await;
    let (officer, it) = (town.officer(), id(&claim.id));
    let untaken = officer.reject_claim(it, "no papers").await.expect_refusal();
    takes(&officer, &claim).await;

    let rejected = officer
        .reject_claim(it, "Permenaker 4/2022: no papers")
        .await
        .expect("it is");
    let again = officer
        .reject_claim(it, "Permenaker 4/2022: no papers")
        .await
        .expect("it is");
    let approving = officer.approve_claim(it).await.expect_refusal();

    assert_eq!(untaken.reason, ErrorReason::WrongState);
    assert_eq!(
        (rejected.state(), rejected.award.as_ref()),
        (State::Decided, None)
    );
    assert_eq!(again, rejected);
    assert_eq!(approving.reason, ErrorReason::WrongState);
    assert_eq!(budi.balance().await, SAVED);
    let told = budi.reads_messages().await;
    assert!(told[0].contains("Permenaker 4/2022: no papers"), "{told:?}");
    town.waits(61);
    budi.claims().await;
}

#[tokio::test]
async fn above_the_limit_two_officers_decide() {
    let town = Town::found("2026-03-10").await;
    let mut rich = town.person();
    rich.birth_date = "1970-03-10".into();
    rich.work.income_idr = 50_000_000;
    rich.is_active(&town).await;
    for _ in 0..3 {
        let request = IssueBillRequest {
            membership_id: rich.membership().await.to_string(),
            months: 12,
            ..Default::default()
        };
        let bill = rich
            .client
            .issue_bill(request)
            .await
            .expect("a bill")
            .bill
            .expect("it");
        town.gateway()
            .pays(&bill.payment_code, bill.payable_idr)
            .await;
    }
    town.waits(61);
    let filled = rich.fills_in(ClaimCause::Retirement, rich.account()).await;
    let claim = filled.submitted_by(&rich).await.expect("a claim");
    let (maker, checker, it) = (town.officer(), town.second_officer(), id(&claim.id));
    takes(&maker, &claim).await;

    let proposed = maker.approve_claim(it).await.expect("it is proposed");
    let again = maker.approve_claim(it).await.expect("it stays proposed");
    let reserved = rich.balance().await;
    let approved = checker.approve_claim(it).await.expect("it is approved");
    town.lets_the_workers_run().await;

    assert!(claim.requires_interview && claim.estimate_idr == 37 * 414_000);
    let award = proposed.award.as_ref().expect("an award");
    assert_eq!(
        (proposed.state(), award.state()),
        (State::InReview, AwardState::Proposed)
    );
    assert_eq!((again, reserved), (proposed, 37 * 414_000));
    assert_eq!(approved.state(), State::Decided);
    assert_eq!(
        rich.follows(&claim).await.award.expect("an award").state(),
        AwardState::Paid
    );
}

#[tokio::test]
async fn credit_that_no_month_needs_is_paid_even_where_nothing_is_saved() {
    let town = Town::found("2026-03-10").await;
    let mut driver = town.person();
    driver.work.programmes = crate::person::programmes([
        jamsostek_client::Programme::Jkk,
        jamsostek_client::Programme::Jkm,
    ]);
    driver.work.months = 3;
    driver.is_active(&town).await;
    let end = driver.ends_business("").await.expect("it ends");
    town.moves_to("2026-04-10T02:00:00Z");

    let claim = driver.claims().await;
    town.approves(&claim).await;
    town.lets_the_workers_run().await;

    assert_eq!((end.credited_idr, claim.estimate_idr), (32_800, 32_800));
    assert_eq!(driver.follows(&claim).await.state(), State::Closed);
}

/// What the sandbox's bank has paid, by our reference.
async fn bank_ledger(town: &Town) -> Vec<(String, i64)> {
    let store = town.burglar().await;
    let sql = "SELECT reference, amount_idr FROM sandbox_transfer";
    let rows = store.query_all_raw(Statement::from_string(store.get_database_backend(), sql));
    let rows = rows.await.expect("rows");
    let row = |row: &sea_orm::QueryResult| {
        let reference = row.try_get_by_index(0).expect("a reference");
        (reference, row.try_get_by_index(1).expect("an amount"))
    };
    rows.iter().map(row).collect()
}
