//! Money goes out: told to the bank under one reference for good, and asked about until it is known what became of it.

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Award, AwardState, Claim, Claims, Error, State,
    bank::{Fate, Instruction},
    store,
};
use crate::{
    audit::{self, Actor},
    caller::Caller,
    clock::day_of,
    db,
    event::{self, Event},
    ledger::{self, Account, Journal, Transfer},
    metrics, participant,
};

/// How long a worker has to tell the bank before another may.
const LEASE: Duration = Duration::seconds(60);
/// How many awards one round of the worker takes.
const ROUND: u64 = 16;

/// The bank's notice of what became of a payout.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub award: Uuid,
    pub bank_reference: String,
    /// Why it was finally not paid; none where it was.
    pub failure: Option<String>,
}

/// How long the bank is left alone while it is silent or at it: a minute, then twice as long, up to two hours.
fn pause(tries: i32) -> Duration {
    Duration::minutes(1 << tries.clamp(0, 7)).min(Duration::hours(2))
}

impl Claims {
    /// Tells the bank what is to be paid, and asks about what is not known; how many. Any number of workers may run at once: each takes
    /// a lease.
    pub(crate) async fn pay_out(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let due = store::lease_awards(&transaction, now, now + LEASE, ROUND).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        let handled = due.len();
        for award in due {
            // That it is told is kept before it is told: whoever finds it so asks first.
            let Some((instruction, is_first)) = db::retrying(|| self.begin(award)).await? else {
                continue;
            };
            let fate = self.tell_bank(&instruction, is_first).await;
            metrics::bank_answered(fate.name());
            db::retrying(|| self.hear(award, &fate)).await?;
        }
        Ok(handled)
    }

    /// Keeps that the bank is being told; whether for the first time.
    async fn begin(&self, id: Uuid) -> Result<Option<(Instruction, bool)>, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (claim, mut award) = self.hold_award(&transaction, id).await?;
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
            award.state = AwardState::Instructed;
            award.instructed_at = Some(now);
        }
        award.tries += 1;
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
        if is_first {
            return self.bank.instruct(instruction).await;
        }
        match self.bank.fate(instruction.reference).await {
            // It has never heard of it: told again, under the same reference.
            Fate::Unheard => self.bank.instruct(instruction).await,
            known @ (Fate::Paid { .. } | Fate::Refused { .. } | Fate::Pending | Fate::Silent) => {
                known
            }
        }
    }

    /// Takes what the bank said.
    async fn hear(&self, id: Uuid, fate: &Fate) -> Result<(), Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (claim, mut award) = self.hold_award(&transaction, id).await?;
        if award.state != AwardState::Instructed {
            return Ok(());
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
            Fate::Pending | Fate::Unheard | Fate::Silent => {
                award.next_at = Some(now + pause(award.tries - 1));
                store::save_award(&transaction, &self.seal, &award, false).await?;
            }
        }
        Ok(transaction.commit().await.map_err(db::Error::from)?)
    }

    /// Takes the bank's notice, once.
    pub(crate) async fn record_payout(
        &self,
        caller: &Caller,
        notice: &Notice,
    ) -> Result<Award, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (claim, mut award) = self.hold_award(&transaction, notice.award).await?;
        let told = (Some(&notice.bank_reference), notice.failure.as_ref());
        match award.state {
            AwardState::Instructed => {}
            AwardState::Paid | AwardState::Failed => {
                let before = (award.bank_reference.as_ref(), award.failure.as_ref());
                return if before == told {
                    Ok(award)
                } else {
                    Err(Error::IdTaken)
                };
            }
            state @ (AwardState::Proposed | AwardState::Approved | AwardState::Cancelled) => {
                return Err(Error::WrongState(state.name()));
            }
        }
        award.bank_reference = Some(notice.bank_reference.clone());
        award.failure.clone_from(&notice.failure);
        let actor = caller.into();
        let award = self
            .settle(&transaction, now, (claim, award), actor)
            .await?;
        audit::wrote(
            &transaction,
            &self.seal,
            now,
            actor,
            "RecordPayout",
            award.id,
        )
        .await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(award)
    }

    /// Books what became of an award: paid, or back in the savings.
    async fn settle(
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
            let text = format!(
                "Bank tidak membayar klaim JHT Anda: {why}. Saldo Anda kembali; ajukan lagi dengan rekening lain. / The bank did not pay your \
                 JHT claim: {why}. The money is back in your balance; claim again with another account."
            );
            ("claim.failed", text)
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
            let text = format!(
                "Klaim JHT Anda dibayar: Rp {amount} ke rekening {number}. / Your JHT claim was paid: IDR {amount} to account {number}."
            );
            ("claim.paid", text)
        };
        award.settled_at = Some(now);
        award.next_at = None;
        store::save_award(connection, seal, &award, false).await?;
        claim.state = State::Closed;
        claim.is_open = false;
        store::save_claim(connection, seal, &claim).await?;
        store::insert_step(connection, seal, &claim, "RecordPayout", now, by).await?;
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
    async fn hold_award(
        &self,
        connection: &impl ConnectionTrait,
        id: Uuid,
    ) -> Result<(Claim, Award), Error> {
        let award = store::award(connection, id).await?.ok_or(Error::NotFound)?;
        let held = self.hold(connection, award.claim).await?;
        Ok((held.claim, held.award.ok_or(Error::NotFound)?))
    }
}
