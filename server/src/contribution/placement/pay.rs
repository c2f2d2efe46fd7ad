//! Money that comes in for a placement.

use sea_orm::ConnectionTrait;

use super::{Purchase, is_over, open_stages, placement, price_of, priced};
use crate::{
    contribution::{
        Bill, Contributions, Error, Fate, Notice, Settled, SuspenseReason,
        activate::Who,
        pay::Plan,
        settle::{Bought, Coming},
        spend::Spending,
        store,
    },
    db,
    ledger::Account,
    money::Money,
    participant::Membership,
    policy::Policy,
};

impl Contributions {
    /// Decides what money for a placement is for; `credit` lies there already.
    pub(in crate::contribution) async fn plan_stages(
        &self,
        connection: &impl ConnectionTrait,
        notice: &Notice,
        (bill, membership): (Bill, Membership),
        (who, credit): (Who, Money),
    ) -> Result<Plan, Error> {
        let day = notice.day();
        if is_over(&self.policy, &membership, day)? {
            return Ok(Plan::Suspend(SuspenseReason::MembershipEnded));
        }
        let paid = store::stages_paid(connection, bill.id).await?;
        let lines = if day <= bill.valid_through {
            bill.stages.clone()
        } else {
            let fresh = priced(&self.policy, placement(&membership)?, bill.asked(), day);
            // No law says what it costs on that day: an officer will.
            let Ok(fresh) = fresh else {
                return Ok(Plan::Suspend(SuspenseReason::BillExpired));
            };
            let open = open_stages(&fresh, &paid);
            let whole: Money = open.iter().map(|it| price_of(&fresh, *it)).sum();
            let next = open.first().map_or(whole, |it| price_of(&fresh, *it));
            let asked = [whole, next].map(Money::idr);
            let amount = notice.amount.idr();
            if !asked.contains(&amount) && !asked.contains(&(amount + credit.idr())) {
                return Ok(Plan::Suspend(SuspenseReason::BillExpired));
            }
            fresh
        };
        let coming = Coming::payment(notice, Account::Clearing);
        let purchase = if who == Who::InDoubt {
            // Kept as credit until it is known who paid; then it buys what it would have bought on its day.
            Purchase::nothing(&bill)
        } else {
            let money = [coming.amount, credit].into_iter().sum();
            Purchase::of(&bill, &lines, &paid, money)
        };
        let activates = membership.is_unpaid() && !purchase.lines.is_empty();
        if activates {
            self.activate(connection, self.clock.now(), &membership, notice.gateway)
                .await?;
        }
        Ok(Plan::Settle {
            membership: Box::new(membership),
            settled: purchase.settled(&coming),
            bought: Bought::Stages(purchase),
            activates,
        })
    }

    /// What suspended money of a payment pays for at a placement: of its own bill, else of the oldest that is open.
    pub(in crate::contribution) async fn allocation_of_stages(
        &self,
        connection: &impl ConnectionTrait,
        held: &Membership,
        bill: Option<Bill>,
        (coming, credit): (&Coming, Money),
    ) -> Result<(Bought, Settled), Error> {
        if let Some(on) = super::last_day(&self.policy, held)?.filter(|it| coming.day > *it) {
            return Err(Error::Ended { on });
        }
        let bill = match bill {
            Some(bill) => Some(bill),
            None => store::open_stage_bill(connection, held.id).await?,
        };
        let Some(bill) = bill else {
            // Nothing is open: all of it is credit.
            let settled = Settled {
                credited_idr: coming.amount.idr(),
                ..Settled::default()
            };
            return Ok((Bought::Months(Vec::new()), settled));
        };
        let lines = lines_on(&self.policy, held, &bill, coming)?;
        let paid = store::stages_paid(connection, bill.id).await?;
        let money = [coming.amount, credit].into_iter().sum();
        let purchase = Purchase::of(&bill, &lines, &paid, money);
        let settled = purchase.settled(coming);
        Ok((Bought::Stages(purchase), settled))
    }
}

/// What each payment for a placement buys, oldest first, that came while nobody knew who paid.
pub(in crate::contribution) async fn spendings(
    connection: &impl ConnectionTrait,
    policy: &Policy,
    mut held: Membership,
) -> Result<Vec<Spending>, Error> {
    let mut payments = store::payments_for(connection, held.id).await?;
    payments.sort_by_key(|it| it.notice.paid_at);
    let (mut credit, mut paid, mut spendings) = (Money::ZERO, Vec::new(), Vec::new());
    for mut payment in payments {
        let amount = payment.notice.amount;
        credit = [credit, amount].into_iter().sum();
        let bill = store::bill_by_code(connection, &payment.notice.payment_code).await?;
        let bill = bill.ok_or(db::Error::Unknown("payment.payment_code"))?;
        let coming = Coming::credited(&payment.notice);
        let lines = lines_on(policy, &held, &bill, &coming)?;
        let purchase = Purchase::of(&bill, &lines, &paid, credit);
        if purchase.lines.is_empty() {
            continue;
        }
        let settled = purchase.settled(&coming);
        credit = credit
            .checked_sub(settled.applied)
            .ok_or(db::Error::Unknown("payment.applied_idr"))?;
        paid.extend(purchase.lines.iter().map(|it| it.stage));
        let before = held.clone();
        let (covered_from, travel) = purchase.moves(&held, coming.day);
        held.covered_from = Some(covered_from);
        held.travel = travel;
        payment.fate = Fate::Settled(Settled {
            credited_idr: amount.idr() - settled.applied.idr(),
            ..settled.clone()
        });
        spendings.push(Spending {
            held: before,
            payment,
            coming,
            bought: Bought::Stages(purchase),
            settled,
        });
    }
    Ok(spendings)
}

/// What the stages of `bill` cost on the day of `coming`.
fn lines_on(
    policy: &Policy,
    held: &Membership,
    bill: &Bill,
    coming: &Coming,
) -> Result<Vec<super::StageLine>, Error> {
    if coming.day <= bill.valid_through {
        return Ok(bill.stages.clone());
    }
    Ok(priced(policy, placement(held)?, bill.asked(), coming.day)?)
}
