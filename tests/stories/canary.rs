//! A known person walks the road, and nothing of him is found where it must not lie: in the log, in what is counted, in refusals, in
//! the store's bytes.

use std::path::{Path, PathBuf};

use jamsostek_client::{
    ClaimCause, Client, Options, Programme, Segment,
    v1::{
        BankAccount, Passport, PayoutAct, ProveIdentityRequest, RecordPaymentRequest,
        SendStepUpOtpRequest, StartRegistrationRequest, SubmitClaimRequest,
        SubmitEmploymentRequest, prove_identity_request::Second, send_step_up_otp_request::Act,
    },
};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::Command,
};
use uuid::Uuid;

use crate::{
    fresh_store::empty_store,
    jamsostekd::{House, program, told},
    person::work,
    town::{credential, id, other_than},
};

const NIK: &str = "3174025207830042";
const NAME: &str = "Kenariwati Purnamasari";
const PHONE: &str = "+6281377665544";
const MOTHER: &str = "Gelatikwati Soemarmo";
/// Another phone of hers, from which she joins herself.
const OTHER_PHONE: &str = "+6281377665599";
/// A foreigner's.
const PASSPORT: &str = "Q7755331Z";
const FOREIGN_PHONE: &str = "+6281377665511";
const ACCOUNT: &str = "8812003400560078";
/// Kept as it is told: whoever does not find it has not looked.
const PLANTED: &str = "Warung Cucakrawa 77";

#[tokio::test]
async fn nothing_of_a_person_lies_in_the_log_or_in_the_stores_bytes() {
    let home = TempDir::new().expect("a directory");
    let url = empty_store(&home).await;
    let metrics = free_address().await;
    let mut command = program(&home).await;
    command
        .args(["--database-url", &url, "--metrics-listen", &metrics])
        .env("RUST_LOG", "debug");
    let house = House::of(command, |address| Options::new(format!("http://{address}"))).await;

    let (code, mut secrets) = walks_the_road(&house).await;

    let log = house.log();
    assert!(log.contains("RegistrationService"), "a log that was read");
    assert!(!stands_in(&log, &code), "{code} is in the log");
    let counted = scrape(&metrics).await;
    assert!(counted.contains("jamsostek_calls_total"), "{counted}");
    assert!(!stands_in(&counted, &code), "{code} is in the metrics");
    secrets.extend(
        [
            NIK,
            PHONE,
            OTHER_PHONE,
            FOREIGN_PHONE,
            MOTHER,
            PASSPORT,
            ACCOUNT,
        ]
        .map(str::to_owned),
    );
    for secret in secrets.iter().map(String::as_str).chain([NAME]) {
        assert!(!log.contains(secret), "{secret} is in the log");
        assert!(!counted.contains(secret), "{secret} is in the metrics");
    }
    // The program runs on: these are the bytes of a live store. (The code is looked for row by row in `otp.rs`.)
    let places = bytes_of(&home, &url).await;
    assert!(lies_in(PLANTED, &places).await, "the bytes were not read");
    for secret in &secrets {
        assert!(
            !lies_in(secret, &places).await,
            "{secret} lies in the store"
        );
    }
}

