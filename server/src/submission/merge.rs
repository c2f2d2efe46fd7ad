//! Good rows are taken: what follows for each is what follows from the call for one employee, in a few statements for all.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{
    CHUNK, Counts, Error, Mode, RowState, State, Submission, Submissions,
    examine::Looked,
    row::{Action, Row, against},
    rules::{self, Change, Plan},
    store::{self, Outcome},
};
use crate::{
    db::{self, FromStore},
    employer::{self, Hire, Leaver, Place, Taken, Wage, Whom},
    event::{self, Event},
    identity::Contact,
};

impl Submissions {
    /// Takes the next rows, or all where all or none are to be taken; how many, and one more.
    pub(super) async fn merge(
        &self,
        transaction: DatabaseTransaction,
        mut held: Submission,
    ) -> Result<usize, Error> {
        // An employer's words are heard one after the other, and what an officer checks meanwhile waits.
        employer::hold(&transaction, held.employer).await?;
        let place = employer::place(&transaction, held.unit).await?;
        let place = place.ok_or(Error::NotFound)?;
        let mut done = 0;
        loop {
            let rows =
                store::rows_after(&transaction, held.id, held.committed_through, CHUNK).await?;
            done += rows.len();
            let Some(last) = rows.last() else {
                self.finish(&transaction, &held, State::Committed).await?;
                break;
            };
            held.committed_through = last.number;
            let mut looked = self.look(&transaction, &held, rows, true).await?;
            self.confirm(&transaction, &held, &place, &mut looked)
                .await?;
            if held.mode == Mode::Atomic && looked.iter().any(|it| it.decided.plan.is_none()) {
                return self.give_back(transaction, held.id, &looked).await;
            }
            self.take(&transaction, &held, &place, &looked).await?;
            looked.iter().for_each(|it| held.counts.add(it));
            store::move_on(&transaction, &held).await?;
            if held.mode != Mode::Atomic {
                break;
            }
        }
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(done + 1)
    }

    /// Nothing is taken where all or none were to be, and a row was rejected meanwhile.
    async fn give_back(
        &self,
        transaction: DatabaseTransaction,
        id: Uuid,
        looked: &[Looked],
    ) -> Result<usize, Error> {
        transaction.rollback().await.map_err(db::Error::from)?;
        let transaction = self.db.begin_write().await?;
        let held = store::hold(&transaction, id).await?;
        let Some(mut held) = held.filter(|it| it.state == State::Committing) else {
            return Ok(1);
        };
        let rejected: Vec<_> = looked
            .iter()
            .filter(|it| it.decided.plan.is_none())
            .map(|it| outcome(it, RowState::Rejected, None))
            .collect();
        held.counts = Counts {
            rejected: i32::try_from(rejected.len()).unwrap_or(i32::MAX),
            ..Counts::default()
        };
        store::keep_outcomes(&transaction, id, &rejected).await?;
        store::move_on(&transaction, &held).await?;
        self.finish(&transaction, &held, State::Rejected).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(1)
    }

    async fn finish(
        &self,
        connection: &impl ConnectionTrait,
        held: &Submission,
        state: State,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        store::end(connection, held.id, now, state).await?;
        let counts = held.counts;
        let ended = Event {
            kind: "submission.ended",
            subject: held.id,
            participant: None,
            facts: serde_json::json!({
                "state": state.name(),
                "accepted": counts.accepted,
                "rejected": counts.rejected,
            }),
        };
        Ok(event::record(connection, &self.seal, now, [ended]).await?)
    }

    /// Gives the employer's word to those who wait for it, each by himself: they are few. Whom the rules for one employee still refuse is
    /// rejected alone.
    async fn confirm(
        &self,
        connection: &impl ConnectionTrait,
        held: &Submission,
        place: &Place,
        looked: &mut [Looked],
    ) -> Result<(), Error> {
        let (now, by) = (self.clock.now(), committer(held)?);
        for it in looked {
            let (Some(Plan::Confirm(membership)), Some(row)) = (&it.decided.plan, &it.row) else {
                continue;
            };
            let (hire, contact) = work(row)?;
            let word = employer::Word {
                report: it.kept.id,
                hire,
                contact,
                digest: &it.kept.content_digest,
            };
            let (whose, kind) = ((*membership, place), row.kind().field());
            let employers = &self.employers;
            let confirmed = employers.confirm_waiting(connection, now, whose, &word, by);
            match confirmed.await {
                Ok(()) => {}
                Err(error) if error.store_error().is_some() => {
                    return Err(Error::Employer(held.id, error));
                }
                Err(refusal) => it.decided = rules::rejected(against([refusal], kind, "")),
            }
        }
        Ok(())
    }

