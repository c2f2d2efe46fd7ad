//! Reports many employees at once.

use futures_util::stream::{self, Stream, StreamExt};
use jamsostek_proto::v1::{
    CancelSubmissionRequest, CommitSubmissionRequest, CreateSubmissionRequest,
    GetSubmissionRequest, ListRowResultsRequest, ListRowResultsResponse, RowResult,
    StreamRowResultsRequest, Submission, SubmissionRow, UploadRowsRequest, WatchSubmissionRequest,
    row_result, submission, submission_service_client::SubmissionServiceClient,
};
use prost::Message;
use tonic::Code;
use uuid::Uuid;

use crate::{
    Client, Error, pages,
    retry::{self, Repeat},
};

/// How many rows one call brings; what it had brought when it broke stays.
const CALL_ROWS: usize = 5_000;
/// How many rows one message brings, and how big it may be: the service takes 1,000, and 256 KiB.
const MESSAGE_ROWS: usize = 500;
const MESSAGE_BYTES: usize = 200 * 1_024;

/// A call that names a submission and answers with it.
macro_rules! about {
    ($(#[$doc:meta])* $name:ident($request:ident)) => {
        $(#[$doc])*
        pub async fn $name(&self, submission: Uuid) -> Result<Submission, Error> {
            let request = $request {
                submission_id: submission.to_string(),
            };
            let answer = self
                .call(Repeat::Safe, request, |channel, request| async move {
                    SubmissionServiceClient::new(channel).$name(request).await
                })
                .await?;
            answer.submission.ok_or_else(|| Error::lacking("submission"))
        }
    };
}

impl Client {
    /// Begins a submission of a unit for a month. An empty `submission_id` is filled.
    pub async fn create_submission(
        &self,
        mut request: CreateSubmissionRequest,
    ) -> Result<Submission, Error> {
        retry::name(&mut request.submission_id);
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut submissions = SubmissionServiceClient::new(channel);
                submissions.create_submission(request).await
            })
            .await?;
        answer
            .submission
            .ok_or_else(|| Error::lacking("submission"))
    }

    /// Brings rows of a submission, the first with the number `first_row`. Bringing them again brings nothing more.
    pub async fn upload_rows(
        &self,
        submission: Uuid,
        first_row: i32,
        rows: Vec<SubmissionRow>,
    ) -> Result<Submission, Error> {
        let messages = messages(submission, first_row, rows);
        let answer = self
            .call(Repeat::Safe, messages, |channel, request| async move {
                let mut submissions = SubmissionServiceClient::new(channel);
                submissions.upload_rows(request.map(stream::iter)).await
            })
            .await?;
        answer
            .submission
            .ok_or_else(|| Error::lacking("submission"))
    }

    about! {
        /// Commits a submission that is validated. A worker goes on: [`Client::watch_submission`] tells how far it is.
        commit_submission(CommitSubmissionRequest)
    }
    about! {
        /// Gives a submission up that is not committed.
        cancel_submission(CancelSubmissionRequest)
    }
    about! {
        /// Tells how far a submission is, and what it changes.
        get_submission(GetSubmissionRequest)
    }

    /// Lists what became of the rows, a page at a time.
    pub async fn list_row_results(
        &self,
        request: ListRowResultsRequest,
    ) -> Result<ListRowResultsResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut submissions = SubmissionServiceClient::new(channel);
            submissions.list_row_results(request).await
        })
        .await
    }

    /// Streams what became of the rows that stand like this, unspecified for all, behind the row `after`.
    pub async fn stream_row_results(
        &self,
        submission: Uuid,
        state: row_result::State,
        after: i32,
    ) -> Result<impl Stream<Item = Result<RowResult, Error>> + Send + Unpin + 'static, Error> {
        let request = StreamRowResultsRequest {
            submission_id: submission.to_string(),
            state: state.into(),
            warned_only: false,
            after_row: after,
        };
        let answers = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut submissions = SubmissionServiceClient::new(channel);
                submissions.stream_row_results(request).await
            })
            .await?;
        let pages = pages::messages(answers, |it| Ok(it.results));
        let each = pages.flat_map(|page| match page {
            Ok(results) => stream::iter(results.into_iter().map(Ok).collect::<Vec<_>>()),
            Err(error) => stream::iter(vec![Err(error)]),
        });
        Ok(each)
    }

    /// Tells how far a submission is each time it has come further, until it rests or the deadline comes.
    pub async fn watch_submission(
        &self,
        submission: Uuid,
    ) -> Result<impl Stream<Item = Result<Submission, Error>> + Send + Unpin + 'static, Error> {
        let request = WatchSubmissionRequest {
            submission_id: submission.to_string(),
        };
        let answers = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut submissions = SubmissionServiceClient::new(channel);
                submissions.watch_submission(request).await
            })
            .await?;
        Ok(pages::messages(answers, |it| {
            it.submission.ok_or_else(|| Error::lacking("submission"))
        }))
    }

    /// Whole submissions.
    pub fn submissions(&self) -> Submissions {
        Submissions {
            client: self.clone(),
        }
    }
}

