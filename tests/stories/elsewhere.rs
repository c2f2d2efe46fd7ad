//! A code that does not come goes to the other verified contact: for an act of somebody who is signed in, and for nobody else.

use jamsostek_client::{
    ClaimCause, Error, ErrorReason, Uuid,
    v1::{
        DeliveryFate, GetOtpDeliveryResponse, PayoutAct, SendOtpResponse, SendStepUpOtpRequest,
        get_otp_delivery_response::State, send_step_up_otp_request::Act,
    },
};

use crate::{
    claimant::Filled,
    contact::{Codes, asks, brings_back, changes, proves_both, reached_by},
    person::Person,
    town::{ExpectRefusal, Town, id},
};

const MAIL: &str = "budi@example.id";

#[tokio::test]
async fn a_payout_code_that_failed_goes_to_the_mail_and_is_then_held_as_one_by_mail() {
    let town = Town::found("2026-03-10").await;
    let budi = stopped_with_mail(&town).await;
    let filled = asks_to_be_paid(&budi).await;
    fails(&town, &budi).await;
    let offered = delivery(&budi, &filled).await;
    town.waits(1);

    let sent = goes_elsewhere(&budi, &filled, Uuid::now_v7())
        .await
        .expect("a code to the mail");

    assert_eq!(offered.state(), State::Failed);
    assert_eq!(offered.other_masked_contact, "b•••@example.id");
    assert_eq!(sent.masked_contact, offered.other_masked_contact);
    let by_mail = reached_by(&budi, MAIL);
    brings_back(&by_mail, id(&sent.challenge_id)).await;
    let mut form = filled.form.clone();
    form.challenge_id = sent.challenge_id;
    let nameless = budi
        .client
        .submit_claim(form.clone())
        .await
        .expect_refusal();
    assert_eq!(nameless.reason, ErrorReason::KpjNeeded);
    let me = budi.client.get_participant(None).await.expect("himself");
    form.kpj = me.kpj;
    let claim = budi.client.submit_claim(form).await.expect("a claim");
    let held_until = claim.held_until.expect("a day's wait").seconds;
    assert!(held_until >= (town.now() + chrono::Duration::hours(23)).timestamp());
}

#[tokio::test]
async fn a_payout_code_that_may_still_come_goes_elsewhere_only_after_a_minute() {
    let town = Town::found("2026-03-10").await;
    let budi = stopped_with_mail(&town).await;
    let filled = asks_to_be_paid(&budi).await;
    town.lets_the_workers_run().await;

    town.waits(59);
    let early = delivery(&budi, &filled).await;
    let refusal = goes_elsewhere(&budi, &filled, Uuid::now_v7()).await;
    let refusal = refusal.expect_refusal();
    town.waits(1);
    let late = delivery(&budi, &filled).await;
    goes_elsewhere(&budi, &filled, Uuid::now_v7())
        .await
        .expect("a code to the mail");

    assert_eq!(early.other_masked_contact, "");
    assert_eq!(refusal.reason, ErrorReason::WrongState);
    assert_eq!(refusal.metadata["state"], "STATE_SENT");
    assert_eq!(late.other_masked_contact, "b•••@example.id");
}

#[tokio::test]
async fn a_code_that_has_come_goes_nowhere_else() {
    let town = Town::found("2026-03-10").await;
    let budi = stopped_with_mail(&town).await;
    let filled = asks_to_be_paid(&budi).await;
    tells(&town, &budi, DeliveryFate::Delivered).await;
    town.waits(61);

    let refusal = goes_elsewhere(&budi, &filled, Uuid::now_v7()).await;

    let refusal = refusal.expect_refusal();
    assert_eq!(refusal.metadata["state"], "STATE_DELIVERED");
    assert_eq!(delivery(&budi, &filled).await.other_masked_contact, "");
}

#[tokio::test]
async fn whoever_has_one_contact_has_no_other() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let filled = asks_to_be_paid(&budi).await;
    fails(&town, &budi).await;

    let refusal = goes_elsewhere(&budi, &filled, Uuid::now_v7()).await;

    let refusal = refusal.expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::NoOtherContact);
    assert_eq!(delivery(&budi, &filled).await.other_masked_contact, "");
}

