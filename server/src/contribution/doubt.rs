//! Identity in doubt: the register was silent when somebody registered. It is asked again and again, and what was paid meanwhile
//! either counts from its day or waits for an officer.

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Contributions, Error, SuspenseReason, suspense};
use crate::{
    audit::{self, Actor},
    caller::Caller,
    db, employer,
    event::{self, Event},
    identity::{IdentityState, Question, Verdict},
    notification::Wording,
    participant::{self, Membership},
};
use jamsostek_proto::v1 as wire;

/// How long a worker has to ask before another may.
const LEASE: Duration = Duration::seconds(60);
/// How many people one round of the worker asks about.
const ROUND: u64 = 8;
/// About how many people one process asks in a second: of a hundred thousand whom an employer hires at once each costs a question, and
/// none of them is in a hurry.
const PER_SECOND: u64 = 50;

/// How many were asked about in the second that goes on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asking {
    second: i64,
    asked: u64,
}

impl Asking {
    /// How many more may be asked about in this second.
    const fn left(self, second: i64) -> u64 {
        if self.second == second {
            PER_SECOND.saturating_sub(self.asked)
        } else {
            PER_SECOND
        }
    }

    const fn after(self, second: i64, more: u64) -> Self {
        let before = if self.second == second { self.asked } else { 0 };
        Self {
            second,
            asked: before + more,
        }
    }
}

