//! A participant tells other work from the contact on file: a further membership under the same number, with a first bill of its own.

use jamsostek_client::{
    ErrorReason, Registration, Segment,
    v1::{
        EmployeeStatement, GetBalanceResponse, Placement, membership, payment::Disposition,
        registration::State,
    },
};

use crate::{
    company::Company,
    migrant::{by_himself, day},
    person::{MARCH, Person, SAVED},
    town::{ExpectRefusal, Town, id},
};

/// What he saves abroad, in six months.
const ABROAD: i64 = 600_000;

fn saving() -> Placement {
    Placement {
        jht_monthly_idr: 100_000,
        ..by_himself(6)
    }
}

/// The same person, who goes abroad.
fn abroad(person: &Person) -> Person {
    Person {
        employee: None,
        placement: Some(saving()),
        ..person.clone()
    }
}

/// The same person, who has a business.
fn at_home(person: &Person) -> Person {
    Person {
        employee: None,
        placement: None,
        ..person.clone()
    }
}

/// The same person, who works for `company`.
fn employed(person: &Person, company: &Company) -> Person {
    Person {
        employee: Some(EmployeeStatement {
            npp: company.npp.clone(),
            started_on: "2026-03-10".into(),
            ..EmployeeStatement::default()
        }),
        placement: None,
        ..person.clone()
    }
}

/// Registers once more, from the contact on file, and tells the work.
async fn tells_other_work(town: &Town, person: &mut Person) -> Registration {
    town.waits(301);
    person.has_an_account().await;
    let joined = person.looks().await;
    assert_eq!(joined.state(), State::Active);
    let rpcs: Vec<_> = joined.next_steps.iter().map(|it| it.rpc.as_str()).collect();
    let (refresh, tell) = (
        "jamsostek.v1.SessionService/RefreshToken",
        "jamsostek.v1.RegistrationService/SubmitEmployment",
    );
    assert_eq!(rpcs, [refresh, tell]);
    person.tells_work().await.expect("the work is taken")
}

/// Confirms what was told, pays its first bill, and shows what came of it.
async fn confirms_and_pays(town: &Town, person: &Person) -> [Registration; 2] {
    let confirmed = person.confirms().await.expect("a bill");
    let bill = person.client.get_bill(id(&confirmed.bill_id)).await;
    let bill = bill.expect("the first bill");
    let gateway = town.gateway();
    gateway.pays(&bill.payment_code, bill.payable_idr).await;
    [confirmed, person.looks().await]
}

async fn balance(person: &Person) -> GetBalanceResponse {
    let balance = person.client.get_balance(None, None).await;
    balance.expect("a balance")
}

/// The segments and the balances of all memberships, oldest first, and their sum.
async fn holds(person: &Person) -> (Vec<Segment>, Vec<i64>, i64) {
    let me = person.client.get_participant(None).await.expect("himself");
    let balance = balance(person).await;
    let accounts = balance.accounts.iter().map(|it| {
        let of = me.memberships.iter();
        assert_eq!(of.filter(|one| one.id == it.membership_id).count(), 1);
        it.balance_idr
    });
    (
        me.memberships.iter().map(|it| it.segment()).collect(),
        accounts.collect(),
        balance.balance_idr,
    )
}

#[tokio::test]
async fn somebody_with_a_business_goes_abroad_under_the_same_number() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let before = budi.client.get_participant(None).await.expect("himself");
    let mut budi = abroad(&budi);

    let told = tells_other_work(&town, &mut budi).await;
    let [confirmed, paid] = confirms_and_pays(&town, &budi).await;

    assert_eq!(told.state(), State::AwaitingConfirmation);
    assert_eq!(confirmed.state(), State::AwaitingPayment);
    assert_eq!((paid.state(), &paid.kpj), (State::Active, &before.kpj));
    budi.becomes_a_participant().await;
    let segments = vec![Segment::Bpu, Segment::Pmi];
    let saved = vec![SAVED, ABROAD];
    assert_eq!(holds(&budi).await, (segments, saved, SAVED + ABROAD));
    let lines = budi.client.list_statement_lines(Default::default()).await;
    let lines = lines.expect("a statement").lines;
    let moved: Vec<_> = lines.iter().map(|it| it.amount_idr).collect();
    assert_eq!(moved, [ABROAD, SAVED]);
    assert_ne!(lines[0].membership_id, lines[1].membership_id);
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!((&me.id, &me.kpj), (&before.id, &before.kpj));
    assert_eq!(me.memberships[0], before.memberships[0]);
    town.adds_up().await;
}

