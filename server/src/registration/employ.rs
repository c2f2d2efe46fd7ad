//! The work: told by the person, and the person put to the register.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    Error, Registrations, Told, rules,
    rules::State,
    steps::{Shown, may, stopped},
    store::{self, Registration},
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    contribution, db,
    identity::{Question, Verdict},
    quota::{self, Quota},
};

/// How often a day the register is asked about one NIK for one contact: it costs money and must not become an oracle.
const QUESTIONS_A_DAY: i64 = 3;

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
        may(
            &before,
            &[State::AwaitingEmployment, State::AwaitingConfirmation],
        )?;
        let today = day_of(now);
        let birth_date = told.birth_date.or(before.row.birth_date);
        let birth_date = birth_date.ok_or(Error::BirthDateNeeded)?;
        rules::check_age(&self.policy, birth_date, today)?;
        contribution::check(&contribution::terms(&told.work))?;
        if self.is_news(&before.row, told, birth_date)? {
            self.ask(&before.row, told, birth_date, now).await?;
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
        let warnings = shown.row.nik(&self.seal)?.warnings(stated, today);
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
        audit::wrote(
            &transaction,
            &self.seal,
            now,
            caller.into(),
            "SubmitEmployment",
            id,
        )
        .await?;
        let row = store::find(&transaction, id)
            .await?
            .ok_or(Error::NotFound)?;
        let shown = self.stand(&transaction, row).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(shown)
    }

    /// Whether the register has not agreed to this yet. Each question costs money and one of a few, so none is put twice.
    fn is_news(
        &self,
        row: &Registration,
        told: &Told,
        birth_date: NaiveDate,
    ) -> Result<bool, Error> {
        let agreed = row.identity_state == "matched" && row.birth_date == Some(birth_date);
        let same_mother =
            told.mother_name.is_none() || told.mother_name == row.mother(&self.seal)?;
        Ok(!agreed || !same_mother)
    }

    /// Puts the person to the register; a no is kept, and stops the registration for good.
    async fn ask(
        &self,
        row: &Registration,
        told: &Told,
        birth_date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let pair = [row.nik_digest.as_slice(), row.contact_digest.as_slice()].concat();
        let pair: String = pair.iter().map(|it| format!("{it:02x}")).collect();
        let quota = Quota {
            key: format!("identity.asked24h:{pair}"),
            limit: QUESTIONS_A_DAY,
            window: Duration::hours(24),
        };
        let transaction = self.db.begin_write().await?;
        let counts = quota::take(&transaction, &[quota], now).await?;
        if let Some(spent) = counts.iter().find(|it| it.left < 0) {
            let wait = (spent.ends_at - now).num_seconds().max(1).unsigned_abs();
            let retry_after = std::time::Duration::from_secs(wait);
            return Err(Error::QuestionsSpent { retry_after });
        }
        transaction.commit().await.map_err(db::Error::from)?;

        let question = Question {
            nik: row.nik(&self.seal)?,
            full_name: row.name()?,
            birth_date,
            mother_name: told.mother_name.clone(),
        };
        let verdict = self.register.ask(&question).await;
        let refused = match verdict {
            Verdict::Matched => return Ok(()),
            // Nobody knows: the person may come again, nothing is kept against him.
            Verdict::Unavailable => return Err(Error::RegisterUnavailable),
            Verdict::Mismatched(fields) => ("mismatch", Some(fields.join(","))),
            Verdict::Deceased => ("deceased", None),
            Verdict::Duplicate => ("refused", Some("DUPLICATE".to_owned())),
            Verdict::NotFound => ("refused", Some("NOT_FOUND".to_owned())),
            Verdict::Inactive => ("refused", Some("INACTIVE".to_owned())),
            Verdict::WrongFormat => ("refused", Some("WRONG_FORMAT".to_owned())),
        };
        let transaction = self.db.begin_write().await?;
        store::stop(&transaction, row.id, refused.0, refused.1.clone()).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Err(stopped(refused.0, refused.1))
    }
}
