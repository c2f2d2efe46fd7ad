//! An employer answers: he confirms or denies who has named him.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Employee, Employers, Error, Hire, Place, State,
    store::{self, Confirmed, Employment},
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db,
    event::{self, Event},
    identity::{IdentityState, Nik},
    notification::Wording,
    participant::{self, Membership},
    seal::Datum,
};

impl Employers {
    /// Confirms who has named this employer.
    pub(crate) async fn confirm(
        &self,
        caller: &Caller,
        membership: Uuid,
        nik: &Nik,
        hire: &Hire,
    ) -> Result<Employee, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (held, row, place) = self.asked_of(&transaction, caller, membership).await?;
        let person = participant::people_among(&transaction, &[held.participant_id]).await?;
        let person = person.first().ok_or(Error::NotFound)?;
        if person.document_digest != self.seal.digest(Datum::Nik, nik.text()) {
            return Err(Error::NikDiffers);
        }
        let content = hire.content().to_string();
        let digest = self.seal.digest(Datum::RequestContent, &content);
        match row.state()? {
            State::AwaitingEmployer | State::AwaitingOfficer => {}
            State::Active if row.content_digest.as_ref() == Some(&digest) => {
                return self.one(&transaction, row).await;
            }
            state @ (State::Active | State::Rejected) => {
                let state = state.name();
                return Err(Error::WrongState { state });
            }
        }
        check_acceptable(&transaction, &held).await?;
        self.check_hire(hire, day_of(now))?;
        let confirmed = Confirmed {
            unit: place.id,
            hire,
            report: None,
            digest: &digest,
            by: None,
            reason: "",
        };
        let by = caller.actor_id();
        self.take_on(&transaction, now, (&held, &place), &confirmed, by)
            .await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(
            &transaction,
            seal,
            now,
            actor,
            "ConfirmEmployee",
            membership,
        )
        .await?;
        let employee = self.shown(&transaction, membership).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(employee)
    }

    /// Denies who has named this employer: an officer decides.
    pub(crate) async fn deny(
        &self,
        caller: &Caller,
        membership: Uuid,
        reason: &str,
    ) -> Result<Employee, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (held, row, _) = self.asked_of(&transaction, caller, membership).await?;
        match row.state()? {
            State::AwaitingEmployer => {}
            State::AwaitingOfficer if row.reason == reason => {
                return self.one(&transaction, row).await;
            }
            // Silence has brought it to the officer: the employer's word still counts for him.
            State::AwaitingOfficer => {}
            state @ (State::Active | State::Rejected) => {
                let state = state.name();
                return Err(Error::WrongState { state });
            }
        }
        let said = (reason, None);
        store::turn(&transaction, &[membership], State::AwaitingOfficer, said).await?;
        let denied = Event {
            kind: "employment.denied",
            subject: membership,
            participant: Some(held.participant_id),
            facts: serde_json::json!({ "reason": reason }),
        };
        event::record(&transaction, &self.seal, now, [denied]).await?;
        let (person, text) = (held.participant_id, Wording::EmploymentDenied.text());
        participant::tell(&transaction, &self.seal, now, person, &text).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "DenyEmployee", membership).await?;
        let employee = self.shown(&transaction, membership).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(employee)
    }

    /// A membership at one of the caller's units, held, with its employment and unit; somebody else's does not exist.
    pub(super) async fn asked_of(
        &self,
        connection: &impl ConnectionTrait,
        caller: &Caller,
        membership: Uuid,
    ) -> Result<(Membership, Employment, Place), Error> {
        let held = participant::hold(connection, membership).await?;
        let held = held.ok_or(Error::NotFound)?;
        let row = store::hold_employment(connection, membership).await?;
        let row = row.ok_or(Error::NotFound)?;
        let place = match row.unit_id {
            Some(unit) => store::place(connection, unit).await?,
            None => None,
        };
        let place = place.filter(|it| caller.employer(Some(it.employer)).is_some());
        Ok((held, row, place.ok_or(Error::NotFound)?))
    }
}

/// Whether the person of `held` can be taken on: the register has not said no, and nobody else with the NIK is a participant.
pub(super) async fn check_acceptable(
    connection: &impl ConnectionTrait,
    held: &Membership,
) -> Result<(), Error> {
    let ready = participant::readiness(connection, held.participant_id).await?;
    if ready.identity == IdentityState::Refused {
        let state = "IDENTITY_STATE_REFUSED";
        return Err(Error::WrongState { state });
    }
    if ready.nik_is_taken {
        let state = "NIK_TAKEN";
        return Err(Error::WrongState { state });
    }
    Ok(())
}

impl Hire {
    /// What of a word about somebody's work is compared when it comes again.
    pub(super) fn content(&self) -> serde_json::Value {
        serde_json::json!([
            self.started_on,
            self.contract_ends_on,
            self.wage.idr(),
            self.employee_number,
            self.in_jkn,
        ])
    }
}
