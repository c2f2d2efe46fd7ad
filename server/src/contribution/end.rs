//! A business ends, and with it the membership.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{
    Contributions, Error,
    issue::{business, may_bill},
    store,
};
use crate::{
    audit,
    caller::Caller,
    db,
    event::{self, Event},
    ledger::{self, Account, Journal, Transfer},
    money::{Money, Month, months_after},
    notification::Wording,
    participant,
    scheme::Programme,
};

/// How far ahead an end may be told.
const AHEAD: Days = Days::new(366);

/// A membership that has its last day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub on: NaiveDate,
    /// What of the months that were paid ahead is credit now.
    pub credited: Money,
    /// The first day on which old-age savings can be claimed.
    pub claimable_on: NaiveDate,
}

impl Contributions {
    /// Ends a membership on a day, or today when none is told. JKK and JKM of months that do not begin any more become credit; JHT of
    /// them is saved already.
    pub(crate) async fn end(
        &self,
        caller: &Caller,
        membership: Uuid,
        stated: Option<NaiveDate>,
    ) -> Result<End, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = participant::hold(&transaction, membership).await?;
        let held = held
            .filter(|it| may_bill(caller, it))
            .ok_or(Error::NotFound)?;
        business(&held)?;
        let today = self.clock.today();
        let on = stated.or(held.ended_on).unwrap_or(today);
        let waiting_months = self.policy.jht_waiting_months.on(on)?.value;
        let claimable_on = months_after(on, waiting_months);
        let ahead = store::paid_after(&transaction, membership, Month::of(on)).await?;
        let end = End {
            on,
            credited: ahead.iter().map(|it| it.2).sum(),
            claimable_on,
        };
        match held.ended_on {
            Some(before) if before == on => return Ok(end),
            Some(before) => return Err(Error::Ended { on: before }),
            None => {}
        }
        if !(today..=today + AHEAD).contains(&on) {
            return Err(Error::NoDayToEnd);
        }
        if held.paid_through.is_none() {
            let state = "STATE_AWAITING_PAYMENT";
            return Err(Error::WrongState { state });
        }
        participant::end(&transaction, &[membership], on).await?;
        if !ahead.is_empty() {
            let journal = Journal {
                kind: "end",
                cause: membership,
                day: today,
                transfers: ahead.iter().map(|it| back(membership, *it)).collect(),
            };
            ledger::post(&transaction, &self.seal, now, &journal).await?;
        }
        let wording = Wording::MembershipEnded {
            ended_on: on,
            claimable_on,
        };
        let person = held.participant_id;
        participant::tell(&transaction, &self.seal, now, person, &wording.text()).await?;
        let ended = Event {
            kind: "membership.ended",
            subject: membership,
            participant: Some(person),
            facts: serde_json::json!({ "endedOn": on, "creditedIdr": end.credited.idr() }),
        };
        event::record(&transaction, &self.seal, now, [ended]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "EndBusiness", membership).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(end)
    }
}

/// What was paid for a month that does not come goes back to whom it belongs.
fn back(membership: Uuid, (month, programme, amount): (Month, Programme, Money)) -> Transfer {
    Transfer {
        from: Account::Fund(programme),
        to: Account::Credit(membership),
        amount,
        month: Some(month),
    }
}
