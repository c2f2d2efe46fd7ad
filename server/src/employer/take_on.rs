//! Somebody is taken on: cover, wage, programmes, and a KPJ where he has none yet. Whoever's word it was, this is what follows.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Employers, Error, Hire, Npp, Place, Wage, rules, store, store::Confirmed};
use crate::{
    caller::Caller,
    clock::day_of,
    db,
    event::{self, Event},
    money::Month,
    notification::Wording,
    participant::{self, Employment, Membership},
};

/// The unit `npp`, if it is the caller's or an officer asks; somebody else's does not exist.
pub(crate) async fn own_place(
    connection: &impl ConnectionTrait,
    caller: &Caller,
    npp: &Npp,
) -> Result<Option<Place>, db::Error> {
    let place = store::unit_of(connection, npp).await?;
    Ok(place.filter(|it| caller.employer(Some(it.employer)).is_some()))
}

/// Whether nothing else covers the person of `membership` at this employer from `covered_from` on: nobody works for one employer twice.
async fn check_not_here(
    connection: &impl ConnectionTrait,
    membership: &Membership,
    place: &Place,
    covered_from: NaiveDate,
) -> Result<(), Error> {
    let person = membership.participant_id;
    // Two words about one person are heard one after the other.
    participant::hold_person(connection, person).await?;
    let memberships = participant::memberships(connection, person).await?;
    let goes_on = |id| {
        let found = memberships.iter().find(|it| it.id == id);
        let found = found.filter(|it| it.covered_from.is_some());
        found.is_some_and(|it| it.ended_on.is_none_or(|last| last >= covered_from))
    };
    for row in store::employments(connection, person).await? {
        let other = row.membership_id;
        let Some(unit) = row.unit_id.filter(|_| other != membership.id) else {
            continue;
        };
        if !goes_on(other) {
            continue;
        }
        let at = store::place(connection, unit).await?;
        if at.is_some_and(|it| it.employer == place.employer) {
            return Err(Error::EmployeeKnown { membership: other });
        }
    }
    Ok(())
}

impl Employers {
    /// Whether the law lets somebody be taken on like this today.
    pub(super) fn check_hire(&self, hire: &Hire, today: NaiveDate) -> Result<(), Error> {
        let refusals = rules::refusals_of(&self.policy, hire, today);
        refusals.into_iter().next().map_or(Ok(()), Err)
    }

    /// Takes the person of `membership` on at `place`. `by` is whose word it is.
    pub(super) async fn take_on(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (membership, place): (&Membership, &Place),
        confirmed: &Confirmed<'_>,
        by: Uuid,
    ) -> Result<(), Error> {
        // What an officer checks meanwhile waits: whoever is hired holds what he prices.
        let place = store::place_unchanged(connection, place.id).await?;
        let place = &place.ok_or(Error::NotFound)?;
        let (hire, person) = (confirmed.hire, membership.participant_id);
        let reported = rules::covered_from(&self.policy, hire.started_on, day_of(now))?;
        // A later word takes no day of cover away.
        let covered_from = membership
            .covered_from
            .map_or(reported, |it| it.min(reported));
        check_not_here(connection, membership, place, covered_from).await?;
        let work = Employment {
            programmes: rules::programmes_of(place.scale).into_iter().collect(),
            wage: hire.wage,
        };
        participant::begin_cover(connection, membership.id, &work, covered_from).await?;
        store::confirm(connection, membership.id, now, confirmed).await?;
        let wage = Wage {
            membership: membership.id,
            wage: hire.wage,
            back_pay: crate::money::Money::ZERO,
        };
        let month = Month::of(reported);
        store::insert_wages(connection, &self.seal, now, month, &[wage], by).await?;
        let mut events = vec![Event {
            kind: "employment.confirmed",
            subject: membership.id,
            participant: Some(person),
            facts: serde_json::json!({ "npp": place.npp, "coveredFrom": covered_from }),
        }];
        if participant::make_participant(connection, &self.seal, now, person).await? {
            events.push(participant::activated(person, membership.id));
        }
        event::record(connection, &self.seal, now, events).await?;
        let wording = Wording::EmploymentConfirmed {
            npp: &place.npp,
            covered_from,
        };
        participant::tell(connection, &self.seal, now, person, &wording.text()).await?;
        Ok(())
    }
}
