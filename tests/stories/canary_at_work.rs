//! An employer and his people, and somebody who goes abroad: nothing of them is found where it must not lie.

use std::time::Duration;

use jamsostek_client::{
    Client, Error, Options, Segment, Uuid,
    v1::{
        ConfirmEmployeeRequest, CreateSubmissionRequest, EmployeeStatement, EmployerBill, Hire,
        HireRow, ListEmployeesRequest, Placement, RecordPaymentRequest, ReportEmployeeRequest,
        Scale, StartRegistrationRequest, SubmissionRow, SubmitEmploymentRequest,
        employer_bill::State, submission::Mode, submission_row::Action,
    },
};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::{
    canary::{bytes_of, free_address, lies_in, scrape},
    company::papers,
    fresh_store::empty_store,
    jamsostekd::{House, PATIENCE, program},
    migrant::by_himself,
    town::{credential, id},
};

const NAME: &str = "Merakwati Kusumaningrum";
const NIK: &str = "3174025207830051";
const PHONE: &str = "+6281377665521";
/// Whom his employer reports.
const OTHER_NIK: &str = "3174021207830052";
const OTHER_PHONE: &str = "+6281377665522";
const MOTHER: &str = "Jalakwati Soedirman";
/// Who goes abroad.
const AWAY_NIK: &str = "3174025207830053";
const AWAY_PHONE: &str = "+6281377665523";
/// Who is hired by a row, and whose row waits to be committed.
const ROWS: [(Mode, &str, &str); 2] = [
    (Mode::Partial, "3174021207830054", "+6281377665524"),
    (Mode::Atomic, "3174021207830055", "+6281377665525"),
];
const ROWS_MOTHER: &str = "Kutilangwati Soedarmo";
const EMPLOYERS: &str = "gajih.rahasia@perkutut.example";
/// Kept as it is told: whoever does not find it has not looked.
const PLANTED: &str = "PT Perkutut Manggung 88";

#[tokio::test]
async fn nothing_of_employees_or_migrant_workers_lies_in_the_log_or_in_the_stores_bytes() {
    let home = TempDir::new().expect("a directory");
    let url = empty_store(&home).await;
    let metrics = free_address().await;
    let mut command = program(&home).await;
    command
        .args(["--database-url", &url, "--metrics-listen", &metrics])
        .env("RUST_LOG", "debug");
    let house = House::of(command, |address| Options::new(format!("http://{address}"))).await;

    let employer = employs_and_pays(&house).await;
    let mut secrets = vec![employer];
    secrets.extend(goes_abroad(&house).await);
    let known = [
        NIK,
        PHONE,
        OTHER_NIK,
        OTHER_PHONE,
        MOTHER,
        AWAY_NIK,
        AWAY_PHONE,
        EMPLOYERS,
    ];
    secrets.extend(known.map(str::to_owned));
    secrets.extend(ROWS.iter().flat_map(|it| [it.1, it.2]).map(str::to_owned));
    secrets.push(ROWS_MOTHER.to_owned());

    let log = house.log();
    assert!(log.contains("EmployerService"), "a log that was read");
    let counted = scrape(&metrics).await;
    assert!(counted.contains("jamsostek_calls_total"), "{counted}");
    for secret in secrets.iter().map(String::as_str).chain([NAME]) {
        assert!(!log.contains(secret), "{secret} is in the log");
        assert!(!counted.contains(secret), "{secret} is in the metrics");
    }
    let places = bytes_of(&home, &url).await;
    assert!(lies_in(PLANTED, &places).await, "the bytes were not read");
    for secret in &secrets {
        assert!(
            !lies_in(secret, &places).await,
            "{secret} lies in the store"
        );
    }
}

