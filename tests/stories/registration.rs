//! People register: the whole road, and everything that stops somebody on it.

use jamsostek_client::{
    BpuCategory, Employment, ErrorReason, Programme, Segment, Subject,
    v1::{
        IdentityState, NextStep, NikWarning, Sex, StartRegistrationRequest,
        SubmitEmploymentRequest, coverage, registration::State,
    },
};
use serde_json::{Value, json};
use tonic::Code;
use uuid::Uuid;

use crate::{
    raw,
    town::{APRIL, ExpectRefusal, MARCH, Person, SAVED, Town, credential, id, programmes},
};

#[tokio::test]
async fn somebody_without_a_wage_registers_pays_and_is_covered() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();

    let bill = budi.has_a_bill().await;
    town.gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await;
    budi.becomes_a_participant().await;

    assert_eq!(bill.total_idr, MARCH);
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!((me.kpj.len(), me.birth_date.as_str()), (11, "1990-05-12"));
    assert_eq!(me.identity_state(), IdentityState::Matched);
    assert!(!me.masked_nik.contains(&budi.nik) && !me.masked_contacts[0].contains(&budi.contact));
    assert!(
        me.coverage
            .iter()
            .all(|it| it.covered && it.since == "2026-03-10")
    );
    assert_eq!(me.coverage[0].until, "2026-06-30");
    assert_eq!(budi.balance().await, SAVED);
}

#[tokio::test]
async fn the_first_next_step_leads_all_the_way() {
    let town = Town::found("2026-03-10").await;
    let form = json!({
        "segment": "SEGMENT_BPU", "nik": "3174012505900001", "full_name": "Budi Santoso",
        "contact": "+6281234567890", "consent": true,
    });
    let start = "jamsostek.v1.RegistrationService/StartRegistration";
    let mut answer = raw::call(&town.client, start, None, &form)
        .await
        .expect("a start");
    let registration = answer["registration_id"].clone();
    let mut token = None;

    for _ in 0..10 {
        let step = &answer["next_steps"][0];
        let Some(rpc) = step["rpc"].as_str() else {
            break;
        };
        let body = step["body_json"].as_str().expect("a body");
        let mut body: Value = serde_json::from_str(body).expect("JSON");
        if rpc.ends_with("/VerifyOtp") {
            body["code"] = code_to(&town, "+6281234567890").await.into();
        }
        let caller = match step["caller"].as_str() {
            Some("SUBJECT_SERVICE") => Some(gateway_token(&town).await),
            Some("SUBJECT_REGISTRANT") => token.clone(),
            _ => None,
        };
        let taken = raw::call(&town.client, rpc, caller.as_deref(), &body).await;
        let taken = taken.unwrap_or_else(|refusal| panic!("{rpc} {body}: {refusal:?}"));
        if let Some(access) = taken["access_token"].as_str() {
            token = Some(access.to_owned());
        }
        let look = "jamsostek.v1.RegistrationService/GetRegistration";
        let named = json!({ "registration_id": registration });
        answer = raw::call(&town.client, look, token.as_deref(), &named)
            .await
            .expect("a look");
        answer = answer["registration"].take();
        if answer["state"] == "STATE_ACTIVE" {
            break;
        }
    }

    assert_eq!(answer["state"], "STATE_ACTIVE", "{answer}");
    assert_eq!(answer["kpj"].as_str().expect("a number").len(), 11);
}

async fn code_to(town: &Town, contact: &str) -> String {
    town.lets_the_workers_run().await;
    let messages = town.client.list_messages(contact).await;
    messages.expect("messages").swap_remove(0).code
}

async fn gateway_token(town: &Town) -> String {
    let token = town
        .client
        .issue_token(credential(1), "sandbox-gateway")
        .await;
    token.expect("a token").access_token
}

#[tokio::test]
async fn every_step_names_the_next_and_its_caller() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let first = |steps: &[NextStep]| {
        let step = &steps[0];
        let rpc = step.rpc.rsplit('/').next().expect("a method").to_owned();
        (rpc, step.caller())
    };

    let started = budi.starts().await.expect("a registration");
    budi.confirms_the_code().await.expect("tokens");
    let confirmed = budi.looks().await;
    let employed = budi.tells_work().await.expect("the work is taken");
    let billed = budi.confirms().await.expect("a bill");

    let anybody = Subject::Unspecified;
    assert_eq!(first(&started.next_steps), ("VerifyOtp".into(), anybody));
    assert_eq!(
        first(&confirmed.next_steps),
        ("SubmitEmployment".into(), Subject::Registrant)
    );
    assert_eq!(
        first(&employed.next_steps),
        ("ConfirmRegistration".into(), Subject::Registrant)
    );
    assert_eq!(
        first(&billed.next_steps),
        ("RecordPayment".into(), Subject::Service)
    );
    assert_eq!(confirmed.state(), State::AwaitingEmployment);
    assert_eq!(employed.state(), State::AwaitingConfirmation);
    assert_eq!(billed.state(), State::AwaitingPayment);
}

