//! What is known of the people whom some rows are about: a few statements, however many rows there are.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Error, Submission, Submissions,
    row::{Action, Row, Who},
};
use crate::{
    db,
    employer::{self, Tie, Wage},
    money::Month,
    participant::{self, Known},
    seal::Datum,
};

/// What is known of the people of some rows.
#[derive(Default)]
pub(super) struct Facts {
    by_document: HashMap<Vec<u8>, Vec<Known>>,
    by_kpj: HashMap<String, Known>,
    ties: HashMap<Uuid, Vec<Tie>>,
    earned: HashMap<Uuid, (Month, Wage)>,
}

impl Facts {
    /// Everybody with a NIK or passport: a participant, and who waits for something.
    pub(super) fn with_document(&self, digest: &[u8]) -> &[Known] {
        self.by_document.get(digest).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_kpj(&self, kpj: &str) -> Option<&Known> {
        self.by_kpj.get(kpj)
    }

    /// What there is between somebody and the employer.
    pub(super) fn ties(&self, person: Uuid) -> &[Tie] {
        self.ties.get(&person).map_or(&[], Vec::as_slice)
    }

    /// The wage that holds for a membership in the month, and since when.
    pub(super) fn earned(&self, membership: Uuid) -> Option<(Month, Wage)> {
        self.earned.get(&membership).copied()
    }
}

impl Submissions {
    /// What is known of the people of `rows`. Where it is to be acted upon they are held, so that nobody changes it meanwhile.
    pub(super) async fn facts(
        &self,
        connection: &impl ConnectionTrait,
        submission: &Submission,
        rows: &[&Row],
        held: bool,
    ) -> Result<Facts, Error> {
        let (mut documents, mut kpjs) = (Vec::new(), Vec::new());
        for row in rows {
            match &row.action {
                Action::Hire(worker) => documents.push(worker.document.digest(&self.seal)),
                Action::TakeOver { kpj, .. } => kpjs.push(kpj.clone()),
                Action::Wage { who, .. } | Action::Leave { who, .. } => match who {
                    Who::Nik(nik) => documents.push(self.seal.digest(Datum::Nik, nik.text())),
                    Who::Kpj(kpj) => kpjs.push(kpj.clone()),
                },
            }
        }
        let mut known = participant::known_by(connection, &documents, &kpjs).await?;
        if held && !known.is_empty() {
            hold(connection, submission, &known).await?;
            known = participant::known_by(connection, &documents, &kpjs).await?;
        }
        let ids: Vec<_> = known.iter().map(|it| it.id).collect();
        let ties = employer::ties(connection, submission.employer, &ids).await?;
        let mut facts = Facts {
            earned: earned(connection, submission, &ties).await?,
            ties,
            ..Facts::default()
        };
        for it in known {
            if let Some(kpj) = &it.kpj {
                facts.by_kpj.insert(kpj.clone(), it.clone());
            }
            let same = facts.by_document.entry(it.document_digest.clone());
            same.or_default().push(it);
        }
        Ok(facts)
    }
}

/// Holds participants, and then what there is between them and the unit, so that nobody changes it meanwhile. (Somebody who waits is no
/// participant yet: he is held by his membership.)
async fn hold(
    connection: &impl ConnectionTrait,
    submission: &Submission,
    known: &[Known],
) -> Result<(), db::Error> {
    let people = known.iter().filter(|it| it.is_active);
    let people: Vec<_> = people.map(|it| it.id).collect();
    participant::hold_people(connection, &people).await?;
    let ids: Vec<_> = known.iter().map(|it| it.id).collect();
    let ties = employer::ties(connection, submission.employer, &ids).await?;
    let here = ties.values().flatten();
    let here = here.filter(|it| it.unit == submission.unit);
    let memberships: Vec<_> = here.map(|it| it.membership).collect();
    participant::hold_memberships(connection, &memberships).await
}

/// The wages that hold in the month for all who work at the unit.
async fn earned(
    connection: &impl ConnectionTrait,
    submission: &Submission,
    ties: &HashMap<Uuid, Vec<Tie>>,
) -> Result<HashMap<Uuid, (Month, Wage)>, db::Error> {
    let here = ties
        .values()
        .flatten()
        .filter(|it| it.works_at(submission.unit));
    let memberships: Vec<_> = here.map(|it| it.membership).collect();
    if memberships.is_empty() {
        return Ok(HashMap::new());
    }
    let latest = employer::wages(connection, &memberships, submission.month).await?;
    Ok(latest
        .into_iter()
        .map(|(month, wage)| (wage.membership, (month, wage)))
        .collect())
}
