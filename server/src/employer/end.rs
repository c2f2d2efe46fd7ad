//! Somebody works for his employer no longer.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Employee, Employers, Error, State};
use crate::{
    audit,
    caller::Caller,
    db,
    event::{self, Event},
    notification::Wording,
    participant,
};

/// How far ahead an end is reported.
const AHEAD: Days = Days::new(30);

impl Employers {
    /// Ends somebody's work on `on`; cover ends with that day.
    pub(crate) async fn end(
        &self,
        caller: &Caller,
        membership: Uuid,
        on: NaiveDate,
    ) -> Result<Employee, Error> {
        let (now, today) = (self.clock.now(), self.clock.today());
        let transaction = self.db.begin_write().await?;
        let (held, row, place) = self.asked_of(&transaction, caller, membership).await?;
        let state = row.state()?;
        // Also of whom the register asks an officer about: until he decides, the employer's word covers him.
        if state == State::Rejected || row.reported_at.is_none() {
            let state = state.name();
            return Err(Error::WrongState { state });
        }
        match held.ended_on {
            Some(known) if known == on => return self.one(&transaction, row).await,
            Some(known) => return Err(Error::Ended { on: known }),
            None => {}
        }
        if row.started_on.is_some_and(|it| on < it) || on > today + AHEAD {
            return Err(Error::Day {
                field: "ended_on",
                problem: "must be between the first day of work and 30 days from now",
            });
        }
        participant::end(&transaction, membership, on).await?;
        let ids = (held.participant_id, place.employer);
        participant::distrust_contacts_of(&transaction, now, ids).await?;
        let ended = Event {
            kind: "employment.ended",
            subject: membership,
            participant: Some(held.participant_id),
            facts: serde_json::json!({ "endedOn": on }),
        };
        event::record(&transaction, &self.seal, now, [ended]).await?;
        let wording = Wording::EmploymentEnded {
            npp: &place.npp,
            ended_on: on,
        };
        let (person, text) = (held.participant_id, wording.text());
        participant::tell(&transaction, &self.seal, now, person, &text).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(
            &transaction,
            seal,
            now,
            actor,
            "ReportEmploymentEnd",
            membership,
        )
        .await?;
        let employee = self.shown(&transaction, membership).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(employee)
    }
}
