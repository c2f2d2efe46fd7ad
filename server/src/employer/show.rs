//! Who works for an employer, as he and officers see it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Employers, Error, LowWage, Standing, State, Wanted, rules,
    store::{self, Employment},
};
use crate::{
    caller::Caller,
    db,
    identity::IdentityState,
    money::{Money, Month},
    participant::{self, Membership, Participant},
};

/// An employee as he is shown.
pub(crate) struct Employee {
    pub employment: Employment,
    pub npp: String,
    pub full_name: String,
    pub masked_nik: String,
    pub kpj: String,
    pub covered_from: Option<NaiveDate>,
    pub ended_on: Option<NaiveDate>,
    pub wage: Money,
    pub identity: IdentityState,
    pub standing: Standing,
    pub low_wage: Option<LowWage>,
}

impl Employers {
    /// A page of an employer's employees, behind the membership `after`, and whether it is the last.
    pub(crate) async fn list(
        &self,
        caller: &Caller,
        wanted: &Wanted,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<(Vec<Employee>, Option<Uuid>), Error> {
        let id = caller.employer(wanted.employer).ok_or(Error::NotFound)?;
        let reader = self.db.reader();
        let units = store::units_among(reader, id, wanted.npp.as_ref()).await?;
        if units.is_empty() {
            return Err(Error::NotFound);
        }
        self.audit
            .looked(self.clock.now(), caller, "ListEmployees", Some(id))
            .await?;
        let state = wanted.state.map(|it| match it {
            Standing::Is(state) => state,
            Standing::Ended => State::Active,
        });
        let rows = store::page(reader, &units, state, after, limit + 1).await?;
        let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        let rows: Vec<_> = rows
            .into_iter()
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect();
        let next = rows.last().map(|it| it.membership_id).filter(|_| more);
        let mut found = self.many(reader, rows).await?;
        if let Some(wanted) = wanted.state {
            found.retain(|it| it.standing == wanted);
        }
        Ok((found, next))
    }

    /// A page of those about whom an officer must decide.
    pub(crate) async fn to_decide(
        &self,
        caller: &Caller,
        after: Option<(DateTime<Utc>, Uuid)>,
        limit: u64,
    ) -> Result<Vec<Employee>, Error> {
        let reader = self.db.reader();
        self.audit
            .looked(self.clock.now(), caller, "ListEmploymentsToDecide", None)
            .await?;
        let rows = store::to_decide(reader, after, limit).await?;
        self.many(reader, rows).await
    }

    /// The employee of `membership` as he stands now.
    pub(super) async fn shown(
        &self,
        connection: &impl ConnectionTrait,
        membership: Uuid,
    ) -> Result<Employee, Error> {
        let row = store::employment(connection, membership).await?;
        self.one(connection, row.ok_or(Error::NotFound)?).await
    }

    pub(super) async fn one(
        &self,
        connection: &impl ConnectionTrait,
        row: Employment,
    ) -> Result<Employee, Error> {
        let mut found = self.many(connection, vec![row]).await?;
        found.pop().ok_or(Error::NotFound)
    }

    /// Three statements, however many there are.
    async fn many(
        &self,
        connection: &impl ConnectionTrait,
        rows: Vec<Employment>,
    ) -> Result<Vec<Employee>, Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = rows.iter().map(|it| it.participant_id).collect();
        let people: HashMap<_, _> = participant::people_among(connection, &ids)
            .await?
            .into_iter()
            .map(|it| (it.id, it))
            .collect();
        let memberships: HashMap<_, _> = participant::memberships_among(connection, &ids)
            .await?
            .into_iter()
            .map(|it| (it.id, it))
            .collect();
        let units: Vec<_> = rows.iter().filter_map(|it| it.unit_id).collect();
        let npps: HashMap<_, _> = store::npps_of(connection, &units)
            .await?
            .into_iter()
            .collect();
        rows.into_iter()
            .map(|row| {
                let person = people.get(&row.participant_id);
                let membership = memberships.get(&row.membership_id);
                let npp = row.unit_id.and_then(|it| npps.get(&it).cloned());
                let unknown = db::Error::Unknown("employment.membership_id");
                match (person, membership) {
                    (Some(person), Some(membership)) => {
                        self.shown_as(row, person, membership, npp.unwrap_or_default())
                    }
                    _ => Err(unknown.into()),
                }
            })
            .collect()
    }

    fn shown_as(
        &self,
        employment: Employment,
        person: &Participant,
        membership: &Membership,
        npp: String,
    ) -> Result<Employee, Error> {
        let state = employment.state()?;
        let today = self.clock.today();
        let over = membership.ended_on.is_some_and(|it| today > it);
        let wage = membership.work.monthly();
        // Where nobody has reported a wage yet there is none to warn of.
        let finding = rules::check_wage(&self.policy, wage, Month::of(today));
        let finding = finding.ok().filter(|_| !over);
        Ok(Employee {
            standing: if state == State::Active && over {
                Standing::Ended
            } else {
                Standing::Is(state)
            },
            npp,
            full_name: person.full_name.clone(),
            masked_nik: participant::masked_document(&self.seal, person)?,
            kpj: person.kpj.clone().unwrap_or_default(),
            covered_from: membership.covered_from,
            ended_on: membership.ended_on,
            low_wage: finding.and_then(|it| it.low(membership.id, wage)),
            wage,
            identity: person.identity()?,
            employment,
        })
    }
}
