//! A unit's bill: drawn up, shown, looked up.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    super::{Contributions, Error, rules::pu, store},
    State, UnitBill, UnitBillShown, UnitRow,
    price::{Price, prices_of},
};
use crate::{
    audit,
    caller::Caller,
    db,
    employer::{self, Npp, Place},
    event::{self, Event},
    ledger::{self, Account},
    money::{Money, Month},
    participant,
};

/// How many employees are looked at in one statement when they are counted.
const PAGE: u64 = 500;

impl Contributions {
    /// Issues the bill of a month for a unit, or shows it when issued before. Its rows are computed afterwards.
    pub(crate) async fn issue_for_unit(
        &self,
        caller: &Caller,
        id: Uuid,
        npp: &Npp,
        month: Month,
    ) -> Result<UnitBillShown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let place = employer::own_place(&transaction, caller, npp).await?;
        let place = place.ok_or(Error::NotFound)?;
        employer::hold_unit(&transaction, place.id).await?;
        if let Some(known) = store::unit_bill(&transaction, id).await? {
            if known.unit != place.id || known.month != month {
                return Err(Error::IdTaken);
            }
            return self.unit_bill_shown(&transaction, known, place.npp).await;
        }
        if month > Month::of(self.clock.today()) {
            return Err(Error::MonthAhead);
        }
        if let Some(bill) = store::unit_bill_of(&transaction, place.id, month).await? {
            return Err(Error::BillExists { bill, month });
        }
        let is_anything_owed = self
            .is_anybody_unbilled(&transaction, &place, month)
            .await?
            || store::owes_for_being_late(&transaction, place.id).await?;
        if !is_anything_owed {
            return Err(Error::NobodyEmployed { month });
        }
        let bill = self
            .draw_for_unit(&transaction, now, id, &place, month)
            .await?;
        store::insert_unit_bill(&transaction, &self.seal, &bill).await?;
        let issued = Event {
            kind: "employer_bill.issued",
            subject: id,
            participant: None,
            facts: serde_json::json!({ "npp": place.npp, "month": month.to_string() }),
        };
        event::record(&transaction, &self.seal, now, [issued]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "IssueEmployerBill", id).await?;
        let shown = self.unit_bill_shown(&transaction, bill, place.npp).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(shown)
    }

    async fn draw_for_unit(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        id: Uuid,
        place: &Place,
        month: Month,
    ) -> Result<UnitBill, Error> {
        let (due_on, _) = pu::due_on(&self.policy, month)?;
        let bill = UnitBill {
            id,
            unit: place.id,
            month,
            payment_code: (100_000_000_000 + self.seal.random_below(900_000_000_000)).to_string(),
            risk_class: place.risk_class,
            labour_intensive: self.is_let_off(connection, place, month).await?,
            scale: place.scale,
            due_on,
            policy_version: self.policy.version().to_owned(),
            issued_at: now,
            state: State::Computing,
            employees: 0,
            contributions: Money::ZERO,
            penalty: Money::ZERO,
            done_through: None,
            paid_on: None,
        };
        // Refused here, where somebody hears it, and not by the worker.
        bill.tariff(&self.policy)?;
        Ok(bill)
    }

    /// Whether half of JKK is let off (PP 7/2025): an officer has confirmed the industry, and enough people work there.
    async fn is_let_off(
        &self,
        connection: &impl ConnectionTrait,
        place: &Place,
        month: Month,
    ) -> Result<bool, Error> {
        let day = month.first_day();
        let off = self.policy.pu_jkk_discount_labour_intensive.on(day)?.value;
        if !place.labour_intensive || off == crate::money::Rate::ZERO {
            return Ok(false);
        }
        let least = self.policy.pu_labour_intensive_workers.on(day)?.value;
        let (mut workers, mut after) = (0, None);
        loop {
            let page = employer::employed_by(connection, place.employer, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(false);
            };
            after = Some(last.membership);
            workers += in_month(connection, &page, month).await?.len();
            if workers >= usize::try_from(least).unwrap_or(usize::MAX) {
                return Ok(true);
            }
        }
    }

    async fn is_anybody_unbilled(
        &self,
        connection: &impl ConnectionTrait,
        place: &Place,
        month: Month,
    ) -> Result<bool, Error> {
        let mut after = None;
        loop {
            let page = employer::employed_at(connection, place.id, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(false);
            };
            after = Some(last.membership);
            let ids: Vec<_> = page.iter().map(|it| it.membership).collect();
            let unbilled = store::unbilled(connection, place.id, month, &ids).await?;
            if !unbilled.is_empty() {
                return Ok(true);
            }
        }
    }

    /// Shows a unit's bill to the unit's users and to officers.
    pub(crate) async fn show_unit_bill(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<UnitBillShown, Error> {
        let reader = self.db.reader();
        let (bill, place) = self.own_bill(reader, caller, id).await?;
        self.audit
            .looked(self.clock.now(), caller, "GetEmployerBill", Some(id))
            .await?;
        self.unit_bill_shown(reader, bill, place.npp).await
    }

    /// A page of a unit's bills, the newest month first, behind `before`.
    pub(crate) async fn unit_bills(
        &self,
        caller: &Caller,
        npp: &Npp,
        before: Option<Month>,
        limit: u64,
    ) -> Result<Vec<UnitBillShown>, Error> {
        let reader = self.db.reader();
        let place = employer::own_place(reader, caller, npp).await?;
        let place = place.ok_or(Error::NotFound)?;
        self.audit
            .looked(
                self.clock.now(),
                caller,
                "ListEmployerBills",
                Some(place.id),
            )
            .await?;
        let bills = store::unit_bills(reader, place.id, before, limit).await?;
        let (credit, open) = self.standing_of(reader, place.id).await?;
        Ok(bills
            .into_iter()
            .map(|bill| UnitBillShown {
                payable: payable(&bill, &open, credit),
                npp: place.npp.clone(),
                lines: Vec::new(),
                jkp: Money::ZERO,
                bill,
            })
            .collect())
    }

    /// A page of what a unit's bill asks for each employee, behind the row `after`, with the prices of the months on it.
    pub(crate) async fn unit_rows(
        &self,
        caller: &Caller,
        id: Uuid,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<(Vec<UnitRow>, BTreeMap<Month, Price<'_>>), Error> {
        let reader = self.db.reader();
        let (bill, _) = self.own_bill(reader, caller, id).await?;
        self.audit
            .looked(self.clock.now(), caller, "ListEmployerBillRows", Some(id))
            .await?;
        let rows = store::unit_rows(reader, id, after, limit).await?;
        let months = rows.iter().map(|it| &it.month);
        let prices = prices_of(reader, &self.policy, &bill, months).await?;
        Ok((rows, prices))
    }

    async fn own_bill(
        &self,
        connection: &impl ConnectionTrait,
        caller: &Caller,
        id: Uuid,
    ) -> Result<(UnitBill, Place), Error> {
        let bill = store::unit_bill(connection, id).await?;
        let bill = bill.ok_or(Error::NotFound)?;
        let place = employer::place(connection, bill.unit).await?;
        let own = place.filter(|it| caller.employer(Some(it.employer)).is_some());
        Ok((bill, own.ok_or(Error::NotFound)?))
    }

    /// What is open at a unit, oldest month first, and its credit.
    async fn standing_of(
        &self,
        connection: &impl ConnectionTrait,
        unit: Uuid,
    ) -> Result<(Money, Vec<UnitBill>), Error> {
        let credit = ledger::balance(connection, Account::UnitCredit(unit)).await?;
        Ok((credit, store::open_unit_bills(connection, unit).await?))
    }

    pub(in super::super) async fn unit_bill_shown(
        &self,
        connection: &impl ConnectionTrait,
        bill: UnitBill,
        npp: String,
    ) -> Result<UnitBillShown, Error> {
        let (credit, open) = self.standing_of(connection, bill.unit).await?;
        let (lines, jkp) = store::unit_sums(connection, bill.id).await?;
        Ok(UnitBillShown {
            payable: payable(&bill, &open, credit),
            bill,
            npp,
            lines,
            jkp,
        })
    }
}

/// What is to be paid with a bill's code: money pays the oldest month first, so earlier open bills come with it.
fn payable(bill: &UnitBill, open: &[UnitBill], credit: Money) -> Money {
    if bill.state != State::Open {
        return Money::ZERO;
    }
    let asked: Money = open
        .iter()
        .filter(|it| it.month <= bill.month)
        .map(UnitBill::total)
        .sum();
    let payable = asked.checked_sub(credit).filter(|it| *it > Money::ZERO);
    payable.unwrap_or(Money::ZERO)
}

/// Those of `page` who were employed on a day of `month` (C10: such a month is billed whole).
async fn in_month(
    connection: &impl ConnectionTrait,
    page: &[employer::Employed],
    month: Month,
) -> Result<Vec<employer::Employed>, db::Error> {
    let ids: Vec<_> = page.iter().map(|it| it.membership).collect();
    let covered = participant::covered_in(connection, &ids, month).await?;
    let found = page.iter().filter(|it| covered.contains(&it.membership));
    Ok(found.copied().collect())
}
