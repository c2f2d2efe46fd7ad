//! The program as a process: it crashes, keeps its directory to itself, and ends when it is asked.

use jamsostek_client::{
    Client, Error, ErrorReason, Options, Segment,
    v1::{RecordPaymentRequest, StartRegistrationRequest},
};
use tempfile::TempDir;
use tokio::{net::TcpStream, time::timeout};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use uuid::Uuid;

use crate::{
    jamsostekd::{House, PATIENCE, program, told, verify},
    town::{ExpectRefusal, credential, id, other_than, timestamp},
};

#[tokio::test]
async fn five_wrong_codes_stay_counted_through_a_crash() {
    let home = TempDir::new().expect("a directory");
    let house = House::opens(&home).await;
    let contact = "+6281234500001";
    let started = house
        .client
        .start_registration(form(contact))
        .await
        .expect("started");
    let challenge = id(&started.challenge_id);
    let code = house.code_sent_to(contact).await;
    let wrong = other_than(&code);
    for _ in 0..5 {
        let refusal = house
            .client
            .verify_otp(challenge, wrong.clone())
            .await
            .expect_refusal();
        assert_eq!(refusal.reason, ErrorReason::OtpWrong);
    }

    house.crashes().await;
    let house = House::opens(&home).await;

    let refusal = house
        .client
        .verify_otp(challenge, code)
        .await
        .expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::OtpLocked);
    house.crashes().await;
    let verified = verify(&home).await;
    assert!(verified.status.success(), "{}", told(&verified));
}

#[tokio::test]
async fn a_second_house_on_the_same_directory_is_refused() {
    let home = TempDir::new().expect("a directory");
    let first = House::opens(&home).await;

    let mut second = program(&home).await;
    let second = second.args(["--listen", "127.0.0.1:0"]).output();
    let second = timeout(PATIENCE, second)
        .await
        .expect("it ends")
        .expect("it ran");

    assert!(!second.status.success(), "{}", told(&second));
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("another jamsostekd"), "{said}");
    first
        .client
        .get_server_info()
        .await
        .expect("the first goes on");
}

#[tokio::test]
async fn a_store_is_not_served_with_other_keys() {
    let home = TempDir::new().expect("a directory");
    House::opens(&home).await.crashes().await;
    let other = home.path().join("other.json");

    let mut second = program(&home).await;
    second
        .args(["--listen", "127.0.0.1:0", "--key-file"])
        .arg(other);
    let second = timeout(PATIENCE, second.output())
        .await
        .expect("it ends")
        .expect("it ran");

    assert!(!second.status.success(), "{}", told(&second));
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("another key ring"), "{said}");
}

#[tokio::test]
async fn whoever_verifies_nothing_is_told_so() {
    let home = TempDir::new().expect("a directory");
    let keys = program(&home).await.args(["keys", "create"]).output().await;
    assert!(keys.expect("it ran").status.success());

    let verified = verify(&home).await;

    assert!(!verified.status.success(), "{}", told(&verified));
    assert!(
        !home.path().join("jamsostek.db").exists(),
        "a store was made"
    );
}

#[tokio::test]
async fn a_gateway_with_a_new_secret_is_the_gateway_it_was() {
    let home = TempDir::new().expect("a directory");
    let house = House::opens(&home).await;
    let known = credential(1);
    let created = program(&home)
        .await
        .args(["client", "create", "--kind", "service", "--name", "second"])
        .args(["--like", &known.to_string()])
        .output()
        .await
        .expect("it ran");
    let printed = String::from_utf8_lossy(&created.stdout).into_owned();
    let value = |name: &str| {
        let line = printed.lines().find_map(|it| it.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name} in {}", told(&created)))
            .to_owned()
    };
    let first = house.client.with_credentials(known, "sandbox-gateway");
    let second = id(&value("client_id: "));
    let second = house
        .client
        .with_credentials(second, value("client_secret: "));
    let info = house.client.get_server_info().await.expect("itself");
    let today: chrono::NaiveDate = info.today.parse().expect("a day");
    let notice = RecordPaymentRequest {
        gateway_payment_id: "bank-77".into(),
        payment_code: "8899999999999".into(),
        amount_idr: 10_000,
        paid_at: Some(timestamp(
            today.and_time(chrono::NaiveTime::MIN).and_utc() - chrono::TimeDelta::days(1),
        )),
        channel: "BANK".into(),
    };

    let paid = first.record_payment(notice.clone()).await.expect("taken");
    let again = second.record_payment(notice).await.expect("the same");

    assert_eq!(paid, again);
    let revoked = program(&home)
        .await
        .args(["client", "revoke", "--id", &known.to_string()])
        .status()
        .await;
    assert!(revoked.expect("it ran").success());
    let leaked = house.client.issue_token(known, "sandbox-gateway").await;
    assert_eq!(
        leaked.expect_refusal().reason,
        ErrorReason::CredentialsWrong
    );
}

