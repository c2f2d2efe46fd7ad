//! A worker's word: he names his employer, who is asked.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Claimed, Error, Named, Npp, State,
    store::{self, Employment},
    tell::tell,
};
use crate::{
    db,
    event::{self, Event},
    notification::Wording,
    seal::Seal,
};

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
        tell(connection, seal, now, place.id, Wording::EmployeeWaits).await?;
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
    if row.state == State::Rejected.code() {
        return Ok(());
    }
    let why = ("IDENTITY_REFUSED", None);
    store::turn(connection, &[membership], State::AwaitingOfficer, why).await?;
    let Some(unit) = row.unit_id else {
        return Ok(());
    };
    tell(connection, seal, now, unit, Wording::EmployeeDoubtful).await
}
