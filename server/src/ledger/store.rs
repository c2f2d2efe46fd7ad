use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
mod check;
mod statement;

pub(crate) use check::verify;
pub(crate) use statement::{Movement, came, has_come, movements, suspended};

use sea_orm::{ConnectionTrait, IntoActiveModel, Value, entity::prelude::*};
use uuid::Uuid;

use super::{Account, Journal};
use crate::{db, money::Money, seal::Seal};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "transfer")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub journal_id: Uuid,
    pub kind: String,
    pub cause_id: Uuid,
    pub day: NaiveDate,
    pub month: Option<String>,
    pub debit_account: Uuid,
    pub credit_account: Uuid,
    pub amount_idr: i64,
    pub debit_balance_after: Option<i64>,
    pub credit_balance_after: Option<i64>,
    pub posted_at: DateTime<Utc>,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        let optional = |it: Option<i64>| it.map(i64::to_be_bytes);
        seal.mac("transfer")
            .id(self.id)
            .id(self.journal_id)
            .text(&self.kind)
            .id(self.cause_id)
            .day(self.day)
            .optional(self.month.as_deref().map(str::as_bytes))
            .id(self.debit_account)
            .id(self.credit_account)
            .number(self.amount_idr)
            .optional(
                optional(self.debit_balance_after)
                    .as_ref()
                    .map(|it| it.as_slice()),
            )
            .optional(
                optional(self.credit_balance_after)
                    .as_ref()
                    .map(|it| it.as_slice()),
            )
            .moment(self.posted_at)
            .finish()
    }
}

/// Adds what each account gained or lost; the balances after it. What falls below zero is stopped by the table's own check.
pub(super) async fn move_balances(
    connection: &impl ConnectionTrait,
    net: &BTreeMap<Uuid, (Account, i64)>,
    opened_on: NaiveDate,
) -> Result<BTreeMap<Uuid, i64>, db::Error> {
    let mut after = BTreeMap::new();
    // An insert that would start below zero is refused before its conflict is seen, so what goes out is an update of its own.
    for (id, (_, moved)) in net.iter().filter(|it| it.1.1 < 0) {
        let sql = "UPDATE ledger_account SET balance_idr = balance_idr + $1 WHERE id = $2 RETURNING id, balance_idr";
        let values = [(*moved).into(), (*id).into()];
        let moved = balances(connection, sql, values.to_vec()).await?;
        if moved.is_empty() {
            // Money that is not there cannot go: somebody has been at the accounts.
            return Err(db::Error::Unknown("transfer.debit_account"));
        }
        after.extend(moved);
    }
    let gains: Vec<_> = net.iter().filter(|it| it.1.1 >= 0).collect();
    if gains.is_empty() {
        return Ok(after);
    }
    let sql = format!(
        "INSERT INTO ledger_account (id, kind, owner_id, balance_idr, opened_on) VALUES {} ON CONFLICT (id) \
         DO UPDATE SET balance_idr = ledger_account.balance_idr + excluded.balance_idr, \
         opened_on = CASE WHEN excluded.opened_on < ledger_account.opened_on THEN excluded.opened_on \
         ELSE ledger_account.opened_on END RETURNING id, balance_idr",
        db::placeholders(gains.len(), 5)
    );
    let values = gains.iter().flat_map(|&(id, (account, moved))| {
        [
            (*id).into(),
            account.kind().into(),
            account.owner().into(),
            (*moved).into(),
            opened_on.into(),
        ]
    });
    after.extend(balances(connection, &sql, values.collect()).await?);
    Ok(after)
}

async fn balances(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<(Uuid, i64)>, db::Error> {
    let rows = connection
        .query_all_raw(db::statement(connection, sql, values))
        .await?;
    let row =
        |row: &sea_orm::QueryResult| Ok((row.try_get("", "id")?, row.try_get("", "balance_idr")?));
    rows.iter().map(row).collect()
}

pub(super) async fn insert_transfers(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    posted_at: DateTime<Utc>,
    journal: &Journal,
    balances: &mut BTreeMap<Uuid, i64>,
) -> Result<(), db::Error> {
    let journal_id = Uuid::now_v7();
    let mut step = |account: Account, amount: i64| {
        balances.get_mut(&account.id()).map(|balance| {
            *balance += amount;
            *balance
        })
    };
    let mut rows = Vec::with_capacity(journal.transfers.len());
    for transfer in &journal.transfers {
        let amount_idr = transfer.amount.idr();
        let mut row = Model {
            id: Uuid::now_v7(),
            journal_id,
            kind: journal.kind.to_owned(),
            cause_id: journal.cause,
            day: journal.day,
            month: transfer.month.map(|it| it.to_string()),
            debit_account: transfer.from.id(),
            credit_account: transfer.to.id(),
            amount_idr,
            debit_balance_after: step(transfer.from, -amount_idr),
            credit_balance_after: step(transfer.to, amount_idr),
            posted_at,
            mac: Vec::new(),
        };
        row.mac = row.expected_mac(seal);
        rows.push(row.into_active_model());
    }
    Entity::insert_many(rows)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// The balance of a kept account.
pub(crate) async fn balance(
    connection: &impl ConnectionTrait,
    account: Account,
) -> Result<Money, db::Error> {
    let sql = "SELECT balance_idr FROM ledger_account WHERE id = $1";
    let row = connection
        .query_one_raw(db::statement(connection, sql, [account.id().into()]))
        .await?;
    let balance = row.map(|row| row.try_get("", "balance_idr")).transpose()?;
    Ok(Money::new(balance.unwrap_or(0)))
}

/// A kept account as it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    pub balance: Money,
    /// The value date of its first movement.
    pub opened_on: NaiveDate,
}

/// Those of `accounts` that have ever been moved, by their ids.
pub(crate) async fn kept(
    connection: &impl ConnectionTrait,
    accounts: &[Account],
) -> Result<BTreeMap<Uuid, Kept>, db::Error> {
    if accounts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<_> = accounts.iter().map(|it| it.id()).collect();
    let mut values = Vec::new();
    let among = db::among(&ids, &mut values);
    let sql = format!("SELECT id, balance_idr, opened_on FROM ledger_account WHERE id {among}");
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| {
            let kept = Kept {
                balance: Money::new(row.try_get("", "balance_idr")?),
                opened_on: row.try_get("", "opened_on")?,
            };
            Ok((row.try_get("", "id")?, kept))
        })
        .collect()
}

/// The owners of those of `accounts` in which there is money.
pub(crate) async fn owners_with_money(
    connection: &impl ConnectionTrait,
    accounts: &[Account],
) -> Result<Vec<Uuid>, db::Error> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = accounts.iter().map(|it| it.id()).collect();
    let mut values = Vec::new();
    let among = db::among(&ids, &mut values);
    let sql = format!(
        "SELECT owner_id FROM ledger_account WHERE id {among} AND balance_idr > 0 ORDER BY id"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("", "owner_id")?))
        .collect()
}