/// Walks from a new account to a balance, with some slips on the way; the code, and every token that was seen.
async fn walks_the_road(house: &House) -> (String, Vec<String>) {
    let client = &house.client;
    let registration = Uuid::now_v7();
    let form = StartRegistrationRequest {
        registration_id: registration.to_string(),
        segment: Segment::Bpu.into(),
        nik: NIK.into(),
        full_name: NAME.into(),
        contact: PHONE.into(),
        consent: true,
        ..Default::default()
    };
    let malformed = StartRegistrationRequest {
        consent: false,
        ..form.clone()
    };
    client.start_registration(malformed).await.expect_err("no");
    let started = client.start_registration(form).await.expect("started");
    let challenge = id(&started.challenge_id);
    let code = house.code_sent_to(PHONE).await;
    let wrong = other_than(&code);
    client.verify_otp(challenge, wrong).await.expect_err("no");
    let tokens = client.verify_otp(challenge, &code).await.expect("tokens");
    let mut seen = vec![tokens.access_token.clone(), tokens.refresh_token.clone()];
    let person = client.with_tokens(tokens);
    let mut employment = work();
    employment.occupations[0].title = PLANTED.into();
    employment.mother_name = MOTHER.into();
    let employment = SubmitEmploymentRequest {
        registration_id: registration.to_string(),
        employee: None,
        placement: None,
        employment: Some(employment),
        birth_date: String::new(),
    };
    person.submit_employment(employment).await.expect("taken");
    let confirmed = person.confirm_registration(registration).await;
    let confirmed = confirmed.expect("a bill");
    let bill = person.get_bill(id(&confirmed.bill_id)).await;
    let bill = bill.expect("a bill");
    let gateway = client.with_credentials(credential(1), "sandbox-gateway");
    let notice = RecordPaymentRequest {
        gateway_payment_id: Uuid::now_v7().to_string(),
        payment_code: bill.payment_code,
        amount_idr: bill.payable_idr,
        paid_at: confirmed.started_at,
        channel: "BANK".into(),
    };
    gateway.record_payment(notice).await.expect("taken");
    seen.push(gateway.tokens().expect("its token").access_token);
    person.renew_tokens().await.expect("tokens");
    let tokens = person.tokens().expect("tokens");
    seen.push(tokens.access_token);
    seen.extend(tokens.refresh_token);
    person.get_balance(None, None).await.expect("a balance");
    person.get_bill(Uuid::now_v7()).await.expect_err("no");
    claims_early(house, &person).await;
    joins_herself(house, &person).await;
    meets_a_foreigner(house).await;
    (code, seen)
}

/// Opens another account of hers from another phone, with a slip on the way.
async fn joins_herself(house: &House, person: &Client) {
    let me = person.get_participant(None).await.expect("herself");
    let form = StartRegistrationRequest {
        registration_id: Uuid::now_v7().to_string(),
        segment: Segment::Bpu.into(),
        nik: NIK.into(),
        full_name: NAME.into(),
        contact: OTHER_PHONE.into(),
        consent: true,
        ..Default::default()
    };
    let registrant = comes_back(house, form.clone()).await;
    let proofs = |name: &str| ProveIdentityRequest {
        registration_id: form.registration_id.clone(),
        kpj: me.kpj.clone(),
        second: Some(Second::MotherName(name.into())),
    };
    let wrong = registrant.prove_identity(proofs(NAME)).await;
    let told = format!("{:?}", wrong.expect_err("not her mother"));
    for secret in [NIK, NAME, OTHER_PHONE, MOTHER] {
        assert!(!told.contains(secret), "{secret} is in {told}");
    }
    registrant
        .prove_identity(proofs(MOTHER))
        .await
        .expect("an account");
}

/// A foreigner whom nobody has reported.
async fn meets_a_foreigner(house: &House) {
    let form = StartRegistrationRequest {
        registration_id: Uuid::now_v7().to_string(),
        segment: Segment::Pu.into(),
        passport: Some(Passport {
            country: "SG".into(),
            number: PASSPORT.into(),
        }),
        full_name: NAME.into(),
        contact: FOREIGN_PHONE.into(),
        consent: true,
        ..Default::default()
    };
    let registration = id(&form.registration_id);
    let registrant = comes_back(house, form).await;
    let look = registrant.confirm_registration(registration).await;
    let told = format!("{:?}", look.expect_err("nobody has reported him"));
    assert!(!told.contains(PASSPORT), "{told}");
}

/// Starts a registration and brings its code back.
async fn comes_back(house: &House, form: StartRegistrationRequest) -> Client {
    let contact = form.contact.clone();
    let started = house.client.start_registration(form).await;
    let challenge = id(&started.expect("started").challenge_id);
    let code = house.code_sent_to(&contact).await;
    let tokens = house.client.verify_otp(challenge, &code).await;
    house.client.with_tokens(tokens.expect("tokens"))
}