#[tokio::test]
async fn starting_tells_nothing_about_a_person() {
    let town = Town::found("2026-03-10").await;
    let (known, mut stranger) = (town.participant().await, town.person());
    let mut again = Person {
        contact: town.person().contact,
        ..known
    };

    let one = again.starts().await.expect("a registration");
    let other = stranger.starts().await.expect("a registration");

    assert_eq!(one.expires_at, other.expires_at);
    assert_eq!((one.repeatable, other.repeatable), (true, true));
    let rpcs = |steps: &[NextStep]| steps.iter().map(|it| it.rpc.clone()).collect::<Vec<_>>();
    assert_eq!(rpcs(&one.next_steps), rpcs(&other.next_steps));
    assert_eq!(
        one.masked_contact.chars().count(),
        other.masked_contact.chars().count()
    );
}

#[tokio::test]
async fn a_registration_runs_out() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let started = budi.starts().await.expect("a registration");
    budi.confirms_the_code().await.expect("tokens");
    let ends = started.expires_at.expect("an end").seconds;
    town.waits(u64::try_from(ends - town.now().timestamp()).expect("in future") + 1);

    let refusal = budi.tells_work().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::RegistrationExpired);
    assert_eq!(budi.looks().await.state(), State::Expired);
}

#[tokio::test]
async fn a_registration_is_taken_back() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.has_an_account().await;

    let cancelled = budi
        .client
        .cancel_registration(budi.registration)
        .await
        .expect("taken back");
    let again = budi
        .client
        .cancel_registration(budi.registration)
        .await
        .expect("still");

    assert_eq!(
        (cancelled.state(), again.state()),
        (State::Cancelled, State::Cancelled)
    );
    let work = budi.tells_work().await.expect_refusal();
    assert_eq!(work.reason, ErrorReason::RegistrationCancelled);
    let confirmation = budi.confirms().await.expect_refusal();
    assert_eq!(confirmation.reason, ErrorReason::RegistrationCancelled);
}

#[tokio::test]
async fn a_participant_is_not_taken_back() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    town.gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await;

    let refusal = budi
        .client
        .cancel_registration(budi.registration)
        .await
        .expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::WrongState);
    assert_eq!(refusal.metadata["state"], "STATE_ACTIVE");
}

#[tokio::test]
async fn nobody_confirms_before_the_work_is_told_or_tells_it_after() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.has_an_account().await;

    let early = budi.confirms().await.expect_refusal();
    budi.tells_work().await.expect("the work is taken");
    let bill = budi.confirms().await.expect("a bill").bill_id;
    let late = budi.tells_work().await;

    assert_eq!(early.reason, ErrorReason::WrongState);
    assert_eq!(early.metadata["state"], "STATE_AWAITING_EMPLOYMENT");
    assert_eq!(budi.confirms().await.expect("the same bill").bill_id, bill);
    let other = Person {
        work: jamsostek_client::Employment {
            income_idr: 9_000_000,
            ..budi.work.clone()
        },
        ..budi.clone()
    };
    let other = other.tells_work().await.expect_refusal();
    assert_eq!(other.reason, ErrorReason::WrongState);
    assert!(late.is_ok() || late.expect_refusal().reason == ErrorReason::WrongState);
}

#[tokio::test]
async fn what_was_told_may_be_told_otherwise_until_confirmed() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.has_an_account().await;
    budi.tells_work().await.expect("the work is taken");

    budi.work.programmes = programmes([Programme::Jkk, Programme::Jkm]);
    budi.tells_work().await.expect("the other work is taken");
    let confirmed = budi.confirms().await.expect("a bill");

    let bill = budi
        .client
        .get_bill(id(&confirmed.bill_id))
        .await
        .expect("the bill");
    assert_eq!(bill.total_idr, MARCH - SAVED);
}

