//! Rows of a submission on the stage: what an employer reports of many at once.

use jamsostek_client::{
    Client, Error, Uuid,
    v1::{
        CreateSubmissionRequest, HireRow, LeaveCause, LeaveRow, ListRowResultsRequest, RowResult,
        Submission, SubmissionRow, TakeOverRow, WageRow, row_result, submission, submission::Mode,
        submission_row::Action,
    },
};

use crate::{
    company::{Company, hire},
    person::Person,
    town::{Town, id},
};

/// A submission of `company` for its unit.
pub fn declared(
    company: &Company,
    month: &str,
    mode: Mode,
    rows: &[SubmissionRow],
) -> CreateSubmissionRequest {
    CreateSubmissionRequest {
        submission_id: Uuid::now_v7().to_string(),
        npp: company.npp.clone(),
        month: month.to_owned(),
        mode: mode.into(),
        declared_rows: i32::try_from(rows.len()).expect("few rows"),
        declared_wage_idr: rows.iter().map(wage_of).sum(),
    }
}

fn wage_of(row: &SubmissionRow) -> i64 {
    match &row.action {
        Some(Action::Hired(it)) => it.hire.as_ref().map_or(0, |it| it.wage_idr),
        Some(Action::TakenOver(it)) => it.hire.as_ref().map_or(0, |it| it.wage_idr),
        Some(Action::Paid(it)) => it.wage_idr,
        Some(Action::Left(_)) | None => 0,
    }
}

impl Company {
    /// Begins a submission whose rows are still to come.
    pub async fn declares(&self, month: &str, rows: i32, wage: i64) -> Submission {
        let request = CreateSubmissionRequest {
            declared_rows: rows,
            declared_wage_idr: wage,
            ..declared(self, month, Mode::Partial, &[])
        };
        let made = self.client.create_submission(request).await;
        made.expect("a submission")
    }

    /// Declares and brings rows, and lets them be validated.
    pub async fn brings(
        &self,
        town: &Town,
        month: &str,
        mode: Mode,
        rows: &[SubmissionRow],
    ) -> Submission {
        let request = declared(self, month, mode, rows);
        let made = self.client.create_submission(request).await;
        let made = made.expect("a submission");
        let brought = self.client.upload_rows(id(&made.id), 1, rows.to_vec());
        brought.await.expect("the rows are taken");
        town.lets_the_workers_run().await;
        self.submission(id(&made.id)).await
    }

    /// The same, and commits them.
    pub async fn submits(&self, town: &Town, month: &str, rows: &[SubmissionRow]) -> Submission {
        let brought = self.brings(town, month, Mode::Partial, rows).await;
        assert_eq!(brought.state(), submission::State::Validated);
        self.commits(town, id(&brought.id)).await
    }

    pub async fn commits(&self, town: &Town, submission: Uuid) -> Submission {
        let committed = self.client.commit_submission(submission).await;
        let committed = committed.expect("it is committed");
        assert_eq!(committed.state(), submission::State::Committing);
        town.lets_the_workers_run().await;
        self.submission(submission).await
    }

    pub async fn submission(&self, submission: Uuid) -> Submission {
        let found = self.client.get_submission(submission).await;
        found.expect("the submission")
    }

    pub async fn results(&self, submission: &Submission) -> Vec<RowResult> {
        results(&self.client, submission).await
    }
}

/// What became of all rows: the same by pages and by stream.
pub async fn results(client: &Client, submission: &Submission) -> Vec<RowResult> {
    let mut request = ListRowResultsRequest {
        submission_id: submission.id.clone(),
        page_size: 7,
        ..ListRowResultsRequest::default()
    };
    let mut listed = Vec::new();
    loop {
        let page = client.list_row_results(request.clone()).await;
        let page = page.expect("a page");
        listed.extend(page.results);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let all = row_result::State::Unspecified;
    let streamed = client.stream_row_results(id(&submission.id), all, 0).await;
    let streamed = crate::company::all(streamed.expect("a stream")).await;
    assert_eq!(streamed, listed);
    listed
}

/// Commits as somebody.
pub async fn commit_as(client: &Client, submission: &Submission) -> Result<Submission, Error> {
    client.commit_submission(id(&submission.id)).await
}

/// `worker` begins on a day.
pub fn hired(row_ref: &str, worker: &Person, started_on: &str) -> SubmissionRow {
    row(
        row_ref,
        Action::Hired(HireRow {
            nik: worker.nik.clone(),
            full_name: worker.name.clone(),
            hire: Some(hire(started_on)),
            ..HireRow::default()
        }),
    )
}

/// A participant begins on a day.
pub fn taken_over(row_ref: &str, kpj: &str, name: &str, started_on: &str) -> SubmissionRow {
    row(
        row_ref,
        Action::TakenOver(TakeOverRow {
            kpj: kpj.to_owned(),
            full_name: name.to_owned(),
            hire: Some(hire(started_on)),
        }),
    )
}

/// `worker` earns so much in the month.
pub fn paid(row_ref: &str, worker: &Person, wage_idr: i64) -> SubmissionRow {
    row(
        row_ref,
        Action::Paid(WageRow {
            nik: worker.nik.clone(),
            wage_idr,
            ..WageRow::default()
        }),
    )
}

/// `worker` leaves.
pub fn left(row_ref: &str, worker: &Person, ended_on: &str) -> SubmissionRow {
    row(
        row_ref,
        Action::Left(LeaveRow {
            nik: worker.nik.clone(),
            ended_on: ended_on.to_owned(),
            cause: LeaveCause::Resigned.into(),
            ..LeaveRow::default()
        }),
    )
}

pub fn row(row_ref: &str, action: Action) -> SubmissionRow {
    SubmissionRow {
        row_ref: row_ref.to_owned(),
        action: Some(action),
    }
}

/// The reasons for which a row is rejected, each with its field.
pub fn reasons(result: &RowResult) -> Vec<(String, jamsostek_client::ErrorReason)> {
    let of = |it: &jamsostek_client::v1::RowFinding| (it.field.clone(), it.reason());
    result.errors.iter().map(of).collect()
}