    /// Does what was decided about rows, and keeps what became of each.
    async fn take(
        &self,
        connection: &impl ConnectionTrait,
        held: &Submission,
        place: &Place,
        looked: &[Looked],
    ) -> Result<(), Error> {
        let (now, by) = (self.clock.now(), committer(held)?);
        let wrong = |error| Error::Employer(held.id, error);
        let (mut taken, mut wages, mut leavers) = (Vec::new(), Vec::new(), Vec::new());
        let mut outcomes = Vec::with_capacity(looked.len());
        for it in looked {
            let Some(plan) = &it.decided.plan else {
                outcomes.push(outcome(it, RowState::Rejected, None));
                continue;
            };
            if let Plan::Repeated { membership, .. } = plan {
                outcomes.push(outcome(it, RowState::Repeated, *membership));
                continue;
            }
            let row = it.row.as_ref().ok_or(OTHER_KIND)?;
            let (state, membership) = match plan {
                Plan::Repeated { membership, .. } => (RowState::Repeated, *membership),
                Plan::Nothing(membership) => (RowState::Unchanged, Some(*membership)),
                Plan::Hire(known) => {
                    taken.push(hired(it, row, *known)?);
                    (RowState::Accepted, Some(it.kept.id))
                }
                Plan::Confirm(membership) => (RowState::Accepted, Some(*membership)),
                Plan::Wage { membership, change } => {
                    wages.push(wage(row, *membership)?);
                    let state = match change {
                        Change::None => RowState::Unchanged,
                        Change::Other | Change::Raised => RowState::Accepted,
                    };
                    (state, Some(*membership))
                }
                Plan::Leave { membership, person } => {
                    leavers.push(leaver(row, *membership, *person)?);
                    (RowState::Accepted, Some(*membership))
                }
            };
            outcomes.push(outcome(it, state, membership));
        }
        self.write(
            connection,
            (now, held, place),
            by,
            (&taken, &wages, &leavers),
        )
        .await
        .map_err(wrong)?;
        Ok(store::keep_outcomes(connection, held.id, &outcomes).await?)
    }

    async fn write(
        &self,
        connection: &impl ConnectionTrait,
        (now, held, place): (DateTime<Utc>, &Submission, &Place),
        by: Uuid,
        (taken, wages, leavers): (&[Taken<'_>], &[Wage], &[Leaver]),
    ) -> Result<(), employer::Error> {
        let employers = &self.employers;
        if !taken.is_empty() {
            employers
                .take_on_all(connection, now, place, taken, by)
                .await?;
        }
        if !wages.is_empty() {
            let month = (place.id, held.month);
            employers
                .keep_wages(connection, now, month, wages, by)
                .await?;
        }
        if !leavers.is_empty() {
            employers.let_go(connection, now, place, leavers).await?;
        }
        Ok(())
    }
}

fn outcome(it: &Looked, state: RowState, membership: Option<Uuid>) -> Outcome {
    let same_as = match &it.decided.plan {
        Some(Plan::Repeated { receipt, .. }) => Some(receipt.clone()),
        Some(_) | None => None,
    };
    Outcome {
        number: it.kept.number,
        state,
        findings: it.decided.findings.clone(),
        opens_its_own: membership == Some(it.kept.id),
        membership,
        same_as,
    }
}

/// Whose word it is that the rows are.
fn committer(held: &Submission) -> Result<Uuid, Error> {
    let by = held.committed_by;
    Ok(by.ok_or(db::Error::Unknown("submission.committed_by"))?)
}

/// No plan is made for a row of another kind.
const OTHER_KIND: db::Error = db::Error::Unknown("submission_row.kind");

/// The work that a row begins, and how its employer reaches whom it is about.
fn work(row: &Row) -> Result<(&Hire, Option<&Contact>), Error> {
    match &row.action {
        Action::Hire(worker) => Ok((&worker.hire, worker.contact.as_ref())),
        Action::TakeOver { hire, .. } => Ok((hire, None)),
        Action::Wage { .. } | Action::Leave { .. } => Err(OTHER_KIND.into()),
    }
}

fn hired<'a>(it: &'a Looked, row: &'a Row, known: Option<Uuid>) -> Result<Taken<'a>, Error> {
    let (hire, contact) = work(row)?;
    let whom = match (known, &row.action) {
        (Some(known), _) => Whom::Known(known),
        (None, Action::Hire(worker)) => Whom::New(Uuid::now_v7(), worker),
        (None, _) => return Err(OTHER_KIND.into()),
    };
    Ok(Taken {
        membership: it.kept.id,
        whom,
        hire,
        contact,
        digest: &it.kept.content_digest,
    })
}

fn wage(row: &Row, membership: Uuid) -> Result<Wage, Error> {
    match row.action {
        Action::Wage { wage, back_pay, .. } => Ok(Wage {
            membership,
            wage,
            back_pay,
        }),
        Action::Hire(_) | Action::TakeOver { .. } | Action::Leave { .. } => Err(OTHER_KIND.into()),
    }
}

fn leaver(row: &Row, membership: Uuid, participant: Uuid) -> Result<Leaver, Error> {
    match row.action {
        Action::Leave { on, .. } => Ok(Leaver {
            membership,
            participant,
            on,
        }),
        Action::Hire(_) | Action::TakeOver { .. } | Action::Wage { .. } => Err(OTHER_KIND.into()),
    }
}
