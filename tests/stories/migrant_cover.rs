//! When a migrant worker is covered: before, during and after work, and on both sides of each edge.

use jamsostek_client::{
    ErrorReason, Participant, Uuid,
    v1::{Phase, coverage::Reason, membership},
};

use crate::{
    migrant::{BEFORE_WORK, TWO_YEARS, by_himself, day, placement},
    person::Person,
    town::{ExpectRefusal, Town, id},
};

/// What JKK and JKM do on a day: in which phase until when, or why not.
type Told = Result<(Phase, String), Reason>;

async fn on(town: &Town, participant: &str, day: &str) -> [Told; 2] {
    town.moves_to(&format!("{day}T02:00:00Z"));
    covers(&town.sees(participant).await)
}

fn covers(person: &Participant) -> [Told; 2] {
    [0, 1].map(|at| {
        let it = &person.coverage[at];
        assert_eq!(it.covered, it.what_to_do.is_empty());
        match it.covered {
            true => Ok((it.phase(), it.until.clone())),
            false => Err(it.reason()),
        }
    })
}

fn until(phase: Phase, day: &str) -> Told {
    Ok((phase, day.into()))
}

/// Registers, pays and speaks for himself; his id and his membership.
async fn is_placed(town: &Town, person: &mut Person) -> (String, Uuid) {
    let me = person.has_paid_for_abroad(town).await;
    (me.id, id(&me.memberships[0].id))
}

#[tokio::test]
async fn whoever_goes_by_himself_is_covered_by_jkm_for_a_month_and_by_both_from_the_embarkation() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.migrant(by_himself(6));
    let (me, membership) = is_placed(&town, &mut budi).await;
    let officer = town.officer();
    let (away, no) = (Err(Reason::NotDeparted), Err(Reason::Ended));

    let last_before = on(&town, &me, "2026-04-10").await;
    let between = on(&town, &me, "2026-04-11").await;
    town.moves_to("2026-04-20T02:00:00Z");
    let gone = officer
        .report_departure(membership, day("2026-04-20"))
        .await;
    let first_during = on(&town, &me, "2026-04-20").await;
    let last_during = on(&town, &me, "2026-11-19").await;
    let ended = on(&town, &me, "2026-11-20").await;

    let before = until(Phase::BeforeWork, "2026-04-10");
    assert_eq!(last_before, [away.clone(), before]);
    assert_eq!(between, [away.clone(), away]);
    assert_eq!(gone.expect("reported").state(), membership::State::Active);
    let during = until(Phase::DuringWork, "2026-11-19");
    assert_eq!(first_during, [during.clone(), during.clone()]);
    assert_eq!(last_during, [during.clone(), during]);
    assert_eq!(ended, [no.clone(), no]);
    let membership = town.sees(&me).await.memberships.remove(0);
    assert_eq!(membership.state(), membership::State::Ended);
    assert_eq!(membership.ended_on, "2026-11-19");
    town.adds_up().await;
}

#[tokio::test]
async fn through_an_agency_both_cover_for_five_months_and_the_arrival_gives_thirty_days_more() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.migrant(placement());
    let (me, membership) = is_placed(&town, &mut siti).await;
    let officer = town.officer();

    let last_before = on(&town, &me, "2026-08-10").await;
    let between = on(&town, &me, "2026-08-11").await;
    officer
        .report_departure(membership, day("2026-08-05"))
        .await
        .expect("told late");
    let during = covers(&town.sees(&me).await);
    town.moves_to("2027-05-01T02:00:00Z");
    officer
        .report_return(membership, day("2027-05-01"))
        .await
        .expect("back");
    let arrival = on(&town, &me, "2027-05-01").await;
    let first_after = on(&town, &me, "2027-05-02").await;
    let last_after = on(&town, &me, "2027-05-31").await;
    let ended = on(&town, &me, "2027-06-01").await;

    let both = |it: Told| [it.clone(), it];
    assert_eq!(last_before, both(until(Phase::BeforeWork, "2026-08-10")));
    assert_eq!(between, both(Err(Reason::NotDeparted)));
    assert_eq!(during, both(until(Phase::DuringWork, "2028-09-04")));
    assert_eq!(arrival, both(until(Phase::DuringWork, "2027-05-01")));
    assert_eq!(first_after, both(until(Phase::AfterWork, "2027-05-31")));
    assert_eq!(last_after, both(until(Phase::AfterWork, "2027-05-31")));
    assert_eq!(ended, both(Err(Reason::Ended)));
    let membership = town.sees(&me).await.memberships.remove(0);
    assert_eq!(membership.ended_on, "2027-05-31");
}

