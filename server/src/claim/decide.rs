//! What officers decide, and how a claim is taken back.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{
    Award, AwardState, Claim, Claims, Error, Shown, State,
    check::Case,
    rules::{self, Approval, May},
    store,
    submit::eligible,
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db,
    event::{self, Event},
    ledger::{self, Journal},
    notification::Wording,
    participant::{self, Participant},
};

/// A claim that is held, with what came of it.
pub(super) struct Held {
    /// Whose it is, held too.
    pub(super) person: Participant,
    pub(super) claim: Claim,
    pub(super) award: Option<Award>,
}

impl Claims {
    /// Takes a claim into an officer's hands.
    pub(crate) async fn take(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let transaction = self.db.begin_write().await?;
        let mut held = self.hold(&transaction, id).await?;
        let now = self.clock.now();
        if rules::take(&held.claim, caller.id, now)? == May::AsItStands {
            return self.stand(&transaction, held.claim).await;
        }
        held.claim.state = State::InReview;
        held.claim.taken_by = Some(caller.id);
        held.claim.taken_at = Some(now);
        self.finish(transaction, caller, held, "TakeClaim", "claim.taken")
            .await
    }

    /// Approves a claim: the law is asked once more, and the amount of this day is reserved. Above the limit, two officers do it.
    pub(crate) async fn approve(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let mut held = self.hold(&transaction, id).await?;
        let how = match rules::approve(&held.claim, held.award.as_ref(), caller.id)? {
            May::AsItStands => return self.stand(&transaction, held.claim).await,
            May::Do(how) => how,
        };
        let (mut award, needs_two) = self.propose(&transaction, now, &held, caller.id).await?;
        if let Some(before) = &held.award {
            // The amount is that of this day; who proposed it stays.
            award.id = before.id;
            award.proposed_by = before.proposed_by;
            award.proposed_at = before.proposed_at;
        }
        let is_news = held.award.is_none();
        let decided = how == Approval::Second || !needs_two;
        if decided {
            award.state = AwardState::Approved;
            award.approved_by = Some(caller.id);
            award.approved_at = Some(now);
            award.next_at = Some(held.claim.held_until.max(now));
            held.claim.state = State::Decided;
            let journal = Journal {
                kind: ledger::RESERVED,
                cause: award.id,
                day: day_of(now),
                transfers: award.reservation(),
            };
            ledger::post(&transaction, &self.seal, now, &journal).await?;
        }
        store::save_award(&transaction, &self.seal, &award, is_news).await?;
        held.award = Some(award);
        let kind = if decided {
            "claim.approved"
        } else {
            "claim.proposed"
        };
        self.finish(transaction, caller, held, "ApproveClaim", kind)
            .await
    }

    /// What the law grants today.
    async fn propose(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        Held { person, claim, .. }: &Held,
        officer: Uuid,
    ) -> Result<(Award, bool), Error> {
        // What is in the accounts stays there until it is moved.
        participant::hold_all(connection, person.id).await?;
        let case = Case::of(connection, person.clone()).await?;
        let checked = self.assess(&case, claim.cause)?;
        eligible(&checked.assessment)?;
        let award = Award {
            id: Uuid::now_v7(),
            claim: claim.id,
            state: AwardState::Proposed,
            amount: checked.assessment.amount(),
            policy_version: self.policy.version().to_owned(),
            proposed_by: officer,
            approved_by: None,
            proposed_at: now,
            approved_at: None,
            instructed_at: None,
            settled_at: None,
            bank_reference: None,
            failure: None,
            tries: 0,
            next_at: None,
            lines: checked.assessment.lines,
        };
        Ok((award, checked.assessment.requires_interview))
    }

