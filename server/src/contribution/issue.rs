//! Bills: what is asked for, before anybody pays.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Bill, BillLine, BillShown, Contributions, Error, rules, settle, store, terms};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db,
    event::{self, Event},
    identity::masked_name,
    ledger::{self, Account},
    money::{Money, Month},
    participant::{self, Membership, Work},
    policy::Policy,
    seal::{Datum, Seal},
};
use jamsostek_proto::v1::Subject;

/// What a payer knows of the bill he wants to pay.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    /// The payment code.
    PaymentCode(String),
    /// The NIK.
    Nik(crate::identity::Nik),
}

/// Issues the first bill of `membership`, from the month of the day on, in the caller's transaction.
pub(crate) async fn issue_first(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    policy: &Policy,
    now: DateTime<Utc>,
    membership: Uuid,
    work: &Work,
) -> Result<Bill, Error> {
    let today = day_of(now);
    let (id, months) = (Uuid::now_v7(), work.months);
    let bill = draw_up(
        seal,
        policy,
        (id, membership),
        work,
        Month::of(today),
        months,
        today,
    )?;
    store::insert_bill(connection, seal, &bill, now).await?;
    Ok(bill)
}

/// A bill over `months` from `first`, good to the end of this month.
fn draw_up(
    seal: &Seal,
    policy: &Policy,
    (id, membership): (Uuid, Uuid),
    work: &Work,
    first: Month,
    months: u32,
    today: NaiveDate,
) -> Result<Bill, Error> {
    let quote = rules::quote(policy, &terms(work), first, months)?;
    Ok(Bill {
        id,
        membership,
        payment_code: (100_000_000_000 + seal.random_below(900_000_000_000)).to_string(),
        first_month: first,
        months,
        total: quote.total(),
        due_on: quote.due_on,
        valid_through: Month::of(today).last_day(),
        policy_version: policy.version().to_owned(),
        lines: quote.lines.into_iter().map(BillLine::from).collect(),
    })
}

impl From<rules::Line> for BillLine {
    fn from(line: rules::Line) -> Self {
        Self {
            month: line.month,
            programme: line.programme,
            amount: line.amount,
            discount: line.discount,
            formula: line.formula,
            references: line.references,
        }
    }
}

impl Contributions {
    /// Issues a bill for the oldest open months, or shows it when issued before. Credit that covers whole months pays them at once.
    pub(crate) async fn issue(
        &self,
        caller: &Caller,
        id: Uuid,
        membership: Uuid,
        months: u32,
    ) -> Result<BillShown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = participant::hold(&transaction, membership).await?;
        let held = held
            .filter(|it| may_bill(caller, it))
            .ok_or(Error::NotFound)?;
        if let Some(known) = store::bill(&transaction, id).await? {
            if known.membership != membership || known.months != months {
                return Err(Error::IdTaken);
            }
            return self.stand(&transaction, known, &held).await;
        }
        let shown = self.issue_for(&transaction, now, id, &held, months).await?;
        audit::wrote(
            &transaction,
            &self.seal,
            now,
            caller.into(),
            "IssueBill",
            id,
        )
        .await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(shown)
    }

    async fn issue_for(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        id: Uuid,
        held: &Membership,
        months: u32,
    ) -> Result<BillShown, Error> {
        let today = day_of(now);
        let Some(paid_through) = held.paid_through else {
            let state = "STATE_AWAITING_PAYMENT";
            return Err(Error::WrongState { state });
        };
        let first = participant::oldest_open_month(paid_through, today, &self.policy)?;
        let ids = (id, held.id);
        let bill = draw_up(
            &self.seal,
            &self.policy,
            ids,
            &held.work,
            first,
            months,
            today,
        )?;
        store::insert_bill(connection, &self.seal, &bill, now).await?;
        let issued = Event {
            kind: "bill.issued",
            subject: id,
            participant: Some(held.participant_id),
            facts: serde_json::json!({ "totalIdr": bill.total.idr() }),
        };
        event::record(connection, &self.seal, now, [issued]).await?;
        let credit = ledger::balance(connection, Account::Credit(held.id)).await?;
        let mut held = held.clone();
        if credit > Money::ZERO {
            let coming = settle::Coming::credit_for(&bill, today);
            let settled = settle::plan(&coming, &bill.lines, held.paid_through, credit);
            if let Some(&last) = settled.months.last() {
                settle::book(
                    connection,
                    &self.seal,
                    now,
                    &coming,
                    &held,
                    &bill.lines,
                    &settled,
                )
                .await?;
                held.paid_through = Some(last);
            }
        }
        self.stand(connection, bill, &held).await
    }

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
    pub(crate) async fn look_up(
        &self,
        caller: &Caller,
        key: &Key,
    ) -> Result<(BillShown, String), Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (bill, membership) = match key {
            Key::PaymentCode(code) => {
                let bill = store::bill_by_code(&transaction, code).await?;
                let bill = bill.ok_or(Error::NotFound)?;
                let membership = participant::membership(&transaction, bill.membership).await?;
                let membership = membership.ok_or(Error::NotFound)?;
                (
                    self.stand(&transaction, bill, &membership).await?,
                    membership,
                )
            }
            Key::Nik(nik) => self.open_bill(&transaction, now, nik).await?,
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
        Ok((bill, masked_name(&name)))
    }

    async fn open_bill(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        nik: &crate::identity::Nik,
    ) -> Result<(BillShown, Membership), Error> {
        let digest = self.seal.digest(Datum::Nik, nik.text());
        let person = participant::with_nik(connection, &digest).await?;
        let memberships =
            participant::memberships(connection, person.ok_or(Error::NotFound)?).await?;
        let mut paid = memberships.iter().filter(|it| it.paid_through.is_some());
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
            if open && today <= bill.valid_through {
                return Ok((self.stand(connection, bill, &held).await?, held));
            }
        }
        let bill = self
            .issue_for(connection, now, Uuid::now_v7(), &held, 1)
            .await?;
        Ok((bill, held))
    }

    /// A bill as it stands today.
    async fn stand(
        &self,
        connection: &impl ConnectionTrait,
        bill: Bill,
        membership: &Membership,
    ) -> Result<BillShown, Error> {
        let paid_through = membership.paid_through;
        let open = bill.lines.iter().filter(|it| Some(it.month) > paid_through);
        let open: Money = open.map(|it| it.amount).sum();
        let credit = ledger::balance(connection, Account::Credit(membership.id)).await?;
        let payable = open.checked_sub(credit).filter(|it| *it > Money::ZERO);
        Ok(BillShown {
            bill,
            paid_through,
            payable: payable.unwrap_or(Money::ZERO),
            today: self.clock.today(),
        })
    }
}

fn may_bill(caller: &Caller, membership: &Membership) -> bool {
    caller.is(membership.participant_id) || caller.subject == Subject::Officer
}

fn may_see(caller: &Caller, membership: &Membership) -> bool {
    let registrant =
        caller.subject == Subject::Registrant && caller.id == membership.registration_id;
    registrant || may_bill(caller, membership)
}

/// What the holder of a bill gives a bank.
pub(crate) struct BillToPay {
    pub payment_code: String,
    pub total: Money,
}

/// What is to be paid with the bill `id`.
pub(crate) async fn to_pay(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<BillToPay>, db::Error> {
    let bill = store::bill(connection, id).await?;
    Ok(bill.map(|it| BillToPay {
        payment_code: it.payment_code,
        total: it.total,
    }))
}
