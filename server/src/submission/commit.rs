//! Somebody decides on a submission: it is committed, or given up.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Error, Mode, State, Submission, Submissions,
    store::{self, Step},
};
use crate::{
    audit,
    caller::Caller,
    db,
    event::{self, Event},
    session::{self, Role},
};

impl Submissions {
    /// Tells a submission to be committed; a worker goes on.
    pub(crate) async fn commit(&self, caller: &Caller, id: Uuid) -> Result<Submission, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = hold_own(&transaction, caller, id).await?;
        match held.state {
            State::Committing | State::Committed | State::Rejected
                if held.committed_at.is_some() =>
            {
                return Ok(held);
            }
            State::Validated if held.mode != Mode::ValidateOnly => {}
            State::Uploading => {
                return Err(Error::RowsMissing {
                    declared: held.declared_rows,
                    rows: held.uploaded_rows,
                    next: store::next_row(&transaction, &held).await?,
                });
            }
            state @ (State::Validating
            | State::Validated
            | State::Committing
            | State::Committed
            | State::Rejected
            | State::Cancelled) => {
                return Err(Error::WrongState {
                    state: state.name(),
                });
            }
        }
        if held.uploaded_wage != held.declared_wage {
            return Err(Error::TotalDiffers {
                declared_idr: held.declared_wage.idr(),
                wage_idr: held.uploaded_wage.idr(),
            });
        }
        check_eyes(&transaction, caller, &held).await?;
        if held.mode == Mode::Atomic && held.counts.rejected > 0 {
            let rejected = held.counts.rejected;
            return Err(Error::RowsRejected { rejected });
        }
        let by = caller.actor_id();
        store::turn(&transaction, id, now, Step::Commit(by)).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "CommitSubmission", id).await?;
        let turned = store::find(&transaction, id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        turned.ok_or(Error::NotFound)
    }

    /// Gives up a submission that is not committed.
    pub(crate) async fn cancel(&self, caller: &Caller, id: Uuid) -> Result<Submission, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = hold_own(&transaction, caller, id).await?;
        match held.state {
            State::Cancelled => return Ok(held),
            State::Uploading | State::Validating | State::Validated => {}
            State::Committing | State::Committed | State::Rejected => {
                let state = held.state.name();
                return Err(Error::WrongState { state });
            }
        }
        store::end(&transaction, id, now, State::Cancelled).await?;
        let cancelled = Event {
            kind: "submission.cancelled",
            subject: id,
            participant: None,
            facts: serde_json::json!({ "rows": held.uploaded_rows }),
        };
        event::record(&transaction, &self.seal, now, [cancelled]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "CancelSubmission", id).await?;
        let ended = store::find(&transaction, id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        ended.ok_or(Error::NotFound)
    }
}

/// A submission of the caller's employer, held; somebody else's does not exist.
async fn hold_own(
    connection: &impl ConnectionTrait,
    caller: &Caller,
    id: Uuid,
) -> Result<Submission, Error> {
    let held = store::hold(connection, id).await?;
    held.filter(|it| caller.employer(Some(it.employer)).is_some())
        .ok_or(Error::NotFound)
}

/// Whoever has brought rows does not commit them, where the employer has a checker who has not.
async fn check_eyes(
    connection: &impl ConnectionTrait,
    caller: &Caller,
    held: &Submission,
) -> Result<(), Error> {
    let is_checker = caller.scopes.iter().any(|it| it == Role::Checker.code());
    let is_other = !held.hands.contains(&caller.actor_id());
    if is_checker && is_other {
        return Ok(());
    }
    if session::has_user_besides(connection, held.employer, Role::Checker, &held.hands).await? {
        return Err(Error::OtherUser);
    }
    Ok(())
}
