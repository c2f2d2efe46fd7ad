//! The program with a real register: how it is set, and what it never tells.

use jamsostek_client::{
    Options, Segment,
    v1::{IdentityState, StartRegistrationRequest, SubmitEmploymentRequest},
};
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};
use uuid::Uuid;

use super::local::{Local, Manner, PASSWORD, agrees, code};
use crate::{
    canary::{free_address, scrape},
    jamsostekd::{House, PATIENCE, program, told},
    person::work,
    town::id,
};

const NIK: &str = "3174025207830043";
const NAME: &str = "Cendrawasih Kusumawardani";
const MOTHER: &str = "Pelikanwati Soemarmo";

#[tokio::test]
async fn neither_the_password_nor_who_is_asked_about_lies_in_the_log() {
    let home = TempDir::new().expect("a directory");
    // It tells everything back, as careless servers do.
    let echo = format!("<html>{PASSWORD} {NIK} {NAME}</html>");
    let register = Local::that(Manner::Body(echo));
    let metrics = free_address().await;
    let mut command = asking(&home, &format!("http://{}", register.address)).await;
    command
        .args(["--metrics-listen", &metrics])
        .env("RUST_LOG", "trace");
    let house = House::of(command, |address| Options::new(format!("http://{address}"))).await;

    let mut states = Vec::new();
    for (contact, manner) in [
        ("+6281377665540", None),
        ("+6281377665541", Some(Manner::BreaksOff)),
        ("+6281377665542", Some(Manner::Says(agrees()))),
    ] {
        if let Some(manner) = manner {
            register.has_left(7);
            register.now(manner);
        }
        states.push(registers(&house, contact).await);
    }

    let pending = IdentityState::Pending;
    assert_eq!(states, [pending, pending, IdentityState::Matched]);
    let (log, counted) = (house.log(), scrape(&metrics).await);
    for told in [
        "garbled",
        "broken_off",
        "few questions to the register are left",
    ] {
        assert!(log.contains(told), "{told} is not in {log}");
    }
    for told in [
        "jamsostek_register_quota_left 7",
        "jamsostek_register_cost_idr_total 3000",
        "jamsostek_register_silences_total{kind=\"garbled\"} 1",
    ] {
        assert!(counted.contains(told), "{told} is not in {counted}");
    }
    for secret in [
        PASSWORD,
        NIK,
        NAME,
        &NAME.to_uppercase(),
        MOTHER,
        &MOTHER.to_uppercase(),
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
        assert!(!counted.contains(secret), "{secret} is in the metrics");
    }
}

#[tokio::test]
async fn the_password_is_not_in_the_help_and_may_come_from_a_file() {
    let home = TempDir::new().expect("a directory");
    let register = Local::that(Manner::Says(code("13")));
    let help = program(&home)
        .await
        .arg("--help")
        .env("JAMSOSTEK_REGISTER_PASSWORD", PASSWORD)
        .output()
        .await
        .expect("it ran");
    let file = home.path().join("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).expect("a file");
    let mut command = asking(&home, &format!("http://{}", register.address)).await;
    command
        .env_remove("JAMSOSTEK_REGISTER_PASSWORD")
        .arg("--register-password-file")
        .arg(&file);

    let house = House::of(command, |address| Options::new(format!("http://{address}"))).await;
    let refused = submits(&house, "+6281377665543").await;

    refused.expect_err("nobody has the NIK");
    assert_eq!(register.asked()[0].body["PASSWORD"], PASSWORD);
    let help = told(&help);
    assert!(
        help.contains("JAMSOSTEK_REGISTER_PASSWORD") && !help.contains(PASSWORD),
        "{help}"
    );
}

#[tokio::test]
async fn settings_that_do_not_go_together_are_named() {
    let home = TempDir::new().expect("a directory");
    let empty = home.path().join("empty.pem");
    std::fs::write(&empty, "").expect("a file");
    let cases: [(&[&str], &str); 5] = [
        (
            &["--register-url", "http://10.0.0.1:8000"],
            "must begin with https://",
        ),
        (
            &["--register-url", "https://10.0.0.1:8000"],
            "--register-url needs --register-customer, --register-user, --register-ip-user, --register-password-file",
        ),
        (
            &["--register-customer", "jamsostek"],
            "--register-customer needs --register-url",
        ),
        (&["--register-threshold", "0"], "1..=100"),
        (
            &["--register-password-file", "/nowhere/at/all"],
            "cannot be read",
        ),
    ];

    for (flags, why) in cases {
        let mut command = program(&home).await;
        let said = refused_to_serve(command.args(flags)).await;

        assert!(said.contains(why), "{why} is not in {said}");
    }
    let mut trusting_nobody = asking(&home, "https://10.0.0.1:8000").await;
    let said = refused_to_serve(trusting_nobody.arg("--register-ca").arg(&empty)).await;
    assert!(
        said.contains("--register-ca holds no certificates"),
        "{said}"
    );
}

#[tokio::test]
async fn production_asks_for_a_register_until_it_has_one() {
    let home = TempDir::new().expect("a directory");
    let keys = program(&home).await.args(["keys", "create"]).output().await;
    assert!(keys.expect("it ran").status.success());

    let mut without = program(&home).await;
    let without = refused_to_serve(without.args(["--profile", "production"])).await;
    let mut with = asking(&home, "https://10.0.0.1:8000").await;
    let with = refused_to_serve(with.args(["--profile", "production"])).await;

    assert!(without.contains("the population register"), "{without}");
    assert!(!with.contains("the population register"), "{with}");
    assert!(with.contains("a mail server"), "{with}");
}

/// The program, set to ask a register.
async fn asking(home: &TempDir, url: &str) -> Command {
    let mut command = program(home).await;
    command
        .args(["--register-url", url, "--register-customer", "jamsostek"])
        .args([
            "--register-user",
            "penguji",
            "--register-ip-user",
            "10.1.2.3",
        ])
        .env("JAMSOSTEK_REGISTER_PASSWORD", PASSWORD);
    command
}

/// What the program says when it does not serve.
async fn refused_to_serve(command: &mut Command) -> String {
    let ended = timeout(PATIENCE, command.args(["--listen", "127.0.0.1:0"]).output());
    let ended = ended.await.expect("it ends").expect("it ran");
    assert!(!ended.status.success(), "{}", told(&ended));
    told(&ended)
}

/// Registers up to the work; what is then known of the person.
async fn registers(house: &House, contact: &str) -> IdentityState {
    let taken = submits(house, contact).await;
    taken.expect("the work is taken").identity_state()
}

async fn submits(
    house: &House,
    contact: &str,
) -> Result<jamsostek_client::Registration, jamsostek_client::Error> {
    let registration = Uuid::now_v7();
    let form = StartRegistrationRequest {
        registration_id: registration.to_string(),
        segment: Segment::Bpu.into(),
        nik: NIK.into(),
        full_name: NAME.into(),
        contact: contact.into(),
        consent: true,
        ..Default::default()
    };
    let started = house
        .client
        .start_registration(form)
        .await
        .expect("started");
    let code = house.code_sent_to(contact).await;
    let tokens = house
        .client
        .verify_otp(id(&started.challenge_id), code)
        .await;
    let person = house.client.with_tokens(tokens.expect("tokens"));
    let mut employment = work();
    employment.mother_name = MOTHER.into();
    let employment = SubmitEmploymentRequest {
        registration_id: registration.to_string(),
        employee: None,
        placement: None,
        employment: Some(employment),
        birth_date: String::new(),
    };
    person.submit_employment(employment).await
}
