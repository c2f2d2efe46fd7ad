//! A unit's bill is filled: each employee's shares, five hundred a transaction. Whoever dies in the middle is followed by the next, who
//! goes on behind the last membership that was done.

use sea_orm::ConnectionTrait;

use super::{
    super::{Contributions, Error, rules::pu, store},
    CHUNK, RowShares, State, UnitBill, UnitRow,
    issue::in_month,
    settle::settle_unit,
};
use crate::{
    db,
    employer::{self, Employed},
    event::{self, Event},
    money::Money,
    notification::Wording,
    participant,
};
use std::collections::HashMap;

impl Contributions {
    /// Goes on with the bill that waits longest to be computed; how many employees it looked at, and one more when a bill is done.
    pub(crate) async fn compute_bills(&self) -> Result<usize, Error> {
        let waiting = store::next_unit_bill(self.db.reader(), State::Computing).await?;
        let Some(id) = waiting else { return Ok(0) };
        db::retrying(|| self.compute_chunk(id)).await
    }

    async fn compute_chunk(&self, id: uuid::Uuid) -> Result<usize, Error> {
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
            store::insert_unit_rows(&transaction, &self.seal, bill.id, &rows).await?;
            let done = (last.membership, rows.len(), sum);
            store::grow_unit_bill(&transaction, bill.id, done).await?;
        } else {
            self.open(&transaction, now, bill).await?;
        }
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(page.len() + 1)
    }

    /// What each of a page owes for the month.
    async fn rows(
        &self,
        connection: &impl ConnectionTrait,
        bill: &UnitBill,
        page: &[Employed],
    ) -> Result<Vec<UnitRow>, Error> {
        let employed = in_month(connection, page, bill.month).await?;
        if employed.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = employed.iter().map(|it| it.membership).collect();
        let wages: HashMap<_, _> = employer::wages(connection, &ids, bill.month)
            .await?
            .into_iter()
            .map(|(_, it)| (it.membership, it.wage))
            .collect();
        let people: Vec<_> = employed.iter().map(|it| it.participant).collect();
        let civil = participant::civil_of(connection, &people).await?;
        let tariff = bill.tariff(&self.policy)?;
        let programmes = employer::programmes_of(bill.scale);
        let mut rows = Vec::with_capacity(employed.len());
        for it in &employed {
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
                scale: bill.scale,
                programmes: &programmes,
            };
            let worker = pu::Worker {
                is_jkp_eligible: it.in_jkn && pu::is_jkp_eligible(&self.policy, &facts)?,
                holds_jp: pu::holds_jp_in(&self.policy, birth_date, bill.month)?,
            };
            rows.push(UnitRow {
                membership: it.membership,
                wage,
                worker,
                shares: RowShares::from(&tariff.assess(wage, worker)),
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
        let today = self.clock.today();
        settle_unit(
            connection,
            &self.seal,
            &self.policy,
            now,
            (bill.unit, today),
        )
        .await?;
        Ok(())
    }
}
