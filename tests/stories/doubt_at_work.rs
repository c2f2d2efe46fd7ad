//! The register says no, or nothing, of employees and migrant workers: what becomes of their cover and their money.

use jamsostek_client::{
    ErrorReason, Payment, Uuid,
    v1::{
        AllocatePaymentRequest, DecideEmploymentRequest, DecideIdentityRequest, EmployeeStatement,
        IdentityState, Neighbour, allocate_payment_request::Home, employee, payment::Disposition,
        payment::SuspenseReason, registration::State,
    },
};

use crate::{
    company::{Company, all, hire},
    migrant::by_himself,
    person::Person,
    town::{ExpectRefusal, Town, id},
};

/// What six months cost whoever goes by himself.
const SIX_MONTHS: i64 = 108_000;

#[tokio::test]
async fn whom_the_register_does_not_know_neither_names_an_employer_nor_goes_abroad() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK001101").await;
    let people = [
        ("Joko Susilo", ErrorReason::IdentityDeceased),
        ("Rina Kartika", ErrorReason::IdentityMismatch),
        ("Maya Sari", ErrorReason::IdentityRefused),
    ];

    for (name, reason) in people {
        for mut person in [
            works_at(&town, &company, name).await,
            goes_abroad(&town, name).await,
        ] {
            person.has_an_account().await;
            let refusal = person.tells_work().await.expect_refusal();
            let confirms = person.confirms().await.expect_refusal();

            assert_eq!(
                (refusal.reason, confirms.reason),
                (reason, reason),
                "{name}"
            );
            assert_eq!(person.looks().await.state(), State::Stopped);
            town.waits(61);
        }
    }
    assert_eq!(company.employees().await, []);
}

#[tokio::test]
async fn an_employer_may_confirm_whom_the_register_is_silent_about_and_what_it_says_then_counts() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK001102").await;
    let (mut budi, mut joko) = (
        works_at(&town, &company, "Budi Santoso").await,
        works_at(&town, &company, "Joko Susilo").await,
    );
    for person in [&mut budi, &mut joko] {
        silent(&town).await;
        person.waits_for_his_employer().await;
        let membership = person.membership().await;
        let confirmed = company.confirms(person, membership, "2026-03-10").await;
        let confirmed = confirmed.expect("confirmed");
        assert_eq!(confirmed.identity_state(), IdentityState::Pending);
        assert_eq!(confirmed.kpj.len(), 11);
    }
    town.waits(61);
    town.lets_the_workers_run().await;

    let known = budi.client.get_participant(None).await.expect("himself");
    let dead = joko.client.get_participant(None).await.expect("whoever");
    let doubted = company.employee(employee::State::AwaitingOfficer).await;
    let told = joko.reads_messages().await;
    let messages = town.client.list_messages(company.contact.clone()).await;
    let decision = DecideEmploymentRequest {
        membership_id: doubted.membership_id.clone(),
        accepted: false,
        reason: "the NIK is of somebody who has died".into(),
        ..DecideEmploymentRequest::default()
    };
    let decided = town.officer().decide_employment(decision).await;
    town.moves_to("2026-03-11T02:00:00Z");
    let after = town.sees(&dead.id).await;

    assert_eq!(known.identity_state(), IdentityState::Matched);
    assert!(known.coverage[0].covered);
    assert_eq!(dead.identity_state(), IdentityState::Refused);
    // His employer's word covers him until an officer has decided.
    assert!(dead.coverage[0].covered);
    assert_eq!(doubted.reason, "IDENTITY_REFUSED");
    assert!(told[0].contains("population register does not confirm"));
    let messages = messages.expect("messages");
    assert!(
        messages[0]
            .text
            .contains("does not confirm somebody whom you reported")
    );
    assert_eq!(decided.expect("decided").state(), employee::State::Rejected);
    assert!(!after.coverage[0].covered);
    assert_eq!(
        company.employee(employee::State::Active).await.full_name,
        budi.name
    );
    town.adds_up().await;
}

#[tokio::test]
async fn whom_the_register_refuses_before_his_employer_answers_is_not_confirmed() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK001103").await;
    let mut agus = works_at(&town, &company, "Agus Wijaya").await;
    silent(&town).await;
    agus.waits_for_his_employer().await;
    let membership = agus.membership().await;
    town.waits(61);
    town.lets_the_workers_run().await;

    let confirmed = company.confirms(&agus, membership, "2026-03-10").await;
    let waiting = all(town.officer().employments_to_decide()).await;
    let vouched = town
        .officer()
        .decide_identity(decision(membership, true))
        .await;
    let later = company.confirms(&agus, membership, "2026-03-10").await;

    let confirmed = confirmed.expect_refusal();
    assert_eq!(confirmed.reason, ErrorReason::WrongState);
    assert_eq!(confirmed.metadata["state"], "IDENTITY_STATE_REFUSED");
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].state(), employee::State::AwaitingOfficer);
    let vouched = vouched.expect("decided").identity_state();
    assert_eq!(vouched, IdentityState::Vouched);
    assert_eq!(later.expect("confirmed").state(), employee::State::Active);
    let me = agus.client.get_participant(None).await.expect("himself");
    assert_eq!(
        (me.kpj.len(), me.coverage[0].since.as_str()),
        (11, "2026-03-10")
    );
}