impl Contributions {
    /// Asks the register about those whose turn it is; how many. Any number of workers may run at once: each takes a lease.
    pub(crate) async fn ask_again(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let second = now.timestamp();
        let round = self.lock_asking().left(second).min(ROUND);
        if round == 0 || !participant::check_is_due(self.db.reader(), now).await? {
            return Ok(0);
        }
        let transaction = self.db.begin_write().await?;
        let due = participant::lease_checks(&transaction, now, now + LEASE, round).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        let asked = due.len();
        {
            let mut asking = self.lock_asking();
            *asking = asking.after(second, due.len() as u64);
        }
        for check in due {
            // One that cannot be asked about keeps nobody else waiting: its lease ends, and it is tried again.
            if let Err(error) = self.ask_about(&check).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    participant.id = %check.person,
                    "the register could not be asked"
                );
            }
        }
        Ok(asked)
    }

    fn lock_asking(&self) -> std::sync::MutexGuard<'_, Asking> {
        let asking = self.asking.lock();
        asking.unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    async fn ask_about(&self, check: &participant::Check) -> Result<(), Error> {
        let question = participant::question_about(self.db.reader(), &self.seal, check.person);
        let question = question.await?;
        let question = question.ok_or(db::Error::Unknown("identity_check.participant_id"))?;
        let question = Question {
            mother_name: check.mother_name(&self.seal)?,
            ..question
        };
        // No transaction is open while the register is asked.
        let verdict = self.questions.put(question).await?;
        db::retrying(|| self.hear(check, &verdict)).await
    }

    /// Takes what the register said.
    async fn hear(&self, check: &participant::Check, verdict: &Verdict) -> Result<(), Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = participant::hold(&transaction, check.membership).await?;
        let held = held.ok_or(db::Error::Unknown("identity_check.membership_id"))?;
        let ready = participant::readiness(&transaction, check.person).await?;
        if held.is_cancelled || ready.identity != IdentityState::Pending {
            // It was taken back, or an officer was faster.
            participant::end_check(&transaction, check.person).await?;
        } else {
            match verdict {
                Verdict::Unavailable => {
                    let next_at = now + participant::pause(check.asked + 1);
                    participant::ask_later(&transaction, check.person, next_at).await?;
                }
                Verdict::Matched => {
                    self.prove(
                        &transaction,
                        now,
                        &held,
                        IdentityState::Matched,
                        Uuid::nil(),
                    )
                    .await?;
                }
                Verdict::Mismatched(_)
                | Verdict::Deceased
                | Verdict::Duplicate
                | Verdict::NotFound
                | Verdict::Inactive
                | Verdict::WrongFormat => {
                    self.refuse(&transaction, now, &held, Uuid::nil()).await?;
                }
            }
        }
        let (seal, what) = (&self.seal, "AskRegister");
        audit::wrote(&transaction, seal, now, Actor::NOBODY, what, check.person).await?;
        Ok(transaction.commit().await.map_err(db::Error::from)?)
    }

    /// An officer decides, on papers, who paid for `membership`.
    pub(crate) async fn decide_identity(
        &self,
        caller: &Caller,
        membership: Uuid,
        accepted: bool,
        reason: &str,
    ) -> Result<IdentityState, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = participant::hold(&transaction, membership).await?;
        let held = held.ok_or(Error::NotFound)?;
        if held.is_cancelled {
            // What was paid is set aside already, and nobody waits for an answer.
            let state = "STATE_CANCELLED";
            return Err(Error::WrongState { state });
        }
        let person = held.participant_id;
        let before = participant::readiness(&transaction, person).await?.identity;
        let after = match (before, accepted) {
            (IdentityState::Vouched, true) => return Ok(before),
            (IdentityState::Pending | IdentityState::Refused | IdentityState::Unverified, true) => {
                IdentityState::Vouched
            }
            (
                IdentityState::Pending | IdentityState::Refused | IdentityState::Unverified,
                false,
            ) => IdentityState::Refused,
            (IdentityState::Declared | IdentityState::Matched | IdentityState::Vouched, _) => {
                let state = wire::IdentityState::from(before).as_str_name();
                return Err(Error::WrongState { state });
            }
        };
        if accepted {
            self.prove(&transaction, now, &held, after, caller.id)
                .await?;
        } else if before != after {
            self.refuse(&transaction, now, &held, caller.id).await?;
        }
        let why = Event {
            facts: serde_json::json!({ "accepted": accepted, "reason": reason }),
            ..decided("identity.decided", &held)
        };
        event::record(&transaction, &self.seal, now, [why]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "DecideIdentity", membership).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(after)
    }

    /// It is known who the person is: what was paid buys what it would have bought on its day.
    async fn prove(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        held: &Membership,
        how: IdentityState,
        by: Uuid,
    ) -> Result<(), Error> {
        let person = held.participant_id;
        participant::set_identity(connection, person, how).await?;
        participant::end_check(connection, person).await?;
        let mut events = vec![decided("identity.proven", held)];
        if participant::readiness(connection, person)
            .await?
            .nik_is_taken
        {
            let (ids, why) = ((held.id, by), SuspenseReason::NikTaken);
            suspense::set_aside_all(connection, &self.seal, now, ids, why).await?;
        } else {
            events.extend(self.spend(connection, now, held.clone(), by).await?);
        }
        Ok(event::record(connection, &self.seal, now, events).await?)
    }

    /// It is not the person he said: what was paid waits for an officer.
    async fn refuse(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        held: &Membership,
        by: Uuid,
    ) -> Result<(), Error> {
        let (seal, person) = (&self.seal, held.participant_id);
        participant::set_identity(connection, person, IdentityState::Refused).await?;
        participant::end_check(connection, person).await?;
        // His employer has reported him: money that is paid for him is the employer's.
        employer::question(connection, seal, now, held.id).await?;
        let (ids, why) = ((held.id, by), SuspenseReason::IdentityRefused);
        suspense::set_aside_all(connection, seal, now, ids, why).await?;
        let text = if by.is_nil() {
            Wording::IdentityRefused.text()
        } else {
            Wording::IdentityUnproven.text()
        };
        participant::tell(connection, seal, now, person, &text).await?;
        event::record(connection, seal, now, [decided("identity.refused", held)]).await?;
        Ok(())
    }
}

fn decided(kind: &'static str, held: &Membership) -> Event {
    Event {
        kind,
        subject: held.id,
        participant: Some(held.participant_id),
        facts: serde_json::json!({}),
    }
}
