//! Bills: what is asked for, before anybody pays.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Bill, BillLine, BillShown, Contributions, Error, rules, settle, standing, store, terms,
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db,
    event::{self, Event},
    ledger::{self, Account},
    money::Month,
    participant::{self, Business, Membership, Work},
    policy::Policy,
    quota::{self, Quota},
    seal::Seal,
};
use jamsostek_proto::v1::Subject;

/// How many bills somebody may issue for one membership in a day: each is up to 36 lines that stay for ever.
const BILLS_A_DAY: i64 = 20;

/// Issues the first bill of `membership`, from the month of the day on, in the caller's transaction.
pub(crate) async fn issue_first(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    policy: &Policy,
    now: DateTime<Utc>,
    membership: Uuid,
    work: &Business,
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
    work: &Business,
    first: Month,
    months: u32,
    today: NaiveDate,
) -> Result<Bill, Error> {
    let quote = rules::quote(policy, &terms(work), first, months)?;
    Ok(Bill {
        id,
        membership,
        payment_code: payment_code(seal),
        first_month: first,
        months,
        total: quote.total(),
        due_on: quote.due_on,
        valid_through: Month::of(today).last_day(),
        policy_version: policy.version().to_owned(),
        lines: quote.lines.into_iter().map(BillLine::from).collect(),
        stages: Vec::new(),
    })
}

/// Twelve digits, the first not 0.
pub(super) fn payment_code(seal: &Seal) -> String {
    (100_000_000_000 + seal.random_below(900_000_000_000)).to_string()
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
            let same = known.membership == membership && known.months == months;
            if !same || known.is_by_stage() {
                return Err(Error::IdTaken);
            }
            return self.stand(&transaction, known, &held).await;
        }
        business(&held)?;
        self.count_bill(&transaction, membership, now).await?;
        let bill = self.draw(&transaction, now, id, &held, months).await?;
        let paid_through = self.spend_credit(&transaction, now, &bill, &held).await?;
        let held = Membership {
            paid_through,
            ..held
        };
        let shown = self.stand(&transaction, bill, &held).await?;
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

    /// Counts a bill that is about to be issued for `membership`.
    pub(super) async fn count_bill(
        &self,
        connection: &impl ConnectionTrait,
        membership: Uuid,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let quota = Quota {
            key: format!("bill.issued24h:{membership}"),
            limit: BILLS_A_DAY,
            window: Duration::hours(24),
        };
        let counts = quota::take(connection, &[quota], now).await?;
        match counts.iter().find(|it| it.left < 0) {
            Some(spent) => Err(Error::TooManyBills {
                retry_after: spent.wait(now),
            }),
            None => Ok(()),
        }
    }

    /// Draws up a bill of the oldest open months and keeps it.
    pub(super) async fn draw(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        id: Uuid,
        held: &Membership,
        months: u32,
    ) -> Result<Bill, Error> {
        let today = day_of(now);
        let Some(paid_through) = held.paid_through else {
            let state = "STATE_AWAITING_PAYMENT";
            return Err(Error::WrongState { state });
        };
        let first = participant::oldest_open_month(paid_through, today, &self.policy)?;
        let months = standing::months_to_the_end(held, first, months)?;
        let (ids, work) = ((id, held.id), business(held)?);
        let bill = draw_up(&self.seal, &self.policy, ids, work, first, months, today)?;
        store::insert_bill(connection, &self.seal, &bill, now).await?;
        let issued = Event {
            kind: "bill.issued",
            subject: id,
            participant: Some(held.participant_id),
            facts: serde_json::json!({ "totalIdr": bill.total.idr() }),
        };
        event::record(connection, &self.seal, now, [issued]).await?;
        Ok(bill)
    }

    /// Pays whole months of `bill` from the credit; where the membership is paid through after that.
    pub(super) async fn spend_credit(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        bill: &Bill,
        held: &Membership,
    ) -> Result<Option<Month>, Error> {
        let credit = ledger::balance(connection, Account::Credit(held.id)).await?;
        let coming = settle::Coming::credit_for(bill, day_of(now));
        let settled = settle::plan(&coming, &bill.lines, held.paid_through, credit);
        let Some(&last) = settled.months.last() else {
            return Ok(held.paid_through);
        };
        let (seal, bought) = (&self.seal, settle::Bought::Months(bill.lines.clone()));
        settle::book(connection, seal, now, &coming, held, &bought, &settled).await?;
        let paid = Event {
            kind: "bill.settled",
            subject: bill.id,
            participant: Some(held.participant_id),
            facts: serde_json::json!({ "amountIdr": settled.applied.idr() }),
        };
        event::record(connection, &self.seal, now, [paid]).await?;
        Ok(Some(last))
    }
}

/// The business whose months are billed to the participant himself.
pub(super) fn business(membership: &Membership) -> Result<&Business, Error> {
    match &membership.work {
        Work::Business(business) => Ok(business),
        Work::Employment(_) | Work::Placement(_) => Err(Error::NotByMonth {
            segment: membership.work.segment(),
        }),
    }
}

pub(super) fn may_bill(caller: &Caller, membership: &Membership) -> bool {
    caller.is(membership.participant_id) || caller.subject == Subject::Officer
}