#[tokio::test]
async fn a_silent_register_costs_a_migrant_worker_no_day_of_cover() {
    let town = Town::found("2026-03-10").await;
    let mut budi = goes_abroad(&town, "Budi Santoso").await;
    let payment = pays_in_doubt(&town, &mut budi).await;
    let waiting = budi.looks().await;
    town.moves_to("2026-03-14T02:00:00Z");
    town.lets_the_workers_run().await;

    budi.becomes_a_participant().await;
    let me = budi.client.get_participant(None).await.expect("himself");
    let paid = town.gateway().client.get_payment(id(&payment.id)).await;

    assert_eq!(payment.disposition(), Disposition::Credited);
    assert_eq!(waiting.state(), State::AwaitingIdentity);
    assert_eq!(me.identity_state(), IdentityState::Matched);
    let jkm = &me.coverage[1];
    assert_eq!(
        (jkm.since.as_str(), jkm.until.as_str()),
        ("2026-03-10", "2026-04-10")
    );
    let paid = paid.expect("the payment");
    assert_eq!(
        (paid.disposition(), paid.applied_idr),
        (Disposition::Applied, SIX_MONTHS)
    );
    town.adds_up().await;
}

#[tokio::test]
async fn what_a_migrant_worker_paid_whom_the_register_refuses_waits_for_an_officer() {
    let town = Town::found("2026-03-10").await;
    let (mut joko, mut rina) = (
        goes_abroad(&town, "Joko Susilo").await,
        goes_abroad(&town, "Rina Kartika").await,
    );
    let (of_joko, of_rina) = (
        pays_in_doubt(&town, &mut joko).await,
        pays_in_doubt(&town, &mut rina).await,
    );
    let memberships = [membership_of(&joko).await, membership_of(&rina).await];
    town.waits(61);
    town.lets_the_workers_run().await;

    let officer = town.officer();
    let set_aside = officer.get_payment(id(&of_joko.id)).await.expect("it");
    let held = joko.looks().await;
    let gone = officer
        .report_departure(memberships[0], crate::migrant::day("2026-03-10"))
        .await
        .expect_refusal();
    let returned = officer.return_payment(id(&of_joko.id), "he has died").await;
    officer
        .decide_identity(decision(memberships[1], true))
        .await
        .expect("decided");
    let allocated = officer
        .allocate_payment(AllocatePaymentRequest {
            payment_id: of_rina.id.clone(),
            home: Some(Home::MembershipId(memberships[1].to_string())),
            reason: "birth certificate seen".into(),
        })
        .await;

    assert_eq!(set_aside.disposition(), Disposition::Suspense);
    assert_eq!(set_aside.suspense_reason(), SuspenseReason::IdentityRefused);
    assert_eq!(
        (held.state(), held.identity_state(), held.kpj.as_str()),
        (State::Held, IdentityState::Refused, "")
    );
    assert!(joko.reads_messages().await[0].contains("your money is safe"));
    assert_eq!(gone.reason, ErrorReason::WrongState);
    assert_eq!(
        returned.expect("it is").disposition(),
        Disposition::Returned
    );
    assert_eq!(allocated.expect("it is").applied_idr, SIX_MONTHS);
    rina.becomes_a_participant().await;
    let me = rina.client.get_participant(None).await.expect("herself");
    assert_eq!(me.coverage[1].since, "2026-03-10");
    town.adds_up().await;
}

/// The next question to the register is not answered.
async fn silent(town: &Town) {
    let failing = town.client.fail_next(Neighbour::Register, 1).await;
    failing.expect("it fails");
}

async fn works_at(town: &Town, company: &Company, name: &str) -> Person {
    Person {
        employee: Some(EmployeeStatement {
            npp: company.npp.clone(),
            started_on: hire("2026-03-10").started_on,
            ..EmployeeStatement::default()
        }),
        ..town.known_as(name).await
    }
}

async fn goes_abroad(town: &Town, name: &str) -> Person {
    Person {
        placement: Some(by_himself(6)),
        ..town.known_as(name).await
    }
}

/// Walks to the payment while the register is silent.
async fn pays_in_doubt(town: &Town, person: &mut Person) -> Payment {
    silent(town).await;
    let bill = person.has_a_bill().await;
    town.gateway().pays(&bill.payment_code, SIX_MONTHS).await
}

async fn membership_of(person: &Person) -> Uuid {
    let bill = id(&person.looks().await.bill_id);
    let bill = person.client.get_bill(bill).await.expect("the bill");
    id(&bill.membership_id)
}

fn decision(membership: Uuid, accepted: bool) -> DecideIdentityRequest {
    DecideIdentityRequest {
        membership_id: membership.to_string(),
        accepted,
        reason: "papers seen".into(),
    }
}
