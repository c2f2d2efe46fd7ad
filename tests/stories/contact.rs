//! A participant is reached by another contact: proven by the old one and by the new one, and told to both.

use jamsostek_client::{
    ClaimCause, Error, ErrorReason, Participant, Uuid,
    v1::{
        OtpPurpose, PayoutAct, SendOtpRequest, SendStepUpOtpRequest, UpdateContactRequest,
        award::State, send_step_up_otp_request::Act,
    },
};

use crate::{
    joiner::{MOTHER, mother},
    person::Person,
    town::{ExpectRefusal, Town, id},
};

/// The two codes of a change.
pub struct Codes {
    pub new: Uuid,
    pub old: Uuid,
}

#[tokio::test]
async fn a_new_number_takes_the_place_of_the_old_one_and_both_are_told() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    town.waits(61);
    let at_new = reached_by(&budi, "+6281999000111");
    let codes = proves_both(&budi, &at_new).await;

    let me = changes(&budi, &at_new.contact, &codes)
        .await
        .expect("it is changed");
    let again = changes(&budi, &at_new.contact, &codes)
        .await
        .expect("it stays");

    assert_eq!(me.masked_contacts, ["+62•••••••0111"]);
    assert!(me.payouts_held_until.is_some());
    assert_eq!(again, me);
    for person in [&budi, &at_new] {
        let told = person.reads_messages().await;
        assert!(
            told[0].contains("Your contact is now +62•••••••0111"),
            "{told:?}"
        );
    }
    // Only the new one signs in.
    town.waits(61);
    let mut old = budi.clone();
    old.asks_to_sign_in("")
        .await
        .expect("the same answer for all");
    assert!(!old.reads_messages().await[0].contains("Kode OTP"));
    let mut new = at_new;
    town.waits(61);
    new.asks_to_sign_in("").await.expect("a code");
    new.confirms_the_code().await.expect("tokens");
}

#[tokio::test]
async fn an_e_mail_beside_a_number_is_proven_by_the_number() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    town.waits(61);
    let at_new = reached_by(&budi, "budi@example.id");
    let codes = proves_both(&budi, &at_new).await;

    let me = changes(&budi, &at_new.contact, &codes)
        .await
        .expect("it is changed");

    assert_eq!(
        me.masked_contacts,
        [
            "+62•••••••".to_owned() + &budi.contact[budi.contact.len() - 4..],
            "b•••@example.id".into()
        ]
    );
}

#[tokio::test]
async fn one_code_is_not_enough_and_no_code_stands_for_another_change() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    town.waits(61);
    let at_new = reached_by(&budi, "+6281999000112");
    let codes = asks(&budi, &at_new.contact).await;

    let none = changes(&budi, &at_new.contact, &codes)
        .await
        .expect_refusal();
    brings_back(&at_new, codes.new).await;
    let one = changes(&budi, &at_new.contact, &codes)
        .await
        .expect_refusal();
    let twice = Codes {
        new: codes.new,
        old: codes.new,
    };
    let twice = changes(&budi, &at_new.contact, &twice)
        .await
        .expect_refusal();
    brings_back(&budi, codes.old).await;
    let elsewhere = changes(&budi, "+6281999000113", &codes)
        .await
        .expect_refusal();
    let stranger = town.participant().await;
    let stolen = changes(&stranger, &at_new.contact, &codes)
        .await
        .expect_refusal();

    for refusal in [none, one, twice, elsewhere, stolen] {
        assert_eq!(refusal.reason, ErrorReason::ContactCodesNeeded);
    }
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.masked_contacts.len(), 1);
}

#[tokio::test]
async fn for_a_day_after_a_change_nothing_is_paid_out() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let at_new = reached_by(&budi, "+6281999000114");
    let codes = proves_both(&budi, &at_new).await;
    changes(&budi, &at_new.contact, &codes)
        .await
        .expect("it is changed");
    town.waits(61);
    let filled = at_new
        .fills_in(ClaimCause::BusinessEnd, at_new.account())
        .await;
    let claim = filled.submitted_by(&at_new).await.expect("a claim");
    town.approves(&claim).await;

    town.lets_the_workers_run().await;
    let held = at_new.follows(&claim).await;
    town.waits(24 * 3_600);
    town.lets_the_workers_run().await;

    assert!(claim.held_until.is_some());
    assert_eq!(held.award.expect("an award").state(), State::Approved);
    let paid = at_new.follows(&claim).await.award.expect("an award");
    assert_eq!(paid.state(), State::Paid);
}

#[tokio::test]
async fn a_claim_that_was_submitted_before_a_change_waits_as_well() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims().await;
    town.waits(61);
    let at_new = reached_by(&budi, "+6281999000115");
    let codes = proves_both(&budi, &at_new).await;
    changes(&budi, &at_new.contact, &codes)
        .await
        .expect("it is changed");
    town.approves(&claim).await;

    town.waits(23 * 3_600);
    town.lets_the_workers_run().await;
    let held = budi.follows(&claim).await;
    town.waits(3_600);
    town.lets_the_workers_run().await;

    assert_eq!(held.award.expect("an award").state(), State::Approved);
    let paid = budi.follows(&claim).await.award.expect("an award");
    assert_eq!(paid.state(), State::Paid);
}