/// Whole submissions: declared, brought, looked at, committed.
#[derive(Clone, Debug)]
pub struct Submissions {
    client: Client,
}

impl Submissions {
    /// Declares a submission and brings its rows, as they come and no faster than the service takes them; the submission once it is
    /// validated. A submission that was begun before goes on where it broke off: rows that are there are not brought again. To go on
    /// after a crash of your own, make its id with [`Uuid::now_v7`] and keep it before calling.
    pub async fn submit(
        &self,
        rows: impl Stream<Item = SubmissionRow>,
        mut declared: CreateSubmissionRequest,
    ) -> Result<Submission, Error> {
        retry::name(&mut declared.submission_id);
        let begun = self.client.create_submission(declared).await?;
        let id: Uuid = begun.id.parse().map_err(|_| Error::lacking("submission"))?;
        if begun.state() == submission::State::Uploading {
            let mut next = begun.next_row;
            let there = usize::try_from(next - 1).unwrap_or(0);
            let mut calls = Box::pin(rows.skip(there).chunks(CALL_ROWS));
            while let Some(some) = calls.next().await {
                let count = i32::try_from(some.len()).unwrap_or(i32::MAX);
                self.client.upload_rows(id, next, some).await?;
                next = next.saturating_add(count);
            }
        }
        self.until_it_rests(id).await
    }

    /// Commits a submission; it once it has ended.
    pub async fn commit(&self, submission: Uuid) -> Result<Submission, Error> {
        self.client.commit_submission(submission).await?;
        self.until_it_rests(submission).await
    }

    /// A submission once it waits for somebody, or has ended. Where rows are missing still it is told as it is.
    pub async fn until_it_rests(&self, submission: Uuid) -> Result<Submission, Error> {
        let mut last = self.client.get_submission(submission).await?;
        while matches!(
            last.state(),
            submission::State::Validating | submission::State::Committing
        ) {
            let mut watched = self.client.watch_submission(submission).await?;
            while let Some(told) = watched.next().await {
                match told {
                    Ok(told) => last = told,
                    // A stream ends with its deadline or its connection: it is looked at anew.
                    Err(error) if error.code() == Code::DeadlineExceeded => break,
                    Err(error) if error.code() == Code::Unavailable => break,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(last)
    }
}

/// The messages that bring rows, each small enough.
fn messages(submission: Uuid, first_row: i32, rows: Vec<SubmissionRow>) -> Vec<UploadRowsRequest> {
    let mut messages: Vec<UploadRowsRequest> = Vec::new();
    let (mut next, mut bytes) = (first_row, 0);
    for row in rows {
        let size = row.encoded_len() + 4;
        let fits = |it: &&mut UploadRowsRequest| {
            it.rows.len() < MESSAGE_ROWS && bytes + size <= MESSAGE_BYTES
        };
        match messages.last_mut().filter(fits) {
            Some(last) => {
                bytes += size;
                last.rows.push(row);
            }
            None => {
                bytes = size;
                messages.push(UploadRowsRequest {
                    submission_id: submission.to_string(),
                    first_row: next,
                    rows: vec![row],
                });
            }
        }
        next = next.saturating_add(1);
    }
    messages
}