#[tokio::test]
async fn a_dead_number_is_replaced_with_a_code_by_mail_once_the_carrier_says_that_it_is_dead() {
    let town = Town::found("2026-03-10").await;
    let budi = with_mail(&town).await;
    let at_new = reached_by(&budi, "+6281999000211");
    let codes = asks(&budi, &at_new.contact).await;
    town.lets_the_workers_run().await;
    town.waits(120);
    let elsewhere = |code| {
        let request = SendStepUpOtpRequest {
            act: Some(Act::NewContact(at_new.contact.clone())),
            instead_of: Uuid::to_string(&code),
            ..Default::default()
        };
        let client = budi.client.clone();
        async move { client.send_step_up_otp(request).await }
    };
    let late = elsewhere(codes.old).await.expect_refusal();
    let of_the_new = elsewhere(codes.new).await.expect_refusal();
    fails(&town, &budi).await;

    let sent = elsewhere(codes.old).await.expect("a code to the mail");

    assert_eq!(late.reason, ErrorReason::WrongState);
    assert_eq!(of_the_new.reason, ErrorReason::NoOtherContact);
    brings_back(&at_new, codes.new).await;
    let by_mail = id(&sent.codes[0].challenge_id);
    brings_back(&reached_by(&budi, MAIL), by_mail).await;
    let codes = Codes {
        old: by_mail,
        ..codes
    };
    let me = changes(&budi, &at_new.contact, &codes).await;
    let me = me.expect("it is changed");
    assert!(me.masked_contacts.contains(&"+62•••••••0211".to_owned()));
    assert!(me.payouts_held_until.is_some());
}

#[tokio::test]
async fn asked_for_twice_a_code_goes_elsewhere_once() {
    let town = Town::found("2026-03-10").await;
    let budi = stopped_with_mail(&town).await;
    let filled = asks_to_be_paid(&budi).await;
    fails(&town, &budi).await;
    let by_mail = reached_by(&budi, MAIL);
    let before = by_mail.reads_messages().await.len();
    let named = Uuid::now_v7();

    let first = goes_elsewhere(&budi, &filled, named).await.expect("a code");
    let again = goes_elsewhere(&budi, &filled, named).await.expect("it");
    let itself = id(&filled.form.challenge_id);
    let itself = goes_elsewhere(&budi, &filled, itself)
        .await
        .expect_refusal();

    assert_eq!(again, first);
    assert_eq!(by_mail.reads_messages().await.len(), before + 1);
    assert_eq!(itself.reason, ErrorReason::IdTaken);
}

#[tokio::test]
async fn a_code_of_no_use_goes_nowhere() {
    let town = Town::found("2026-03-10").await;
    let budi = stopped_with_mail(&town).await;
    let used = asks_to_be_paid(&budi).await;
    brings_back(&budi, id(&used.form.challenge_id)).await;
    tells(&town, &budi, DeliveryFate::Failed).await;
    let refusal = goes_elsewhere(&budi, &used, Uuid::now_v7()).await;
    assert_eq!(refusal.expect_refusal().reason, ErrorReason::OtpUsed);

    town.waits(61);
    let superseded = asks_to_be_paid(&budi).await;
    fails(&town, &budi).await;
    town.waits(61);
    let old = asks_to_be_paid(&budi).await;
    let refusal = goes_elsewhere(&budi, &superseded, Uuid::now_v7()).await;
    assert_eq!(refusal.expect_refusal().reason, ErrorReason::OtpSuperseded);

    fails(&town, &budi).await;
    town.waits(15 * 60);
    let refusal = goes_elsewhere(&budi, &old, Uuid::now_v7()).await;
    assert_eq!(refusal.expect_refusal().reason, ErrorReason::OtpExpired);
    for filled in [&used, &superseded, &old] {
        assert_eq!(delivery(&budi, filled).await.other_masked_contact, "");
    }
}

