//! Money goes out: told to the bank under one reference for good, and asked about until it is known what became of it.

use chrono::{DateTime, Duration, Utc};
use futures_util::{StreamExt, stream};
use sea_orm::ConnectionTrait;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{
    Award, AwardState, Claim, Claims, Error, State,
    bank::{self, Fate, Instruction},
    decide::Held,
    store,
};
use crate::{
    audit::{self, Actor},
    clock::day_of,
    db,
    event::{self, Event},
    ledger::{self, Account, Journal, Transfer},
    metrics,
    notification::Wording,
    participant,
};

/// How long a worker has to tell the bank before another may.
const LEASE: Duration = Duration::seconds(60);
/// How many awards the bank hears of at once.
const AT_ONCE: usize = 16;
/// How many of them are written down at once: the store has others to serve.
const DESKS: usize = 4;
/// How many awards one round of the worker takes.
const ROUND: u64 = 3 * AT_ONCE as u64;
// The last of a round begins when the bank was silent twice, asked and told, for each before it: its lease must still be good.
const _: () = assert!(2 * bank::PATIENCE.as_secs() * (ROUND / AT_ONCE as u64) < 45);

/// How long the bank is left alone while it is silent or at it: a minute, then twice as long, up to five. So all is settled soon after
/// it is back.
fn pause(tries: i32) -> Duration {
    Duration::minutes(1 << tries.clamp(0, 3)).min(Duration::minutes(5))
}

impl Claims {
    /// Tells the bank what is to be paid, and asks about what is not known; how many. Any number of workers may run at once: each takes
    /// a lease. The bank hears several at a time, since most of a payout is waiting for it.
    pub(crate) async fn pay_out(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let due = store::lease_awards(&transaction, now, now + LEASE, ROUND).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        let handled = due.len();
        let desks = Semaphore::new(DESKS);
        let telling = due.into_iter().map(|award| self.handle(award, &desks));
        let telling: Vec<_> = telling.collect();
        stream::iter(telling)
            .for_each_concurrent(AT_ONCE, |it| it)
            .await;
        Ok(handled)
    }

