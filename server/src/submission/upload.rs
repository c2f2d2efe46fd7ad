//! Rows come: each is read, sealed and kept as it is, well-formed or not. The work on them begins when all are there.

use std::collections::HashMap;

use jamsostek_proto::v1::SubmissionRow;
use uuid::Uuid;

use super::{
    Error, State, Submission, Submissions,
    finding::Findings,
    row::{self, Kind},
    store::{self, Staged, Step},
};
use crate::{audit, caller::Caller, db, money::Money, seal::Datum};

impl Submissions {
    /// Keeps rows, of which there is at least one, the first with the number `first`. Rows that are there already stay as they are.
    pub(crate) async fn stage(
        &self,
        caller: &Caller,
        id: Uuid,
        first: i32,
        rows: &[SubmissionRow],
    ) -> Result<Submission, Error> {
        let (now, count) = (self.clock.now(), rows.len());
        let submission = store::find(self.db.reader(), id).await?;
        let submission = submission.filter(|it| caller.employer(Some(it.employer)).is_some());
        let submission = submission.ok_or(Error::NotFound)?;
        let last = i32::try_from(count - 1).map_or(i32::MAX, |it| first.saturating_add(it));
        if last > submission.declared_rows {
            return Err(Error::BeyondDeclared {
                declared: submission.declared_rows,
                row: last,
            });
        }
        let mut staged = self.read(&submission, first, rows);
        let transaction = self.db.begin_write().await?;
        let known = store::rows_among(&transaction, id, (first, last)).await?;
        check_same(&staged, &known)?;
        let wage: Money = rows
            .iter()
            .zip(&staged)
            .filter(|(_, it)| !known.contains_key(&it.number))
            .map(|(row, _)| Money::new(row::stated_wage(row)))
            .sum();
        staged.retain(|it| !known.contains_key(&it.number));
        if staged.is_empty() {
            return Ok(submission);
        }
        let added = i32::try_from(staged.len()).unwrap_or(i32::MAX);
        store::insert_rows(&transaction, &submission, staged).await?;
        // Last, so that those who bring other rows at the same time wait for each other only here.
        let there = store::add_rows(&transaction, id, added, wage).await?;
        let Some(there) = there else {
            return Err(self.no_more(id).await?);
        };
        let user = caller.actor_id();
        if !submission.hands.contains(&user) {
            self.keep_hand(&transaction, id, user).await?;
        }
        if there == submission.declared_rows {
            store::turn(&transaction, id, now, Step::Uploaded).await?;
        }
        audit::wrote(
            &transaction,
            &self.seal,
            now,
            caller.into(),
            "UploadRows",
            id,
        )
        .await?;
        let kept = store::find(&transaction, id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        kept.ok_or(Error::NotFound)
    }

    async fn keep_hand(
        &self,
        connection: &impl sea_orm::ConnectionTrait,
        id: Uuid,
        user: Uuid,
    ) -> Result<(), Error> {
        // By now the submission is held: another may have come meanwhile.
        let held = store::hold(connection, id).await?.ok_or(Error::NotFound)?;
        let mut hands = held.hands;
        hands.push(user);
        hands.dedup();
        Ok(store::keep_hands(connection, id, &hands).await?)
    }

    async fn no_more(&self, id: Uuid) -> Result<Error, Error> {
        let now = store::find(self.db.reader(), id).await?;
        let state = now.map_or(State::Cancelled, |it| it.state).name();
        Ok(Error::WrongState { state })
    }

    /// Reads and seals rows.
    fn read(&self, submission: &Submission, first: i32, rows: &[SubmissionRow]) -> Vec<Staged> {
        let today = self.clock.today();
        let unit = submission.unit.as_bytes().as_slice();
        let staged = (first..).zip(rows).map(|(number, stated)| {
            let (id, written) = (Uuid::now_v7(), row::written(stated));
            let content_digest = self
                .seal
                .digest_bytes(Datum::SubmissionRow, &[unit, &written].concat());
            let kind = Kind::of(stated).code();
            let empty = Staged {
                number,
                id,
                row_ref: String::new(),
                kind,
                content_digest,
                person_digest: None,
                paper: None,
                findings: Findings::default(),
            };
            match row::read(stated.clone()) {
                Ok(read) => Staged {
                    person_digest: Some(read.person_digest(&self.seal)),
                    paper: Some(self.seal.seal_bytes(Datum::SubmissionRow, id, &written)),
                    row_ref: read.row_ref,
                    ..empty
                },
                Err(mut errors) => {
                    errors.extend(row::unlawful_work(stated, &self.policy, today));
                    Staged {
                        row_ref: row::name_of(stated),
                        findings: Findings {
                            errors,
                            warnings: Vec::new(),
                        },
                        ..empty
                    }
                }
            }
        });
        staged.collect()
    }
}

/// Whether the rows that are there already say the same.
fn check_same(staged: &[Staged], known: &HashMap<i32, Vec<u8>>) -> Result<(), Error> {
    let other = staged.iter().find(|it| {
        let known = known.get(&it.number);
        known.is_some_and(|digest| *digest != it.content_digest)
    });
    match other {
        Some(other) => Err(Error::NumberTaken { row: other.number }),
        None => Ok(()),
    }
}
