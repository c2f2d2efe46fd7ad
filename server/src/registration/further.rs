//! Whoever is a participant already tells other work: a further membership under the same number (C36), with a first bill of its own or
//! a question to another employer. He is not put to the register again, and nothing about him is taken from what he tells.

use chrono::{DateTime, Utc};
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
    caller::Caller,
    clock::day_of,
    contribution, db, employer,
    identity::IdentityState,
    participant::{self, Membership},
    policy::Policy,
    scheme::Segment,
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
    let segment = row.segment()?;
    let going_on = going_on(connection, policy, participant, segment, now).await?;
    Ok(going_on.is_none())
}

/// The registration that told a further membership which nobody has paid for in time; none where it is paid, or may still be.
async fn expired_origin(
    connection: &impl ConnectionTrait,
    membership: &Membership,
    now: DateTime<Utc>,
) -> Result<Option<Registration>, db::Error> {
    if membership.is_cancelled || !membership.is_unpaid() {
        return Ok(None);
    }
    let origin = store::find(connection, membership.origin).await?;
    Ok(origin.filter(|it| it.is_further && it.expires_at <= now))
}

/// His membership of a segment of which there is one at a time; an employee may have several employers. What he has told, and never
/// paid for in time, is none: the next one takes its place.
async fn going_on(
    connection: &impl ConnectionTrait,
    policy: &Policy,
    participant: Uuid,
    segment: Segment,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, Error> {
    if segment == Segment::Pu {
        return Ok(None);
    }
    let today = day_of(now);
    let mut memberships = participant::memberships(connection, participant).await?;
    memberships.retain(|it| it.work.segment() == segment && !it.is_cancelled);
    for membership in memberships {
        let last = participant::last_day_of_work(policy, &membership, today)?;
        let goes_on = last.is_none_or(|it| today <= it);
        if goes_on
            && expired_origin(connection, &membership, now)
                .await?
                .is_none()
        {
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
        // Where he is active by what he was before, it is still this registration that takes the work, and its time is over.
        if shown.row.expires_at <= now {
            return Err(Error::Expired);
        }
        let segment = shown.row.segment()?;
        if work.segment() != segment {
            return Err(Error::OtherSegment { segment });
        }
        let (participant, _) = shown.participant.ok_or(Error::NotFound)?;
        check_plan(work, day_of(now))?;
        self.check_further(&transaction, participant, work, now)
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
        (id, participant, by): (Uuid, Uuid, Uuid),
        stated: &Stated,
    ) -> Result<Option<contribution::Bill>, Error> {
        self.take_back_expired(connection, now, (participant, by), stated.segment())
            .await?;
        self.check_further(connection, participant, stated, now)
            .await?;
        let membership = Uuid::now_v7();
        let ids = (membership, participant, id);
        participant::open_membership(connection, now, ids, &stated.work()).await?;
        let taken = (participant, membership);
        self.begin(connection, now, (id, taken), stated).await
    }

    /// Takes back what he has told of this segment and never paid for in time, so that its bill, paid after all, does not make a
    /// second membership beside the one that is opened now.
    async fn take_back_expired(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (participant, by): (Uuid, Uuid),
        segment: Segment,
    ) -> Result<(), Error> {
        // An employee's is opened for his employer, and there may be several.
        if segment == Segment::Pu {
            return Ok(());
        }
        let mut memberships = participant::memberships(connection, participant).await?;
        memberships.retain(|it| it.work.segment() == segment);
        for membership in memberships {
            let Some(origin) = expired_origin(connection, &membership, now).await? else {
                continue;
            };
            // Held in this order as by whoever cancels; it may have been paid until it was.
            store::lock(connection, origin.id).await?;
            let held = participant::hold(connection, membership.id).await?;
            if held.is_some_and(|it| it.is_unpaid() && !it.is_cancelled) {
                let ids = (origin.id, Some(membership.id), by);
                self.take_back(connection, now, ids).await?;
            }
        }
        Ok(())
    }

    /// Whether `participant` may hold such a membership beside what he has. He is held, so that two at once are told from each other.
    async fn check_further(
        &self,
        connection: &impl ConnectionTrait,
        participant: Uuid,
        work: &Stated,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let today = day_of(now);
        let person = participant::hold_person(connection, participant).await?;
        let person = person.ok_or(Error::NotFound)?;
        let segment = work.segment();
        let policy = &self.policy;
        if let Some(membership) = going_on(connection, policy, participant, segment, now).await? {
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
