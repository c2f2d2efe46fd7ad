//! A unit's bill is filled: each employee's shares, five hundred a transaction. Whoever dies in the middle is followed by the next, who
//! goes on behind the last membership that was done.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    super::{Contributions, Error, rules::pu, store},
    CHUNK, RowShares, State, UnitBill, UnitRow,
    price::{Price, prices_of},
    settle::settle_unit,
};
use crate::{
    db,
    employer::{self, Employed},
    event::{self, Event},
    money::{Money, Month},
    notification::Wording,
    participant::{self, Civil},
};

impl Contributions {
    /// Goes on with the bill that waits longest to be computed; how many employees it looked at, and one more when a bill is done.
    pub(crate) async fn compute_bills(&self) -> Result<usize, Error> {
        let Some(id) = self.next_bill(State::Computing).await? else {
            return Ok(0);
        };
        let done = db::retrying(|| self.compute_chunk(id)).await;
        self.or_later(id, done).await
    }

    async fn compute_chunk(&self, id: Uuid) -> Result<usize, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let bill = store::unit_bill(&transaction, id).await?;
        let bill = bill.ok_or(db::Error::Unknown("employer_bill.id"))?;
        // Its money moves one by one, and so does the work on it: another worker may have been faster.
        employer::hold_unit(&transaction, bill.unit).await?;
        let bill = store::unit_bill(&transaction, id).await?;
        let bill = bill.filter(|it| it.state == State::Computing);
        let Some(bill) = bill else { return Ok(1) };
        let page = employer::employed_at(&transaction, bill.unit, bill.done_through, CHUNK).await?;
        if let Some(last) = page.last() {
            let rows = self.rows(&transaction, &bill, &page).await?;
            let sum: Money = rows.iter().map(|it| it.shares.total()).sum();
            let employees: HashSet<_> = rows.iter().map(|it| it.membership).collect();
            store::insert_unit_rows(&transaction, &self.seal, &bill, &rows).await?;
            let done = (last.membership, employees.len(), sum);
            store::grow_unit_bill(&transaction, bill.id, done).await?;
        } else {
            self.open(&transaction, now, bill).await?;
        }
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(page.len() + 1)
    }

    /// What each of a page owes: for the bill's month, and for earlier months whose bill was drawn up before he was reported.
    async fn rows(
        &self,
        connection: &impl ConnectionTrait,
        bill: &UnitBill,
        page: &[Employed],
    ) -> Result<Vec<UnitRow>, Error> {
        let ids: Vec<_> = page.iter().map(|it| it.membership).collect();
        let mut months: BTreeMap<Month, Vec<Employed>> = BTreeMap::new();
        let unbilled = store::unbilled(connection, bill.unit, bill.month, &ids).await?;
        for (membership, month) in unbilled {
            let who = page.iter().find(|it| it.membership == membership);
            months.entry(month).or_default().extend(who);
        }
        let people: Vec<_> = page.iter().map(|it| it.participant).collect();
        let civil = participant::civil_of(connection, &people).await?;
        let mut prices = prices_of(connection, &self.policy, bill, months.keys()).await?;
        let mut rows = Vec::with_capacity(page.len());
        for (month, employed) in months {
            let price = prices.remove(&month);
            let price = price.ok_or(db::Error::Unknown("employer_bill.month"))?;
            let month = (month, price);
            rows.extend(self.month_of(connection, month, &employed, &civil).await?);
        }
        Ok(rows)
    }

    /// What each of `employed` owes for one month.
    async fn month_of(
        &self,
        connection: &impl ConnectionTrait,
        (month, price): (Month, Price<'_>),
        employed: &[Employed],
        civil: &HashMap<Uuid, Civil>,
    ) -> Result<Vec<UnitRow>, Error> {
        let ids: Vec<_> = employed.iter().map(|it| it.membership).collect();
        let wages: HashMap<_, _> = employer::wages(connection, &ids, month)
            .await?
            .into_iter()
            .map(|(_, it)| (it.membership, it.wage))
            .collect();
        let programmes = employer::programmes_of(price.scale);
        let mut rows = Vec::with_capacity(employed.len());
        for it in employed {
            let civil = civil.get(&it.participant);
            let civil = civil.ok_or(db::Error::Unknown("employment.participant_id"))?;
            let birth_date = civil.birth_date;
            // Cover may begin in a month before the first that a wage was reported for.
            let Some(&wage) = wages.get(&it.membership) else {
                return Err(db::Error::Unknown("wage.membership_id").into());
            };
            let facts = pu::JkpFacts {
                is_citizen: !civil.is_foreigner,
                has_employment_relation: true,
                is_in_jkn: it.in_jkn,
                birth_date,
                registered_on: it.reported_on,
                scale: price.scale,
                programmes: &programmes,
            };
            let worker = pu::Worker {
                is_jkp_eligible: it.in_jkn && pu::is_jkp_eligible(&self.policy, &facts)?,
                holds_jp: pu::holds_jp_in(&self.policy, birth_date, month)?,
            };
            rows.push(UnitRow {
                id: Uuid::now_v7(),
                membership: it.membership,
                month,
                wage,
                worker,
                shares: RowShares::from(&price.tariff.assess(wage, worker)),
                is_allocated: false,
            });
        }
        Ok(rows)
    }

    /// All rows are there: what was paid late before is added, the unit is told, and credit pays it if it can.
    async fn open(
        &self,
        connection: &impl ConnectionTrait,
        now: chrono::DateTime<chrono::Utc>,
        bill: UnitBill,
    ) -> Result<(), Error> {
        let penalty = store::bill_what_was_late(connection, bill.unit, bill.id).await?;
        store::open_unit_bill(connection, bill.id, penalty).await?;
        let bill = UnitBill {
            state: State::Open,
            penalty,
            ..bill
        };
        let wording = Wording::EmployerBill {
            month: bill.month,
            amount: bill.total(),
            payment_code: &bill.payment_code,
            due_on: bill.due_on,
        };
        employer::tell(connection, &self.seal, now, bill.unit, wording).await?;
        let opened = Event {
            kind: "employer_bill.opened",
            subject: bill.id,
            participant: None,
            facts: serde_json::json!({ "totalIdr": bill.total().idr(), "employees": bill.employees }),
        };
        event::record(connection, &self.seal, now, [opened]).await?;
        settle_unit(connection, &self.seal, &self.policy, now, bill.unit).await?;
        Ok(())
    }
}
