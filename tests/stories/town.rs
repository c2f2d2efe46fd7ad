//! The stage: a house on a fresh store, a clock that stands still, and people who do only what the client lets them.

use std::{
    future::{Future, pending},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use jamsostek_client::{
    Bill, BpuCategory, Client, Employment, Error, Occupation, Options, Payment, Programme, Refusal,
    Registration, Sector, Segment,
    v1::{
        OtpPurpose, RecordPaymentRequest, SendOtpRequest, SendOtpResponse,
        StartRegistrationRequest, StartRegistrationResponse, SubmitEmploymentRequest,
        VerifyOtpResponse,
    },
};
use jamsostek_server::{
    OtpLimits, Parts, Profile, Workers, assemble, clock::Clock, db::Db, seal::Seal,
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    sync::{Mutex as Turn, OnceCell},
};
use uuid::Uuid;

/// What the self-employed of these stories pay: trade, IDR 2,500,000 a month, JKK + JKM + JHT.
pub const MARCH: i64 = 84_800;
/// The same after PP 50/2025 takes half off JKK and JKM.
pub const APRIL: i64 = 68_400;
/// What of it is old-age savings.
pub const SAVED: i64 = 52_000;

/// A service with nobody in it yet.
pub struct Town {
    /// A client that speaks for nobody.
    pub client: Client,
    /// The store, for stories in which it fails.
    pub db: Db,
    pub seal: Seal,
    clock: Arc<Still>,
    workers: Workers,
    statements: Arc<AtomicU64>,
    url: String,
    _directory: TempDir,
}

/// Somebody with an e-KTP, a contact and a client.
#[derive(Clone)]
pub struct Person {
    /// Speaks for nobody until a code has come back.
    pub client: Client,
    pub nik: String,
    pub name: String,
    pub contact: String,
    /// The birth date as told; empty when the NIK's is meant.
    pub birth_date: String,
    pub work: Employment,
    /// The registration, once started.
    pub registration: Uuid,
    /// The code that was sent last.
    pub challenge: Uuid,
    /// Whoever delivers the messages.
    pub workers: Workers,
}

/// Whoever takes money for the scheme.
#[derive(Clone)]
pub struct Gateway {
    pub client: Client,
    clock: Arc<Still>,
}

impl Town {
    /// Founds a town at nine in the morning in Jakarta on `day`.
    pub async fn found(day: &str) -> Self {
        Self::found_at(&format!("{day}T02:00:00Z")).await
    }

    /// Founds a town at a moment, on the engine that `TEST_DATABASE_URL` names, else on SQLite.
    pub async fn found_at(moment: &str) -> Self {
        let directory = TempDir::new().expect("a directory");
        let url = fresh_store(&directory).await;
        let statements = Arc::new(AtomicU64::new(0));
        let db = Db::open_counting(&url, statements.clone())
            .await
            .expect("a store");
        let clock = Arc::new(Still(Mutex::new(instant(moment))));
        let seal = Seal::ephemeral();
        let parts = Parts {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            profile: Profile::Sandbox,
            limits: OtpLimits::SANDBOX,
        };
        let house = assemble(parts).await.expect("a house");
        let workers = house.workers();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let uri = format!("http://{}", listener.local_addr().expect("its address"));
        tokio::spawn(house.serve(listener, pending()));
        let client = Client::connect(Options::new(uri))
            .await
            .expect("a connection");
        Self {
            client,
            db,
            seal,
            clock,
            workers,
            statements,
            url,
            _directory: directory,
        }
    }

    /// Lets time pass.
    pub fn advances(&self, time: Duration) {
        self.clock.set(self.clock.now() + time);
    }

    /// Lets seconds pass.
    pub fn waits(&self, seconds: u64) {
        self.advances(Duration::from_secs(seconds));
    }

    /// Lets time pass until `moment`.
    pub fn moves_to(&self, moment: &str) {
        self.clock.set(instant(moment));
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Lets the workers run until nothing waits any more.
    pub async fn lets_the_workers_run(&self) {
        run(&self.workers).await;
    }

    /// Somebody new, who sells things for IDR 2,500,000 a month.
    pub fn person(&self) -> Person {
        static BORN: AtomicU32 = AtomicU32::new(1);
        let number = BORN.fetch_add(1, Ordering::Relaxed);
        Person {
            client: self.client.clone(),
            nik: format!("317401120590{:04}", number % 10_000),
            name: "Budi Hartono".into(),
            contact: format!("+62812{number:08}"),
            birth_date: String::new(),
            work: work(),
            registration: Uuid::nil(),
            challenge: Uuid::nil(),
            workers: self.workers.clone(),
        }
    }

    /// Somebody whom the sandbox's register has a story about.
    pub async fn known_as(&self, name: &str) -> Person {
        let people = self.client.list_people().await.expect("the people");
        let found = people.into_iter().find(|it| it.full_name == name);
        let found = found.expect("somebody with this name");
        Person {
            nik: found.nik,
            name: found.full_name,
            ..self.person()
        }
    }

    /// Somebody who has walked the whole road.
    pub async fn participant(&self) -> Person {
        let mut person = self.person();
        person.is_active(self).await;
        person
    }

    pub fn gateway(&self) -> Gateway {
        Gateway {
            client: self.credentialed(1, "sandbox-gateway"),
            clock: self.clock.clone(),
        }
    }

    pub fn officer(&self) -> Client {
        self.credentialed(2, "sandbox-officer")
    }

    /// A service that may not take payments.
    pub fn warehouse(&self) -> Client {
        self.credentialed(3, "sandbox-warehouse")
    }

    fn credentialed(&self, number: u128, secret: &str) -> Client {
        self.client.with_credentials(credential(number), secret)
    }

    /// How many statements the store is sent while `call` is answered.
    pub async fn statements_of<T>(&self, call: impl Future<Output = T>) -> (u64, T) {
        let before = self.statements.load(Ordering::Relaxed);
        let answer = call.await;
        (self.statements.load(Ordering::Relaxed) - before, answer)
    }

    /// A way into the store past the service.
    pub async fn burglar(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(&self.url);
        options.max_connections(1).sqlx_logging(false);
        Database::connect(options).await.expect("the store")
    }

    /// The file that the store is in, on SQLite.
    pub fn file(&self) -> Option<&str> {
        self.url.strip_prefix("sqlite://")
    }
}

impl Person {
    /// What this person writes into the first form.
    pub fn form(&self) -> StartRegistrationRequest {
        StartRegistrationRequest {
            registration_id: self.registration.to_string(),
            segment: Segment::Bpu.into(),
            nik: self.nik.clone(),
            full_name: self.name.clone(),
            contact: self.contact.clone(),
            birth_date: self.birth_date.clone(),
            consent: true,
        }
    }

    /// Starts a new registration.
    pub async fn starts(&mut self) -> Result<StartRegistrationResponse, Error> {
        self.registration = Uuid::now_v7();
        let started = self
            .client
            .anonymous()
            .start_registration(self.form())
            .await?;
        self.challenge = id(&started.challenge_id);
        Ok(started)
    }

    /// The newest code among this person's messages.
    pub async fn reads_the_code(&self) -> String {
        run(&self.workers).await;
        let messages = self
            .client
            .anonymous()
            .list_messages(self.contact.clone())
            .await;
        messages.expect("messages").swap_remove(0).code
    }

    /// Brings the newest code back and speaks for himself from then on.
    pub async fn confirms_the_code(&mut self) -> Result<VerifyOtpResponse, Error> {
        let code = self.reads_the_code().await;
        let tokens = self.tries(&code).await?;
        self.client = self.client.with_tokens(tokens.clone());
        Ok(tokens)
    }

    /// Tries a code.
    pub async fn tries(&self, code: &str) -> Result<VerifyOtpResponse, Error> {
        self.client
            .anonymous()
            .verify_otp(self.challenge, code)
            .await
    }

    /// Asks for the code of the registration again.
    pub async fn asks_again(&mut self) -> Result<SendOtpResponse, Error> {
        let request = SendOtpRequest {
            purpose: OtpPurpose::Register.into(),
            resend_of: self.challenge.to_string(),
            ..Default::default()
        };
        let sent = self.client.anonymous().send_otp(request).await?;
        self.challenge = id(&sent.challenge_id);
        Ok(sent)
    }

    /// Asks for a code to sign in with.
    pub async fn asks_to_sign_in(&mut self, kpj: &str) -> Result<SendOtpResponse, Error> {
        let request = SendOtpRequest {
            purpose: OtpPurpose::SignIn.into(),
            contact: self.contact.clone(),
            kpj: kpj.into(),
            ..Default::default()
        };
        let sent = self.client.anonymous().send_otp(request).await?;
        self.challenge = id(&sent.challenge_id);
        Ok(sent)
    }

    /// Tells the work.
    pub async fn tells_work(&self) -> Result<Registration, Error> {
        let request = SubmitEmploymentRequest {
            registration_id: self.registration.to_string(),
            employment: Some(self.work.clone()),
            birth_date: String::new(),
        };
        self.client.submit_employment(request).await
    }

    /// Confirms what was told.
    pub async fn confirms(&self) -> Result<Registration, Error> {
        self.client.confirm_registration(self.registration).await
    }

    /// Looks where the registration stands.
    pub async fn looks(&self) -> Registration {
        let found = self.client.get_registration(self.registration).await;
        found.expect("the registration")
    }

    /// Walks to where the work is asked for.
    pub async fn has_an_account(&mut self) {
        self.starts().await.expect("a registration");
        self.confirms_the_code().await.expect("tokens");
    }

    /// Walks to where money is asked for; the first bill.
    pub async fn has_a_bill(&mut self) -> Bill {
        self.has_an_account().await;
        self.tells_work().await.expect("the work is taken");
        let confirmed = self.confirms().await.expect("a bill");
        let bill = self.client.get_bill(id(&confirmed.bill_id)).await;
        bill.expect("the first bill")
    }

    /// Walks the whole road and speaks as a participant; the first payment.
    pub async fn is_active(&mut self, town: &Town) -> Payment {
        let bill = self.has_a_bill().await;
        let paid = town
            .gateway()
            .pays(&bill.payment_code, bill.payable_idr)
            .await;
        self.becomes_a_participant().await;
        paid
    }

    /// Turns a registrant's tokens into a participant's.
    pub async fn becomes_a_participant(&self) {
        self.client.renew_tokens().await.expect("new tokens");
    }

    /// His one membership.
    pub async fn membership(&self) -> Uuid {
        let me = self.client.get_participant(None).await.expect("himself");
        id(&me.memberships[0].id)
    }

    /// What he has saved by now.
    pub async fn balance(&self) -> i64 {
        let balance = self.client.get_balance(None, None).await;
        balance.expect("a balance").balance_idr
    }
}

impl Gateway {
    /// A notice of money paid just now.
    pub fn notice(&self, payment_code: &str, amount_idr: i64) -> RecordPaymentRequest {
        RecordPaymentRequest {
            gateway_payment_id: Uuid::now_v7().to_string(),
            payment_code: payment_code.into(),
            amount_idr,
            paid_at: Some(timestamp(self.clock.now())),
            channel: "BANK".into(),
        }
    }

    /// Takes money and says so.
    pub async fn pays(&self, payment_code: &str, amount_idr: i64) -> Payment {
        self.reports(self.notice(payment_code, amount_idr)).await
    }

    /// Reports money that it took.
    pub async fn reports(&self, notice: RecordPaymentRequest) -> Payment {
        self.client.record_payment(notice).await.expect("a payment")
    }
}

/// What a story expects of a call that fails.
pub trait ExpectRefusal {
    /// The refusal, or the story fails.
    fn expect_refusal(self) -> Refusal;
}

impl<T: std::fmt::Debug> ExpectRefusal for Result<T, Error> {
    fn expect_refusal(self) -> Refusal {
        match self.expect_err("a refusal") {
            Error::Refused(refusal) => *refusal,
            other => panic!("not a refusal: {other:?}"),
        }
    }
}

/// Work that costs [`MARCH`] in March 2026.
pub fn work() -> Employment {
    Employment {
        occupations: vec![Occupation {
            title: "Warung".into(),
            sector: Sector::Trade.into(),
        }],
        category: BpuCategory::SelfEmployed.into(),
        income_idr: 2_500_000,
        programmes: programmes([Programme::Jkk, Programme::Jkm, Programme::Jht]),
        months: 1,
        paid_by_state: false,
        mother_name: String::new(),
    }
}

pub fn programmes<const N: usize>(programmes: [Programme; N]) -> Vec<i32> {
    programmes.map(Into::into).to_vec()
}

/// A code that is not `code`.
pub fn other_than(code: &str) -> String {
    let number: u32 = code.parse().expect("six digits");
    format!("{:06}", (number + 1) % 1_000_000)
}

/// The sandbox's credentials, by number.
pub fn credential(number: u128) -> Uuid {
    let first = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000);
    Uuid::from_u128(first.as_u128() + number)
}

pub fn id(text: &str) -> Uuid {
    text.parse().expect("an id")
}

pub fn timestamp(moment: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: moment.timestamp(),
        nanos: 0,
    }
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

async fn run(workers: &Workers) {
    while workers.work().await.expect("work") > 0 {}
}

struct Still(Mutex<DateTime<Utc>>);

impl Still {
    fn set(&self, moment: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = moment;
    }
}

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server that stories run on, if not SQLite.
#[expect(
    clippy::disallowed_methods,
    reason = "stories have no config.rs; this is their one setting"
)]
fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

/// The URL of a store nobody has used.
async fn fresh_store(directory: &TempDir) -> String {
    let Some(server) = server() else {
        return format!("sqlite://{}", directory.path().join("town.db").display());
    };
    // Migrating once and copying is much faster; PostgreSQL copies a template for one at a time.
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    static COPYING: Turn<()> = Turn::const_new(());
    let template = TEMPLATE.get_or_init(|| migrated(&server)).await;
    let _turn = COPYING.lock().await;
    let name = format!("story_{}", Uuid::now_v7().simple());
    create(&server, &format!("{name} TEMPLATE {template}")).await;
    format!("{server}/{name}")
}

async fn migrated(server: &str) -> String {
    let name = format!(
        "template_{}_{}",
        std::process::id(),
        Uuid::now_v7().simple()
    );
    create(server, &name).await;
    let db = Db::open(&format!("{server}/{name}"))
        .await
        .expect("a template");
    db.close().await;
    name
}

async fn create(server: &str, database: &str) {
    let admin = Database::connect(format!("{server}/postgres")).await;
    let admin = admin.expect("the test server");
    let created = admin
        .execute_unprepared(&format!("CREATE DATABASE {database}"))
        .await;
    created.expect("a database");
    admin.close().await.expect("closed");
}
