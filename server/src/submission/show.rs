//! How far a submission is, and what became of its rows.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{
    Error, State, Submission, Submissions,
    store::{self, Shown, Wanted},
};
use crate::{caller::Caller, employer, participant};

/// A submission as it is shown.
pub(crate) struct Standing {
    pub submission: Submission,
    pub npp: String,
    /// The first row that is missing.
    pub next_row: Option<i32>,
    pub progress: Option<Progress>,
}

/// How far a worker is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    pub rows_done: i32,
    pub rows_per_second: f64,
    pub finishes_at: Option<DateTime<Utc>>,
    pub next_poll: Duration,
}

/// How long to wait before looking again: less while little is left.
const POLL_MIN: Duration = Duration::seconds(1);
const POLL_MAX: Duration = Duration::seconds(30);

impl Submissions {
    /// How far a submission is.
    pub(crate) async fn standing(&self, caller: &Caller, id: Uuid) -> Result<Standing, Error> {
        let submission = self.own(caller, id).await?;
        self.audit
            .looked(self.clock.now(), caller, "GetSubmission", Some(id))
            .await?;
        self.shown(submission).await
    }

    /// A submission of the caller's employer, or any to an officer; somebody else's does not exist.
    pub(super) async fn own(&self, caller: &Caller, id: Uuid) -> Result<Submission, Error> {
        let found = store::find(self.db.reader(), id).await?;
        found
            .filter(|it| caller.employer(Some(it.employer)).is_some())
            .ok_or(Error::NotFound)
    }

    pub(crate) async fn shown(&self, submission: Submission) -> Result<Standing, Error> {
        let reader = self.db.reader();
        let place = employer::place(reader, submission.unit).await?;
        let next_row = match submission.state {
            State::Uploading => Some(store::next_row(reader, &submission).await?),
            State::Validating
            | State::Validated
            | State::Committing
            | State::Committed
            | State::Rejected
            | State::Cancelled => None,
        };
        Ok(Standing {
            npp: place.ok_or(Error::NotFound)?.npp,
            next_row,
            progress: progress(&submission, self.clock.now()),
            submission,
        })
    }

    /// What became of rows, with whom they are about.
    pub(super) async fn results(
        &self,
        caller: &Caller,
        id: Uuid,
        wanted: Wanted,
        limit: u64,
    ) -> Result<Vec<Shown>, Error> {
        let submission = self.own(caller, id).await?;
        self.audit
            .looked(self.clock.now(), caller, "ListRowResults", Some(id))
            .await?;
        let reader = self.db.reader();
        let mut rows = store::shown(reader, submission.id, wanted, limit).await?;
        let memberships: Vec<_> = rows.iter().filter_map(|it| it.membership).collect();
        let holders = participant::holders_of(reader, &memberships).await?;
        for row in &mut rows {
            let holder = row.membership.and_then(|it| holders.get(&it).cloned());
            if let Some((participant, kpj)) = holder {
                row.participant = Some(participant);
                row.kpj = kpj;
            }
        }
        Ok(rows)
    }
}

/// How far a worker is, and when he should be finished.
fn progress(it: &Submission, now: DateTime<Utc>) -> Option<Progress> {
    let (done, began) = match it.state {
        State::Validating => (it.examined_through.max(0), it.uploaded_at?),
        State::Committing => (it.committed_through, it.committed_at?),
        State::Uploading
        | State::Validated
        | State::Committed
        | State::Rejected
        | State::Cancelled => return None,
    };
    let milliseconds = (now - began).num_milliseconds().max(1);
    let left = i64::from(it.declared_rows - done);
    let takes = (done > 0).then(|| Duration::milliseconds(milliseconds * left / i64::from(done)));
    let next_poll = takes.map_or(POLL_MIN, |it| it.clamp(POLL_MIN, POLL_MAX));
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate for people, of at most a million rows"
    )]
    let rows_per_second = f64::from(done) * 1_000.0 / milliseconds as f64;
    Some(Progress {
        rows_done: done,
        rows_per_second,
        finishes_at: takes.map(|it| now + it),
        next_poll,
    })
}