#[tokio::test]
async fn a_start_sent_twice_is_one_start() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let first = budi.starts().await.expect("a registration");

    let again = town
        .client
        .start_registration(budi.form())
        .await
        .expect("the same");
    let other = StartRegistrationRequest {
        full_name: "Siti Rahma".into(),
        ..budi.form()
    };
    let refusal = town.client.start_registration(other).await.expect_refusal();

    assert_eq!(first.registration_id, again.registration_id);
    assert_eq!(first.challenge_id, again.challenge_id);
    assert_eq!(refusal.reason, ErrorReason::IdTaken);
    town.lets_the_workers_run().await;
    let messages = town.client.list_messages(budi.contact.clone()).await;
    assert_eq!(messages.expect("messages").len(), 1);
}

#[tokio::test]
async fn employees_cannot_register_yet() {
    let town = Town::found("2026-03-10").await;
    let mut form = town.person().form();
    form.registration_id = Uuid::now_v7().to_string();
    form.segment = Segment::Pu.into();

    let refusal = town.client.start_registration(form).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::SegmentNotServed);
    assert_eq!(refusal.metadata["segment"], "SEGMENT_PU");
}

#[tokio::test]
async fn every_bad_field_is_named_at_once() {
    let town = Town::found("2026-03-10").await;
    let form = StartRegistrationRequest {
        registration_id: "{0}".into(),
        segment: Segment::Bpu.into(),
        nik: "317401".into(),
        full_name: "7".into(),
        contact: "0812".into(),
        birth_date: "12 May".into(),
        consent: false,
    };

    let refusal = town.client.start_registration(form).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::MalformedRequest);
    assert_eq!(refusal.code, Code::InvalidArgument);
    let mut named: Vec<_> = refusal
        .violations
        .iter()
        .map(|it| it.field.as_str())
        .collect();
    named.sort_unstable();
    let all = [
        "birth_date",
        "consent",
        "contact",
        "full_name",
        "nik",
        "registration_id",
    ];
    assert_eq!(named, all);
}

#[tokio::test]
async fn where_the_nik_states_no_birth_date_it_is_asked_for() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.nik = "3174010005900001".into();
    budi.has_an_account().await;

    let refusal = budi.tells_work().await.expect_refusal();
    let told = SubmitEmploymentRequest {
        registration_id: budi.registration.to_string(),
        employment: Some(budi.work.clone()),
        birth_date: "1990-05-12".into(),
    };
    let taken = budi
        .client
        .submit_employment(told)
        .await
        .expect("the work is taken");

    assert_eq!(refusal.reason, ErrorReason::BirthDateNeeded);
    assert_eq!(taken.birth_date, "1990-05-12");
    assert_eq!(taken.state(), State::AwaitingConfirmation);
}

#[tokio::test]
async fn what_is_unusual_about_a_nik_is_a_warning_and_no_refusal() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.nik = "9900001205900000".into();
    budi.birth_date = "1990-05-13".into();
    budi.has_an_account().await;

    let taken = budi.tells_work().await.expect("the work is taken");

    let warnings: Vec<_> = taken.warnings().collect();
    let all = [
        NikWarning::UnknownProvince,
        NikWarning::EmptyDistrict,
        NikWarning::EmptySerial,
        NikWarning::BirthDateDisagrees,
    ];
    assert_eq!(warnings, all);
    assert_eq!(taken.birth_date, "1990-05-13");
}

#[tokio::test]
async fn a_nik_of_day_55_is_a_woman_born_on_the_15th() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.person();
    siti.nik = "3174015502900001".into();

    siti.has_an_account().await;

    let registration = siti.looks().await;
    assert_eq!(registration.sex(), Sex::Female);
    assert_eq!(registration.birth_date, "1990-02-15");
}

#[tokio::test]
async fn the_day_before_the_fifteenth_birthday_is_too_young() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.birth_date = "2011-03-11".into();
    budi.has_an_account().await;

    let refusal = budi.tells_work().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::TooYoung);
    assert_eq!(refusal.metadata["age"], "14");
    assert_eq!(refusal.metadata["minimumAge"], "15");
}

#[tokio::test]
async fn the_sixty_fifth_birthday_is_too_old() {
    let town = Town::found("2026-03-10").await;
    let (mut old, mut just_not) = (town.person(), town.person());
    old.birth_date = "1961-03-10".into();
    just_not.birth_date = "1961-03-11".into();
    old.has_an_account().await;
    just_not.has_an_account().await;

    let refusal = old.tells_work().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::TooOld);
    assert_eq!(refusal.metadata["age"], "65");
    assert_eq!(refusal.metadata["maximumAge"], "65");
    just_not.tells_work().await.expect("the work is taken");
}

