//! What a worker does: one piece of one submission at a time, each its own transaction.

use std::panic::{AssertUnwindSafe, resume_unwind};

use chrono::Duration;
use futures_util::FutureExt;
use uuid::Uuid;

use super::{Error, State, Submissions, store};
use crate::{
    db::{self, FromStore},
    event::{self, Event},
};

/// How long a submission is left alone after the work on it failed, so that it holds up no other.
const RETRY_AFTER: Duration = Duration::minutes(5);
/// How long a submission waits for somebody before it is given up, and what its rows say forgotten.
const WAITS_FOR: Duration = Duration::days(7);
/// Of how many rows it is forgotten at once what they said.
const FORGOTTEN_AT_ONCE: i32 = 5_000;

impl Submissions {
    /// Goes on with the submission that waits longest; how many rows it looked at, and one more. Where none waits, what is not needed any
    /// more is forgotten.
    pub(crate) async fn work(&self) -> Result<usize, Error> {
        let next = store::next_at_work(self.db.reader(), self.clock.now()).await?;
        let Some(id) = next else {
            return self.tidy().await;
        };
        let piece = AssertUnwindSafe(db::retrying(|| self.piece(id))).catch_unwind();
        match piece.await {
            Ok(Err(error)) => {
                if !error.store_error().is_some_and(db::Error::is_contention) {
                    tracing::error!(submission = %id, error = &error as &dyn std::error::Error, "a submission waits");
                    self.postpone(id).await?;
                }
                Err(error)
            }
            Ok(done) => done,
            // It must not hold up all others for ever.
            Err(panic) => {
                self.postpone(id).await?;
                resume_unwind(panic)
            }
        }
    }

    async fn postpone(&self, id: Uuid) -> Result<(), Error> {
        let until = self.clock.now() + RETRY_AFTER;
        let transaction = self.db.begin_write().await?;
        store::postpone(&transaction, id, until).await?;
        Ok(transaction.commit().await.map_err(db::Error::from)?)
    }

    async fn piece(&self, id: Uuid) -> Result<usize, Error> {
        let transaction = self.db.begin_write().await?;
        // Held, so that two workers do not do the same piece.
        let held = store::hold(&transaction, id).await?;
        let held = held.ok_or(Error::NotFound)?;
        match held.state {
            State::Validating => self.examine(transaction, held).await,
            State::Committing => self.merge(transaction, held).await,
            // Another worker was faster, or somebody has given it up.
            State::Uploading
            | State::Validated
            | State::Committed
            | State::Rejected
            | State::Cancelled => Ok(1),
        }
    }

    /// Gives up what nobody has looked after for long, and forgets what the rows of an ended submission said.
    async fn tidy(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let reader = self.db.reader();
        if let Some(id) = store::next_to_expire(reader, now - WAITS_FOR).await? {
            let transaction = self.db.begin_write().await?;
            let held = store::hold(&transaction, id).await?;
            let waits = |it: &State| matches!(it, State::Uploading | State::Validated);
            if held.is_some_and(|it| waits(&it.state) && it.ended_at.is_none()) {
                store::end(&transaction, id, now, State::Cancelled).await?;
                let expired = Event {
                    kind: "submission.expired",
                    subject: id,
                    participant: None,
                    facts: serde_json::json!({}),
                };
                event::record(&transaction, &self.seal, now, [expired]).await?;
            }
            transaction.commit().await.map_err(db::Error::from)?;
            return Ok(1);
        }
        let Some((id, through)) = store::next_to_forget(reader).await? else {
            return Ok(0);
        };
        let transaction = self.db.begin_write().await?;
        let held = store::hold(&transaction, id).await?;
        let held = held.ok_or(Error::NotFound)?;
        let last = through.saturating_add(FORGOTTEN_AT_ONCE);
        store::forget_papers(&transaction, id, (through, last)).await?;
        let goes_on = last < held.declared_rows;
        store::keep_forgotten(&transaction, id, goes_on.then_some(last)).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(1)
    }
}
