//! People register: the whole road from the first form to cover, and how it ends before that.

use jamsostek_client::{
    ErrorReason, Segment,
    v1::{IdentityState, StartRegistrationRequest, coverage, registration::State},
};
use tonic::Code;

use crate::{
    person::{APRIL, MARCH, SAVED},
    town::{ExpectRefusal, Town},
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
        ..StartRegistrationRequest::default()
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
async fn a_number_of_sixteen_zeros_is_no_nik() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.nik = "0000000000000000".into();

    let refusal = budi.starts().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::MalformedRequest);
    assert_eq!(refusal.violations[0].field, "nik");
}

#[tokio::test]
async fn nobody_confirms_before_the_work_is_told_or_tells_it_after() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.has_an_account().await;

    let early = budi.confirms().await.expect_refusal();
    budi.tells_work().await.expect("the work is taken");
    let bill = budi.confirms().await.expect("a bill").bill_id;
    let late = budi.tells_work().await.expect_refusal();

    assert_eq!(early.reason, ErrorReason::WrongState);
    assert_eq!(early.metadata["state"], "STATE_AWAITING_EMPLOYMENT");
    assert_eq!(budi.confirms().await.expect("the same bill").bill_id, bill);
    assert_eq!(late.reason, ErrorReason::WrongState);
    assert_eq!(late.metadata["state"], "STATE_AWAITING_PAYMENT");
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
