//! Money goes out: under one reference, whatever the bank answers, and in two pairs of hands above the limit.

use jamsostek_client::{
    Claim, ClaimCause, ErrorReason,
    v1::{
        IssueBillRequest, Neighbour, RecordPayoutRequest, award::State as AwardState, claim::State,
    },
};
use sea_orm::{ConnectionTrait, Statement};

use crate::{
    claimant::takes,
    person::{Person, SAVED},
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
    let (rich, claim) = rich_claim(&town).await;
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

#[tokio::test]
async fn the_banks_notice_that_it_will_not_pay_gives_the_money_back() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims_to(budi.account_with("9000000004")).await;
    let award = town.approves(&claim).await.award.expect("an award");
    town.lets_the_workers_run().await;
    let notice = RecordPayoutRequest {
        award_id: award.id,
        bank_reference: "BNI-78".into(),
        paid: false,
        failure: "account closed".into(),
    };

    let failed = town
        .bank()
        .record_payout(notice.clone())
        .await
        .expect("it is taken");
    let again = town
        .bank()
        .record_payout(notice.clone())
        .await
        .expect("the same");
    let paid = RecordPayoutRequest {
        paid: true,
        failure: String::new(),
        ..notice
    };
    let contradicted = town.bank().record_payout(paid.clone()).await;
    let contradicted = contradicted.expect_refusal();
    let told_again = town.bank().record_payout(paid).await.expect_refusal();

    assert_eq!(failed.state(), AwardState::Failed);
    assert_eq!(again, failed);
    assert_eq!(contradicted.reason, ErrorReason::IdTaken);
    assert_eq!(told_again, contradicted);
    let kept = "SELECT COUNT(*) FROM event WHERE kind = 'claim.payout_contradicted'";
    assert_eq!(count(&town, kept).await, 1);
    let written = "SELECT COUNT(*) FROM audit_record WHERE action = 'PayOutToldPaid'";
    assert_eq!(count(&town, written).await, 1);
    let steps = budi.follows(&claim).await.steps;
    assert_eq!(steps.last().expect("a step").what, "PayOutToldPaid");
    assert_eq!(
        (budi.follows(&claim).await.state(), budi.balance().await),
        (State::Closed, SAVED)
    );
}

#[tokio::test]
async fn two_servers_tell_the_bank_once() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims().await;
    town.approves(&claim).await;
    let (_, workers) = town.opens_another_house().await;
    let first = town.workers();

    tokio::join!(crate::town::run(&first), crate::town::run(&workers));

    assert_eq!(budi.follows(&claim).await.state(), State::Closed);
    assert_eq!(
        count(&town, "SELECT CAST(MAX(tries) AS BIGINT) FROM award").await,
        1
    );
}

#[tokio::test]
async fn the_second_officer_may_say_no_and_the_first_cannot_undo_it() {
    let town = Town::found("2026-03-10").await;
    let (rich, claim) = rich_claim(&town).await;
    let (maker, checker, it) = (town.officer(), town.second_officer(), id(&claim.id));
    takes(&maker, &claim).await;
    maker.approve_claim(it).await.expect("it is proposed");

    let rejected = checker
        .reject_claim(it, "Permenaker 4/2022: no interview")
        .await
        .expect("it is");
    let undoing = maker.approve_claim(it).await.expect_refusal();

    assert_eq!(rejected.state(), State::Decided);
    assert_eq!(
        rejected.award.expect("an award").state(),
        AwardState::Cancelled
    );
    assert_eq!(undoing.reason, ErrorReason::WrongState);
    assert_eq!(rich.balance().await, 37 * 414_000);
}

#[tokio::test]
async fn what_is_only_proposed_is_withdrawn_without_moving_money() {
    let town = Town::found("2026-03-10").await;
    let (rich, claim) = rich_claim(&town).await;
    takes(&town.officer(), &claim).await;
    town.officer()
        .approve_claim(id(&claim.id))
        .await
        .expect("it is proposed");

    let withdrawn = rich
        .client
        .withdraw_claim(id(&claim.id))
        .await
        .expect("it is");

    assert_eq!(withdrawn.state(), State::Withdrawn);
    assert_eq!(rich.balance().await, 37 * 414_000);
    let moved = "SELECT COUNT(*) FROM transfer WHERE kind IN ('claim', 'claim_return')";
    assert_eq!(count(&town, moved).await, 0);
}