/// Claims what cannot be claimed yet: the account is told, and the refusal says nothing of it.
async fn claims_early(house: &House, person: &Client) {
    let account = BankAccount {
        bank_code: "008".into(),
        account_number: ACCOUNT.into(),
        holder_name: NAME.into(),
    };
    let claim_id = Uuid::now_v7().to_string();
    let act = PayoutAct {
        claim_id: claim_id.clone(),
        account: Some(account.clone()),
    };
    person.advance_clock(61).await.expect("it moves");
    let request = SendStepUpOtpRequest {
        act: Some(Act::Payout(act)),
        ..Default::default()
    };
    let before = house
        .client
        .list_messages(PHONE)
        .await
        .expect("messages")
        .len();
    let sent = person.send_step_up_otp(request).await.expect("a code");
    let challenge_id = sent.codes[0].challenge_id.clone();
    let code = house.code_after(PHONE, before).await;
    person
        .verify_otp(id(&challenge_id), code)
        .await
        .expect("it is right");
    let form = SubmitClaimRequest {
        claim_id,
        programme: Programme::Jht.into(),
        cause: ClaimCause::BusinessEnd.into(),
        account: Some(account),
        challenge_id,
        kpj: String::new(),
    };
    let refusal = person.submit_claim(form).await.expect_err("too early");
    let told = format!("{refusal:?}");
    for secret in [NIK, NAME, PHONE, MOTHER, ACCOUNT] {
        assert!(!told.contains(secret), "{secret} is in {told}");
    }
}

/// An address that nobody listens on.
pub async fn free_address() -> String {
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    socket.local_addr().expect("its address").to_string()
}

/// What is counted.
pub async fn scrape(address: &str) -> String {
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket
        .write_all(request.as_bytes())
        .await
        .expect("it is sent");
    let mut text = String::new();
    socket.read_to_string(&mut text).await.expect("an answer");
    text
}

/// Whether `code` stands in `text` by itself. Six digits come by chance within a moment or an id.
fn stands_in(text: &str, code: &str) -> bool {
    let part = |it: char| it.is_ascii_hexdigit() || ".-".contains(it);
    text.match_indices(code).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + code.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// Where the store's bytes are, the live ones and the log of changes.
pub async fn bytes_of(home: &TempDir, url: &str) -> Vec<PathBuf> {
    if url.starts_with("sqlite:") {
        let file = home.path().join("town.db");
        let log = home.path().join("town.db-wal");
        return vec![file, log];
    }
    let store = Database::connect(url).await.expect("the store");
    let ask = async |sql: &str| {
        let row = store.query_one_raw(Statement::from_string(DbBackend::Postgres, sql));
        let row = row.await.expect("an answer").expect("a row");
        row.try_get_by_index::<String>(0).expect("text")
    };
    store
        .execute_unprepared("CHECKPOINT")
        .await
        .expect("on disk");
    let directory = PathBuf::from(ask("SELECT current_setting('data_directory')").await);
    let database = "SELECT oid::text FROM pg_database WHERE datname = current_database()";
    let database = directory.join("base").join(ask(database).await);
    vec![database, directory.join("pg_wal")]
}

/// Whether some file of `places` holds `text`, as it is written.
pub async fn lies_in(text: &str, places: &[impl AsRef<Path>]) -> bool {
    let mut search = Command::new("grep");
    search.args([
        "--recursive",
        "--text",
        "--fixed-strings",
        "--quiet",
        "-e",
        text,
    ]);
    for place in places {
        search.arg(place.as_ref());
    }
    let found = search.output().await.expect("grep");
    match found.status.code() {
        Some(0) => true,
        Some(1) => false,
        _ => panic!("nobody looked: {}", told(&found)),
    }
}
