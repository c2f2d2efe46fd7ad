//! Bills as they stand: shown to whom they concern, found by who wants to pay.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{
    Bill, BillLine, BillShown, Contributions, Error,
    employers::{State, UnitBillShown},
    issue::{business, may_bill},
    rules, store, terms,
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db, employer,
    identity::{IdentityState, Nik, masked_name},
    ledger::{self, Account},
    money::{Money, Month},
    participant::{self, Membership},
    policy::Policy,
    seal::Datum,
};
use jamsostek_proto::v1::Subject;

/// What a payer knows of the bill he wants to pay.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    /// The payment code.
    PaymentCode(String),
    /// The NIK.
    Nik(Nik),
}

/// What a payer finds by a key.
pub(crate) enum LookedUp {
    /// A membership's bill, and the initials of whose it is.
    Membership(BillShown, String),
    Unit(Box<UnitBillShown>),
}

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

    /// Answers what somebody may pay: by NIK, the open bill or a new one of the oldest open month.
    pub(crate) async fn look_up(&self, caller: &Caller, key: &Key) -> Result<LookedUp, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (bill, membership) = match key {
            Key::PaymentCode(code) => {
                let Some(bill) = store::bill_by_code(&transaction, code).await? else {
                    return self.look_up_unit(transaction, caller, code).await;
                };
                let membership = participant::membership(&transaction, bill.membership).await?;
                let membership = membership.ok_or(Error::NotFound)?;
                if !is_collectable(&transaction, &bill, &membership).await? {
                    return Err(Error::NotFound);
                }
                (
                    self.stand(&transaction, bill, &membership).await?,
                    membership,
                )
            }
            Key::Nik(nik) => match self.open_bill(&transaction, now, nik).await {
                // It lapsed, and no month is left that could be paid.
                Err(Error::Ended { .. }) => return Err(Error::NotFound),
                found => found?,
            },
        };
        let name = participant::name_of(&transaction, membership.participant_id).await?;
        let action = "LookUpBill";
        audit::wrote(
            &transaction,
            &self.seal,
            now,
            caller.into(),
            action,
            bill.bill.id,
        )
        .await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(LookedUp::Membership(bill, masked_name(&name)))
    }

    /// A unit's bill that waits to be paid.
    async fn look_up_unit(
        &self,
        transaction: DatabaseTransaction,
        caller: &Caller,
        code: &str,
    ) -> Result<LookedUp, Error> {
        let now = self.clock.now();
        let bill = store::unit_bill_by_code(&transaction, code).await?;
        let bill = bill.filter(|it| it.state == State::Open);
        let bill = bill.ok_or(Error::NotFound)?;
        let place = employer::place(&transaction, bill.unit).await?;
        let npp = place
            .ok_or(db::Error::Unknown("employer_bill.unit_id"))?
            .npp;
        let shown = self.unit_bill_shown(&transaction, bill, npp).await?;
        let (seal, id) = (&self.seal, shown.bill.id);
        audit::wrote(&transaction, seal, now, caller.into(), "LookUpBill", id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(LookedUp::Unit(Box::new(shown)))
    }

    async fn open_bill(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        nik: &Nik,
    ) -> Result<(BillShown, Membership), Error> {
        let digest = self.seal.digest(Datum::Nik, nik.text());
        let person = participant::with_document(connection, &digest).await?;
        let memberships =
            participant::memberships(connection, person.ok_or(Error::NotFound)?).await?;
        let mut paid = memberships
            .iter()
            .filter(|it| it.paid_through.is_some() && it.has_months_left());
        let last = paid.next_back().ok_or(Error::NotFound)?;
        let held = participant::hold(connection, last.id)
            .await?
            .ok_or(Error::NotFound)?;
        let today = day_of(now);
        if let Some(bill) = store::latest_bill(connection, held.id).await? {
            let open = bill
                .lines
                .iter()
                .any(|it| Some(it.month) > held.paid_through);
            if open && is_payable(&self.policy, &bill, &held, today)? {
                return Ok((self.stand(connection, bill, &held).await?, held));
            }
        }
        let bill = self.draw(connection, now, Uuid::now_v7(), &held, 1).await?;
        // A month ahead is paid only when somebody asks for it: inquiries are repeated.
        let paid_through = if bill.first_month <= Month::of(today) {
            self.spend_credit(connection, now, &bill, &held).await?
        } else {
            held.paid_through
        };
        let held = Membership {
            paid_through,
            ..held
        };
        Ok((self.stand(connection, bill, &held).await?, held))
    }

    /// A bill as it stands today.
    pub(super) async fn stand(
        &self,
        connection: &impl ConnectionTrait,
        bill: Bill,
        membership: &Membership,
    ) -> Result<BillShown, Error> {
        let today = self.clock.today();
        let months_paid = store::months_paid(connection, &bill).await?;
        let paid = (&bill, months_paid.as_slice());
        Ok(BillShown {
            payable: payable(connection, &self.policy, today, paid, membership).await?,
            months_paid,
            bill,
            today,
        })
    }
}

/// Whether money for the membership would reach it: a gateway must not collect what then waits for an officer.
async fn is_collectable(
    connection: &impl ConnectionTrait,
    bill: &Bill,
    membership: &Membership,
) -> Result<bool, db::Error> {
    if membership.is_cancelled || asks_past_the_end(bill, membership) {
        return Ok(false);
    }
    if membership.paid_through.is_some() {
        return Ok(true);
    }
    let ready = participant::readiness(connection, membership.participant_id).await?;
    Ok(!ready.nik_is_taken && ready.identity != IdentityState::Refused)
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
