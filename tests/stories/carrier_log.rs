//! What carriers are handed, and what they say of it, stands in no log.

use jamsostek_client::{
    Options, Segment,
    v1::{StartRegistrationRequest, get_otp_delivery_response::State},
};
use tempfile::TempDir;

use crate::{
    jamsostekd::{House, PATIENCE, program},
    mail_server::{MailServer, PASSWORD},
    sms_gateway::{Mood, SmsGateway, TOKEN},
    town::id,
};

const PHONE: &str = "+6281377665501";
const REFUSED_PHONE: &str = "+6281377665502";
const REFUSED_MAIL: &str = "kenari.77@example.id";

#[tokio::test]
async fn no_contact_no_code_and_no_secret_of_a_carrier_is_logged() {
    let (gateway, mut mail) = (SmsGateway::opens().await, MailServer::opens().await);
    let home = TempDir::new().expect("a directory");
    let mut command = program(&home).await;
    command
        .args(gateway.flags())
        .args(mail.flags())
        .env("RUST_LOG", "debug");
    let house = House::of(command, |address| Options::new(format!("http://{address}"))).await;
    mail.is("refusing").await;

    registers(&house, PHONE, State::Sent).await;
    gateway.is(Mood::Says(422));
    registers(&house, REFUSED_PHONE, State::Failed).await;
    registers(&house, REFUSED_MAIL, State::Failed).await;

    let log = house.log();
    assert!(log.contains("it answers 422"), "{log}");
    assert!(log.contains("it says 550"), "{log}");
    let code = gateway.came()[0].code();
    assert!(!log.contains(&format!(" {code}")), "{code} is in the log");
    for secret in [
        PHONE,
        REFUSED_PHONE,
        REFUSED_MAIL,
        TOKEN,
        PASSWORD,
        "Kode OTP",
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

/// Starts a registration, and waits until its code has got so far.
async fn registers(house: &House, contact: &str, state: State) {
    let form = StartRegistrationRequest {
        segment: Segment::Bpu.into(),
        nik: "3174025207830042".into(),
        full_name: "Kenariwati Purnamasari".into(),
        contact: contact.into(),
        consent: true,
        ..Default::default()
    };
    let started = house.client.start_registration(form).await;
    let challenge = started.expect("a registration").challenge_id;
    let arrives = async {
        loop {
            let way = house.client.get_otp_delivery(id(&challenge)).await;
            if way.expect("its way").state() == state {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let arrived = tokio::time::timeout(PATIENCE, arrives).await;
    arrived.expect("it gets so far in time");
}
