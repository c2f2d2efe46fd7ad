//! Whoever is known already, and comes from a contact that is not on file, opens his account: by one that his employer stated, or by proofs.

use jamsostek_client::{
    ErrorReason, Registration,
    v1::{ReportEmployeeRequest, ReportEmploymentEndRequest, award, registration::State},
};

use crate::{
    company::Company,
    contact::{changes, proves_both, reached_by},
    joiner::{MOTHER, mother, npp},
    person::Person,
    town::{ExpectRefusal, Town, id, timestamp},
};

#[tokio::test]
async fn a_contact_that_the_employer_stated_a_week_ago_opens_the_account_and_money_waits_for_a_day()
{
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000301").await;
    let mut worker = town.person();
    let report = ReportEmployeeRequest {
        contact: worker.contact.clone(),
        ..company.report_of(&worker, "2026-03-10")
    };
    let reported = company.client.report_employee(report).await;
    let kpj = reported.expect("a report").employee.expect("one").kpj;

    town.moves_to("2026-03-17T01:58:00Z");
    let mut early = worker.clone();
    early.has_an_account().await;
    let early = early.looks().await;
    town.waits(120);
    worker.has_an_account().await;
    let registration = worker.looks().await;

    assert_eq!(early.state(), State::AwaitingProof);
    assert_eq!(
        (registration.state(), &registration.kpj),
        (State::Active, &kpj)
    );
    worker.becomes_a_participant().await;
    let me = worker.client.get_participant(None).await.expect("himself");
    assert_eq!(me.masked_contacts.len(), 1);
    let tomorrow = town.now() + chrono::Duration::hours(24);
    assert_eq!(me.payouts_held_until, Some(timestamp(tomorrow)));
    let told = told_of_the_account(&worker).await;
    assert_eq!(
        (told.len(), told[0].contains("24 hours")),
        (1, true),
        "{told:?}"
    );
    assert_eq!(told_to(&town, &company).await.len(), 1);
    town.waits(24 * 3_600);
    let me = worker.client.renew_tokens().await;
    me.expect("tokens");
    let me = worker.client.get_participant(None).await.expect("himself");
    assert_eq!(me.payouts_held_until, None);
}

#[tokio::test]
async fn a_contact_that_was_given_up_proves_nothing_though_the_employer_once_stated_it() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000309").await;
    let mut worker = town.person();
    let report = ReportEmployeeRequest {
        contact: worker.contact.clone(),
        ..company.report_of(&worker, "2026-03-10")
    };
    company.client.report_employee(report).await.expect("one");
    town.moves_to("2026-03-18T02:00:00Z");
    worker.has_an_account().await;
    worker.becomes_a_participant().await;
    town.waits(61);
    let at_new = reached_by(&worker, "+6281999000112");
    let codes = proves_both(&worker, &at_new).await;
    let changed = changes(&worker, &at_new.contact, &codes).await;
    changed.expect("it is changed");

    // Somebody has the old telephone, and knows the number of the identity card.
    town.waits(61);
    let mut thief = worker.clone();
    thief.has_an_account().await;

    assert_eq!(thief.looks().await.state(), State::AwaitingProof);
    let me = worker.client.get_participant(None).await.expect("himself");
    assert_eq!(me.masked_contacts, ["+62•••••••0112"]);
}

#[tokio::test]
async fn his_number_and_his_mothers_name_open_the_account_and_everybody_who_is_known_is_told() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000302").await;
    let mut worker = town.person();
    let stated = town.person();
    let report = ReportEmployeeRequest {
        contact: stated.contact.clone(),
        mother_name: MOTHER.into(),
        ..company.report_of(&worker, "2026-03-10")
    };
    let reported = company.client.report_employee(report).await;
    let kpj = reported.expect("a report").employee.expect("one").kpj;

    worker.has_an_account().await;
    let asked = worker.looks().await;
    let work = worker.tells_work().await.expect_refusal();
    let wrong = worker.proves("10000000000", mother("Siti Aminah")).await;
    let half = worker.proves(&kpj, mother("Siti Aminah")).await;
    let right = worker.proves(&kpj, mother("SRI  wahyuni")).await;
    let again = worker.proves(&kpj, mother("whatever it was")).await;

    assert_eq!(asked.state(), State::AwaitingProof);
    assert_eq!(knows(&asked), ("", "", ""));
    assert_eq!(
        asked.next_steps[0].rpc,
        "jamsostek.v1.RegistrationService/ProveIdentity"
    );
    assert_eq!(work.reason, ErrorReason::WrongState);
    assert_eq!(work.metadata["state"], "STATE_AWAITING_PROOF");
    let (wrong, half) = (wrong.expect_refusal(), half.expect_refusal());
    assert_eq!(wrong.reason, ErrorReason::ProofsWrong);
    assert_eq!(
        (&wrong.metadata["triesLeft"], wrong.metadata.len()),
        (&"2".to_owned(), 1)
    );
    assert_eq!((half.reason, half.message), (wrong.reason, wrong.message));
    let right = right.expect("an account");
    assert_eq!((right.state(), &right.kpj), (State::Active, &kpj));
    assert_eq!(again.expect("as it stands").state(), State::Active);
    worker.becomes_a_participant().await;
    let me = worker.client.get_participant(None).await.expect("himself");
    assert_eq!((me.masked_contacts.len(), me.memberships.len()), (1, 1));
    let held = town.now() + chrono::Duration::hours(72);
    assert_eq!(me.payouts_held_until, Some(timestamp(held)));
    for person in [&worker, &stated] {
        let told = told_of_the_account(person).await;
        assert_eq!(
            (told.len(), told[0].contains("72 hours")),
            (1, true),
            "{told:?}"
        );
        assert!(!told[0].contains(&kpj), "{told:?}");
    }
    let told = told_to(&town, &company).await;
    assert_eq!((told.len(), told[0].contains(&kpj)), (1, false), "{told:?}");
    let books = jamsostek_server::verify(&town.db, &town.seal).await;
    assert_eq!(books.expect("books"), Vec::<String>::new());
}

