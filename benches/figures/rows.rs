//! An employer reports very many employees at once: `… -- --rows`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use jamsostek_client::{
    Client, Options, Uuid,
    v1::{
        CreateSubmissionRequest, Hire, HireRow, Submission, SubmissionRow, submission,
        submission_row::Action,
    },
};
use tokio::task::JoinSet;

use crate::{
    database::{Database, Engine},
    house::House,
};

const USER: (Uuid, &str) = (
    Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0006),
    "sandbox-employer",
);
const NPP: &str = "JK000001";
const WAGE: i64 = 5_000_000;
/// How many calls bring rows at once.
const SIDE_BY_SIDE: usize = 4;
/// How many rows one call brings.
const CALL_ROWS: usize = 5_000;

/// Something that was measured, in rows a second, and what it is compared with.
pub struct Measured {
    pub engine: &'static str,
    pub what: &'static str,
    pub rows_per_second: f64,
    pub limit: Option<(&'static str, f64)>,
}

/// Reports `many` people who begin today, and then says the same again.
pub async fn measure(
    engine: Engine,
    house: &House,
    database: &Database,
    many: usize,
) -> (Vec<Measured>, Vec<String>) {
    let options = Options::new(format!("http://{}", house.address));
    let client = Client::connect(options).await.expect("a connection");
    let today = client.get_server_info().await.expect("the day").today;
    let client = client.with_credentials(USER.0, USER.1);
    let rows = rows(many, &today);
    let idle = house.resident_mib();
    let mut measured = Vec::new();
    let mut keep = |what, took: Duration, limit| {
        measured.push(Measured {
            engine: engine.name(),
            what,
            rows_per_second: many as f64 / took.as_secs_f64(),
            limit,
        });
    };

    let first = Run::of(&client, &rows, &today, database).await;
    let after_first = house.resident_mib();
    let again = Run::of(&client, &rows, &today, database).await;
    keep(
        "upload",
        first.uploaded,
        first
            .copied
            .map(|it| ("\\copy", many as f64 / it.as_secs_f64())),
    );
    keep("validation", first.validated, None);
    keep("commit", first.committed, None);
    let floor = database.same_rows().await;
    keep(
        "the whole way",
        first.whole(),
        floor.map(|it| ("INSERT … SELECT", many as f64 / it.as_secs_f64())),
    );
    let whole = many as f64 / first.whole().as_secs_f64();
    keep("the same again", again.whole(), Some(("first", whole)));
    let told = format!(
        "{}: {idle:.1} MiB before, {after_first:.1} after {many} rows, {:.1} after they came again",
        engine.name(),
        house.resident_mib()
    );
    (measured, vec![told])
}

/// How long the parts of a submission took.
struct Run {
    uploaded: Duration,
    /// psql's copy of the same rows into the same table.
    copied: Option<Duration>,
    validated: Duration,
    committed: Duration,
}

impl Run {
    async fn of(client: &Client, rows: &[SubmissionRow], today: &str, database: &Database) -> Self {
        let request = CreateSubmissionRequest {
            submission_id: Uuid::now_v7().to_string(),
            npp: NPP.into(),
            month: today.chars().take("YYYY-MM".len()).collect(),
            mode: submission::Mode::Partial.into(),
            declared_rows: i32::try_from(rows.len()).expect("they fit"),
            declared_wage_idr: WAGE * i64::try_from(rows.len()).expect("they fit"),
        };
        let began = Instant::now();
        let made = client.create_submission(request).await.expect("it begins");
        let id: Uuid = made.id.parse().expect("an id");
        bring(client, id, rows).await;
        let uploaded = began.elapsed();
        let began = Instant::now();
        let submissions = client.submissions();
        let validated = submissions
            .until_it_rests(id)
            .await
            .expect("it is looked at");
        let looked = began.elapsed();
        assert_eq!(rejected(&validated), 0, "{validated:?}");
        let copied = database.copied_rows().await;
        let began = Instant::now();
        let done = submissions.commit(id).await.expect("it is taken");
        let committed = began.elapsed();
        assert_eq!(done.state(), submission::State::Committed);
        assert_eq!(rejected(&done), 0, "{done:?}");
        Self {
            uploaded,
            copied,
            validated: looked,
            committed,
        }
    }

    fn whole(&self) -> Duration {
        self.uploaded + self.validated + self.committed
    }
}

fn rejected(submission: &Submission) -> i32 {
    submission.changes.expect("changes").rejected
}

async fn bring(client: &Client, submission: Uuid, rows: &[SubmissionRow]) {
    let next = Arc::new(AtomicUsize::new(0));
    let rows: Arc<[SubmissionRow]> = rows.into();
    let mut hands = JoinSet::new();
    for _ in 0..SIDE_BY_SIDE {
        let (client, next, rows) = (client.clone(), next.clone(), rows.clone());
        hands.spawn(async move {
            loop {
                let from = next.fetch_add(CALL_ROWS, Ordering::Relaxed);
                if from >= rows.len() {
                    return;
                }
                let some = rows[from..rows.len().min(from + CALL_ROWS)].to_vec();
                let first = i32::try_from(from + 1).expect("they fit");
                let brought = client.upload_rows(submission, first, some).await;
                brought.expect("the rows are taken");
            }
        });
    }
    hands.join_all().await;
}

fn rows(many: usize, today: &str) -> Vec<SubmissionRow> {
    let row = |number: usize| SubmissionRow {
        row_ref: format!("r{number}"),
        action: Some(Action::Hired(HireRow {
            nik: nik(number),
            full_name: name(number, "Rahmat"),
            mother_name: name(number / 7, "Siti"),
            hire: Some(Hire {
                started_on: today.to_owned(),
                wage_idr: WAGE,
                employee_number: format!("E-{number:06}"),
                in_jkn: true,
                ..Hire::default()
            }),
            ..HireRow::default()
        })),
    };
    (0..many).map(row).collect()
}

/// A name that few share.
fn name(number: usize, first: &str) -> String {
    let letters = b"aeiounrstk";
    let digits = number.to_string();
    let last = digits
        .bytes()
        .map(|it| char::from(letters[usize::from(it - b'0')]));
    format!("{first} Hidayat {}", last.collect::<String>())
}

/// Another for each number below 8 million: by district, day and serial.
fn nik(number: usize) -> String {
    let (district, rest) = (number / (28 * 9_999) + 1, number % (28 * 9_999));
    let (day, serial) = (rest / 9_999 + 1, rest % 9_999 + 1);
    format!("3174{district:02}{day:02}0591{serial:04}")
}
