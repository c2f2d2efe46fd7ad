//! What a migrant worker has saved is his when the work abroad is over: by its contract, or because he came home.

use jamsostek_client::{
    ClaimCause, Eligibility,
    v1::{
        Placement, award,
        benefit_line::Kind,
        claim::State,
        eligibility_rule::{Actor, Rule},
    },
};

use crate::{
    migrant::{by_himself, day},
    person::Person,
    town::{Town, id},
};

/// What he saves in six months.
const SAVED: i64 = 600_000;

/// Somebody who is to go abroad for six months, saves, and has paid 1,000 rupiah too much on 10 March 2026.
async fn placed(town: &Town) -> Person {
    let mut siti = town.migrant(Placement {
        jht_monthly_idr: 100_000,
        ..by_himself(6)
    });
    let bill = siti.has_a_bill().await;
    let gateway = town.gateway();
    gateway
        .pays(&bill.payment_code, bill.total_idr + 1_000)
        .await;
    siti.becomes_a_participant().await;
    let early = siti.checks(ClaimCause::ContractEnd).await;
    assert_eq!(missing(&early)[0], (Rule::WorkEnded, Actor::Participant));
    siti
}

/// The same, gone on that day.
async fn gone(town: &Town) -> Person {
    let siti = placed(town).await;
    let membership = siti.membership().await;
    let gone = siti.client.report_departure(membership, day("2026-03-10"));
    gone.await.expect("gone");
    siti
}

/// After months abroad her session has ended.
async fn signs_in(siti: &mut Person) {
    siti.asks_to_sign_in("").await.expect("a code");
    siti.confirms_the_code().await.expect("tokens");
}

fn missing(told: &Eligibility) -> Vec<(Rule, Actor)> {
    let missing = told.rules.iter().filter(|it| !it.passed);
    missing.map(|it| (it.rule(), it.who_must_act())).collect()
}

/// Claims all of it, and has it paid.
async fn is_paid(town: &Town, siti: &Person) {
    let filled = siti.fills_in(ClaimCause::ContractEnd, siti.account()).await;
    let claim = filled.submitted_by(siti).await.expect("a claim");
    town.approves(&claim).await;
    town.lets_the_workers_run().await;

    let claim = siti.follows(&claim).await;
    assert_eq!(claim.state(), State::Closed);
    let award = claim.award.expect("an award");
    assert_eq!(award.state(), award::State::Paid);
    let lines: Vec<_> = award
        .lines
        .iter()
        .map(|it| (it.kind(), it.amount_idr))
        .collect();
    assert_eq!(lines, [(Kind::JhtBalance, SAVED), (Kind::Credit, 1_000)]);
    assert_eq!(siti.balance().await, 0);
    town.adds_up().await;
}

#[tokio::test]
async fn a_month_after_cover_for_a_contract_has_ended_its_savings_are_claimed_whole() {
    let town = Town::found("2026-03-10").await;
    let mut siti = gone(&town).await;

    let abroad = siti.checks(ClaimCause::ContractEnd).await;
    let other = siti.checks(ClaimCause::Resignation).await;
    // The contract ends on 9 September, cover for the way home a month later.
    town.moves_to("2026-11-08T02:00:00Z");
    signs_in(&mut siti).await;
    let early = siti.checks(ClaimCause::ContractEnd).await;
    town.moves_to("2026-11-09T02:00:00Z");
    let there = siti.checks(ClaimCause::ContractEnd).await;

    assert_eq!(missing(&abroad), [(Rule::WaitingPeriod, Actor::Time)]);
    assert_eq!(abroad.earliest_on, "2026-11-09");
    assert_eq!(missing(&other)[0], (Rule::WorkEnded, Actor::Participant));
    assert!(
        other.rules[1].what_to_do.contains("CONTRACT_END"),
        "{other:?}"
    );
    assert_eq!((early.eligible, early.amount_idr), (false, 0));
    assert_eq!((there.eligible, there.amount_idr), (true, SAVED + 1_000));
    is_paid(&town, &siti).await;
}

#[tokio::test]
async fn whoever_comes_home_early_waits_a_month_from_that_day() {
    let town = Town::found("2026-03-10").await;
    let mut siti = gone(&town).await;
    town.moves_to("2026-05-20T02:00:00Z");
    let membership = siti.membership().await;
    let back = siti.client.report_return(membership, day("2026-05-20"));
    back.await.expect("back");

    town.moves_to("2026-06-19T02:00:00Z");
    signs_in(&mut siti).await;
    let early = siti.checks(ClaimCause::ContractEnd).await;
    town.moves_to("2026-06-20T02:00:00Z");

    assert_eq!(missing(&early), [(Rule::WaitingPeriod, Actor::Time)]);
    assert_eq!(early.earliest_on, "2026-06-20");
    is_paid(&town, &siti).await;
    let me = siti.client.get_participant(None).await.expect("herself");
    assert_eq!(id(&me.memberships[0].id), membership);
}

#[tokio::test]
async fn whoever_has_never_left_gets_his_savings_a_month_after_cover_before_work() {
    let town = Town::found("2026-03-10").await;
    let mut siti = placed(&town).await;

    town.moves_to("2026-04-10T02:00:00Z");
    signs_in(&mut siti).await;
    let covered = siti.checks(ClaimCause::ContractEnd).await;
    town.moves_to("2026-04-11T02:00:00Z");
    signs_in(&mut siti).await;
    let early = siti.checks(ClaimCause::ContractEnd).await;
    town.moves_to("2026-05-10T02:00:00Z");
    signs_in(&mut siti).await;
    town.waits(61);

    assert_eq!(missing(&covered)[0], (Rule::WorkEnded, Actor::Participant));
    assert_eq!(missing(&early), [(Rule::WaitingPeriod, Actor::Time)]);
    assert_eq!(early.earliest_on, "2026-05-10");
    is_paid(&town, &siti).await;
}
