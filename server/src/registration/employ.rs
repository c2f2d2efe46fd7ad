//! The work: told by the person, and the person put to the register.

use chrono::{Days, Duration, NaiveDate};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Error, Registrations, Stated, Told, rules,
    rules::State,
    stand::{Shown, may},
    store::{self, Registration},
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    contribution, db, employer,
    event::{self, Event},
    identity::{IdentityState, Question, Verdict},
    quota::{self, Quota, hex},
};

/// How often a day the register is asked about one NIK for one contact: it costs money and must not become an oracle.
const QUESTIONS_A_DAY: i64 = 3;

/// How far ahead somebody may plan to embark.
const AHEAD: Days = Days::new(366);

impl Registrations {
    /// Takes the work. The register is asked first, outside any transaction, and what it says is kept before anything is refused.
    pub(crate) async fn employ(
        &self,
        caller: &Caller,
        id: Uuid,
        told: &Told,
    ) -> Result<Shown, Error> {
        let now = self.clock.now();
        let before = self.show(caller, id).await?;
        if before.takes_further || before.has_joined() {
            return self.employ_further(caller, id, &told.work).await;
        }
        may(
            &before,
            &[State::AwaitingEmployment, State::AwaitingConfirmation],
        )?;
        let today = day_of(now);
        let segment = before.row.segment()?;
        if told.work.segment() != segment {
            return Err(Error::OtherSegment { segment });
        }
        let birth_date = told.birth_date.or(before.row.birth_date);
        let birth_date = birth_date.ok_or(Error::BirthDateNeeded)?;
        self.check_work(self.db.reader(), &told.work, birth_date, today)
            .await?;
        check_plan(&told.work, today)?;
        if self.is_news(&before.row, told, birth_date)? {
            self.ask(caller, &before.row, told, birth_date).await?;
        }

        let transaction = self.db.begin_write().await?;
        let row = store::lock(&transaction, id)
            .await?
            .ok_or(Error::NotFound)?;
        let shown = self.stand(&transaction, row).await?;
        may(
            &shown,
            &[State::AwaitingEmployment, State::AwaitingConfirmation],
        )?;
        let stated = told.birth_date.or(shown.row.birth_date);
        let warnings = shown.row.document(&self.seal)?.warnings(stated, today);
        store::keep_work(
            &transaction,
            &self.seal,
            id,
            told,
            birth_date,
            &warnings,
            now,
        )
        .await?;
        self.finish(transaction, caller, "SubmitEmployment", id)
            .await
    }

    /// Whether somebody can work like this.
    pub(super) async fn check_work(
        &self,
        connection: &impl ConnectionTrait,
        work: &Stated,
        birth_date: NaiveDate,
        today: NaiveDate,
    ) -> Result<(), Error> {
        match work {
            Stated::Business(business) => {
                rules::check_age(&self.policy, birth_date, today)?;
                Ok(contribution::check(&contribution::terms(business))?)
            }
            Stated::Employee(claimed) if claimed.started_on > today => Err(Error::StartsLater),
            Stated::Employee(claimed) => Ok(employer::check_named(connection, claimed).await?),
            Stated::Placement(placement) => Ok(contribution::check_placement(
                &self.policy,
                placement,
                today,
            )?),
        }
    }

    /// Whether the register has not heard of this yet. Each question costs money and one of a few, so none is put twice.
    fn is_news(
        &self,
        row: &Registration,
        told: &Told,
        birth_date: NaiveDate,
    ) -> Result<bool, Error> {
        // Where it was silent it is asked again by itself, once the person has confirmed.
        let heard = matches!(
            row.identity()?,
            IdentityState::Matched | IdentityState::Pending
        );
        let agreed = heard && row.birth_date == Some(birth_date);
        let same_mother =
            told.mother_name.is_none() || told.mother_name == row.mother(&self.seal)?;
        Ok(!agreed || !same_mother)
    }

    /// Puts the person to the register. Its answer is kept; a no stops the registration for good.
    async fn ask(
        &self,
        caller: &Caller,
        row: &Registration,
        told: &Told,
        birth_date: NaiveDate,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let (document, contact) = (hex(&row.document_digest), hex(&row.contact_digest));
        let quota = Quota {
            key: format!("identity.asked24h:{document}:{contact}"),
            limit: QUESTIONS_A_DAY,
            window: Duration::hours(24),
        };
        let transaction = self.db.begin_write().await?;
        let counts = quota::take(&transaction, &[quota], now).await?;
        if let Some(spent) = counts.iter().find(|it| it.left < 0) {
            let retry_after = spent.wait(now);
            return Err(Error::QuestionsSpent { retry_after });
        }
        transaction.commit().await.map_err(db::Error::from)?;

        // The register knows no foreigners, and they do not come here: their employer has reported them.
        let document = row.document(&self.seal)?;
        let nik = document.nik().cloned().ok_or(Error::NotReported)?;
        let question = Question {
            nik,
            full_name: row.name()?,
            birth_date,
            mother_name: told.mother_name.clone(),
        };
        let verdict = self.questions.put(question).await?;
        let stop = rules::stop(&verdict);
        // Kept by itself, and until it is: what follows may meet other writers and start over, but nobody is asked twice.
        db::retrying(|| self.keep(caller, row, (told, birth_date), &verdict)).await?;
        stop.map_or(Ok(()), |it| Err(it.into()))
    }

    /// Keeps what the register answered, unless the registration has gone on meanwhile.
    async fn keep(
        &self,
        caller: &Caller,
        row: &Registration,
        (told, birth_date): (&Told, NaiveDate),
        verdict: &Verdict,
    ) -> Result<(), Error> {
        let transaction = self.db.begin_write().await?;
        let held = store::lock(&transaction, row.id).await?;
        let open = held.is_some_and(|it| {
            it.confirmed_at.is_none() && it.cancelled_at.is_none() && it.stopped_by.is_none()
        });
        match rules::stop(verdict) {
            // It has gone on, or was taken back: only that somebody asked is kept.
            _ if !open => {}
            None => {
                let state = if *verdict == Verdict::Unavailable {
                    IdentityState::Pending
                } else {
                    IdentityState::Matched
                };
                let said = (told, birth_date, state);
                store::keep_identity(&transaction, &self.seal, row.id, said).await?;
            }
            Some(stop) => {
                store::stop(&transaction, row.id, &stop).await?;
                let stopped = Event {
                    kind: "registration.stopped",
                    subject: row.id,
                    participant: None,
                    facts: serde_json::json!({}),
                };
                event::record(&transaction, &self.seal, self.clock.now(), [stopped]).await?;
            }
        }
        let (now, actor) = (self.clock.now(), caller.into());
        let what = "AskRegister";
        audit::wrote(&transaction, &self.seal, now, actor, what, row.id).await?;
        Ok(transaction.commit().await.map_err(db::Error::from)?)
    }
}

/// Whether the day on which somebody plans to embark is near. Not asked again when it is confirmed: nothing rests on it.
pub(super) fn check_plan(work: &Stated, today: NaiveDate) -> Result<(), Error> {
    match work {
        Stated::Placement(placement)
            if !(today..=today + AHEAD).contains(&placement.departs_on) =>
        {
            Err(Error::DepartsOtherwise)
        }
        Stated::Placement(_) | Stated::Business(_) | Stated::Employee(_) => Ok(()),
    }
}
