//! A migrant worker has embarked, and has come back.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Error, Membership, Participants, Travel, notice, rules::Standing, stands, store};
use crate::{
    audit,
    caller::Caller,
    db,
    event::{self, Event},
    notification::Wording,
};
use jamsostek_proto::v1::Subject;

/// How long ago somebody may have embarked when it is reported.
const BACK: Days = Days::new(366);

/// What is reported of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leg {
    /// The embarkation.
    Departure,
    /// The arrival back in Indonesia.
    Return,
}

impl Participants {
    /// Takes a report of a day; the membership as it stands then. Cover follows from it and is not stored.
    pub(crate) async fn report(
        &self,
        caller: &Caller,
        membership: Uuid,
        (leg, day): (Leg, NaiveDate),
    ) -> Result<(Membership, Standing), Error> {
        let (now, today) = (self.clock.now(), self.clock.today());
        let transaction = self.db.begin_write().await?;
        let held = store::hold(&transaction, membership).await?;
        let mut held = held
            .filter(|it| caller.is(it.participant_id) || caller.subject == Subject::Officer)
            .ok_or(Error::NotFound)?;
        if held.abroad().is_none() {
            let segment = held.work.segment();
            return Err(Error::NotAPlacement { segment });
        }
        let Some(travel) = after(&held, caller, (leg, day), today)? else {
            return Ok(stands(&self.policy, held, today)?);
        };
        store::keep_travel(&transaction, membership, &travel).await?;
        held.travel = travel;
        let shown = stands(&self.policy, held, today)?;
        let person = shown.0.participant_id;
        notice::tell(
            &transaction,
            &self.seal,
            now,
            person,
            &leg.wording(day).text(),
        )
        .await?;
        let reported = Event {
            kind: leg.event(),
            subject: membership,
            participant: Some(person),
            facts: serde_json::json!({ "on": day }),
        };
        event::record(&transaction, &self.seal, now, [reported]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, leg.rpc(), membership).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(shown)
    }
}

/// How far the way has gone after the report; nothing where that is known.
fn after(
    held: &Membership,
    caller: &Caller,
    (leg, day): (Leg, NaiveDate),
    today: NaiveDate,
) -> Result<Option<Travel>, Error> {
    let travel = held.travel;
    let (before, reported) = match leg {
        Leg::Departure => (held.covered_from, travel.departed_on),
        Leg::Return => (travel.departed_on, travel.returned_on),
    };
    let Some(before) = before else {
        let state = leg.too_early();
        return Err(Error::WrongState { state });
    };
    if reported == Some(day) {
        return Ok(None);
    }
    let (field, expected, earliest, latest) = match leg {
        Leg::Departure => {
            let expected = "must be a day of the last year, and not after the return";
            let latest = travel.returned_on.map_or(today, |it| it.min(today));
            ("departed_on", expected, today - BACK, latest)
        }
        Leg::Return => {
            let expected = "must be today or before, and not before the departure";
            ("returned_on", expected, before, today)
        }
    };
    if !(earliest..=latest).contains(&day) {
        return Err(Error::NoSuchDay { field, expected });
    }
    match (leg, reported) {
        (_, None) => {}
        (_, Some(_)) if caller.subject == Subject::Officer => {}
        (Leg::Departure, Some(on)) => return Err(Error::DepartureReported { on }),
        (Leg::Return, Some(on)) => return Err(Error::ReturnReported { on }),
    }
    Ok(Some(match leg {
        Leg::Departure => Travel {
            departed_on: Some(day),
            ..travel
        },
        Leg::Return => Travel {
            returned_on: Some(day),
            ..travel
        },
    }))
}

impl Leg {
    const fn rpc(self) -> &'static str {
        match self {
            Self::Departure => "ReportDeparture",
            Self::Return => "ReportReturn",
        }
    }

    const fn event(self) -> &'static str {
        match self {
            Self::Departure => "placement.departed",
            Self::Return => "placement.returned",
        }
    }

    /// Where a membership stands of which it cannot be reported yet.
    const fn too_early(self) -> &'static str {
        match self {
            Self::Departure => "STATE_AWAITING_PAYMENT",
            Self::Return => "PHASE_BEFORE_WORK",
        }
    }

    const fn wording(self, day: NaiveDate) -> Wording<'static> {
        match self {
            Self::Departure => Wording::DepartureReported { day },
            Self::Return => Wording::ReturnReported { day },
        }
    }
}
