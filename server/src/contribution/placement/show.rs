//! A placement's bills as they stand.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;

use super::{Purchase, Stage, book, is_over, open_stages, placement, price_of, priced};
use crate::{
    clock::day_of,
    contribution::{Bill, BillShown, Contributions, Error, settle::Coming, store},
    event::{self, Event},
    ledger::{self, Account},
    money::Money,
    participant::{self, Membership},
    policy::Policy,
};

impl Contributions {
    /// A bill as it stands today.
    pub(in crate::contribution) async fn stand_by_stage(
        &self,
        connection: &impl ConnectionTrait,
        bill: Bill,
        membership: &Membership,
    ) -> Result<BillShown, Error> {
        let today = self.clock.today();
        let paid = store::stages_paid(connection, bill.id).await?;
        let shown = (&bill, paid.as_slice());
        let (payable, next_stage) =
            payable(connection, &self.policy, today, shown, membership).await?;
        Ok(BillShown {
            bill,
            months_paid: Vec::new(),
            stages_paid: paid,
            payable,
            next_stage,
            today,
        })
    }

    /// Pays whole stages of `bill` from the credit, as long as there is something to be bought; the membership after that. It is held.
    pub(in crate::contribution) async fn spend_credit_on_stages(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        bill: &Bill,
        mut held: Membership,
    ) -> Result<Membership, Error> {
        let today = day_of(now);
        // Nobody becomes a participant by credit: it is what was left of a payment, or waits until it is known who paid.
        if held.is_unpaid() || today > bill.valid_through || is_over(&self.policy, &held, today)? {
            return Ok(held);
        }
        let credit = ledger::balance(connection, Account::Credit(held.id)).await?;
        let paid = store::stages_paid(connection, bill.id).await?;
        let coming = Coming::credit_for(bill, today);
        let purchase = Purchase::of(bill, &bill.stages, &paid, credit);
        if purchase.lines.is_empty() {
            return Ok(held);
        }
        book(connection, &self.seal, now, &coming, &held, &purchase).await?;
        let (covered_from, travel) = purchase.moves(&held, today);
        held.covered_from = Some(covered_from);
        held.travel = travel;
        let applied = purchase.settled(&coming).applied;
        let paid = Event {
            kind: "bill.settled",
            subject: bill.id,
            participant: Some(held.participant_id),
            facts: serde_json::json!({ "amountIdr": applied.idr() }),
        };
        event::record(connection, &self.seal, now, [paid]).await?;
        Ok(held)
    }

    /// The oldest bill of the placements among `memberships` of which something is open, with its membership, which is held.
    pub(in crate::contribution) async fn open_stage_bill(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        memberships: &[Membership],
    ) -> Result<(BillShown, Membership), Error> {
        for membership in memberships.iter().filter(|it| it.abroad().is_some()) {
            let held = participant::hold(connection, membership.id).await?;
            let held = held.ok_or(Error::NotFound)?;
            if is_over(&self.policy, &held, day_of(now))? {
                continue;
            }
            let Some(bill) = store::open_stage_bill(connection, held.id).await? else {
                continue;
            };
            let held = self
                .spend_credit_on_stages(connection, now, &bill, held)
                .await?;
            return Ok((self.stand_by_stage(connection, bill, &held).await?, held));
        }
        Err(Error::NotFound)
    }
}

/// What is open of `bill`, and of its next stage, less the credit. Once its code has run out it is good for what they cost that day.
pub(in crate::contribution) async fn payable(
    connection: &impl ConnectionTrait,
    policy: &Policy,
    today: NaiveDate,
    (bill, paid): (&Bill, &[Stage]),
    membership: &Membership,
) -> Result<(Money, Money), Error> {
    if is_over(policy, membership, today)? {
        return Ok((Money::ZERO, Money::ZERO));
    }
    let fresh;
    let lines = if today <= bill.valid_through {
        &bill.stages
    } else {
        fresh = priced(policy, placement(membership)?, bill.asked(), today)?;
        &fresh
    };
    let open = open_stages(lines, paid);
    let whole: Money = open.iter().map(|it| price_of(lines, *it)).sum();
    let next = open.first().map_or(Money::ZERO, |it| price_of(lines, *it));
    let credit = ledger::balance(connection, Account::Credit(membership.id)).await?;
    let less_credit = |price: Money| {
        let left = price.checked_sub(credit).filter(|it| *it > Money::ZERO);
        left.unwrap_or(Money::ZERO)
    };
    Ok((less_credit(whole), less_credit(next)))
}
