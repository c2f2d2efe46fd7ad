//! The stage: a house on a fresh store, and a clock that stands still.

use std::{
    future::{Future, pending},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use jamsostek_client::{Client, Error, Options, Refusal};
use jamsostek_server::{
    OtpLimits, Outside, Parts, Profile, Workers, assemble, clock::Clock, db::Db, seal::Seal,
};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use tempfile::TempDir;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{
    fresh_store::fresh_store,
    language::is_explained,
    person::{Gateway, Person, work},
};

/// A service with nobody in it yet.
pub struct Town {
    /// A client that speaks for nobody.
    pub client: Client,
    /// Where the house is, as a client is told it.
    pub address: String,
    /// The store, for stories in which it fails.
    pub db: Db,
    pub seal: Seal,
    clock: Arc<Still>,
    workers: Workers,
    statements: Arc<AtomicU64>,
    url: String,
    outside: Outside,
    _directory: TempDir,
}

impl Town {
    /// Founds a town at nine in the morning in Jakarta on `day`.
    pub async fn found(day: &str) -> Self {
        Self::found_at(&format!("{day}T02:00:00Z")).await
    }

    /// Founds a town at a moment, on the engine that `TEST_DATABASE_URL` names, else on SQLite.
    pub async fn found_at(moment: &str) -> Self {
        Self::found_as(moment, |_| {}).await
    }

    /// Founds a town whose house is a little different.
    pub async fn found_as(moment: &str, change: impl FnOnce(&mut Parts)) -> Self {
        let directory = TempDir::new().expect("a directory");
        let url = fresh_store(&directory).await;
        let statements = Arc::new(AtomicU64::new(0));
        let db = Db::open_counting(&url, statements.clone())
            .await
            .expect("a store");
        let clock = Arc::new(Still(Mutex::new(instant(moment))));
        let seal = Seal::ephemeral();
        let mut parts = parts(db.clone(), seal.clone(), clock.clone());
        change(&mut parts);
        let outside = parts.outside.clone();
        let (address, client, workers) = serve(parts).await;
        Self {
            client,
            address,
            db,
            seal,
            clock,
            workers,
            statements,
            url,
            outside,
            _directory: directory,
        }
    }

    /// Opens another house on the same store; a client of it, and its workers.
    pub async fn opens_another_house(&self) -> (Client, Workers) {
        let db = Db::open(&self.url).await.expect("the same store");
        let mut parts = parts(db, self.seal.clone(), self.clock.clone());
        parts.outside = self.outside.clone();
        let (_, client, workers) = serve(parts).await;
        (client, workers)
    }

    /// The workers of the first house.
    pub fn workers(&self) -> Workers {
        self.workers.clone()
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
            passport: None,
            birth_date: String::new(),
            work: work(),
            employee: None,
            placement: None,
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

    /// The one who checks what the first one makes.
    pub fn second_officer(&self) -> Client {
        self.credentialed(4, "sandbox-second-officer")
    }

    /// The bank, which tells what became of payouts.
    pub fn bank(&self) -> Client {
        self.credentialed(5, "sandbox-bank")
    }

    /// The service that registers employers.
    pub fn registrar(&self) -> Client {
        self.credentialed(7, "sandbox-registrar")
    }

    /// Who carries messages, and tells what became of them.
    pub fn carrier(&self) -> Client {
        self.credentialed(8, "sandbox-carrier")
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

/// What a story expects of a call that fails.
pub trait ExpectRefusal {
    /// The refusal, or the story fails.
    fn expect_refusal(self) -> Refusal;
}

impl<T: std::fmt::Debug> ExpectRefusal for Result<T, Error> {
    fn expect_refusal(self) -> Refusal {
        match self.expect_err("a refusal") {
            Error::Refused(refusal) => {
                is_explained(&refusal);
                *refusal
            }
            other @ (Error::Transport(_) | Error::Unknown(_)) => panic!("not a refusal: {other:?}"),
        }
    }
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

fn parts(db: Db, seal: Seal, clock: Arc<Still>) -> Parts {
    Parts {
        db,
        seal,
        clock,
        profile: Profile::Sandbox,
        limits: OtpLimits::SANDBOX,
        calls_max: 1_024,
        web_origins: vec!["https://app.example".into()],
        tls: None,
        outside: Outside::default(),
    }
}

async fn serve(parts: Parts) -> (String, Client, Workers) {
    let house = assemble(parts).await.expect("a house");
    let workers = house.workers();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let uri = format!("http://{}", listener.local_addr().expect("its address"));
    tokio::spawn(house.serve(listener, pending()));
    let client = Client::connect(Options::new(uri.as_str())).await;
    (uri, client.expect("a connection"), workers)
}

pub async fn run(workers: &Workers) {
    while workers.work().await.expect("work") > 0 {}
}

pub struct Still(Mutex<DateTime<Utc>>);

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
