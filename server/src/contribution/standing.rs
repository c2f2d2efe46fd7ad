//! Bills as they stand: shown to whom they concern, and what is to be paid with them.

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Bill, BillLine, BillShown, Contributions, Error,
    issue::{business, may_bill},
    placement, rules, store, terms,
};
use crate::{
    caller::Caller,
    db,
    ledger::{self, Account},
    money::{Money, Month},
    participant::{self, Membership},
    policy::Policy,
};
use jamsostek_proto::v1::Subject;

/// What the holder of a bill gives a bank.
pub(crate) struct BillToPay {
    pub payment_code: String,
    pub payable: Money,
}

impl Contributions {
    /// Shows a bill to whom it concerns.
    pub(crate) async fn show_bill(&self, caller: &Caller, id: Uuid) -> Result<BillShown, Error> {
        let reader = self.db.reader();
        let bill = store::bill(reader, id).await?.ok_or(Error::NotFound)?;
        let membership = participant::membership(reader, bill.membership).await?;
        let membership = membership
            .filter(|it| may_see(caller, it))
            .ok_or(Error::NotFound)?;
        let person = membership.participant_id;
        self.audit
            .read(self.clock.now(), caller, "GetBill", person)
            .await?;
        self.stand(reader, bill, &membership).await
    }

    /// A bill as it stands today.
    pub(super) async fn stand(
        &self,
        connection: &impl ConnectionTrait,
        bill: Bill,
        membership: &Membership,
    ) -> Result<BillShown, Error> {
        if bill.is_by_stage() {
            return self.stand_by_stage(connection, bill, membership).await;
        }
        let today = self.clock.today();
        let months_paid = store::months_paid(connection, &bill).await?;
        let paid = (&bill, months_paid.as_slice());
        Ok(BillShown {
            payable: payable(connection, &self.policy, today, paid, membership).await?,
            months_paid,
            stages_paid: Vec::new(),
            next_stage: Money::ZERO,
            bill,
            today,
        })
    }
}

/// Whether money for `bill` would pay for a month that comes after the membership's last one.
pub(super) fn asks_past_the_end(bill: &Bill, membership: &Membership) -> bool {
    let Some(last) = membership.last_month() else {
        return false;
    };
    let mut open = bill.lines.iter().map(|it| it.month);
    open.any(|it| Some(it) > membership.paid_through && it > last)
}

fn may_see(caller: &Caller, membership: &Membership) -> bool {
    let registrant = caller.subject == Subject::Registrant && caller.id == membership.origin;
    registrant || may_bill(caller, membership)
}

/// What is to be paid with the bill `id` today.
pub(crate) async fn to_pay(
    connection: &impl ConnectionTrait,
    policy: &Policy,
    today: NaiveDate,
    id: Uuid,
) -> Result<Option<BillToPay>, Error> {
    let Some(bill) = store::bill(connection, id).await? else {
        return Ok(None);
    };
    let membership = participant::membership(connection, bill.membership).await?;
    let membership = membership.ok_or(db::Error::Unknown("bill.membership_id"))?;
    if bill.is_by_stage() {
        let payable = placement::payable(connection, policy, today, (&bill, &[]), &membership);
        return Ok(Some(BillToPay {
            payable: payable.await?.0,
            payment_code: bill.payment_code,
        }));
    }
    // A first bill: none of its months is paid as long as anybody is asked to pay it.
    let paid = (&bill, [].as_slice());
    Ok(Some(BillToPay {
        payable: payable(connection, policy, today, paid, &membership).await?,
        payment_code: bill.payment_code,
    }))
}

/// Whether the bill's own lines hold on `day`: its code has not run out, and no month before them is open. Where nothing of it is
/// open they hold as well, and money for it becomes credit.
pub(super) fn is_payable(
    policy: &Policy,
    bill: &Bill,
    membership: &Membership,
    day: NaiveDate,
) -> Result<bool, Error> {
    let mut open = bill.lines.iter().map(|it| it.month);
    let open = open.find(|it| Some(*it) > membership.paid_through);
    let in_turn = match (open, membership.paid_through) {
        (Some(open), Some(paid_through)) => {
            open == participant::oldest_open_month(paid_through, day, policy)?
        }
        _ => true,
    };
    Ok(day <= bill.valid_through && in_turn)
}

/// What is open of `bill`, less the credit. Where its own lines do not hold any more, its code is still good for what as many
/// months cost from the oldest open one on (C10).
async fn payable(
    connection: &impl ConnectionTrait,
    policy: &Policy,
    today: NaiveDate,
    (bill, months_paid): (&Bill, &[Month]),
    membership: &Membership,
) -> Result<Money, Error> {
    let open = bill
        .lines
        .iter()
        .filter(|it| Some(it.month) > membership.paid_through && !months_paid.contains(&it.month))
        // Months after the last one do not come.
        .filter(|it| membership.last_month().is_none_or(|last| it.month <= last));
    let open: Money = open.map(|it| it.amount).sum();
    let price = if open == Money::ZERO || is_payable(policy, bill, membership, today)? {
        open
    } else {
        match lines_on(policy, membership, bill.months, today) {
            Ok(lines) => lines.iter().map(|it| it.amount).sum(),
            Err(Error::Ended { .. }) => Money::ZERO,
            Err(error) => return Err(error),
        }
    };
    let credit = ledger::balance(connection, Account::Credit(membership.id)).await?;
    let payable = price.checked_sub(credit).filter(|it| *it > Money::ZERO);
    Ok(payable.unwrap_or(Money::ZERO))
}

/// What the oldest open `months` months cost on `day`.
pub(super) fn lines_on(
    policy: &Policy,
    membership: &Membership,
    months: u32,
    day: NaiveDate,
) -> Result<Vec<BillLine>, Error> {
    let first = match membership.paid_through {
        Some(paid_through) => participant::oldest_open_month(paid_through, day, policy)?,
        None => Month::of(day),
    };
    let months = months_to_the_end(membership, first, months)?;
    let quote = rules::quote(policy, &terms(business(membership)?), first, months)?;
    Ok(quote.lines.into_iter().map(BillLine::from).collect())
}

/// How many of `months` from `first` on the membership still has.
pub(super) fn months_to_the_end(
    membership: &Membership,
    first: Month,
    months: u32,
) -> Result<u32, Error> {
    let Some(ended_on) = membership.ended_on else {
        return Ok(months);
    };
    let left = u32::try_from(Month::of(ended_on).months_since(first) + 1).unwrap_or(0);
    if left == 0 {
        return Err(Error::Ended { on: ended_on });
    }
    Ok(months.min(left))
}