#[tokio::test]
async fn whoever_embarks_before_his_contract_is_paid_is_covered_from_the_payment() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.migrant(placement());
    let bill = siti.has_a_bill().await;
    let too_early = town
        .officer()
        .report_departure(id(&bill.membership_id), day("2026-03-10"))
        .await
        .expect_refusal();
    town.gateway().pays(&bill.payment_code, BEFORE_WORK).await;
    siti.becomes_a_participant().await;
    let me = siti.client.get_participant(None).await.expect("herself").id;

    town.moves_to("2026-03-20T02:00:00Z");
    town.officer()
        .report_departure(id(&bill.membership_id), day("2026-03-20"))
        .await
        .expect("reported");
    let unpaid = covers(&town.sees(&me).await);
    town.moves_to("2026-04-15T02:00:00Z");
    town.gateway().pays(&bill.payment_code, TWO_YEARS).await;
    let paid = town.sees(&me).await;

    assert_eq!(too_early.reason, ErrorReason::WrongState);
    assert_eq!(too_early.metadata["state"], "STATE_AWAITING_PAYMENT");
    assert_eq!(unpaid, [Err(Reason::NotPaid), Err(Reason::NotPaid)]);
    assert_eq!(paid.coverage[0].since, "2026-04-15");
    assert_eq!(covers(&paid)[0], until(Phase::DuringWork, "2028-04-19"));
    town.adds_up().await;
}

#[tokio::test]
async fn a_day_is_reported_once_and_only_an_officer_corrects_it() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.migrant(by_himself(6));
    let (_, membership) = is_placed(&town, &mut budi).await;
    let stranger = town.participant().await;
    let (me, officer) = (&budi.client, town.officer());

    let home = me.report_return(membership, day("2026-03-10")).await;
    let later = me.report_departure(membership, day("2026-03-11")).await;
    let long_ago = me.report_departure(membership, day("2025-03-08")).await;
    let theirs = stranger
        .client
        .report_departure(membership, day("2026-03-10"));
    let theirs = theirs.await.expect_refusal();
    let at_home = stranger.membership().await;
    let at_home = stranger.client.report_departure(at_home, day("2026-03-10"));
    let at_home = at_home.await.expect_refusal();
    let first = me.report_departure(membership, day("2026-03-10")).await;
    let again = me.report_departure(membership, day("2026-03-10")).await;
    let other = me.report_departure(membership, day("2026-03-09")).await;
    let corrected = officer
        .report_departure(membership, day("2026-03-09"))
        .await;
    let too_early = me.report_return(membership, day("2026-03-08")).await;
    let back = me.report_return(membership, day("2026-03-09")).await;
    let again_back = me.report_return(membership, day("2026-03-09")).await;
    let other_back = me.report_return(membership, day("2026-03-10")).await;
    let after_it = officer
        .report_departure(membership, day("2026-03-10"))
        .await;

    let home = home.expect_refusal();
    assert_eq!(home.reason, ErrorReason::WrongState);
    assert_eq!(home.metadata["state"], "PHASE_BEFORE_WORK");
    for refusal in [later, long_ago, after_it] {
        assert_eq!(refusal.expect_refusal().violations[0].field, "departed_on");
    }
    assert_eq!(theirs.reason, ErrorReason::NotFound);
    assert_eq!(at_home.reason, ErrorReason::NotAPlacement);
    assert_eq!(again.expect("as it stands"), first.expect("reported"));
    let other = other.expect_refusal();
    assert_eq!(other.reason, ErrorReason::DepartureReported);
    assert_eq!(other.metadata["departedOn"], "2026-03-10");
    let journey = corrected.expect("corrected").journey.expect("a journey");
    assert_eq!(journey.departed_on, "2026-03-09");
    let too_early = too_early.expect_refusal();
    assert_eq!(too_early.violations[0].field, "returned_on");
    assert_eq!(again_back.expect("as it stands"), back.expect("reported"));
    let other_back = other_back.expect_refusal();
    assert_eq!(other_back.reason, ErrorReason::ReturnReported);
    assert_eq!(other_back.metadata["returnedOn"], "2026-03-09");
    assert!(budi.reads_messages().await[0].contains("9 March 2026"));
}

#[tokio::test]
async fn whoever_is_back_extends_nothing_more() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.migrant(by_himself(6));
    let (_, membership) = is_placed(&town, &mut budi).await;
    let gone = budi.client.report_departure(membership, day("2026-03-10"));
    gone.await.expect("gone");
    let back = budi.client.report_return(membership, day("2026-03-10"));
    back.await.expect("back");

    let refusal = budi.extends(Uuid::now_v7(), 1).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::CoverEnded);
    assert_eq!(refusal.metadata["endedOn"], "2026-03-10");
}