#[tokio::test]
async fn a_claim_that_nobody_looks_after_is_taken_over_after_a_day() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims().await;
    takes(&town.officer(), &claim).await;
    let second = town.second_officer();
    town.waits(24 * 3_600 - 1);
    let early = second.take_claim(id(&claim.id)).await.expect_refusal();
    town.waits(1);

    takes(&second, &claim).await;
    let approved = second
        .approve_claim(id(&claim.id))
        .await
        .expect("it is approved");

    assert_eq!(early.reason, ErrorReason::OtherOfficer);
    assert_eq!(approved.state(), State::Decided);
}

#[tokio::test]
async fn what_came_in_between_is_awarded_too() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.person();
    siti.birth_date = "1970-03-10".into();
    siti.is_active(&town).await;
    town.waits(61);
    let filled = siti.fills_in(ClaimCause::Retirement, siti.account()).await;
    let claim = filled.submitted_by(&siti).await.expect("a claim");
    let request = IssueBillRequest {
        membership_id: siti.membership().await.to_string(),
        months: 1,
        ..Default::default()
    };
    let bill = siti
        .client
        .issue_bill(request)
        .await
        .expect("a bill")
        .bill
        .expect("it");
    town.gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await;

    let award = town.approves(&claim).await.award.expect("an award");

    assert_eq!((claim.estimate_idr, award.amount_idr), (SAVED, 2 * SAVED));
}

#[tokio::test]
async fn the_books_of_every_kind_of_claim_add_up_and_an_edited_row_is_named_and_pays_nobody() {
    let town = Town::found("2026-03-10").await;
    let (paid, failed) = (town.participant().await, town.participant().await);
    let (withdrawn, rejected) = (town.participant().await, town.participant().await);
    let waiting = town.participant().await;
    for person in [&paid, &failed, &withdrawn, &rejected, &waiting] {
        person.ends_business("").await.expect("it ends");
    }
    town.moves_to("2026-04-10T02:00:00Z");
    town.approves(&paid.claims().await).await;
    town.approves(&failed.claims_to(failed.account_with("9000000003")).await)
        .await;
    let taken_back = withdrawn.claims().await;
    town.approves(&taken_back).await;
    withdrawn
        .client
        .withdraw_claim(id(&taken_back.id))
        .await
        .expect("it is");
    let refused = rejected.claims().await;
    takes(&town.officer(), &refused).await;
    town.officer()
        .reject_claim(id(&refused.id), "no papers")
        .await
        .expect("it is");
    town.lets_the_workers_run().await;
    let last = waiting.claims().await;
    let award = town.approves(&last).await.award.expect("an award");
    let look = async || {
        jamsostek_server::verify(&town.db, &town.seal)
            .await
            .expect("it looks")
    };
    assert_eq!(look().await, Vec::<String>::new());

    let edits = [
        ("claim", "estimate_idr", "estimate_idr + 1"),
        ("claim", "bank_code", "'014'"),
        ("claim_step", "state", "'withdrawn'"),
        ("award", "amount_idr", "amount_idr + 1"),
        ("award", "state", "'paid'"),
    ];
    let store = town.burglar().await;
    for (table, column, edited) in edits {
        let keep = format!("CREATE TABLE kept AS SELECT id, {column} AS value FROM {table}");
        let edit = format!("UPDATE {table} SET {column} = {edited}");
        let mend = format!(
            "UPDATE {table} SET {column} = (SELECT value FROM kept WHERE kept.id = {table}.id)"
        );
        for sql in [keep, edit] {
            store.execute_unprepared(&sql).await.expect("it is edited");
        }
        let wrong = look().await;
        for sql in [mend, "DROP TABLE kept".to_owned()] {
            store.execute_unprepared(&sql).await.expect("it is mended");
        }
        assert!(
            wrong.iter().any(|it| it.starts_with(table)),
            "{table}.{column}: {wrong:?}"
        );
    }
    store
        .execute_unprepared("UPDATE award SET amount_idr = amount_idr + 1 WHERE state = 'approved'")
        .await
        .expect("edited");
    town.lets_the_workers_run().await;
    let paid_for = format!(
        "SELECT COUNT(*) FROM sandbox_transfer WHERE reference = '{}'",
        award.id
    );
    assert_eq!(
        count(&town, &paid_for).await,
        0,
        "an edited award pays nobody"
    );
}

/// Somebody at the pension age who has saved more than is paid without an interview, and the claim.
async fn rich_claim(town: &Town) -> (Person, Claim) {
    let mut rich = town.person();
    rich.birth_date = "1970-03-10".into();
    rich.work.income_idr = 50_000_000;
    rich.is_active(town).await;
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
    (rich, claim)
}

async fn count(town: &Town, sql: &str) -> i64 {
    let store = town.burglar().await;
    let row = store.query_one_raw(Statement::from_string(store.get_database_backend(), sql));
    let row = row.await.expect("an answer").expect("a row");
    row.try_get_by_index(0).expect("a number")
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