#[tokio::test]
async fn a_programme_of_employees_is_not_for_everybody() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.has_an_account().await;
    budi.work.programmes = programmes([Programme::Jkk, Programme::Jkm, Programme::Jp]);

    let refusal = budi.tells_work().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::ProgrammeNotServed);
    assert_eq!(refusal.metadata["programme"], "PROGRAMME_JP");
}

#[tokio::test]
async fn some_programmes_are_no_choice() {
    let town = Town::found("2026-03-10").await;
    let (mut budi, mut owner) = (town.person(), town.person());
    budi.work.programmes = programmes([Programme::Jkm]);
    owner.work.programmes = programmes([Programme::Jkk, Programme::Jkm]);
    owner.work.category = BpuCategory::Owner.into();
    budi.has_an_account().await;
    owner.has_an_account().await;

    let everybody = budi.tells_work().await.expect_refusal();
    let owner = owner.tells_work().await.expect_refusal();

    assert_eq!(everybody.reason, ErrorReason::ProgrammeMandatory);
    assert_eq!(everybody.metadata["programme"], "PROGRAMME_JKK");
    assert_eq!(owner.reason, ErrorReason::ProgrammeMandatory);
    assert_eq!(owner.metadata["programme"], "PROGRAMME_JHT");
}

#[tokio::test]
async fn the_register_knows_a_name_otherwise() {
    let town = Town::found("2026-03-10").await;

    let (agus, refusal) = stopped(&town, "Agus Wijaya").await;
    let (_, rina) = stopped(&town, "Rina Kartika").await;

    assert_eq!(refusal.reason, ErrorReason::IdentityMismatch);
    assert_eq!(refusal.metadata["fields"], "NAMA_LGKP");
    assert_eq!(rina.metadata["fields"], "TGL_LHR");
    let registration = agus.looks().await;
    assert_eq!(registration.state(), State::Stopped);
    assert_eq!(registration.identity_state(), IdentityState::Refused);
}

#[tokio::test]
async fn the_register_is_told_the_mothers_name_and_nobody_else_is() {
    let town = Town::found("2026-03-10").await;
    let mut right = town.known_as("Budi Santoso").await;
    let mut wrong = town.known_as("Siti Aminah").await;
    right.work.mother_name = "Sri Wahyuni".into();
    wrong.work.mother_name = "Somebody Else".into();
    right.has_an_account().await;
    wrong.has_an_account().await;

    let taken = right.tells_work().await.expect("the work is taken");
    let refusal = wrong.tells_work().await.expect_refusal();

    assert_eq!(taken.employment.expect("the work").mother_name, "");
    assert_eq!(refusal.reason, ErrorReason::IdentityMismatch);
    assert_eq!(refusal.metadata["fields"], "NAMA_LGKP_IBU");
}

#[tokio::test]
async fn the_dead_do_not_register() {
    let town = Town::found("2026-03-10").await;

    let (joko, refusal) = stopped(&town, "Joko Susilo").await;

    assert_eq!(refusal.reason, ErrorReason::IdentityDeceased);
    assert_eq!(joko.looks().await.state(), State::Stopped);
}

#[tokio::test]
async fn the_register_does_not_vouch_for_every_nik() {
    let town = Town::found("2026-03-10").await;
    let verdicts = [
        ("Dewi Lestari", "DUPLICATE"),
        ("Eko Prasetyo", "NOT_FOUND"),
        ("Maya Sari", "INACTIVE"),
        ("Hendra Gunawan", "WRONG_FORMAT"),
    ];

    for (name, verdict) in verdicts {
        let (_, refusal) = stopped(&town, name).await;

        assert_eq!(refusal.reason, ErrorReason::IdentityRefused, "{name}");
        assert_eq!(refusal.metadata["verdict"], verdict, "{name}");
    }
}

#[tokio::test]
async fn a_silent_register_is_not_a_no() {
    let town = Town::found("2026-03-10").await;

    let (wati, refusal) = stopped(&town, "Wati Rahayu").await;

    assert_eq!(refusal.reason, ErrorReason::RegisterUnavailable);
    assert_eq!(refusal.code, Code::Unavailable);
    assert_eq!(wati.looks().await.state(), State::AwaitingEmployment);
}

#[tokio::test]
async fn the_register_is_asked_three_times_a_day_about_one_person() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    for _ in 0..3 {
        budi.has_an_account().await;
        budi.tells_work().await.expect("the work is taken");
        town.waits(660);
    }
    budi.has_an_account().await;

    let refusal = budi.tells_work().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::RegisterQuestionsSpent);
    assert!(
        refusal.metadata["retryAfterSeconds"]
            .parse::<u64>()
            .expect("seconds")
            <= 86_400
    );
}