#[tokio::test]
async fn the_last_employer_is_a_proof_and_one_before_him_is_none() {
    let town = Town::found("2026-03-10").await;
    let (before, now) = (
        town.company("JK000303").await,
        town.company("JK000304").await,
    );
    let mut worker = town.person();
    let kpj = before.hires(&worker, "2026-03-01").await;
    let gone = before.employees().await.remove(0);
    let end = ReportEmploymentEndRequest {
        membership_id: gone.membership_id,
        ended_on: "2026-03-10".into(),
    };
    before
        .client
        .report_employment_end(end)
        .await
        .expect("an end");
    now.hires(&worker, "2026-03-05").await;
    town.moves_to("2026-03-12T02:00:00Z");

    worker.has_an_account().await;
    let early = worker.proves(&kpj, npp(&before.npp)).await;
    let right = worker.proves(&kpj, npp(&now.npp)).await;

    assert_eq!(early.expect_refusal().reason, ErrorReason::ProofsWrong);
    assert_eq!(right.expect("an account").state(), State::Active);
    // He works there no longer: it is none of his business.
    assert_eq!(told_to(&town, &before).await, Vec::<String>::new());
    assert_eq!(told_to(&town, &now).await.len(), 1);
}

#[tokio::test]
async fn proofs_are_taken_five_times_a_day_whatever_the_registration() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000305").await;
    let mut worker = town.person();
    let kpj = company.hires(&worker, "2026-03-10").await;
    let wrong = async |worker: &Person| worker.proves(&kpj, npp("NOBODYS1")).await.expect_refusal();

    worker.has_an_account().await;
    for left in ["2", "1", "0"] {
        assert_eq!(wrong(&worker).await.metadata["triesLeft"], left);
    }
    let officer = worker
        .proves(&kpj, npp(&company.npp))
        .await
        .expect_refusal();
    town.waits(61);
    worker.has_an_account().await;
    for left in ["2", "1"] {
        assert_eq!(wrong(&worker).await.metadata["triesLeft"], left);
    }
    let spent = worker
        .proves(&kpj, npp(&company.npp))
        .await
        .expect_refusal();
    town.waits(24 * 3_600);
    worker.client.renew_tokens().await.expect("tokens");
    let right = worker.proves(&kpj, npp(&company.npp)).await;

    assert_eq!(officer.reason, ErrorReason::OfficerNeeded);
    assert_eq!(spent.reason, ErrorReason::ProofsSpent);
    assert_eq!(
        spent.metadata["retryAfterSeconds"],
        (24 * 3_600 - 61).to_string()
    );
    // The last of three tries was counted as a failure and turned out to be none.
    assert_eq!(right.expect("an account").state(), State::Active);
}

#[tokio::test]
async fn many_guesses_at_once_are_still_three() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000306").await;
    let mut thief = town.person();
    let kpj = company.hires(&thief, "2026-03-10").await;
    thief.has_an_account().await;

    let guess = || thief.proves(&kpj, npp("NOBODYS1"));
    let (a, b, c, d, e) = tokio::join!(guess(), guess(), guess(), guess(), guess());

    let mut reasons = [a, b, c, d, e].map(|it| it.expect_refusal().reason);
    reasons.sort_by_key(|it| it.as_str_name());
    use ErrorReason::{OfficerNeeded, ProofsWrong};
    assert_eq!(
        reasons,
        [
            OfficerNeeded,
            OfficerNeeded,
            ProofsWrong,
            ProofsWrong,
            ProofsWrong
        ]
    );
}