#[tokio::test]
async fn a_silent_connection_keeps_nobody_from_ending() {
    let home = TempDir::new().expect("a directory");
    let mut house = House::opens(&home).await;
    let silent = TcpStream::connect(&house.address)
        .await
        .expect("a connection");
    // Connections are taken in the order in which they come: whoever is answered on a later one knows that the silent one is in.
    let later = Client::connect(Options::new(format!("http://{}", house.address))).await;
    let later = later.expect("a connection");
    later.list_people().await.expect("an answer");

    assert!(
        house.ends_when_asked().await,
        "the program ends as it should"
    );
    drop(silent);
}

#[tokio::test]
async fn a_call_that_never_ends_keeps_nobody_from_ending() {
    let home = TempDir::new().expect("a directory");
    let mut house = House::opens(&home).await;
    let mut health = HealthClient::new(house.client.channel());
    let said = health.watch(HealthCheckRequest::default()).await;
    let mut said = said.expect("an answer").into_inner();
    let mut hears = async |status| {
        while said
            .message()
            .await
            .expect("a word")
            .expect("a word")
            .status()
            != status
        {}
    };
    hears(ServingStatus::Serving).await;

    let (ended, ()) = tokio::join!(house.ends_when_asked(), hears(ServingStatus::NotServing));

    assert!(ended, "the program ends as it should");
}

#[tokio::test]
async fn with_a_certificate_it_speaks_tls_and_nothing_else() {
    let home = TempDir::new().expect("a directory");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let certificate = made.cert.pem();
    let [certificate_file, key_file] =
        ["certificate.pem", "key.pem"].map(|it| home.path().join(it));
    std::fs::write(&certificate_file, &certificate).expect("a file");
    std::fs::write(&key_file, made.signing_key.serialize_pem()).expect("a file");
    let [certificate_file, key_file] =
        [&certificate_file, &key_file].map(|it| it.to_str().expect("a path"));
    let flags = ["--tls-certificate", certificate_file, "--tls-key", key_file];

    let house = House::opens_with(&home, &flags, |address| {
        Options::new(format!("https://{address}"))
            .ca_certificate(certificate)
            .domain("localhost")
    })
    .await;
    house.client.get_server_info().await.expect("an answer");
    let in_the_clear = Client::connect(Options::new(format!("http://{}", house.address))).await;
    let in_the_clear = match in_the_clear {
        Ok(client) => client.get_server_info().await.map(|_| ()),
        Err(error) => Err(error),
    };

    let error = in_the_clear.expect_err("no answer");
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
}

fn form(contact: &str) -> StartRegistrationRequest {
    StartRegistrationRequest {
        registration_id: Uuid::now_v7().to_string(),
        segment: Segment::Bpu.into(),
        nik: "3174011205907777".into(),
        full_name: "Siti Aminah".into(),
        contact: contact.into(),
        consent: true,
        ..Default::default()
    }
}

#[tokio::test]
async fn a_database_that_is_named_wrongly_is_refused_without_its_password() {
    const PASSWORD: &str = "kenari-emas";
    let home = TempDir::new().expect("a directory");
    for url in [
        format!("mysql://us:{PASSWORD}@127.0.0.1/jamsostek"),
        format!("POSTGRES://us:{PASSWORD}@127.0.0.1/jamsostek"),
        format!("postgres:us:{PASSWORD}@127.0.0.1/jamsostek"),
        format!("postgres://us:{PASSWORD}@127.0.0.1:port/jamsostek"),
        format!("postgres://us:{PASSWORD}@[127.0.0.1/jamsostek"),
        format!("postgresql://us:{PASSWORD}@127.0.0.1:1/jamsostek"),
        format!("us:{PASSWORD}@127.0.0.1"),
        PASSWORD.to_owned(),
    ] {
        for command in ["serve", "verify"] {
            let mut program = program(&home).await;
            program.args(["--listen", "127.0.0.1:0", command]);
            let ended = program.env("JAMSOSTEK_DATABASE_URL", &url).output();
            let ended = timeout(PATIENCE, ended).await.expect("it ends");
            let ended = ended.expect("it ran");

            // 64: what was set is wrong, and nothing panicked over it.
            assert_eq!(ended.status.code(), Some(64), "{}", told(&ended));
            assert!(!told(&ended).contains(PASSWORD), "{}", told(&ended));
        }
    }
}