#[tokio::test]
async fn a_code_of_somebody_else_or_for_another_act_is_not_there() {
    let town = Town::found("2026-03-10").await;
    let budi = stopped_with_mail(&town).await;
    let filled = asks_to_be_paid(&budi).await;
    fails(&town, &budi).await;
    let siti = town.participant().await;
    let mut other_act = filled.clone();
    other_act.form.account = Some(budi.account_with("1230009999"));

    let stolen = goes_elsewhere(&siti, &filled, Uuid::now_v7()).await;
    let elsewhere = goes_elsewhere(&budi, &other_act, Uuid::now_v7()).await;

    assert_eq!(stolen.expect_refusal().reason, ErrorReason::NotFound);
    assert_eq!(elsewhere.expect_refusal().reason, ErrorReason::NotFound);
}

#[tokio::test]
async fn a_code_to_sign_in_or_to_register_is_offered_nowhere_else() {
    let town = Town::found("2026-03-10").await;
    let mut budi = with_mail(&town).await;
    let mut again = town.person();
    again.starts().await.expect("a registration");
    budi.asks_to_sign_in("").await.expect("a code");
    fails(&town, &budi).await;
    fails(&town, &again).await;
    town.waits(120);

    for person in [&budi, &again] {
        let way = town.client.get_otp_delivery(person.challenge).await;
        let way = way.expect("its way");
        assert_eq!(way.other_masked_contact, "");
    }
}

/// Somebody with a number and an e-mail address on file.
async fn with_mail(town: &Town) -> Person {
    let budi = town.participant().await;
    town.waits(61);
    adds_mail(town, &budi).await;
    budi
}

/// The same, whose savings are his to claim.
async fn stopped_with_mail(town: &Town) -> Person {
    let budi = town.stopped().await;
    budi.becomes_a_participant().await;
    adds_mail(town, &budi).await;
    budi
}

async fn adds_mail(town: &Town, person: &Person) {
    let at_mail = reached_by(person, MAIL);
    let codes = proves_both(person, &at_mail).await;
    let changed = changes(person, MAIL, &codes).await;
    changed.expect("it is added");
    town.waits(601);
    person.becomes_a_participant().await;
}

async fn asks_to_be_paid(person: &Person) -> Filled {
    let account = person.account();
    person
        .asks_for_a_payout_code(ClaimCause::BusinessEnd, account)
        .await
}

/// The carrier says that the newest code to this person will not come.
async fn fails(town: &Town, person: &Person) {
    tells(town, person, DeliveryFate::Failed).await;
}

async fn tells(town: &Town, person: &Person, fate: DeliveryFate) {
    town.lets_the_workers_run().await;
    let messages = town.client.list_messages(&person.contact).await;
    let mut codes = messages.expect("messages").into_iter();
    let newest = codes.find(|it| !it.code.is_empty()).expect("a code");
    let carrier = town.carrier();
    let told = carrier.record_delivery(id(&newest.message_id), fate).await;
    assert_eq!(told.expect("told").fate(), fate);
}

async fn delivery(person: &Person, filled: &Filled) -> GetOtpDeliveryResponse {
    let challenge = id(&filled.form.challenge_id);
    let way = person.client.anonymous().get_otp_delivery(challenge).await;
    way.expect("its way")
}

/// Has the code for a claim sent to the other contact.
async fn goes_elsewhere(
    person: &Person,
    filled: &Filled,
    named: Uuid,
) -> Result<SendOtpResponse, Error> {
    let form = &filled.form;
    let act = PayoutAct {
        claim_id: form.claim_id.clone(),
        account: form.account.clone(),
    };
    let request = SendStepUpOtpRequest {
        challenge_id: named.to_string(),
        act: Some(Act::Payout(act)),
        instead_of: form.challenge_id.clone(),
    };
    let mut sent = person.client.send_step_up_otp(request).await?.codes;
    assert_eq!(sent.len(), 1);
    Ok(sent.remove(0))
}
