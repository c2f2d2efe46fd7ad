//! An employer's word: he reports somebody who works for him.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Employee, Employers, Error, Hire, Place, Report, State, Worker,
    answer::check_acceptable,
    question::named_here,
    store::{self, Confirmed, Employment},
    take_on::own_place,
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db,
    identity::{Contact, Document, IdentityState, agreed_name},
    participant::{self, Membership, Work},
    seal::Datum,
};

/// An employer's word for somebody, under an id of its own.
#[derive(Clone, Copy)]
pub(crate) struct Word<'a> {
    pub report: Uuid,
    pub hire: &'a Hire,
    /// How the employer reaches him.
    pub contact: Option<&'a Contact>,
    /// What the word is compared by when it comes again.
    pub digest: &'a [u8],
}

impl Employers {
    /// Takes somebody on whom his employer reports, or shows him when he was reported before.
    pub(crate) async fn report(&self, caller: &Caller, report: &Report) -> Result<Employee, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let place = own_place(&transaction, caller, &report.npp).await?;
        let place = place.ok_or(Error::NotFound)?;
        let digest = self.seal.digest(Datum::RequestContent, &report.content());
        if let Some(known) = store::reported_as(&transaction, report.id).await? {
            if known.content_digest.as_ref() != Some(&digest) {
                return Err(Error::IdTaken);
            }
            return self.one(&transaction, known).await;
        }
        self.check_hire(&report.worker.hire, day_of(now))?;
        let membership = self.whom(&transaction, now, report, &place).await?;
        check_acceptable(&transaction, &membership).await?;
        let word = Word {
            report: report.id,
            hire: &report.worker.hire,
            contact: report.worker.contact.as_ref(),
            digest: &digest,
        };
        let by = caller.actor_id();
        self.hear(&transaction, now, (&membership, &place), &word, by)
            .await?;
        let (seal, actor, id) = (&self.seal, caller.into(), membership.id);
        audit::wrote(&transaction, seal, now, actor, "ReportEmployee", id).await?;
        let employee = self.shown(&transaction, id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(employee)
    }

    /// Takes the person of `membership` on by the employer's word. `by` is whose word it is.
    pub(super) async fn hear(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (membership, place): (&Membership, &Place),
        word: &Word<'_>,
        by: Uuid,
    ) -> Result<(), Error> {
        let confirmed = Confirmed {
            unit: place.id,
            hire: word.hire,
            report: Some(word.report),
            digest: word.digest,
            by: None,
            reason: "",
        };
        self.take_on(connection, now, (membership, place), &confirmed, by)
            .await?;
        if let Some(contact) = word.contact {
            let ids = (membership.participant_id, place.employer);
            participant::keep_reported_contact(connection, &self.seal, now, ids, contact).await?;
            participant::tell_new(connection, &self.seal, now, contact, &place.npp).await?;
        }
        Ok(())
    }

    /// The membership that a report is about: that of somebody who waits for it, another of a participant, or a newcomer's first.
    async fn whom(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        report: &Report,
        place: &Place,
    ) -> Result<Membership, Error> {
        let worker = &report.worker;
        let document_digest = worker.document.digest(&self.seal);
        let named = agreed_name(worker.full_name.text());
        let known = participant::with_document(connection, &document_digest).await?;
        let waiting = participant::waiting_with_document(connection, &document_digest).await?;
        for person in known.iter().chain(&waiting) {
            let rows = store::employments(connection, *person).await?;
            let Some(here) = named_here(&rows, place.id) else {
                continue;
            };
            let row = participant::people_among(connection, &[*person]).await?;
            let same = row.iter().any(|it| agreed_name(&it.full_name) == named);
            if !same {
                continue;
            }
            let held = participant::hold(connection, here).await?;
            let held = held.ok_or(Error::NotFound)?;
            // Whoever was held by another call may have been decided, or have gone, meanwhile.
            let row = store::hold_employment(connection, here).await?;
            if named_here(row.as_slice(), place.id).is_some() && !held.is_cancelled {
                return Ok(held);
            }
        }
        let person = match known {
            Some(known) => {
                let held = participant::hold_person(connection, known).await?;
                let held = held.ok_or(db::Error::Unknown("participant.active_since"))?;
                if agreed_name(&held.full_name) != named {
                    return Err(Error::NameDiffers);
                }
                known
            }
            None => {
                let person = worker.person(document_digest, day_of(now))?;
                participant::keep_person(connection, &self.seal, now, &person).await?
            }
        };
        let membership = Uuid::now_v7();
        let work = Work::Employment(participant::Employment::default());
        let ids = (membership, person, report.id);
        participant::open_membership(connection, now, ids, &work).await?;
        if known.is_none() && worker.document.nik().is_some() {
            let mother = worker.mother_name.as_ref();
            let ids = (person, membership);
            participant::watch_identity(connection, &self.seal, (now, now), ids, mother).await?;
        }
        let row = Employment::opened((membership, person), place.id, now);
        store::insert_employment(connection, row).await?;
        let held = participant::hold(connection, membership).await?;
        held.ok_or(Error::NotFound)
    }
}

impl Worker {
    /// The day of birth, as it is stated or the NIK tells.
    pub(crate) fn born_on(&self, today: NaiveDate) -> Result<NaiveDate, Error> {
        let told = self.document.birth_date(today);
        self.birth_date.or(told).ok_or(Error::Day {
            field: "birth_date",
            problem: "must be stated: the NIK or passport states none",
        })
    }

    /// Somebody of whom nothing was known. The register is asked afterwards; it knows no foreigners.
    pub(super) fn person(
        &self,
        document_digest: Vec<u8>,
        today: NaiveDate,
    ) -> Result<participant::Person, Error> {
        let birth_date = self.born_on(today)?;
        Ok(participant::Person {
            document: self.document.clone(),
            document_digest,
            full_name: self.full_name.clone(),
            birth_date,
            sex: self.document.sex(),
            warnings: self.document.warnings(self.birth_date, today),
            contact: None,
            mother_name: self.mother_name.clone(),
            identity: match &self.document {
                Document::Nik(_) => IdentityState::Pending,
                Document::Passport(_) => IdentityState::Unverified,
            },
        })
    }
}

impl Report {
    /// What a report is compared by when its id comes again.
    fn content(&self) -> String {
        let Worker {
            document,
            full_name,
            birth_date,
            mother_name,
            contact,
            hire,
        } = &self.worker;
        let mother = mother_name.as_ref().map(crate::identity::FullName::text);
        let contact = contact.as_ref().map(crate::identity::Contact::text);
        serde_json::json!([
            self.npp.text(),
            document.text(),
            full_name.text(),
            birth_date,
            mother,
            contact,
            hire.content()
        ])
        .to_string()
    }
}

impl Employment {
    /// Work at `unit` that is reported in this very transaction.
    pub(super) fn opened(
        (membership, person): (Uuid, Uuid),
        unit: Uuid,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            membership_id: membership,
            participant_id: person,
            unit_id: Some(unit),
            report_id: None,
            content_digest: None,
            stated_employer: String::new(),
            stated_city: String::new(),
            employee_number: String::new(),
            started_on: None,
            contract_ends_on: None,
            state: State::AwaitingEmployer.code().to_owned(),
            asked_at: now,
            notices: 0,
            reported_at: None,
            reason: String::new(),
            decided_by: None,
            in_jkn: false,
        }
    }
}
