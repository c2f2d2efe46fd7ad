//! Somebody works for his employer no longer.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Employee, Employers, Error, Place, State};
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
        check_last_day(row.started_on, on, today)?;
        let leaver = Leaver {
            membership,
            participant: held.participant_id,
            on,
        };
        self.let_go(&transaction, now, &place, &[leaver]).await?;
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

    /// Ends the work of all who leave, and tells them.
    pub(crate) async fn let_go(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        place: &Place,
        leavers: &[Leaver],
    ) -> Result<(), db::Error> {
        let mut by_day: BTreeMap<NaiveDate, Vec<Uuid>> = BTreeMap::new();
        for it in leavers {
            by_day.entry(it.on).or_default().push(it.membership);
        }
        for (on, memberships) in by_day {
            participant::end(connection, &memberships, on).await?;
        }
        let people: Vec<_> = leavers.iter().map(|it| it.participant).collect();
        participant::distrust_contacts_of(connection, now, place.employer, &people).await?;
        let events = leavers.iter().map(|it| Event {
            kind: "employment.ended",
            subject: it.membership,
            participant: Some(it.participant),
            facts: serde_json::json!({ "endedOn": it.on }),
        });
        event::record(connection, &self.seal, now, events).await?;
        let texts: Vec<_> = leavers
            .iter()
            .map(|it| {
                let wording = Wording::EmploymentEnded {
                    npp: &place.npp,
                    ended_on: it.on,
                };
                (it.participant, wording.text())
            })
            .collect();
        participant::tell_each(connection, &self.seal, now, &texts).await
    }
}

/// Somebody who works here no longer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaver {
    pub membership: Uuid,
    pub participant: Uuid,
    /// His last day.
    pub on: NaiveDate,
}

/// Whether a day can be the last of somebody's work.
pub(crate) fn check_last_day(
    started_on: Option<NaiveDate>,
    on: NaiveDate,
    today: NaiveDate,
) -> Result<(), Error> {
    if started_on.is_some_and(|it| on < it) || on > today + AHEAD {
        return Err(Error::Day {
            field: "ended_on",
            problem: "must be between the first day of work and 30 days from now",
        });
    }
    Ok(())
}
