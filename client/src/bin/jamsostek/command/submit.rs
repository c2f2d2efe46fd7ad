//! Reports many employees at once from a file: what is wrong comes back as a file of the same columns, to be mended and sent again.

mod sheet;

use std::{
    io::{IsTerminal, Write, stderr},
    path::{Path, PathBuf},
    time::Instant,
};

use clap::Args;
use futures_util::{StreamExt, stream};
use jamsostek_client::{
    Client, Code, Uuid,
    v1::{
        CreateSubmissionRequest, RowResult, Submission, SubmissionChanges, row_result,
        submission::{Mode, State},
    },
};
use serde_json::{Value, json};

use self::sheet::Sheet;
use crate::{
    answer::Answer,
    desk::Desk,
    failure::{Exit, Failure},
    show::or_null,
    words::{plain, short},
};

/// How many rows pass between two lines of progress.
const STEP: usize = 2_500;

#[derive(Args)]
pub(crate) struct Submit {
    /// The rows, as CSV; `jamsostek template` prints the columns
    file: PathBuf,
    /// The unit whose employees they are
    #[arg(long)]
    npp: String,
    /// The month whose wages they report, as YYYY-MM; the service's month otherwise
    #[arg(long)]
    month: Option<String>,
    /// Takes all rows or, when one is rejected, none; at most 20,000
    #[arg(long, conflicts_with = "validate_only")]
    atomic: bool,
    /// Only tells what would become of the rows
    #[arg(long)]
    validate_only: bool,
    /// Leaves the commit to a checker: `jamsostek commit`
    #[arg(long)]
    no_commit: bool,
    /// The submission's UUID; otherwise one that is made of the file, so that the same file is never reported twice
    #[arg(long, value_name = "UUID")]
    id: Option<Uuid>,
}

#[derive(Args)]
pub(crate) struct Commit {
    /// The submission's UUID
    submission: Uuid,
}

impl Submit {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let sheet = Sheet::read(&self.file)?;
        let caller = desk.caller().await?;
        let month = match &self.month {
            Some(month) => month.clone(),
            None => caller
                .get_server_info()
                .await?
                .today
                .chars()
                .take(7)
                .collect(),
        };
        let declared = self.declared(&sheet, month)?;
        let id = self.id_of(&declared, &sheet);
        let declared = CreateSubmissionRequest {
            submission_id: id.to_string(),
            ..declared
        };
        let submissions = caller.submissions();
        let brought = submissions.submit(with_progress(&sheet), declared).await?;
        let back = self.gives_back(&caller, &sheet, id).await?;
        let is_torn = self.atomic && back.is_some();
        let waits = self.validate_only || self.no_commit || is_torn;
        if waits || brought.state() != State::Validated {
            return Ok(told(&brought, back.as_deref()));
        }
        let done = submissions.commit(id).await?;
        // Meanwhile more may have been rejected.
        let back = self.gives_back(&caller, &sheet, id).await?;
        Ok(told(&done, back.as_deref()))
    }

    /// Writes the rejected rows beside the file; where, if there are any.
    async fn gives_back(
        &self,
        caller: &Client,
        sheet: &Sheet,
        id: Uuid,
    ) -> Result<Option<PathBuf>, Failure> {
        let rejected = rejected(caller, id).await?;
        if rejected.is_empty() {
            return Ok(None);
        }
        Ok(Some(sheet.write_rejected(&self.file, &rejected)?))
    }

    fn declared(&self, sheet: &Sheet, month: String) -> Result<CreateSubmissionRequest, Failure> {
        let mode = match (self.validate_only, self.atomic) {
            (true, _) => Mode::ValidateOnly,
            (false, true) => Mode::Atomic,
            (false, false) => Mode::Partial,
        };
        let rows = i32::try_from(sheet.rows().len()).map_err(|_| {
            Failure::usage(
                "There are too many rows.",
                "Split the file: a million is the most.",
            )
        })?;
        Ok(CreateSubmissionRequest {
            submission_id: String::new(),
            npp: self.npp.clone(),
            month,
            mode: mode.into(),
            declared_rows: rows,
            declared_wage_idr: sheet.wage_sum(),
        })
    }

    /// The same for the same rows to the same end, so that a run that was cut off is gone on with.
    fn id_of(&self, declared: &CreateSubmissionRequest, sheet: &Sheet) -> Uuid {
        let named = format!("{} {} {}", declared.npp, declared.month, declared.mode);
        let of_file = || sheet.id(&named);
        self.id.unwrap_or_else(of_file)
    }
}