    /// Rejects a claim.
    pub(crate) async fn reject(
        &self,
        caller: &Caller,
        id: Uuid,
        reason: &str,
    ) -> Result<Shown, Error> {
        let transaction = self.db.begin_write().await?;
        let mut held = self.hold(&transaction, id).await?;
        if rules::reject(&held.claim, held.award.as_ref(), caller.id, reason)? == May::AsItStands {
            return self.stand(&transaction, held.claim).await;
        }
        held.claim.state = State::Decided;
        held.claim.is_open = false;
        held.claim.reason = Some(reason.to_owned());
        // What is only proposed has reserved nothing.
        self.cancel_award(&transaction, held.award.as_mut()).await?;
        let now = self.clock.now();
        let text = Wording::ClaimRejected { reason }.text();
        participant::tell(&transaction, &self.seal, now, held.claim.participant, &text).await?;
        self.finish(transaction, caller, held, "RejectClaim", "claim.rejected")
            .await
    }

    /// Takes a claim back; what it had reserved goes back to the savings.
    pub(crate) async fn withdraw(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let mut held = self.hold(&transaction, id).await?;
        if !caller.is(held.claim.participant) {
            return Err(Error::NotFound);
        }
        if rules::withdraw(&held.claim, held.award.as_ref())? == May::AsItStands {
            return self.stand(&transaction, held.claim).await;
        }
        if let Some(award) = held
            .award
            .as_ref()
            .filter(|it| it.state == AwardState::Approved)
        {
            self.give_back(&transaction, now, award).await?;
        }
        self.cancel_award(&transaction, held.award.as_mut()).await?;
        held.claim.state = State::Withdrawn;
        held.claim.is_open = false;
        self.finish(
            transaction,
            caller,
            held,
            "WithdrawClaim",
            "claim.withdrawn",
        )
        .await
    }

    async fn cancel_award(
        &self,
        connection: &impl ConnectionTrait,
        award: Option<&mut Award>,
    ) -> Result<(), Error> {
        if let Some(award) = award {
            award.state = AwardState::Cancelled;
            award.next_at = None;
            store::save_award(connection, &self.seal, award, false).await?;
        }
        Ok(())
    }

    /// Moves what was reserved back to where it came from.
    pub(super) async fn give_back(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        award: &Award,
    ) -> Result<(), Error> {
        let journal = Journal {
            kind: ledger::RESERVATION_RETURNED,
            cause: award.id,
            day: day_of(now),
            transfers: award.way_back(),
        };
        Ok(ledger::post(connection, &self.seal, now, &journal).await?)
    }

    /// Holds a claim, its participant first.
    pub(super) async fn hold(
        &self,
        connection: &impl ConnectionTrait,
        id: Uuid,
    ) -> Result<Held, Error> {
        let person = store::claimant(connection, id).await?;
        let person = person.ok_or(Error::NotFound)?;
        let person = participant::hold_person(connection, person).await?;
        let claim = store::lock(connection, &self.seal, id).await?;
        Ok(Held {
            person: person.ok_or(db::Error::Unknown("claim.participant_id"))?,
            claim: claim.ok_or(Error::NotFound)?,
            award: store::awards_of(connection, &self.seal, &[id]).await?.pop(),
        })
    }

    /// Ends a step: keeps the claim, the step, who did it, and what came of it.
    async fn finish(
        &self,
        transaction: DatabaseTransaction,
        caller: &Caller,
        held: Held,
        what: &'static str,
        kind: &'static str,
    ) -> Result<Shown, Error> {
        let (now, claim) = (self.clock.now(), held.claim);
        store::save_claim(&transaction, &self.seal, &claim).await?;
        let actor = caller.into();
        store::insert_step(&transaction, &self.seal, &claim, what, now, actor).await?;
        let event = Event {
            kind,
            subject: claim.id,
            participant: Some(claim.participant),
            facts: serde_json::json!({
                "amountIdr": held.award.as_ref().map(|it| it.amount.idr()),
            }),
        };
        event::record(&transaction, &self.seal, now, [event]).await?;
        audit::wrote(&transaction, &self.seal, now, actor, what, claim.id).await?;
        let steps = store::steps(&transaction, claim.id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(Shown {
            award: held.award,
            steps,
            claim,
        })
    }
}