#[tokio::test]
async fn an_employee_opens_a_business_beside_his_work() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000701").await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let membership = worker.membership().await;
    let hired = company.confirms(&worker, membership, "2026-03-01").await;
    let kpj = hired.expect("confirmed").kpj;
    let bill = company.bill(&town, "2026-03").await;
    let gateway = town.gateway();
    gateway.pays(&bill.payment_code, bill.total_idr).await;
    town.lets_the_workers_run().await;
    let mut owner = at_home(&worker);

    tells_other_work(&town, &mut owner).await;
    // He may go on as the participant who he is.
    owner.becomes_a_participant().await;
    let [confirmed, paid] = confirms_and_pays(&town, &owner).await;

    let owed = owner.client.get_bill(id(&confirmed.bill_id)).await;
    assert_eq!(owed.expect("the bill").total_idr, MARCH);
    assert_eq!((paid.state(), &paid.kpj), (State::Active, &kpj));
    let segments = vec![Segment::Pu, Segment::Bpu];
    let saved = vec![285_000, SAVED];
    assert_eq!(holds(&owner).await, (segments, saved, 285_000 + SAVED));
    town.adds_up().await;
}

#[tokio::test]
async fn a_migrant_worker_names_an_employer_at_home_who_confirms_him() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000702").await;
    let mut siti = town.migrant(saving());
    let before = siti.has_paid_for_abroad(&town).await;
    let mut siti = employed(&siti, &company);

    tells_other_work(&town, &mut siti).await;
    let confirmed = siti.confirms().await.expect("the employer is asked");
    siti.becomes_a_participant().await;
    let waiting = siti.client.get_participant(None).await.expect("herself");
    let membership = id(&waiting.memberships[1].id);
    let hired = company.confirms(&siti, membership, "2026-03-10").await;

    assert_eq!(confirmed.state(), State::Active);
    assert_eq!(
        waiting.memberships[1].state(),
        membership::State::AwaitingEmployer
    );
    assert_eq!(hired.expect("confirmed").kpj, before.kpj);
    let segments = vec![Segment::Pmi, Segment::Pu];
    assert_eq!(holds(&siti).await, (segments, vec![ABROAD], ABROAD));
    town.adds_up().await;
}

#[tokio::test]
async fn one_business_one_contract_abroad_and_each_employer_once() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000703").await;
    let mut budi = town.participant().await;
    let business = budi.membership().await;

    town.waits(61);
    budi.has_an_account().await;
    let again = budi.tells_work().await.expect_refusal();
    let (mut one, mut two) = (abroad(&budi), abroad(&budi));
    tells_other_work(&town, &mut one).await;
    town.waits(600);
    two.has_an_account().await;
    two.tells_work().await.expect("nothing is opened yet");
    let (first, second) = tokio::join!(one.confirms(), two.confirms());
    town.waits(24 * 3_600);
    let mut worker = employed(&budi, &company);
    tells_other_work(&town, &mut worker).await;
    worker.confirms().await.expect("the employer is asked");
    town.waits(600);
    worker.has_an_account().await;
    let twice = worker.tells_work().await.expect_refusal();

    assert_eq!(again.reason, ErrorReason::MembershipOpen);
    assert_eq!(again.metadata["membershipId"], business.to_string());
    assert_eq!(again.metadata["segment"], "SEGMENT_BPU");
    let refused: Vec<_> = [first, second]
        .into_iter()
        .filter_map(Result::err)
        .collect();
    let refused = Err::<(), _>(refused.into_iter().next().expect("one of them"));
    let refused = refused.expect_refusal();
    assert_eq!(refused.reason, ErrorReason::MembershipOpen);
    assert_eq!(refused.metadata["segment"], "SEGMENT_PMI");
    assert_eq!(twice.reason, ErrorReason::EmployeeKnown);
    town.adds_up().await;
}

