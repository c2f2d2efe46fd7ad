//! Who somebody is: what the NIK says, and what the population register says about it.

use jamsostek_client::{
    Employment, ErrorReason,
    v1::{IdentityState, NikWarning, Sex, SubmitEmploymentRequest, registration::State},
};

use crate::{
    person::Person,
    town::{ExpectRefusal, Town},
};

#[tokio::test]
async fn where_the_nik_states_no_birth_date_it_is_asked_for() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.nik = "3174010005900001".into();
    budi.has_an_account().await;

    let refusal = budi.tells_work().await.expect_refusal();
    let told = SubmitEmploymentRequest {
        registration_id: budi.registration.to_string(),
        employee: None,
        placement: None,
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
async fn a_birth_date_told_later_is_put_to_the_register_too() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.known_as("Budi Santoso").await;
    budi.has_an_account().await;
    budi.tells_work().await.expect("the work is taken");

    let other = SubmitEmploymentRequest {
        registration_id: budi.registration.to_string(),
        employee: None,
        placement: None,
        employment: Some(budi.work.clone()),
        birth_date: "2000-01-01".into(),
    };
    let refusal = budi.client.submit_employment(other).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::IdentityMismatch);
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
async fn the_register_is_asked_three_times_a_day_about_one_nik_and_contact() {
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
    // A day after the first question, and three times eleven minutes have gone.
    assert_eq!(refusal.metadata["retryAfterSeconds"], "84420");
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

/// Somebody from the sandbox's people tells the work and is refused.
async fn stopped(town: &Town, name: &str) -> (Person, jamsostek_client::Refusal) {
    let mut person = town.known_as(name).await;
    person.has_an_account().await;
    let refusal = person.tells_work().await.expect_refusal();
    (person, refusal)
}
