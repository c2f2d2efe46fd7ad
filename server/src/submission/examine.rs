//! Each row is looked at by the rules for one employee. Nothing is changed but what is known of the row.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{
    CHUNK, Counts, Error, Mode, RowState, State, Submission, Submissions,
    row::{self, Kind, Row},
    rules::{self, Bench, Change, Decided, Plan},
    store::{self, Kept, Outcome, Step},
};
use crate::{db, seal::Datum};

/// A row with what was decided about it.
pub(super) struct Looked {
    pub(super) kept: Kept,
    /// Nothing where it is not well-formed, or was taken before.
    pub(super) row: Option<Row>,
    pub(super) decided: Decided,
}

impl Submissions {
    /// Looks at the next rows; how many, and one more.
    pub(super) async fn examine(
        &self,
        transaction: DatabaseTransaction,
        mut held: Submission,
    ) -> Result<usize, Error> {
        if held.examined_through < 0 {
            store::mark_repeats(&transaction, held.id).await?;
            held.examined_through = 0;
            store::move_on(&transaction, &held).await?;
            transaction.commit().await.map_err(db::Error::from)?;
            return Ok(1);
        }
        let rows = store::rows_after(&transaction, held.id, held.examined_through, CHUNK).await?;
        let count = rows.len();
        if let Some(last) = rows.last() {
            held.examined_through = last.number;
            let looked = self.look(&transaction, &held, rows, false).await?;
            let told: Vec<_> = looked.iter().filter_map(told).collect();
            store::keep_outcomes(&transaction, held.id, &told).await?;
            looked.iter().for_each(|it| held.counts.add(it));
            store::move_on(&transaction, &held).await?;
        } else {
            let now = self.clock.now();
            store::turn(&transaction, held.id, now, Step::Validated).await?;
            if held.mode == Mode::ValidateOnly {
                store::end(&transaction, held.id, now, State::Validated).await?;
            }
        }
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(count + 1)
    }

    /// Decides on rows. Where it is to be acted upon, the people are `held`.
    pub(super) async fn look(
        &self,
        connection: &impl ConnectionTrait,
        submission: &Submission,
        rows: Vec<Kept>,
        held: bool,
    ) -> Result<Vec<Looked>, Error> {
        let names: Vec<_> = rows.iter().map(|it| it.row_ref.clone()).collect();
        let taken = store::taken_as(connection, submission, &names).await?;
        let mut looked = Vec::with_capacity(rows.len());
        let mut opened = Vec::new();
        for kept in rows {
            // What was taken under this name is known by its digest: nobody need open it.
            let before = taken.get(&kept.row_ref);
            if let Some(before) = before.filter(|_| kept.repeats.is_none() && kept.paper.is_some())
            {
                let decided = rules::again(before, &kept.content_digest);
                looked.push(Looked {
                    kept,
                    row: None,
                    decided,
                });
                continue;
            }
            let row = self.open(&kept)?;
            opened.push((kept, row));
        }
        let well_formed: Vec<_> = opened.iter().filter_map(|it| it.1.as_ref()).collect();
        let facts = self
            .facts(connection, submission, &well_formed, held)
            .await?;
        let bench = Bench {
            policy: &self.policy,
            seal: &self.seal,
            unit: submission.unit,
            month: submission.month,
            today: self.clock.today(),
        };
        looked.extend(opened.into_iter().map(|(kept, row)| {
            let decided = match &row {
                Some(row) => bench.decide(row, kept.repeats, &facts),
                None => still_rejected(&kept),
            };
            Looked { kept, row, decided }
        }));
        reject_second_words(&mut looked);
        Ok(looked)
    }

    /// Opens what a row says; nothing where it was not well-formed, or was rejected since.
    fn open(&self, kept: &Kept) -> Result<Option<Row>, Error> {
        let Some(paper) = &kept.paper else {
            return Ok(None);
        };
        let opened = self.seal.open_bytes(Datum::SubmissionRow, kept.id, paper);
        let opened = opened.map_err(db::Error::from)?;
        let row = row::reread(&opened);
        Ok(Some(row.ok_or(db::Error::Unknown("submission_row.paper"))?))
    }
}

/// Rejects each row that is about the participant of an earlier one under another of his numbers: that is known only here.
fn reject_second_words(looked: &mut [Looked]) {
    looked.sort_by_key(|it| it.kept.number);
    // By the participant: the first row that keeps him here, and the first by which he leaves.
    let mut first: HashMap<(Uuid, bool), (i32, Kind)> = HashMap::new();
    for it in looked {
        let (Some(person), Some(row), Some(_)) = (it.decided.person, &it.row, &it.decided.plan)
        else {
            continue;
        };
        let kind = row.kind();
        let leaves = kind == Kind::Leave;
        let same = first.get(&(person, leaves)).copied();
        let begun = first.get(&(person, false)).copied();
        let begun = begun.filter(|it| leaves && matches!(it.1, Kind::Hire | Kind::TakeOver));
        match same.or(begun) {
            Some((earlier, _)) => it.decided = rules::rejected(vec![rules::repeated(earlier)]),
            None => {
                first.insert((person, leaves), (it.kept.number, kind));
            }
        }
    }
}

/// A row that was rejected before stays so; that it repeats another is told besides.
fn still_rejected(kept: &Kept) -> Decided {
    let mut findings = kept.findings.clone();
    let repeats = kept.repeats.map(rules::repeated);
    findings
        .errors
        .extend(repeats.filter(|it| !kept.findings.errors.contains(it)));
    Decided {
        plan: None,
        person: None,
        findings,
    }
}

/// What is to be kept of a row that was looked at, where there is anything.
fn told(it: &Looked) -> Option<Outcome> {
    let findings = &it.decided.findings;
    if *findings == it.kept.findings {
        return None;
    }
    let state = match it.decided.plan {
        None => RowState::Rejected,
        Some(_) => RowState::Pending,
    };
    Some(Outcome {
        number: it.kept.number,
        state,
        findings: findings.clone(),
        membership: None,
        same_as: None,
        opens_its_own: false,
    })
}

impl Counts {
    /// Adds what a row changes.
    pub(super) fn add(&mut self, it: &Looked) {
        let Some(plan) = &it.decided.plan else {
            self.rejected += 1;
            return;
        };
        self.accepted += 1;
        self.warned += i32::from(!it.decided.findings.warnings.is_empty());
        match plan {
            Plan::Repeated { .. }
            | Plan::Nothing(_)
            | Plan::Wage {
                change: Change::None,
                ..
            } => self.unchanged += 1,
            Plan::Hire(_) | Plan::Confirm(_) => self.hired += 1,
            Plan::Wage { change, .. } => {
                self.wages_changed += 1;
                self.wages_raised += i32::from(*change == Change::Raised);
            }
            Plan::Leave { .. } => self.leaving += 1,
        }
    }
}
