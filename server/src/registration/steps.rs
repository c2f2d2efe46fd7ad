//! The steps after the first: work, confirmation, or taking it all back.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Error, Registrations, Told, rules,
    rules::{Facts, State},
    store::{self, Registration},
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    contribution, db,
    event::{self, Event},
    identity::{Question, Verdict},
    otp,
    participant::{self, Person},
    quota::{self, Quota},
};
use jamsostek_proto::v1::Subject;

/// How often a day the register is asked about one NIK for one contact: it costs money and must not become an oracle.
const QUESTIONS_A_DAY: i64 = 3;

/// A registration as it stands.
pub(crate) struct Shown {
    pub(super) row: Registration,
    pub(super) state: State,
    pub(super) masked_contact: String,
    pub(super) work: Option<participant::Work>,
    pub(super) participant: Option<(Uuid, String)>,
    pub(super) payment: Option<contribution::BillToPay>,
    pub(super) now: DateTime<Utc>,
}

impl Registrations {
    /// Shows a registration to the one who holds it.
    pub(crate) async fn show(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let reader = self.db.reader();
        let row = store::find(reader, id).await?;
        let row = row.filter(|_| holds(caller, id)).ok_or(Error::NotFound)?;
        self.stand(reader, row).await
    }

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

    /// Confirms what was said: the person is taken in, the first bill issued.
    pub(crate) async fn confirm(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let row = store::lock(&transaction, id).await?;
        let row = row.filter(|_| holds(caller, id)).ok_or(Error::NotFound)?;
        let shown = self.stand(&transaction, row).await?;
        if shown.row.confirmed_at.is_some()
            && matches!(
                shown.state,
                State::AwaitingPayment | State::Active | State::Held
            )
        {
            return Ok(shown);
        }
        may(&shown, &[State::AwaitingConfirmation])?;
        let row = &shown.row;
        let wrong = db::Error::Unknown("registration.employment");
        let work = shown.work.as_ref().ok_or(wrong)?;
        let nik = row.nik(&self.seal)?;
        let person = Person {
            nik_digest: row.nik_digest.clone(),
            full_name: row.name()?,
            birth_date: row.birth_date.ok_or(Error::BirthDateNeeded)?,
            sex: row.sex(),
            warnings: row.warning_list(),
            contact: row.contact(&self.seal)?,
            nik,
        };
        let seal = &self.seal;
        let taken = participant::take_in(&transaction, seal, now, id, &person, work).await?;
        let (who, membership) = taken;
        let bill =
            contribution::issue_first(&transaction, seal, &self.policy, now, membership, work)
                .await?;
        store::confirm(&transaction, id, (who, membership, bill.id), now).await?;
        let confirmed = Event {
            kind: "registration.confirmed",
            subject: id,
            participant: None,
            facts: serde_json::json!({ "billId": bill.id, "totalIdr": bill.total.idr() }),
        };
        event::record(&transaction, seal, now, [confirmed]).await?;
        audit::wrote(
            &transaction,
            seal,
            now,
            caller.into(),
            "ConfirmRegistration",
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

    /// Takes a registration back, and with it the membership that nobody paid for.
    pub(crate) async fn cancel(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let row = store::lock(&transaction, id).await?;
        let row = row.filter(|_| holds(caller, id)).ok_or(Error::NotFound)?;
        if let Some(membership) = row.membership_id {
            participant::hold(&transaction, membership).await?;
        }
        let shown = self.stand(&transaction, row).await?;
        match shown.state {
            State::Cancelled => return Ok(shown),
            State::Active | State::Held => return Err(Error::WrongState(shown.state)),
            State::Expired
            | State::AwaitingOtp
            | State::AwaitingEmployment
            | State::AwaitingConfirmation
            | State::AwaitingPayment
            | State::Stopped => {}
        }
        store::cancel(&transaction, id, now).await?;
        if let Some(membership) = shown.row.membership_id {
            participant::close_unpaid(&transaction, membership, now).await?;
            contribution::withdraw(&transaction, &self.seal, now, membership, caller).await?;
        }
        audit::wrote(
            &transaction,
            &self.seal,
            now,
            caller.into(),
            "CancelRegistration",
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

    /// A registration as it stands now.
    async fn stand(
        &self,
        connection: &impl ConnectionTrait,
        row: Registration,
    ) -> Result<Shown, Error> {
        let now = self.clock.now();
        let account = participant::account_of(connection, row.id).await?;
        let work = row.work()?;
        let facts = Facts {
            is_confirmed_by_code: otp::is_confirmed(connection, row.id).await?,
            has_account: account.is_some(),
            is_cancelled: row.cancelled_at.is_some(),
            is_stopped: row.stopped_by.is_some(),
            has_employment: work.is_some(),
            is_confirmed: row.confirmed_at.is_some(),
            nik_is_taken: participant::with_nik(connection, &row.nik_digest)
                .await?
                .is_some(),
            expires_at: row.expires_at,
        };
        let state = rules::state(&facts, now);
        let participant = match account {
            Some(id) => participant::kpj_of(connection, id)
                .await?
                .map(|kpj| (id, kpj)),
            None => None,
        };
        let payment = match row.bill_id {
            Some(bill) => contribution::to_pay(connection, &self.policy, day_of(now), bill).await?,
            None => None,
        };
        Ok(Shown {
            masked_contact: row.contact(&self.seal)?.masked(),
            state,
            work,
            participant,
            payment,
            now,
            row,
        })
    }
}

fn holds(caller: &Caller, id: Uuid) -> bool {
    caller.subject == Subject::Registrant && caller.id == id
}

/// Whether the step may be taken now; if not, why, in the order of the contract.
fn may(shown: &Shown, states: &[State]) -> Result<(), Error> {
    if states.contains(&shown.state) {
        return Ok(());
    }
    match (shown.state, &shown.row.stopped_by) {
        (State::Cancelled, _) => Err(Error::Cancelled),
        (State::Expired, _) => Err(Error::Expired),
        (State::Stopped, Some(by)) => Err(stopped(by, shown.row.stopped_fields.clone())),
        (State::Stopped, None) => Err(Error::OfficerNeeded),
        (state, _) => Err(Error::WrongState(state)),
    }
}

/// The refusal that a registration was stopped with, told again.
fn stopped(by: &str, fields: Option<String>) -> Error {
    match by {
        "mismatch" => Error::Mismatch(fields.unwrap_or_default()),
        "deceased" => Error::Deceased,
        _ => Error::IdentityRefused(fields.unwrap_or_default()),
    }
}
