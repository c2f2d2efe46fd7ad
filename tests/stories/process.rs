//! The program as a process: it crashes, keeps its directory to itself, and ends when it is asked.

use jamsostek_client::{
    Client, Error, ErrorReason, Options, Segment, v1::StartRegistrationRequest,
};
use tempfile::TempDir;
use tokio::{net::TcpStream, time::timeout};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use uuid::Uuid;

use crate::{
    jamsostekd::{House, PATIENCE, program, told, verify},
    town::{ExpectRefusal, id, other_than},
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
