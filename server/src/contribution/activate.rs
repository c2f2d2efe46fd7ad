//! The first contribution makes a person a participant, if it is known who he is and nobody else with his NIK is one.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Contributions, Error, Notice, SuspenseReason, suspense};
use crate::{
    identity::IdentityState,
    ledger::{self, Account},
    participant::{self, Membership},
};

/// Whether it is known who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Proven,
    /// The register has not answered yet.
    InDoubt,
    /// Nobody who could become a participant.
    Nobody(SuspenseReason),
}

impl Contributions {
    /// Who pays for a membership that nobody has paid for yet.
    pub(super) async fn who_pays(
        &self,
        connection: &impl ConnectionTrait,
        notice: &Notice,
        membership: &Membership,
        now: DateTime<Utc>,
    ) -> Result<Who, Error> {
        let ready = participant::readiness(connection, membership.participant_id).await?;
        if ready.nik_is_taken {
            // What came before waits for an officer too: nothing will ever be bought with it here.
            let reason = SuspenseReason::NikTaken;
            let ids = (membership.id, notice.gateway);
            suspense::set_aside_all(connection, &self.seal, now, ids, reason).await?;
            return Ok(Who::Nobody(reason));
        }
        Ok(match ready.identity {
            IdentityState::Refused => Who::Nobody(SuspenseReason::IdentityRefused),
            IdentityState::Matched | IdentityState::Vouched => Who::Proven,
            IdentityState::Declared | IdentityState::Pending | IdentityState::Unverified => {
                Who::InDoubt
            }
        })
    }

    /// Makes the person a participant. What others with the same NIK had paid by then will never buy anything: it waits for an
    /// officer. A payment that comes to one of them at the same time is either seen here or sees this. Of two that activate at once
    /// each waits for the other: the database ends one of them, and it is tried again.
    pub(super) async fn activate(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        membership: &Membership,
        by: Uuid,
    ) -> Result<(), Error> {
        let person = membership.participant_id;
        if participant::make_participant(connection, &self.seal, now, person).await? {
            participant::open_account(connection, membership.origin, person, now).await?;
        }
        let rivals = participant::hold_rivals_of(connection, membership.participant_id).await?;
        let credits: Vec<_> = rivals.into_iter().map(Account::Credit).collect();
        for rival in ledger::owners_with_money(connection, &credits).await? {
            let (ids, why) = ((rival, by), SuspenseReason::NikTaken);
            suspense::set_aside_all(connection, &self.seal, now, ids, why).await?;
        }
        Ok(())
    }
}
