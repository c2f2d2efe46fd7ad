//! Money goes out: told to the bank under one reference for good, and asked about until it is known what became of it.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{
    Award, AwardState, Claim, Claims, Error, State,
    bank::{self, Fate, Instruction},
    decide::Held,
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

/// How long the bank is left alone while it is silent or at it: a minute, then twice as long, up to five. So all is settled soon after
/// it is back.
fn pause(tries: i32) -> Duration {
    Duration::minutes(1 << tries.clamp(0, 3)).min(Duration::minutes(5))
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
            // One that cannot be paid keeps nobody else waiting: its lease ends, and it is tried again.
            if let Err(error) = self.pay(award).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    award.id = %award,
                    "an award could not be paid"
                );
            }
        }
        Ok(handled)
    }

    async fn pay(&self, award: Uuid) -> Result<(), Error> {
        // That it is told is kept before it is told: whoever finds it so asks first.
        let Some((instruction, is_first)) = db::retrying(|| self.begin(award)).await? else {
            return Ok(());
        };
        let fate = self.tell_bank(&instruction, is_first).await;
        metrics::bank_answered(fate.name());
        db::retrying(|| self.hear(award, &fate)).await
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
        let reference = instruction.reference;
        match bank::patiently(self.bank.fate(reference), Fate::Silent).await {
            // It has never heard of it: told again, under the same reference.
            Fate::Unheard => instruct().await,
            known @ (Fate::Paid { .. } | Fate::Refused { .. } | Fate::Pending | Fate::Silent) => {
                known
            }
        }
    }

    /// Takes what the bank said.
    async fn hear(&self, id: Uuid, fate: &Fate) -> Result<(), Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (Held { claim, .. }, mut award) = self.hold_award(&transaction, id).await?;
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
        let (Held { claim, .. }, mut award) = self.hold_award(&transaction, notice.award).await?;
        match award.state {
            AwardState::Instructed => {}
            AwardState::Paid | AwardState::Failed => {
                return self
                    .again(transaction, caller, (claim, award), notice)
                    .await;
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
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(award)
    }

    /// A notice of what is settled already: the same again, or a contradiction, which is kept for whoever must look into it.
    async fn again(
        &self,
        transaction: DatabaseTransaction,
        caller: &Caller,
        (claim, award): (Claim, Award),
        notice: &Notice,
    ) -> Result<Award, Error> {
        // Whoever asked the bank may have learnt less than its notice says.
        let known = award.bank_reference.as_ref();
        let same_reference = known.is_none_or(|it| *it == notice.bank_reference);
        if same_reference && award.failure.is_some() == notice.failure.is_some() {
            return Ok(award);
        }
        let now = self.clock.now();
        tracing::error!(award.id = %award.id, "the bank contradicts itself about a payout");
        let contradicted = Event {
            kind: "claim.payout_contradicted",
            subject: claim.id,
            participant: Some(claim.participant),
            facts: serde_json::json!({ "awardId": award.id, "paid": notice.failure.is_none() }),
        };
        event::record(&transaction, &self.seal, now, [contradicted]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "RecordPayout", award.id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Err(Error::IdTaken)
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
    async fn hold_award(
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
