//! Whoever is a participant already tells other work: a further membership under the same number (C36), with a first bill of its own or
//! a question to another employer. He is not put to the register again, and nothing about him is taken from what he tells.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Error, Registrations, Stated,
    employ::check_plan,
    rules::State,
    stand::{Shown, lock_own, may},
    store::{self, Registration},
};
use crate::{
    caller::Caller, clock::day_of, contribution, db, employer, identity::IdentityState,
    participant, policy::Policy, scheme::Segment,
};

/// Whether the first bill of the further membership is open that `row` has led to.
pub(super) async fn is_unpaid(
    connection: &impl ConnectionTrait,
    row: &Registration,
) -> Result<bool, db::Error> {
    let Some(membership) = row.membership_id.filter(|_| row.is_further) else {
        return Ok(false);
    };
    let held = participant::membership(connection, membership).await?;
    let held = held.ok_or(db::Error::Unknown("registration.membership_id"))?;
    // An employee's is his employer's to pay.
    Ok(held.work.segment() != Segment::Pu && held.is_unpaid())
}

/// Whether `row`, which has led to the account of `participant`, takes work for a further membership of his.
pub(super) async fn is_open(
    connection: &impl ConnectionTrait,
    policy: &Policy,
    row: &Registration,
    participant: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    if row.confirmed_at.is_some() || row.cancelled_at.is_some() || row.expires_at <= now {
        return Ok(false);
    }
    let (segment, today) = (row.segment()?, day_of(now));
    let going_on = going_on(connection, policy, participant, segment, today).await?;
    Ok(going_on.is_none())
}

/// His membership of a segment of which there is one at a time; an employee may have several employers.
async fn going_on(
    connection: &impl ConnectionTrait,
    policy: &Policy,
    participant: Uuid,
    segment: Segment,
    today: NaiveDate,
) -> Result<Option<Uuid>, Error> {
    if segment == Segment::Pu {
        return Ok(None);
    }
    let mut memberships = participant::memberships(connection, participant).await?;
    memberships.retain(|it| it.work.segment() == segment && !it.is_cancelled);
    for membership in memberships {
        let last = participant::last_day_of_work(policy, &membership)?;
        if last.is_none_or(|it| today <= it) {
            return Ok(Some(membership.id));
        }
    }
    Ok(None)
}

impl Registrations {
    /// Takes other work of whoever is a participant already.
    pub(super) async fn employ_further(
        &self,
        caller: &Caller,
        id: Uuid,
        work: &Stated,
    ) -> Result<Shown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let row = lock_own(&transaction, caller, id).await?;
        let shown = self.stand(&transaction, row).await?;
        may(&shown, &[State::Active, State::AwaitingConfirmation])?;
        let segment = shown.row.segment()?;
        if work.segment() != segment {
            return Err(Error::OtherSegment { segment });
        }
        let (participant, _) = shown.participant.ok_or(Error::NotFound)?;
        check_plan(work, day_of(now))?;
        self.check_further(&transaction, participant, work, day_of(now))
            .await?;
        store::keep_further_work(&transaction, id, work, now).await?;
        self.finish(transaction, caller, "SubmitEmployment", id)
            .await
    }

    /// Opens the further membership that was told.
    pub(super) async fn take_further(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (id, participant): (Uuid, Uuid),
        stated: &Stated,
    ) -> Result<Option<contribution::Bill>, Error> {
        self.check_further(connection, participant, stated, day_of(now))
            .await?;
        let membership = Uuid::now_v7();
        let ids = (membership, participant, id);
        participant::open_membership(connection, now, ids, &stated.work()).await?;
        let taken = (participant, membership);
        self.begin(connection, now, (id, taken), stated).await
    }

    /// Whether `participant` may hold such a membership beside what he has. He is held, so that two at once are told from each other.
    async fn check_further(
        &self,
        connection: &impl ConnectionTrait,
        participant: Uuid,
        work: &Stated,
        today: NaiveDate,
    ) -> Result<(), Error> {
        let person = participant::hold_person(connection, participant).await?;
        let person = person.ok_or(Error::NotFound)?;
        let segment = work.segment();
        let policy = &self.policy;
        if let Some(membership) = going_on(connection, policy, participant, segment, today).await? {
            return Err(Error::MembershipOpen {
                membership,
                segment,
            });
        }
        let identity = person.identity()?;
        match work {
            Stated::Employee(claimed) => {
                let known = employer::known_at(connection, participant, claimed, today).await?;
                if let Some(membership) = known {
                    return Err(Error::EmployeeKnown { membership });
                }
            }
            // What he pays must not lie there until somebody knows who he is.
            Stated::Business(_) | Stated::Placement(_) if identity == IdentityState::Refused => {
                return Err(Error::OfficerNeeded);
            }
            Stated::Business(_) | Stated::Placement(_) if !identity.is_proven() => {
                return Err(Error::WrongState(State::AwaitingIdentity));
            }
            Stated::Business(_) | Stated::Placement(_) => {}
        }
        self.check_work(connection, work, person.birth_date, today)
            .await
    }
}
