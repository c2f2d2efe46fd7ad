//! The bank tells by itself what became of a payout; and what is kept where it contradicts itself.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Award, AwardState, Claim, Claims, Error, bank::Fate, decide::Held, store};
use crate::{
    audit::{self, Actor},
    caller::Caller,
    db,
    event::{self, Event},
};

/// The step that a claim takes, once, when the bank has another payout under its reference.
const DISPUTED: &str = "PayOutDisputed";
/// The steps that it takes, each once, when the bank tells another fate, or another reference, than the one that stands.
const TOLD_PAID: &str = "PayOutToldPaid";
const TOLD_FAILED: &str = "PayOutToldFailed";

/// The bank's notice of what became of a payout.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub award: Uuid,
    pub bank_reference: String,
    /// Why it was finally not paid; none where it was.
    pub failure: Option<String>,
}

impl Claims {
    /// Takes the bank's notice, once.
    pub(crate) async fn record_payout(
        &self,
        caller: &Caller,
        notice: &Notice,
    ) -> Result<Award, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (Held { claim, .. }, mut award) = self.hold_award(&transaction, notice.award).await?;
        let actor = caller.into();
        match award.state {
            AwardState::Instructed => {}
            AwardState::Paid | AwardState::Failed => {
                let paid = notice.failure.is_none();
                if agree(&award, Some(&notice.bank_reference), paid) {
                    return Ok(award);
                }
                self.contradicted(&transaction, now, (&claim, &award), (paid, actor))
                    .await?;
                transaction.commit().await.map_err(db::Error::from)?;
                return Err(Error::IdTaken);
            }
            state @ (AwardState::Proposed | AwardState::Approved | AwardState::Cancelled) => {
                return Err(Error::WrongState(state.name()));
            }
        }
        award.bank_reference = Some(notice.bank_reference.clone());
        award.failure.clone_from(&notice.failure);
        let award = self
            .settle(&transaction, now, (claim, award), actor)
            .await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(award)
    }

    /// Hears an answer about what a notice has settled while it was on its way: it changes nothing, but a contradiction is kept.
    pub(super) async fn hear_late(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (claim, award): (&Claim, &Award),
        fate: &Fate,
    ) -> Result<(), Error> {
        let paid = matches!(fate, Fate::Paid { .. });
        let agrees = match fate {
            Fate::Paid { bank_reference } => agree(award, Some(bank_reference), true),
            Fate::Refused { .. } => agree(award, None, false),
            Fate::Pending | Fate::Unheard | Fate::Disputed | Fate::Silent => true,
        };
        if agrees {
            return Ok(());
        }
        self.contradicted(connection, now, (claim, award), (paid, Actor::NOBODY))
            .await
    }

    /// Keeps, for whoever must look into it, that the bank has told two fates of one payout: each that does not stand once, however often
    /// it is told.
    async fn contradicted(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (claim, award): (&Claim, &Award),
        (paid, by): (bool, Actor),
    ) -> Result<(), Error> {
        let what = if paid { TOLD_PAID } else { TOLD_FAILED };
        if !self
            .is_news(connection, now, (claim, award), (what, by))
            .await?
        {
            return Ok(());
        }
        tracing::error!(award.id = %award.id, "the bank contradicts itself about a payout");
        let contradicted = Event {
            kind: "claim.payout_contradicted",
            subject: claim.id,
            participant: Some(claim.participant),
            facts: serde_json::json!({ "awardId": award.id, "paid": paid }),
        };
        Ok(event::record(connection, &self.seal, now, [contradicted]).await?)
    }

    /// Keeps, once, that the bank has another payout under our reference. The award stays as it is and is asked about; a notice ends it.
    pub(super) async fn disputed(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (claim, award): (&Claim, &Award),
    ) -> Result<(), Error> {
        tracing::error!(award.id = %award.id, "the bank has another payout under this reference");
        let news = (DISPUTED, Actor::NOBODY);
        if !self.is_news(connection, now, (claim, award), news).await? {
            return Ok(());
        }
        let disputed = Event {
            kind: "claim.payout_disputed",
            subject: claim.id,
            participant: Some(claim.participant),
            facts: serde_json::json!({ "awardId": award.id, "amountIdr": award.amount.idr() }),
        };
        Ok(event::record(connection, &self.seal, now, [disputed]).await?)
    }

    /// Lets a held claim take a step that it takes at most once; whether it has not taken it before.
    async fn is_news(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (claim, award): (&Claim, &Award),
        (what, by): (&str, Actor),
    ) -> Result<bool, Error> {
        let steps = store::steps(connection, claim.id).await?;
        if steps.iter().any(|it| it.what == what) {
            return Ok(false);
        }
        let seal = &self.seal;
        store::insert_step(connection, seal, claim, what, now, by).await?;
        audit::wrote(connection, seal, now, by, what, award.id).await?;
        Ok(true)
    }
}

/// Whether a settled award is as the bank says now. Whoever asked it may have learnt less than a notice says.
fn agree(award: &Award, bank_reference: Option<&str>, paid: bool) -> bool {
    let known = award.bank_reference.as_deref();
    let same_reference = known.is_none() || bank_reference.is_none() || known == bank_reference;
    same_reference && award.failure.is_none() == paid
}