    /// Pays one award. One that cannot be paid keeps nobody else waiting: its lease ends, and it is tried again.
    async fn handle(&self, award: Uuid, desks: &Semaphore) {
        if let Err(error) = self.pay(award, desks).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                award.id = %award,
                "an award could not be paid"
            );
        }
    }

    async fn pay(&self, award: Uuid, desks: &Semaphore) -> Result<(), Error> {
        // That it is told is kept before it is told: whoever finds it so asks first.
        let Some((instruction, is_first)) = at_a_desk(desks, || self.begin(award)).await? else {
            return Ok(());
        };
        let fate = self.tell_bank(&instruction, is_first).await;
        metrics::bank_answered(fate.name());
        at_a_desk(desks, || self.hear(award, &fate)).await
    }

    /// Keeps that the bank is being told; whether for the first time.
    async fn begin(&self, id: Uuid) -> Result<Option<(Instruction, bool)>, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (Held { person, claim, .. }, mut award) = self.hold_award(&transaction, id).await?;
        let is_first = match award.state {
            AwardState::Approved => true,
            AwardState::Instructed => false,
            // Withdrawn, or settled by a notice, in the meantime.
            AwardState::Proposed
            | AwardState::Paid
            | AwardState::Failed
            | AwardState::Cancelled => return Ok(None),
        };
        if is_first {
            // A contact may have been changed since the claim was submitted or approved.
            let changed = person.payouts_held_until();
            let held_until = changed.map_or(claim.held_until, |it| it.max(claim.held_until));
            if now < held_until {
                award.next_at = Some(held_until);
                store::save_award(&transaction, &self.seal, &award, false).await?;
                transaction.commit().await.map_err(db::Error::from)?;
                return Ok(None);
            }
            award.state = AwardState::Instructed;
            award.instructed_at = Some(now);
        }
        award.tries += 1;
        // Nobody else's turn while the bank is being told.
        award.next_at = Some(now + LEASE);
        store::save_award(&transaction, &self.seal, &award, false).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        let instruction = Instruction {
            reference: award.id,
            amount: award.amount,
            account: claim.account,
        };
        Ok(Some((instruction, is_first)))
    }

    async fn tell_bank(&self, instruction: &Instruction, is_first: bool) -> Fate {
        let instruct = || bank::patiently(self.bank.instruct(instruction), Fate::Silent);
        if is_first {
            return instruct().await;
        }
        match bank::patiently(self.bank.fate(instruction), Fate::Silent).await {
            // It has never heard of it: told again, under the same reference. Where the first telling is still on its way, it comes
            // under that reference too, and the bank does one thing for both (docs/bank.md).
            Fate::Unheard => instruct().await,
            known @ (Fate::Paid { .. }
            | Fate::Refused { .. }
            | Fate::Pending
            | Fate::Disputed
            | Fate::Silent) => known,
        }
    }

    /// Takes what the bank said.
    async fn hear(&self, id: Uuid, fate: &Fate) -> Result<(), Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (Held { claim, .. }, mut award) = self.hold_award(&transaction, id).await?;
        if award.state != AwardState::Instructed {
            self.hear_late(&transaction, now, (&claim, &award), fate)
                .await?;
            return Ok(transaction.commit().await.map_err(db::Error::from)?);
        }
        if *fate == Fate::Disputed {
            self.disputed(&transaction, now, (&claim, &award)).await?;
        }
        match fate {
            Fate::Paid { bank_reference } => {
                award.bank_reference = Some(bank_reference.clone());
                self.settle(&transaction, now, (claim, award), Actor::NOBODY)
                    .await?;
            }
            Fate::Refused { why } => {
                award.failure = Some(why.clone());
                self.settle(&transaction, now, (claim, award), Actor::NOBODY)
                    .await?;
            }
            Fate::Pending | Fate::Unheard | Fate::Disputed | Fate::Silent => {
                award.next_at = Some(now + pause(award.tries - 1));
                store::save_award(&transaction, &self.seal, &award, false).await?;
            }
        }
        Ok(transaction.commit().await.map_err(db::Error::from)?)
    }

    /// Books what became of an award: paid, or back in the savings.
    pub(super) async fn settle(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (mut claim, mut award): (Claim, Award),
        by: Actor,
    ) -> Result<Award, Error> {
        let (seal, person, amount) = (&self.seal, claim.participant, award.amount);
        let (kind, text) = if let Some(why) = &award.failure {
            award.state = AwardState::Failed;
            self.give_back(connection, now, &award).await?;
            ("claim.failed", Wording::ClaimFailed { reason: why }.text())
        } else {
            award.state = AwardState::Paid;
            let journal = Journal {
                kind: "payout",
                cause: award.id,
                day: day_of(now),
                transfers: vec![Transfer {
                    from: Account::BenefitsPayable,
                    to: Account::PaidOut,
                    amount,
                    month: None,
                }],
            };
            ledger::post(connection, seal, now, &journal).await?;
            let number = claim.account.masked_number();
            let account = &number;
            ("claim.paid", Wording::ClaimPaid { amount, account }.text())
        };
        award.settled_at = Some(now);
        award.next_at = None;
        store::save_award(connection, seal, &award, false).await?;
        claim.state = State::Closed;
        claim.is_open = false;
        store::save_claim(connection, seal, &claim).await?;
        // Told by the bank, or learnt from it.
        let what = if by == Actor::NOBODY {
            "PayOut"
        } else {
            "RecordPayout"
        };
        store::insert_step(connection, seal, &claim, what, now, by).await?;
        audit::wrote(connection, seal, now, by, what, award.id).await?;
        participant::tell(connection, seal, now, person, &text).await?;
        let settled = Event {
            kind,
            subject: claim.id,
            participant: Some(person),
            facts: serde_json::json!({ "awardId": award.id, "amountIdr": amount.idr() }),
        };
        event::record(connection, seal, now, [settled]).await?;
        Ok(award)
    }

    /// Holds an award by its claim, the participant first.
    pub(super) async fn hold_award(
        &self,
        connection: &impl ConnectionTrait,
        id: Uuid,
    ) -> Result<(Held, Award), Error> {
        let claim = store::claim_of(connection, id).await?;
        let mut held = self.hold(connection, claim.ok_or(Error::NotFound)?).await?;
        let award = held.award.take().ok_or(Error::NotFound)?;
        Ok((held, award))
    }
}

/// Writes something down when there is a desk free for it.
async fn at_a_desk<T, Run, Running>(desks: &Semaphore, write: Run) -> Result<T, Error>
where
    Run: FnMut() -> Running,
    Running: Future<Output = Result<T, Error>>,
{
    let _desk = desks.acquire().await.expect("desks stay open");
    db::retrying(write).await
}
