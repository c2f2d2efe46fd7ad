//! A worker's word: he names his employer, who is asked. What the employer denies or leaves open, an officer decides.

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Claimed, Employee, Employers, Error, Hire, Named, Npp, State,
    answer::check_acceptable,
    store::{self, Confirmed, Employment},
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db,
    event::{self, Event},
    identity::Contact,
    notification::{self, Message, Wording},
    participant,
    seal::Seal,
};

/// How long it is worth telling an employer.
const WORTH_TELLING: Duration = Duration::days(7);

/// Asks the employer whom a worker has named whether he works there. Where he is not listed, an officer looks for him.
pub(crate) async fn ask(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    (participant, membership): (Uuid, Uuid),
    claimed: &Claimed,
) -> Result<(), Error> {
    let (unit, stated, state) = match &claimed.at {
        Named::Unit(npp) => {
            let place = store::unit_of(connection, npp).await?;
            let place = place.ok_or_else(|| unknown(npp))?;
            (
                Some(place),
                (String::new(), String::new()),
                State::AwaitingEmployer,
            )
        }
        Named::Unlisted { name, city } => {
            (None, (name.clone(), city.clone()), State::AwaitingOfficer)
        }
    };
    let row = Employment {
        membership_id: membership,
        participant_id: participant,
        unit_id: unit.as_ref().map(|it| it.id),
        report_id: None,
        content_digest: None,
        stated_employer: stated.0,
        stated_city: stated.1,
        employee_number: claimed.employee_number.clone(),
        started_on: Some(claimed.started_on),
        contract_ends_on: None,
        state: state.code().to_owned(),
        asked_at: now,
        notices: i32::from(unit.is_some()),
        reported_at: None,
        reason: String::new(),
        decided_by: None,
        in_jkn: false,
    };
    store::insert_employment(connection, row).await?;
    if let Some(place) = unit {
        tell_unit(connection, seal, now, place.id, Wording::EmployeeWaits).await?;
    }
    let asked = Event {
        kind: "employment.asked",
        subject: membership,
        participant: None,
        facts: serde_json::json!({ "listed": state == State::AwaitingEmployer }),
    };
    Ok(event::record(connection, seal, now, [asked]).await?)
}

/// Whether the employer whom a worker names is known, where he names one that is listed.
pub(crate) async fn check_named(
    connection: &impl ConnectionTrait,
    claimed: &Claimed,
) -> Result<(), Error> {
    match &claimed.at {
        Named::Unlisted { .. } => Ok(()),
        Named::Unit(npp) => match store::unit_of(connection, npp).await? {
            Some(_) => Ok(()),
            None => Err(unknown(npp)),
        },
    }
}

pub(super) fn unknown(npp: &Npp) -> Error {
    Error::EmployerUnknown {
        npp: npp.text().to_owned(),
    }
}

/// Writes to whoever looks after a unit.
pub(crate) async fn tell_unit(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    unit: Uuid,
    wording: Wording<'_>,
) -> Result<(), db::Error> {
    let Some(contact) = store::contact_of_unit(connection, seal, unit).await? else {
        return Err(db::Error::Unknown("employment.unit_id"));
    };
    let message = message(now, contact, wording.text());
    notification::queue(connection, seal, now, [message]).await
}

pub(super) fn message(now: DateTime<Utc>, contact: Contact, text: String) -> Message {
    Message {
        id: Uuid::now_v7(),
        contact,
        text,
        code: None,
        not_after: now + WORTH_TELLING,
        decoy: false,
    }
}

/// The membership of somebody who has named the unit and waits for an answer.
pub(super) fn named_here(rows: &[Employment], unit: Uuid) -> Option<Uuid> {
    let waits = |it: &&Employment| {
        let state = it.state().ok();
        let open = [State::AwaitingEmployer, State::AwaitingOfficer];
        it.unit_id == Some(unit) && state.is_some_and(|it| open.contains(&it))
    };
    rows.iter().find(waits).map(|it| it.membership_id)
}

/// The register has said no to somebody whom an employer reported: the employer is told, and an officer decides.
pub(crate) async fn question(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    membership: Uuid,
) -> Result<(), db::Error> {
    let Some(row) = store::hold_employment(connection, membership).await? else {
        return Ok(());
    };
    let why = ("IDENTITY_REFUSED", None);
    store::turn(connection, membership, State::AwaitingOfficer, why).await?;
    let Some(unit) = row.unit_id else {
        return Ok(());
    };
    tell_unit(connection, seal, now, unit, Wording::EmployeeDoubtful).await
}

impl Employers {
    /// An officer decides, on evidence, whether somebody works where he says.
    pub(crate) async fn decide(
        &self,
        caller: &Caller,
        membership: Uuid,
        reason: &str,
        accepted: Option<(Option<Npp>, Hire)>,
    ) -> Result<Employee, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = participant::hold(&transaction, membership).await?;
        let held = held.ok_or(Error::NotFound)?;
        let row = store::hold_employment(&transaction, membership).await?;
        let row = row.ok_or(Error::NotFound)?;
        match (row.state()?, &accepted) {
            (State::AwaitingOfficer | State::AwaitingEmployer, _) => {}
            (State::Active, Some(_)) | (State::Rejected, None) if row.decided_by.is_some() => {
                return self.one(&transaction, row).await;
            }
            (state @ (State::Active | State::Rejected), _) => {
                let state = state.name();
                return Err(Error::WrongState { state });
            }
        }
        match &accepted {
            Some((npp, hire)) => {
                check_acceptable(&transaction, &held).await?;
                let place = match (npp, row.unit_id) {
                    (Some(npp), _) => {
                        let place = store::unit_of(&transaction, npp).await?;
                        place.ok_or_else(|| unknown(npp))?
                    }
                    (None, Some(unit)) => {
                        let place = store::place(&transaction, unit).await?;
                        place.ok_or(Error::NotFound)?
                    }
                    (None, None) => return Err(Error::NppNeeded),
                };
                self.check_hire(hire, day_of(now))?;
                let confirmed = Confirmed {
                    unit: place.id,
                    hire,
                    report: None,
                    by: Some(caller.id),
                    reason,
                };
                self.take_on(&transaction, now, (&held, &place), &confirmed, caller.id)
                    .await?;
            }
            None => {
                let said = (reason, Some(caller.id));
                store::turn(&transaction, membership, State::Rejected, said).await?;
                if held.covered_from.is_some() {
                    // Until today he was covered by his employer's word.
                    participant::end(&transaction, membership, day_of(now)).await?;
                } else {
                    participant::close_unpaid(&transaction, membership, now).await?;
                }
                let (person, text) = (held.participant_id, Wording::EmploymentUnproven.text());
                participant::tell(&transaction, &self.seal, now, person, &text).await?;
            }
        }
        let decided = Event {
            kind: "employment.decided",
            subject: membership,
            participant: Some(held.participant_id),
            facts: serde_json::json!({ "accepted": accepted.is_some(), "reason": reason }),
        };
        event::record(&transaction, &self.seal, now, [decided]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(
            &transaction,
            seal,
            now,
            actor,
            "DecideEmployment",
            membership,
        )
        .await?;
        let employee = self.shown(&transaction, membership).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(employee)
    }
}
