//! Very many rows are under way when the program, or whoever brings them, is killed: each row is taken once.

use std::collections::HashSet;

use jamsostek_client::{
    Client, Error, Options,
    v1::{
        CreateSubmissionRequest, Hire, HireRow, RowResult, Submission, SubmissionRow, row_result,
        submission::{Mode, State},
        submission_row::Action,
    },
};
use tempfile::TempDir;
use tokio::task::{JoinHandle, yield_now};
use tokio_stream::iter;
use uuid::Uuid;

use super::moment::{count, open};
use crate::{
    company::all,
    fresh_store::empty_store,
    jamsostekd::{House, told, verify_with},
    town::{credential, id},
};

/// How many rows each submission has: more than a worker takes at once.
const ROWS: usize = 1_500;
/// How often the program is frozen and looked at before it is killed wherever it is.
const LOOKS_MAX: usize = 300;
/// Where each submission is when something is killed, and what that is.
const MOMENTS: [(&str, Killed); 10] = [
    ("state = 'uploading' AND uploaded_rows > 0", Killed::Server),
    (
        "state = 'uploading' AND uploaded_rows > 1000",
        Killed::Client,
    ),
    ("state = 'uploading'", Killed::Client),
    ("state = 'validating'", Killed::Server),
    (
        "state = 'validating' AND examined_through > 0",
        Killed::Client,
    ),
    ("state = 'validated'", Killed::Server),
    ("state = 'committing'", Killed::Client),
    ("state = 'committing'", Killed::Server),
    (
        "state = 'committing' AND committed_through > 0",
        Killed::Server,
    ),
    ("state = 'committed'", Killed::Client),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Killed {
    Server,
    Client,
}

#[tokio::test]
async fn each_row_is_taken_once_whoever_is_killed_at_whatever_moment() {
    let home = TempDir::new().expect("a directory");
    let url = empty_store(&home).await;
    let flags = ["--database-url", url.as_str()];
    let (mut people, mut hit) = (HashSet::new(), 0);
    for (number, (moment, killed)) in MOMENTS.into_iter().enumerate() {
        let house = opens(&home, &flags).await;
        let declared = declared(&house.client).await;
        let rows: Vec<_> = (0..ROWS)
            .map(|it| row(number * ROWS + it, &declared))
            .collect();
        let bringing = brings(&house.client, &declared, &rows);
        let at = format!("{moment} AND created_at = (SELECT MAX(created_at) FROM submission)");
        let (house, was_there) = dies(house, &url, &at, killed, bringing).await;
        hit += usize::from(was_there);
        let mut house = match house {
            Some(house) => house,
            None => opens(&home, &flags).await,
        };

        let done = submits(&house.client, &declared, &rows).await;
        let done = done.expect("it goes on where it was");

        assert_eq!(done.state(), State::Committed, "{moment}, {killed:?}");
        for result in results(&house.client, &done).await {
            assert_eq!(
                result.state(),
                row_result::State::Accepted,
                "{moment}: {result:?}"
            );
            assert!(people.insert(result.participant_id), "twice after {moment}");
        }
        assert_eq!(people.len(), (number + 1) * ROWS);
        assert!(house.ends_when_asked().await);
    }

    // A moment that has passed before anybody looks is no moment; most are met.
    assert!(hit * 2 > MOMENTS.len(), "{hit} moments were met");
    let store = open(&url).await;
    for table in ["membership", "employment", "wage"] {
        let employed = format!("SELECT COUNT(*) FROM {table}");
        let employed = count(&store, &employed).await;
        assert_eq!(usize::try_from(employed), Ok(people.len()), "{table}");
    }
    let verified = verify_with(&home, &flags).await;
    assert!(verified.status.success(), "{}", told(&verified));
}

async fn opens(home: &TempDir, flags: &[&str]) -> House {
    House::opens_with(home, flags, |address| {
        Options::new(format!("http://{address}"))
    })
    .await
}

fn employer(client: &Client) -> Client {
    client.with_credentials(credential(6), "sandbox-employer")
}

async fn declared(client: &Client) -> CreateSubmissionRequest {
    let today = client.get_server_info().await.expect("itself").today;
    CreateSubmissionRequest {
        submission_id: Uuid::now_v7().to_string(),
        npp: "JK000001".into(),
        month: today[..7].to_owned(),
        mode: Mode::Partial.into(),
        declared_rows: i32::try_from(ROWS).expect("few"),
        declared_wage_idr: 5_000_000 * i64::try_from(ROWS).expect("few"),
    }
}

/// Brings all rows and commits them: whatever was done before is not done again.
async fn submits(
    client: &Client,
    declared: &CreateSubmissionRequest,
    rows: &[SubmissionRow],
) -> Result<Submission, Error> {
    let submissions = employer(client).submissions();
    let rows = iter(rows.to_vec());
    submissions.submit(rows, declared.clone()).await?;
    submissions.commit(id(&declared.submission_id)).await
}

fn brings(
    client: &Client,
    declared: &CreateSubmissionRequest,
    rows: &[SubmissionRow],
) -> JoinHandle<()> {
    let (client, declared, rows) = (client.clone(), declared.clone(), rows.to_vec());
    tokio::spawn(async move {
        if let Err(error) = submits(&client, &declared, &rows).await {
            let died = matches!(error, Error::Transport(_));
            assert!(died, "it died of something else: {error:?}");
        }
    })
}

/// Freezes the program again and again, until the submission is where it is to be, and kills one of the two there. The house where it
/// lives on, and whether the moment was met.
async fn dies(
    house: House,
    url: &str,
    at: &str,
    killed: Killed,
    bringing: JoinHandle<()>,
) -> (Option<House>, bool) {
    let store = open(url).await;
    let sql = format!("SELECT COUNT(*) FROM submission WHERE {at}");
    let mut is_there = false;
    for _ in 0..LOOKS_MAX {
        house.freezes().await;
        is_there = count(&store, &sql).await > 0;
        if is_there && killed == Killed::Server {
            break;
        }
        house.thaws().await;
        if is_there {
            break;
        }
        yield_now().await;
    }
    match killed {
        Killed::Client => {
            bringing.abort();
            (Some(house), is_there)
        }
        Killed::Server => {
            house.crashes().await;
            bringing.await.expect("it ends with the program");
            (None, is_there)
        }
    }
}

async fn results(client: &Client, submission: &Submission) -> Vec<RowResult> {
    let every = row_result::State::Unspecified;
    let employer = employer(client);
    let told = employer
        .stream_row_results(id(&submission.id), every, 0)
        .await;
    all(told.expect("a stream")).await
}

fn row(number: usize, declared: &CreateSubmissionRequest) -> SubmissionRow {
    let (day, serial) = (number / 9_999 + 1, number % 9_999 + 1);
    let hired = HireRow {
        nik: format!("317407{day:02}0591{serial:04}"),
        full_name: "Rahmat Hidayat".into(),
        hire: Some(Hire {
            started_on: format!("{}-01", declared.month),
            wage_idr: 5_000_000,
            ..Hire::default()
        }),
        ..HireRow::default()
    };
    SubmissionRow {
        row_ref: format!("r{number}"),
        action: Some(Action::Hired(hired)),
    }
}