#[tokio::test]
async fn a_further_membership_is_taken_back_without_the_account_and_nobody_else_sees_it() {
    let town = Town::found("2026-03-10").await;
    let (budi, stranger) = (town.participant().await, town.participant().await);
    let before = budi.client.get_participant(None).await.expect("himself");
    let mut budi = abroad(&budi);

    tells_other_work(&town, &mut budi).await;
    budi.confirms().await.expect("a bill");
    budi.becomes_a_participant().await;
    let theirs = stranger.client.get_registration(budi.registration).await;
    let cancels = stranger.client.cancel_registration(budi.registration).await;
    let cancelled = budi.client.cancel_registration(budi.registration).await;

    assert_eq!(theirs.expect_refusal().reason, ErrorReason::NotFound);
    assert_eq!(cancels.expect_refusal().reason, ErrorReason::NotFound);
    assert_eq!(cancelled.expect("taken back").state(), State::Cancelled);
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me, before);
    // And once more: nothing stands in the way.
    town.waits(601);
    tells_other_work(&town, &mut budi).await;
    let [_, paid] = confirms_and_pays(&town, &budi).await;
    assert_eq!(paid.state(), State::Active);
    town.adds_up().await;
}

#[tokio::test]
async fn a_registration_that_has_run_out_takes_no_other_work() {
    let town = Town::found("2026-03-10").await;
    let mut budi = abroad(&town.participant().await);
    town.waits(301);
    budi.has_an_account().await;

    town.moves_to("2026-04-15T02:00:00Z");
    budi.asks_to_sign_in("").await.expect("a code");
    budi.confirms_the_code().await.expect("tokens");
    let late = budi.tells_work().await.expect_refusal();

    assert_eq!(late.reason, ErrorReason::RegistrationExpired);
    assert_eq!(budi.looks().await.state(), State::Active);
    town.adds_up().await;
}

#[tokio::test]
async fn a_further_membership_that_was_not_paid_in_time_makes_room_for_the_next() {
    let town = Town::found("2026-03-10").await;
    let mut budi = abroad(&town.participant().await);
    tells_other_work(&town, &mut budi).await;
    let confirmed = budi.confirms().await.expect("a bill");
    let (first, bill) = (budi.registration, id(&confirmed.bill_id));
    budi.becomes_a_participant().await;
    let first_bill = budi.client.get_bill(bill).await.expect("the first bill");

    town.moves_to("2026-04-15T02:00:00Z");
    budi.placement = Some(Placement {
        departs_on: "2026-05-20".into(),
        ..saving()
    });
    tells_other_work(&town, &mut budi).await;
    budi.becomes_a_participant().await;
    let still = budi.client.get_registration(first).await;
    let [_, paid] = confirms_and_pays(&town, &budi).await;
    let gateway = town.gateway();
    let late = gateway.pays(&first_bill.payment_code, 100).await;

    assert_eq!(still.expect("the first").state(), State::Expired);
    assert_eq!(paid.state(), State::Active);
    let gone = budi.client.get_registration(first).await;
    assert_eq!(gone.expect("the first").state(), State::Cancelled);
    // What comes for it after all opens no second one.
    assert_eq!(late.disposition(), Disposition::Suspense);
    let segments = vec![Segment::Bpu, Segment::Pmi];
    let saved = vec![SAVED, ABROAD];
    assert_eq!(holds(&budi).await, (segments, saved, SAVED + ABROAD));
    town.adds_up().await;
}

#[tokio::test]
async fn whoever_has_never_left_goes_abroad_with_another_contract() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.migrant(saving());
    let before = siti.has_paid_for_abroad(&town).await;
    let first = id(&before.memberships[0].id);
    siti.placement = Some(Placement {
        departs_on: "2026-05-20".into(),
        ..saving()
    });

    // Cover before work is good for a month.
    town.moves_to("2026-04-10T02:00:00Z");
    siti.has_an_account().await;
    let early = siti.tells_work().await.expect_refusal();
    town.moves_to("2026-04-11T02:00:00Z");
    tells_other_work(&town, &mut siti).await;
    let [_, paid] = confirms_and_pays(&town, &siti).await;
    let me = town.sees(&before.id).await;
    let officer = town.officer();
    let left = officer.report_departure(first, day("2026-04-09")).await;

    assert_eq!(early.reason, ErrorReason::MembershipOpen);
    assert_eq!((paid.state(), &paid.kpj), (State::Active, &before.kpj));
    assert_eq!(me.memberships[0].state(), membership::State::Ended);
    assert_eq!(me.memberships[0].ended_on, "2026-04-10");
    assert_eq!(me.memberships[1].state(), membership::State::Active);
    // It was not known: nothing is stored that a later report would have to undo.
    let left = left.expect("reported");
    assert_eq!(
        (left.state(), left.ended_on.as_str()),
        (membership::State::Active, "")
    );
    town.adds_up().await;
}
