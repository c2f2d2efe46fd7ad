//! Money that comes for a unit: it is the unit's credit, and pays whole bills, oldest month first (C10).

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    super::{
        Contributions, Error, Fate, Notice, Payment, Settled, SuspenseReason, pay::told, rules::pu,
        settle::Coming, store, suspense::waiting,
    },
    State, UnitBill,
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db,
    employer::{self, Npp},
    event::{self, Event},
    ledger::{self, Account, Journal, Transfer},
    money::Money,
    policy::Policy,
    seal::Seal,
};

/// Pays those open bills of a unit that its credit covers, oldest month first; what was paid.
///
/// A bill is paid on the day on which the money for it was complete, in whatever order the notices of it come: a notice that was on its way
/// for three days neither makes nor spares a penalty.
pub(super) async fn settle_unit(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    policy: &Policy,
    now: DateTime<Utc>,
    unit: Uuid,
) -> Result<Vec<UnitBill>, Error> {
    let account = Account::UnitCredit(unit);
    let (mut left, mut paid) = (ledger::balance(connection, account).await?, Vec::new());
    let open = store::open_unit_bills(connection, unit).await?;
    if left == Money::ZERO && open.iter().all(|it| it.total() > Money::ZERO) {
        return Ok(paid);
    }
    let came = ledger::came(connection, account).await?;
    for bill in open {
        let Some(rest) = left
            .checked_sub(bill.total())
            .filter(|it| *it >= Money::ZERO)
        else {
            break;
        };
        left = rest;
        // Nothing is paid before it was asked for, and nothing is late that was there in time.
        let complete_on = complete_on(&came, left);
        let day = day_of(bill.issued_at).max(complete_on.unwrap_or_default());
        let transfers = vec![Transfer {
            from: account,
            to: Account::Allocating(bill.id),
            amount: bill.total(),
            month: Some(bill.month),
        }];
        if bill.total() > Money::ZERO {
            let journal = Journal {
                kind: "employer_bill",
                cause: bill.id,
                day,
                transfers,
            };
            ledger::post(connection, seal, now, &journal).await?;
        }
        // Of the contributions alone: a penalty bears none itself.
        let on_time = complete_on.unwrap_or(bill.due_on);
        let late = pu::penalty(policy, bill.contributions, bill.due_on, on_time)?;
        store::pay_unit_bill(connection, bill.id, day, late).await?;
        paid.push(UnitBill {
            state: State::Allocating,
            paid_on: Some(day),
            ..bill
        });
    }
    let events = paid.iter().map(|it| Event {
        kind: "employer_bill.paid",
        subject: it.id,
        participant: None,
        facts: serde_json::json!({ "totalIdr": it.total().idr() }),
    });
    event::record(connection, seal, now, events).await?;
    Ok(paid)
}

/// The day on which so much had come that `left` remains of it; none where nothing ever came.
fn complete_on(came: &[(NaiveDate, Money)], left: Money) -> Option<NaiveDate> {
    let all: Money = came.iter().map(|it| it.1).sum();
    let needed = all.idr() - left.idr();
    let mut sum = 0;
    came.iter()
        .find(|it| {
            sum += it.1.idr();
            sum >= needed
        })
        .map(|it| it.0)
}

impl Contributions {
    /// What becomes of money whose code is a unit's; none where the code is nobody's.
    pub(in super::super) async fn take_for_unit(
        &self,
        connection: &impl ConnectionTrait,
        notice: &Notice,
        now: DateTime<Utc>,
    ) -> Result<Option<Fate>, Error> {
        let bill = store::unit_bill_by_code(connection, &notice.payment_code).await?;
        let Some(bill) = bill else { return Ok(None) };
        if self.is_stale(notice, now)? {
            return Ok(Some(Fate::Suspended(SuspenseReason::Stale)));
        }
        let coming = Coming::payment(notice, Account::Clearing);
        let settled = self
            .credit_unit(connection, now, bill.unit, &coming)
            .await?;
        Ok(Some(Fate::Settled(settled)))
    }

    /// Gives suspended money to a unit, as if it had been paid for it on its day.
    pub(crate) async fn allocate_to_unit(
        &self,
        caller: &Caller,
        id: Uuid,
        npp: &Npp,
        reason: &str,
    ) -> Result<Payment, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let place = employer::own_place(&transaction, caller, npp).await?;
        let unit = place.ok_or(Error::NotFound)?.id;
        employer::hold_unit(&transaction, unit).await?;
        let account = Account::UnitCredit(unit);
        let is_there = ledger::has_come(&transaction, account, id).await?;
        let before = |known: &Payment| is_there && matches!(known.fate, Fate::Settled(_));
        let mut payment = waiting(&transaction, id, before).await?;
        if !matches!(payment.fate, Fate::Suspended(_)) {
            return Ok(payment);
        }
        let coming = Coming::payment(&payment.notice, Account::Suspense(id));
        let settled = self.credit_unit(&transaction, now, unit, &coming).await?;
        payment.fate = Fate::Settled(settled);
        let (seal, decided) = (&self.seal, std::slice::from_ref(&payment));
        store::insert_decisions(&transaction, seal, decided, caller.id, reason, now).await?;
        event::record(&transaction, seal, now, [told(&payment, None)]).await?;
        let actor = caller.into();
        audit::wrote(&transaction, seal, now, actor, "AllocatePayment", id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(payment)
    }

    /// Credits a unit with money and pays what it can; what came of it.
    pub(in super::super) async fn credit_unit(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        unit: Uuid,
        coming: &Coming,
    ) -> Result<Settled, Error> {
        if !employer::hold_unit(connection, unit).await? {
            return Err(db::Error::Unknown("employer_bill.unit_id").into());
        }
        let journal = Journal {
            kind: coming.kind,
            cause: coming.cause,
            day: coming.day,
            transfers: vec![Transfer {
                from: coming.from,
                to: Account::UnitCredit(unit),
                amount: coming.amount,
                month: None,
            }],
        };
        ledger::post(connection, &self.seal, now, &journal).await?;
        let paid = settle_unit(connection, &self.seal, &self.policy, now, unit).await?;
        let applied: Money = paid.iter().map(UnitBill::total).sum();
        Ok(Settled {
            applied,
            credited_idr: coming.amount.idr() - applied.idr(),
            months: paid.iter().map(|it| it.month).collect(),
        })
    }
}