#[tokio::test]
async fn a_contact_that_was_replaced_signs_nobody_in_by_any_code() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let at_new = reached_by(&budi, "+6281999000116");
    town.waits(61);
    // Whoever still has the old phone has asked for a code before the change.
    let mut thief = budi.clone();
    thief.asks_to_sign_in("").await.expect("a code");
    let before = thief.reads_the_code().await;
    town.waits(61);
    let codes = proves_both(&budi, &at_new).await;
    changes(&budi, &at_new.contact, &codes)
        .await
        .expect("it is changed");

    let old_code = thief.tries(&before).await.expect_refusal();
    town.waits(601);
    let again = SendOtpRequest {
        purpose: OtpPurpose::SignIn.into(),
        resend_of: thief.challenge.to_string(),
        ..Default::default()
    };
    let messages = thief.reads_messages().await.len();
    thief
        .client
        .anonymous()
        .send_otp(again)
        .await
        .expect("the same answer for all");

    assert_eq!(old_code.reason, ErrorReason::OtpSuperseded);
    assert_eq!(
        thief.reads_messages().await.len(),
        messages,
        "nothing is sent there any more"
    );
}

#[tokio::test]
async fn codes_of_before_a_change_stand_for_nothing_after_it() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    town.waits(61);
    // A thief with the session and the old phone has both codes for his own number.
    let thief = reached_by(&budi, "+6281999000117");
    let stolen = asks(&budi, &thief.contact).await;
    brings_back(&thief, stolen.new).await;
    brings_back(&budi, stolen.old).await;
    town.waits(61);
    let at_new = reached_by(&budi, "+6281999000118");
    let codes = proves_both(&budi, &at_new).await;
    changes(&budi, &at_new.contact, &codes)
        .await
        .expect("it is changed");

    let late = changes(&budi, &thief.contact, &stolen)
        .await
        .expect_refusal();

    assert_eq!(late.reason, ErrorReason::ContactCodesNeeded);
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.masked_contacts, ["+62•••••••0118"]);
}

#[tokio::test]
async fn a_contact_that_is_on_file_needs_no_codes() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let request = SendStepUpOtpRequest {
        act: Some(Act::NewContact(budi.contact.clone())),
        ..Default::default()
    };

    let sent = budi
        .client
        .send_step_up_otp(request)
        .await
        .expect("an answer");

    assert_eq!(sent.codes, []);
}

#[tokio::test]
async fn the_code_of_a_payout_goes_to_the_number_that_was_proven_last() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.work.mother_name = MOTHER.into();
    budi.is_active(&town).await;
    let me = budi.client.get_participant(None).await.expect("himself");
    town.waits(61);
    let mut at_new = reached_by(&budi, "+6281999000119");
    let codes = proves_both(&budi, &at_new).await;
    let changed = changes(&budi, &at_new.contact, &codes).await;
    changed.expect("it is changed");

    // The number that he gave up is his again, and has the row of its first time.
    town.waits(61);
    budi.has_an_account().await;
    let joined = budi.proves(&me.kpj, mother(MOTHER)).await;
    joined.expect("an account");
    budi.becomes_a_participant().await;
    town.waits(601);
    let first = goes_to(&budi).await;
    town.waits(601);
    at_new.has_an_account().await;
    town.waits(61);
    let last = goes_to(&budi).await;

    assert_eq!(first, me.masked_contacts[0]);
    assert_eq!(last, "+62•••••••0119");
}

/// Where the code of a payout goes.
async fn goes_to(person: &Person) -> String {
    let act = PayoutAct {
        claim_id: Uuid::now_v7().to_string(),
        account: Some(person.account()),
    };
    let request = SendStepUpOtpRequest {
        act: Some(Act::Payout(act)),
        ..Default::default()
    };
    let sent = person.client.send_step_up_otp(request).await;
    sent.expect("a code").codes.remove(0).masked_contact
}

/// The same person, who reads what comes to another contact.
pub fn reached_by(person: &Person, contact: &str) -> Person {
    Person {
        contact: contact.into(),
        ..person.clone()
    }
}

/// Asks for the codes to another contact, and brings both back.
pub async fn proves_both(person: &Person, at_new: &Person) -> Codes {
    let codes = asks(person, &at_new.contact).await;
    brings_back(at_new, codes.new).await;
    brings_back(person, codes.old).await;
    codes
}

pub async fn asks(person: &Person, contact: &str) -> Codes {
    let request = SendStepUpOtpRequest {
        act: Some(Act::NewContact(contact.into())),
        ..Default::default()
    };
    let sent = person
        .client
        .send_step_up_otp(request)
        .await
        .expect("codes")
        .codes;
    Codes {
        new: id(&sent[0].challenge_id),
        old: id(&sent[1].challenge_id),
    }
}

/// Reads the newest code at this contact and brings it back.
pub async fn brings_back(person: &Person, challenge: Uuid) {
    let code = person.reads_the_code().await;
    let verified = person.client.anonymous().verify_otp(challenge, code).await;
    verified.expect("it is right");
}

pub async fn changes(person: &Person, contact: &str, codes: &Codes) -> Result<Participant, Error> {
    let request = UpdateContactRequest {
        contact: contact.into(),
        new_challenge_id: codes.new.to_string(),
        old_challenge_id: codes.old.to_string(),
    };
    person.client.update_contact(request).await
}