#[tokio::test]
async fn a_participant_who_starts_anew_joins_by_the_contact_on_file() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.participant().await;
    let before = budi.client.get_participant(None).await.expect("himself");
    town.waits(3_600);

    budi.has_an_account().await;

    let registration = budi.looks().await;
    assert_eq!(registration.state(), State::Active);
    assert_eq!(registration.kpj, before.kpj);
    budi.becomes_a_participant().await;
    assert_eq!(
        budi.client.who_am_i().await.expect("himself").subject(),
        Subject::Participant
    );
    let after = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(
        (before.id, before.memberships),
        (after.id, after.memberships)
    );
}

#[tokio::test]
async fn a_stranger_with_the_right_papers_sees_nothing_and_changes_nothing() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let before = budi.client.get_participant(None).await.expect("himself");
    let mut thief = town.person();
    (thief.nik, thief.name) = (budi.nik.clone(), budi.name.clone());
    thief.birth_date = "1990-05-12".into();

    thief.has_an_account().await;
    let work = thief.tells_work().await.expect_refusal();
    let confirmation = thief.confirms().await.expect_refusal();
    let look = thief.client.get_participant(None).await.expect_refusal();
    thief
        .client
        .renew_tokens()
        .await
        .expect("still a registrant");

    assert_eq!(work.reason, ErrorReason::OfficerNeeded);
    assert!(work.metadata.is_empty(), "{:?}", work.metadata);
    assert_eq!(confirmation.reason, ErrorReason::OfficerNeeded);
    assert_eq!(look.reason, ErrorReason::CallerNotAllowed);
    let seen = thief.looks().await;
    assert_eq!(seen.state(), State::Stopped);
    assert_eq!(
        (seen.kpj, seen.participant_id, seen.bill_id),
        Default::default()
    );
    assert_eq!(
        thief.client.who_am_i().await.expect("himself").subject(),
        Subject::Registrant
    );
    let after = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(before, after);
}

#[tokio::test]
async fn somebody_elses_registration_does_not_exist() {
    let town = Town::found("2026-03-10").await;
    let (mut budi, mut siti) = (town.person(), town.person());
    budi.has_an_account().await;
    siti.has_an_account().await;

    let other = siti
        .client
        .get_registration(budi.registration)
        .await
        .expect_refusal();
    let missing = siti
        .client
        .get_registration(Uuid::now_v7())
        .await
        .expect_refusal();

    assert_eq!(other.reason, ErrorReason::NotFound);
    assert_eq!(other, missing);
}

#[tokio::test]
async fn half_past_midnight_on_the_first_is_the_new_month() {
    // 00:30 on 1 April in Jakarta.
    let town = Town::found_at("2026-03-31T17:30:00Z").await;
    let mut budi = town.person();

    let bill = budi.has_a_bill().await;
    let paid = town
        .gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await;
    budi.becomes_a_participant().await;

    assert_eq!(
        (bill.first_month.as_str(), bill.total_idr),
        ("2026-04", APRIL)
    );
    assert_eq!(paid.months_paid, ["2026-04"]);
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.memberships[0].covered_from, "2026-04-01");
    assert_eq!(me.coverage[0].reason(), coverage::Reason::Unspecified);
    let line = budi
        .client
        .list_statement_lines(Default::default())
        .await
        .expect("lines");
    assert_eq!(line.lines[0].day, "2026-04-01");
}

/// Somebody from the sandbox's people tells the work and is refused.
async fn stopped(town: &Town, name: &str) -> (Person, jamsostek_client::Refusal) {
    let mut person = town.known_as(name).await;
    person.has_an_account().await;
    let refusal = person.tells_work().await.expect_refusal();
    (person, refusal)
}

#[tokio::test]
async fn a_birth_date_told_later_is_put_to_the_register_too() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.known_as("Budi Santoso").await;
    budi.has_an_account().await;
    budi.tells_work().await.expect("the work is taken");

    let other = SubmitEmploymentRequest {
        registration_id: budi.registration.to_string(),
        employment: Some(budi.work.clone()),
        birth_date: "2000-01-01".into(),
    };
    let refusal = budi.client.submit_employment(other).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::IdentityMismatch);
}

#[tokio::test]
async fn telling_the_same_again_asks_the_register_nothing() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.work = Employment {
        mother_name: "Sri Wahyuni".into(),
        ..budi.work
    };
    budi.has_an_account().await;

    for _ in 0..5 {
        budi.tells_work().await.expect("the work is taken");
    }
}