#[tokio::test]
async fn two_registrations_that_join_at_once_open_two_accounts_of_one_participant() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000307").await;
    let mut one = town.person();
    let kpj = company.hires(&one, "2026-03-10").await;
    let mut two = Person {
        contact: town.person().contact,
        ..one.clone()
    };
    one.has_an_account().await;
    two.has_an_account().await;

    let proof = || npp(&company.npp);
    let (first, again, second) = tokio::join!(
        one.proves(&kpj, proof()),
        one.proves(&kpj, proof()),
        two.proves(&kpj, proof())
    );

    let all = [first, again, second].map(|it| it.expect("an account"));
    assert!(
        all.iter()
            .all(|it| it.state() == State::Active && it.participant_id == all[0].participant_id)
    );
    one.becomes_a_participant().await;
    let me = one.client.get_participant(None).await.expect("himself");
    assert_eq!((me.masked_contacts.len(), me.memberships.len()), (2, 1));
    assert_eq!(told_to(&town, &company).await.len(), 2);
    let books = jamsostek_server::verify(&town.db, &town.seal).await;
    assert_eq!(books.expect("books"), Vec::<String>::new());
}

#[tokio::test]
async fn a_claim_waits_for_three_days_when_an_account_is_opened_after_it() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.work.mother_name = MOTHER.into();
    budi.is_active(&town).await;
    let kpj = budi
        .client
        .get_participant(None)
        .await
        .expect("himself")
        .kpj;
    budi.ends_business("").await.expect("it ends");
    town.moves_to("2026-04-10T02:00:00Z");
    let claim = budi.claims().await;
    let mut thief = Person {
        contact: town.person().contact,
        client: town.client.clone(),
        ..budi.clone()
    };

    thief.has_an_account().await;
    thief
        .proves(&kpj, mother(MOTHER))
        .await
        .expect("an account");
    town.approves(&claim).await;
    town.waits(71 * 3_600);
    town.lets_the_workers_run().await;
    let held = budi.follows(&claim).await.award.expect("an award");
    town.waits(3_600);
    town.lets_the_workers_run().await;

    assert_eq!(held.state(), award::State::Approved);
    let paid = budi.follows(&claim).await.award.expect("an award");
    assert_eq!(paid.state(), award::State::Paid);
    assert_eq!(told_of_the_account(&budi).await.len(), 1);
}

#[tokio::test]
async fn whoever_becomes_known_while_he_registers_is_asked_for_proofs_from_then_on() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000308").await;
    let mut worker = town.person();
    worker.has_an_account().await;
    worker.tells_work().await.expect("the work is taken");

    let kpj = company.hires(&worker, "2026-03-10").await;
    let asked = worker.looks().await;
    let confirmation = worker.confirms().await.expect_refusal();
    let right = worker.proves(&kpj, npp(&company.npp)).await;

    assert_eq!(asked.state(), State::AwaitingProof);
    assert_eq!(confirmation.reason, ErrorReason::WrongState);
    let right = right.expect("an account");
    assert_eq!(
        (right.state(), id(&right.participant_id).is_nil()),
        (State::Active, false)
    );
}

#[tokio::test]
async fn whoever_becomes_known_by_the_very_contact_of_his_registration_proves_nothing_more() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let mut slow = budi.clone();
    slow.has_an_account().await;
    town.waits(61);
    budi.is_active(&town).await;
    let me = budi.client.get_participant(None).await.expect("himself");

    let joined = slow.proves("10000000000", npp("NOBODYS1")).await;

    let joined = joined.expect("an account");
    assert_eq!((joined.state(), &joined.kpj), (State::Active, &me.kpj));
    slow.becomes_a_participant().await;
    let same = slow.client.get_participant(None).await.expect("himself");
    assert_eq!(same, me);
}

#[tokio::test]
async fn every_bad_field_of_proofs_is_told_and_none_of_it_is_a_try() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000309").await;
    let mut worker = town.person();
    let kpj = company.hires(&worker, "2026-03-10").await;
    worker.has_an_account().await;

    let bad = worker.proves("123", npp("nowhere")).await.expect_refusal();
    let none = worker.proves(&kpj, None).await.expect_refusal();
    let wrong = worker.proves(&kpj, npp("NOBODYS1")).await.expect_refusal();

    let fields: Vec<_> = bad.violations.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["kpj", "npp"]);
    assert_eq!(none.violations[0].field, "mother_name");
    assert_eq!(wrong.metadata["triesLeft"], "2");
}

/// What somebody was written about an account that was opened.
async fn told_of_the_account(person: &Person) -> Vec<String> {
    let mut told = person.reads_messages().await;
    told.retain(|it| it.contains("account for KPJ"));
    told
}

/// What an employer was written about the account of somebody who works for him.
async fn told_to(town: &Town, company: &Company) -> Vec<String> {
    town.lets_the_workers_run().await;
    let messages = town.client.list_messages(company.contact.clone()).await;
    let texts = messages.expect("messages").into_iter().map(|it| it.text);
    texts
        .filter(|it| it.contains("your employee with KPJ"))
        .collect()
}

/// All of the participant that a registration shows.
fn knows(registration: &Registration) -> (&str, &str, &str) {
    let Registration {
        kpj,
        participant_id,
        bill_id,
        ..
    } = registration;
    (kpj, participant_id, bill_id)
}