/// An employer confirms one and reports another, with slips on the way, and pays their month; his secret.
async fn employs_and_pays(house: &House) -> String {
    let client = &house.client;
    // Without pension, whose cap is announced year by year.
    let mut papers = papers("JK001601", Scale::Small);
    papers.name = PLANTED.into();
    papers.contact = EMPLOYERS.into();
    let registrar = client.with_credentials(credential(7), "sandbox-registrar");
    let made = registrar.register_employer(papers).await.expect("made");
    let user = id(&made.admin.expect("a user").id);
    let employer = client.with_credentials(user, made.client_secret.clone());
    let today = client.get_server_info().await.expect("itself").today;
    let work = SubmitEmploymentRequest {
        employee: Some(EmployeeStatement {
            npp: "JK001601".into(),
            started_on: today.clone(),
            ..EmployeeStatement::default()
        }),
        ..SubmitEmploymentRequest::default()
    };
    registers(house, form(Segment::Pu, NIK, PHONE), work).await;
    let asked = employer.list_employees(ListEmployeesRequest::default());
    let asked = asked.await.expect("the employees").employees.remove(0);
    let hire = Hire {
        started_on: today.clone(),
        wage_idr: 5_000_000,
        employee_number: "K-7".into(),
        ..Hire::default()
    };
    let mut confirm = ConfirmEmployeeRequest {
        membership_id: asked.membership_id,
        nik: OTHER_NIK.into(),
        hire: Some(hire.clone()),
    };
    tells_nothing(employer.confirm_employee(confirm.clone()).await);
    confirm.nik = NIK.into();
    employer.confirm_employee(confirm).await.expect("confirmed");
    let report = ReportEmployeeRequest {
        report_id: Uuid::now_v7().to_string(),
        npp: "JK001601".into(),
        nik: OTHER_NIK.into(),
        full_name: NAME.into(),
        mother_name: MOTHER.into(),
        contact: OTHER_PHONE.into(),
        hire: Some(hire),
        ..ReportEmployeeRequest::default()
    };
    let reported = employer.report_employee(report.clone()).await;
    reported.expect("a report");
    let again = ReportEmployeeRequest {
        report_id: Uuid::now_v7().to_string(),
        ..report
    };
    tells_nothing(employer.report_employee(again).await);
    for (mode, nik, phone) in ROWS {
        brings(&employer, &today, mode, (nik, phone)).await;
    }
    let bill = Uuid::now_v7();
    let issued = employer.issue_employer_bill(bill, "JK001601", &today[..7]);
    issued.await.expect("a bill");
    let bill = stands(&employer, bill, State::Open).await;
    pays(client, &bill.payment_code, bill.payable_idr, bill.issued_at).await;
    stands(&employer, id(&bill.id), State::Paid).await;
    made.client_secret
}

/// A row for somebody, and one that is torn and says the same; taken, or left to wait.
async fn brings(employer: &Client, today: &str, mode: Mode, (nik, phone): (&str, &str)) {
    let hired = HireRow {
        nik: nik.into(),
        full_name: NAME.into(),
        mother_name: ROWS_MOTHER.into(),
        contact: phone.into(),
        hire: Some(Hire {
            started_on: today.to_owned(),
            wage_idr: 5_000_000,
            ..Hire::default()
        }),
        ..HireRow::default()
    };
    let torn = HireRow {
        nik: format!("{nik}9"),
        contact: format!("{phone}999999"),
        ..hired.clone()
    };
    let row = |row_ref: String, hired| SubmissionRow {
        row_ref,
        action: Some(Action::Hired(hired)),
    };
    let rows = vec![
        row(format!("{mode:?}-1"), hired),
        row(format!("{mode:?}-2"), torn),
    ];
    let declared = CreateSubmissionRequest {
        submission_id: Uuid::now_v7().to_string(),
        npp: "JK001601".into(),
        month: today[..7].to_owned(),
        mode: mode.into(),
        declared_rows: 2,
        declared_wage_idr: 10_000_000,
    };
    let submissions = employer.submissions();
    let brought = submissions.submit(tokio_stream::iter(rows), declared).await;
    let brought = brought.expect("the rows are taken");
    if mode == Mode::Partial {
        let done = submissions.commit(id(&brought.id)).await.expect("it ends");
        assert_eq!(done.changes.expect("changes").hired, 1);
    }
}