impl Commit {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let submissions = desk.caller().await?.submissions();
        let done = submissions.commit(self.submission).await?;
        Ok(told(&done, None))
    }
}

/// The rows of a sheet, of which it is told on a terminal how many have gone.
fn with_progress(
    sheet: &Sheet,
) -> impl futures_util::Stream<Item = jamsostek_client::v1::SubmissionRow> + '_ {
    let (total, began, tells) = (sheet.rows().len(), Instant::now(), stderr().is_terminal());
    stream::iter(sheet.rows().iter().cloned())
        .enumerate()
        .map(move |(at, row)| {
            let gone = at + 1;
            if tells && (gone % STEP == 0 || gone == total) {
                progress(gone, total, began);
            }
            row
        })
}

fn progress(gone: usize, total: usize, began: Instant) {
    const WIDTH: usize = 30;
    let done = gone * WIDTH / total.max(1);
    let bar = format!("{}{}", "=".repeat(done), " ".repeat(WIDTH - done));
    let milliseconds = began.elapsed().as_millis().max(1);
    let rate = gone as u128 * 1_000 / milliseconds;
    let left = (total - gone) as u128 / rate.max(1);
    let end = if gone == total { "\n" } else { "" };
    // A terminal that has gone is no reason to stop.
    let _ = write!(
        stderr(),
        "\r[{bar}] {gone} of {total} rows, {rate} a second, {left} s left {end}"
    );
}

/// All rows that are rejected, by their number.
async fn rejected(caller: &Client, submission: Uuid) -> Result<Vec<RowResult>, Failure> {
    let mut all: Vec<RowResult> = Vec::new();
    loop {
        let after = all.last().map_or(0, |it| it.row_number);
        let rejected = row_result::State::Rejected;
        let mut results = caller
            .stream_row_results(submission, rejected, after)
            .await?;
        let ended = loop {
            match results.next().await {
                Some(Ok(result)) => all.push(result),
                // Very many take more than one call: the next goes on behind the last.
                Some(Err(error)) if error.code() == Code::DeadlineExceeded => break false,
                Some(Err(error)) => return Err(error.into()),
                None => break true,
            }
        };
        if ended {
            return Ok(all);
        }
    }
}

fn told(done: &Submission, rejected_file: Option<&Path>) -> Answer {
    let changes = done.changes.unwrap_or_default();
    let state = short(done.state().as_str_name(), "STATE_");
    let file = rejected_file.map(|it| it.display().to_string());
    let mut text = format!(
        "The submission {} for {} is {}.\n",
        done.id,
        done.month,
        plain(state)
    );
    for (count, what) in counted(&changes) {
        text.push_str(&format!("  {count:>9}  {what}\n"));
    }
    if let Some(file) = &file {
        text.push_str(&format!(
            "What is wrong with each rejected row stands in {file}: mend it there and submit that file.\n"
        ));
    }
    if done.state() == State::Validated {
        text.push_str("Nothing is taken yet.\n");
    }
    let answer = Answer::new(text, json(done, &changes, file.as_deref()));
    if changes.rejected > 0 {
        answer.ending(Exit::Refused)
    } else {
        answer
    }
}

const fn counted(changes: &SubmissionChanges) -> [(i32, &'static str); 8] {
    [
        (changes.accepted, "rows are good"),
        (changes.rejected, "are rejected"),
        (changes.warned, "have a warning"),
        (changes.unchanged, "change nothing"),
        (changes.hired, "people are new here"),
        (changes.wages_changed, "wages change"),
        (changes.wages_raised, "of them by more than half"),
        (changes.left, "people leave"),
    ]
}

fn json(done: &Submission, changes: &SubmissionChanges, rejected_file: Option<&str>) -> Value {
    json!({
        "submission_id": done.id,
        "npp": done.npp,
        "month": done.month,
        "state": short(done.state().as_str_name(), "STATE_"),
        "rows": done.uploaded_rows,
        "wage_idr": done.uploaded_wage_idr,
        "accepted": changes.accepted,
        "rejected": changes.rejected,
        "warned": changes.warned,
        "unchanged": changes.unchanged,
        "hired": changes.hired,
        "wages_changed": changes.wages_changed,
        "wages_raised": changes.wages_raised,
        "left": changes.left,
        "rejected_file": or_null(rejected_file.unwrap_or_default()),
    })
}

/// Prints the columns that a file has, and a row of each kind.
pub(crate) fn template() -> Answer {
    let text = sheet::template();
    Answer::new(text.clone(), json!({ "csv": text }))
}
