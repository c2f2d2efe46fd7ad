//! A paid bill's money is handed on: to each employee's savings, to the funds, five hundred employees a transaction. What is under way
//! lies in the bill's own account, which is empty when all is done.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    super::{Contributions, Error, store},
    CHUNK, State, UnitBill, UnitRow,
};
use crate::{
    db, employer,
    event::{self, Event},
    ledger::{self, Account, Journal, Transfer},
    money::{Money, Month},
    participant,
    scheme::Programme,
};

/// The programmes whose money a fund keeps; JHT is each employee's own.
const FUNDS: [Programme; 4] = [
    Programme::Jkk,
    Programme::Jkm,
    Programme::Jp,
    Programme::Jkp,
];

impl Contributions {
    /// Goes on with the paid bill that waits longest; how many employees it looked at, and one more when a bill is done.
    pub(crate) async fn allocate_bills(&self) -> Result<usize, Error> {
        let Some(id) = self.next_bill(State::Allocating).await? else {
            return Ok(0);
        };
        let done = db::retrying(|| self.allocate_chunk(id)).await;
        self.or_later(id, done).await
    }

    async fn allocate_chunk(&self, id: Uuid) -> Result<usize, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let bill = store::unit_bill(&transaction, id).await?;
        let bill = bill.ok_or(db::Error::Unknown("employer_bill.id"))?;
        employer::hold_unit(&transaction, bill.unit).await?;
        let bill = store::unit_bill(&transaction, id).await?;
        let bill = bill.filter(|it| it.state == State::Allocating);
        let Some(bill) = bill else { return Ok(1) };
        let rows = store::unit_rows(&transaction, bill.id, bill.done_through, CHUNK).await?;
        if rows.is_empty() {
            self.close(&transaction, now, &bill).await?;
        } else {
            self.hand_on(&transaction, now, &bill, &rows).await?;
        }
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(rows.len() + 1)
    }

    async fn hand_on(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        bill: &UnitBill,
        rows: &[UnitRow],
    ) -> Result<(), Error> {
        let day = bill
            .paid_on
            .ok_or(db::Error::Unknown("employer_bill.paid_on"))?;
        let from = Account::Allocating(bill.id);
        let savings = rows.iter().map(|it| {
            let jht = it.shares.of(Programme::Jht);
            (Account::Jht(it.membership), jht, it.month)
        });
        let mut months: BTreeMap<Month, Vec<&UnitRow>> = BTreeMap::new();
        for row in rows {
            months.entry(row.month).or_default().push(row);
        }
        let funds = months.iter().flat_map(|(month, rows)| {
            FUNDS.into_iter().map(|fund| {
                let sum: Money = rows.iter().map(|it| it.shares.fund(fund)).sum();
                (Account::Fund(fund), sum, *month)
            })
        });
        let transfers = savings.chain(funds).filter(|it| it.1 > Money::ZERO);
        let journal = Journal {
            kind: ledger::FROM_EMPLOYER,
            cause: bill.id,
            day,
            transfers: transfers
                .map(|(to, amount, month)| Transfer {
                    from,
                    to,
                    amount,
                    month: Some(month),
                })
                .collect(),
        };
        store::insert_unit_contributions(connection, &self.seal, bill, day, rows).await?;
        ledger::post(connection, &self.seal, now, &journal).await?;
        for (month, rows) in months {
            let ids: Vec<_> = rows.iter().map(|it| it.membership).collect();
            participant::paid_through(connection, &ids, month).await?;
        }
        let last = rows.last().map(|it| it.id).unwrap_or_default();
        Ok(store::allocate_unit_rows(connection, bill, last, now).await?)
    }

    /// Every employee has what is his; what is left is the penalty.
    async fn close(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        bill: &UnitBill,
    ) -> Result<(), Error> {
        if bill.penalty > Money::ZERO {
            let journal = Journal {
                kind: "penalty",
                cause: bill.id,
                day: bill
                    .paid_on
                    .ok_or(db::Error::Unknown("employer_bill.paid_on"))?,
                transfers: vec![Transfer {
                    from: Account::Allocating(bill.id),
                    to: Account::Penalties,
                    amount: bill.penalty,
                    month: Some(bill.month),
                }],
            };
            ledger::post(connection, &self.seal, now, &journal).await?;
        }
        store::close_unit_bill(connection, bill.id).await?;
        let done = Event {
            kind: "employer_bill.allocated",
            subject: bill.id,
            participant: None,
            facts: serde_json::json!({ "employees": bill.employees }),
        };
        Ok(event::record(connection, &self.seal, now, [done]).await?)
    }
}
