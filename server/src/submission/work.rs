//! What a worker does: one piece of one submission at a time, each its own transaction.

use chrono::Duration;
use uuid::Uuid;

use super::{Error, State, Submissions, store};
use crate::db::{self, FromStore};

/// How long a submission is left alone after the work on it failed, so that it holds up no other.
const RETRY_AFTER: Duration = Duration::minutes(5);

impl Submissions {
    /// Goes on with the submission that waits longest; how many rows it looked at, and one more.
    pub(crate) async fn work(&self) -> Result<usize, Error> {
        let next = store::next_at_work(self.db.reader(), self.clock.now()).await?;
        let Some(id) = next else {
            return Ok(0);
        };
        let done = db::retrying(|| self.piece(id)).await;
        if let Err(error) = &done {
            if error.store_error().is_some_and(db::Error::is_lost_race) {
                return done;
            }
            tracing::error!(submission = %id, error = error as &dyn std::error::Error, "a submission waits");
            let until = self.clock.now() + RETRY_AFTER;
            let transaction = self.db.begin_write().await?;
            store::postpone(&transaction, id, until).await?;
            transaction.commit().await.map_err(db::Error::from)?;
        }
        done
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
}
