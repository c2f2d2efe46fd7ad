//! The steps after the work is told: confirmation, or taking it all back.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{
    Error, Registrations, Stated,
    rules::{self, State},
    stand::{Shown, holds, lock_own, may},
    store::{self, Registration},
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    contribution::{self, SuspenseReason},
    db, employer,
    event::{self, Event},
    participant::{self, Person},
};

impl Registrations {
    /// Shows a registration to the one who holds it.
    pub(crate) async fn show(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let reader = self.db.reader();
        let row = store::find(reader, id).await?;
        let is_his = holds(reader, caller, id).await?;
        let row = row.filter(|_| is_his).ok_or(Error::NotFound)?;
        self.stand(reader, row).await
    }

    /// Confirms what was said: the person is taken in, the first bill issued.
    pub(crate) async fn confirm(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let row = lock_own(&transaction, caller, id).await?;
        let shown = self.stand(&transaction, row).await?;
        if shown.row.confirmed_at.is_some()
            && matches!(
                shown.state,
                State::AwaitingPayment | State::AwaitingIdentity | State::Active | State::Held
            )
        {
            return Ok(shown);
        }
        may(&shown, &[State::AwaitingConfirmation])?;
        let row = &shown.row;
        let wrong = db::Error::Unknown("registration.employment");
        let work = shown.work.as_ref().ok_or(wrong)?;
        let bill = match &shown.participant {
            Some((participant, _)) => {
                let ids = (id, *participant, caller.id);
                self.take_further(&transaction, now, ids, work).await?
            }
            None => self.take_new(&transaction, now, row, work).await?,
        };
        let facts = match &bill {
            Some(bill) => serde_json::json!({ "billId": bill.id, "totalIdr": bill.total.idr() }),
            None => serde_json::json!({}),
        };
        let confirmed = Event {
            kind: "registration.confirmed",
            subject: id,
            participant: shown.participant.as_ref().map(|it| it.0),
            facts,
        };
        event::record(&transaction, &self.seal, now, [confirmed]).await?;
        self.finish(transaction, caller, "ConfirmRegistration", id)
            .await
    }

    /// Takes somebody in who is no participant yet.
    async fn take_new(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        row: &Registration,
        work: &Stated,
    ) -> Result<Option<contribution::Bill>, Error> {
        let birth_date = row.birth_date.ok_or(Error::BirthDateNeeded)?;
        // Asked again: a birthday may lie between telling the work and confirming it.
        self.check_work(connection, work, birth_date, day_of(now))
            .await?;
        let person = Person {
            document_digest: row.document_digest.clone(),
            full_name: row.name()?,
            birth_date,
            sex: row.sex(),
            warnings: row.warning_list(),
            contact: Some(row.contact(&self.seal)?),
            mother_name: row.mother(&self.seal)?,
            identity: row.identity()?,
            document: row.document(&self.seal)?,
        };
        self.take_in(connection, now, row, &person, work).await
    }

    /// Takes the person in: with a first bill where he pays himself, with an account and a question to his employer where he does not.
    async fn take_in(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        row: &Registration,
        person: &Person,
        stated: &Stated,
    ) -> Result<Option<contribution::Bill>, Error> {
        let seal = &self.seal;
        let work = stated.work();
        let taken = participant::take_in(connection, seal, now, row.id, person, &work).await?;
        if !person.identity.is_proven() {
            let mother = person.mother_name.as_ref();
            // The register was silent a moment ago.
            let from = (now, now + participant::pause(0));
            participant::watch_identity(connection, seal, from, taken, mother).await?;
        }
        if matches!(stated, Stated::Employee(_)) {
            participant::open_account(connection, row.id, taken.0, now).await?;
        }
        self.begin(connection, now, (row.id, taken), stated).await
    }

    /// What follows a membership that was opened: a first bill where he pays himself, a question to his employer where he does not.
    pub(super) async fn begin(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (id, taken): (Uuid, (Uuid, Uuid)),
        stated: &Stated,
    ) -> Result<Option<contribution::Bill>, Error> {
        let (seal, policy) = (&self.seal, &self.policy);
        let bill = match stated {
            Stated::Business(business) => {
                let issued =
                    contribution::issue_first(connection, seal, policy, now, taken.1, business);
                Some(issued.await?)
            }
            Stated::Placement(placement) => {
                let issued =
                    contribution::issue_contract(connection, seal, policy, now, taken.1, placement);
                Some(issued.await?)
            }
            Stated::Employee(claimed) => {
                employer::ask(connection, seal, now, taken, claimed).await?;
                None
            }
        };
        let made = (taken.0, taken.1, bill.as_ref().map(|it| it.id));
        store::confirm(connection, id, made, now).await?;
        Ok(bill)
    }

    /// Takes a registration back, and with it the membership that nobody paid for.
    pub(crate) async fn cancel(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let row = lock_own(&transaction, caller, id).await?;
        if let Some(membership) = row.membership_id {
            participant::hold(&transaction, membership).await?;
        }
        let shown = self.stand(&transaction, row).await?;
        match shown.state {
            State::Cancelled => return Ok(shown),
            State::Active => return Err(Error::WrongState(shown.state)),
            State::Expired
            | State::AwaitingOtp
            | State::AwaitingEmployment
            | State::AwaitingConfirmation
            | State::AwaitingPayment
            | State::AwaitingIdentity
            | State::AwaitingProof
            | State::Held
            | State::Stopped => {}
        }
        // What an officer has decided stays decided: it is how the next one knows. Whoever has joined takes back only his further work.
        if !shown.row.is_further
            && let Some(decided) = participant::withdraw_joining(&transaction, id).await?
        {
            return Err(rules::wrong_joining(decided));
        }
        let ids = (id, shown.row.membership_id, caller.id);
        self.take_back(&transaction, now, ids).await?;
        self.finish(transaction, caller, "CancelRegistration", id)
            .await
    }

    /// Keeps that `by` has taken a registration back, with the membership that nobody paid for. Both are held.
    pub(super) async fn take_back(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (id, membership, by): (Uuid, Option<Uuid>, Uuid),
    ) -> Result<(), Error> {
        store::cancel(connection, id, now).await?;
        let cancelled = Event {
            kind: "registration.cancelled",
            subject: id,
            participant: None,
            facts: serde_json::json!({}),
        };
        event::record(connection, &self.seal, now, [cancelled]).await?;
        if let Some(membership) = membership {
            participant::close_unpaid(connection, membership, now).await?;
            let why = SuspenseReason::RegistrationCancelled;
            let ids = (membership, by);
            contribution::set_aside_all(connection, &self.seal, now, ids, why).await?;
        }
        Ok(())
    }

    /// Ends an operation: keeps who did `rpc`, commits, and shows what came of it.
    pub(super) async fn finish(
        &self,
        transaction: DatabaseTransaction,
        caller: &Caller,
        rpc: &'static str,
        id: Uuid,
    ) -> Result<Shown, Error> {
        let now = self.clock.now();
        audit::wrote(&transaction, &self.seal, now, caller.into(), rpc, id).await?;
        let row = store::find(&transaction, id).await?;
        let shown = self
            .stand(&transaction, row.ok_or(Error::NotFound)?)
            .await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(shown)
    }
}