/// Somebody pays for a contract abroad, leaves and adds months; every token that was seen.
async fn goes_abroad(house: &House) -> Vec<String> {
    let today = house.client.get_server_info().await.expect("itself").today;
    let work = SubmitEmploymentRequest {
        placement: Some(Placement {
            departs_on: today.clone(),
            jht_monthly_idr: 50_000,
            mother_name: MOTHER.into(),
            ..by_himself(6)
        }),
        ..SubmitEmploymentRequest::default()
    };
    // What the register knows of a mother is its own secret: it need not agree with what is told here.
    let (person, registration) =
        registers(house, form(Segment::Pmi, AWAY_NIK, AWAY_PHONE), work).await;
    let found = person.get_registration(registration).await.expect("it");
    let bill = person.get_bill(id(&found.bill_id)).await.expect("a bill");
    let client = &house.client;
    pays(
        client,
        &bill.payment_code,
        bill.payable_idr,
        found.started_at,
    )
    .await;
    person.renew_tokens().await.expect("tokens");
    let me = person.get_participant(None).await.expect("herself");
    let membership = id(&me.memberships[0].id);
    let day = today.parse().expect("a day");
    person
        .report_departure(membership, day)
        .await
        .expect("gone");
    tells_nothing(person.report_return(Uuid::now_v7(), day).await);
    let tokens = person.tokens().expect("tokens");
    std::iter::once(tokens.access_token)
        .chain(tokens.refresh_token)
        .collect()
}

fn form(segment: Segment, nik: &str, contact: &str) -> StartRegistrationRequest {
    StartRegistrationRequest {
        registration_id: Uuid::now_v7().to_string(),
        segment: segment.into(),
        nik: nik.into(),
        full_name: NAME.into(),
        contact: contact.into(),
        consent: true,
        ..StartRegistrationRequest::default()
    }
}

/// Registers and confirms; whoever it is, and his registration.
async fn registers(
    house: &House,
    form: StartRegistrationRequest,
    work: SubmitEmploymentRequest,
) -> (Client, Uuid) {
    let (contact, registration) = (form.contact.clone(), id(&form.registration_id));
    let started = house.client.start_registration(form).await;
    let challenge = id(&started.expect("started").challenge_id);
    let code = house.code_sent_to(&contact).await;
    let tokens = house.client.verify_otp(challenge, &code).await;
    let person = house.client.with_tokens(tokens.expect("tokens"));
    let work = SubmitEmploymentRequest {
        registration_id: registration.to_string(),
        ..work
    };
    person.submit_employment(work).await.expect("taken");
    let confirmed = person.confirm_registration(registration).await;
    confirmed.expect("confirmed");
    (person, registration)
}

async fn pays(
    client: &Client,
    payment_code: &str,
    amount_idr: i64,
    paid_at: Option<prost_types::Timestamp>,
) {
    let gateway = client.with_credentials(credential(1), "sandbox-gateway");
    let notice = RecordPaymentRequest {
        gateway_payment_id: Uuid::now_v7().to_string(),
        payment_code: payment_code.into(),
        amount_idr,
        paid_at,
        channel: "BANK".into(),
    };
    gateway.record_payment(notice).await.expect("taken");
}

/// The bill once it stands so.
async fn stands(employer: &Client, bill: Uuid, state: State) -> EmployerBill {
    let looks = async {
        loop {
            let bill = employer.get_employer_bill(bill).await.expect("the bill");
            if bill.state() == state {
                return bill;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, looks).await.expect("in time")
}

/// A refusal in which nobody is found.
fn tells_nothing<T: std::fmt::Debug>(answer: Result<T, Error>) {
    let told = format!("{:?}", answer.expect_err("a refusal"));
    for secret in [
        NAME,
        NIK,
        PHONE,
        OTHER_NIK,
        OTHER_PHONE,
        MOTHER,
        AWAY_NIK,
        AWAY_PHONE,
        EMPLOYERS,
    ] {
        assert!(!told.contains(secret), "{secret} is in {told}");
    }
}
