use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

use super::super::{Account, FROM_PAYMENT};
use crate::{
    db,
    money::{Money, Month},
};

/// One movement of a kept account.
#[derive(Clone, Debug)]
pub(crate) struct Movement {
    /// Identifies it.
    pub id: Uuid,
    /// The account's id.
    pub account: Uuid,
    /// The value date.
    pub day: NaiveDate,
    /// The contribution month.
    pub month: Option<Month>,
    /// How much came in; negative when it went out.
    pub amount_idr: i64,
    /// The balance after it.
    pub balance_after_idr: i64,
    /// The payment that it came from; none where credit paid a bill.
    pub payment: Option<Uuid>,
    /// The kind of its journal.
    pub kind: String,
}

/// The payments whose money is set aside, with the day since when, oldest first, from after `(day, id)` on.
pub(crate) async fn suspended(
    connection: &impl ConnectionTrait,
    after: Option<(NaiveDate, Uuid)>,
    limit: u64,
) -> Result<Vec<(NaiveDate, Uuid)>, db::Error> {
    let (place, values) = match after {
        Some((day, id)) => (
            "AND (opened_on > $1 OR (opened_on = $1 AND owner_id > $2))",
            vec![day.into(), id.into()],
        ),
        None => ("", Vec::new()),
    };
    let sql = format!(
        "SELECT opened_on, owner_id FROM ledger_account WHERE kind = 'suspense' AND balance_idr > 0 {place} \
         ORDER BY opened_on, owner_id LIMIT {limit}"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "opened_on")?, row.try_get("", "owner_id")?)))
        .collect()
}

/// How much came into an account on each value date, the first first.
pub(crate) async fn came(
    connection: &impl ConnectionTrait,
    account: Account,
) -> Result<Vec<(NaiveDate, Money)>, db::Error> {
    let sql = "SELECT day, CAST(SUM(amount_idr) AS BIGINT) AS came_idr FROM transfer WHERE credit_account = $1 GROUP BY day ORDER BY day";
    let rows = connection
        .query_all_raw(db::statement(connection, sql, [account.id().into()]))
        .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("", "day")?,
                Money::new(row.try_get("", "came_idr")?),
            ))
        })
        .collect()
}

/// Whether money of `cause` has come into an account.
pub(crate) async fn has_come(
    connection: &impl ConnectionTrait,
    account: Account,
    cause: Uuid,
) -> Result<bool, db::Error> {
    let sql = "SELECT id FROM transfer WHERE credit_account = $1 AND cause_id = $2";
    let values = [account.id().into(), cause.into()];
    let row = connection
        .query_one_raw(db::statement(connection, sql, values))
        .await?;
    Ok(row.is_some())
}

/// What moved `accounts`, newest value date first, from before `(day, id)` on. The balance after each line is added up in that
/// order: the one that a transfer keeps is in the order of posting, and money may be posted days after it was paid.
pub(crate) async fn movements(
    connection: &impl ConnectionTrait,
    accounts: &[Account],
    before: Option<(NaiveDate, Uuid)>,
    limit: usize,
) -> Result<Vec<Movement>, db::Error> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = accounts.iter().map(|it| it.id().into()).collect();
    let places: Vec<_> = (1..=values.len()).map(|it| format!("${it}")).collect();
    let accounts = places.join(", ");
    let earlier = match before {
        Some((day, id)) => {
            values.extend([day.into(), id.into()]);
            let (day, id) = (values.len() - 1, values.len());
            format!("WHERE day < ${day} OR (day = ${day} AND id < ${id})")
        }
        None => String::new(),
    };
    let columns = "id, kind, day, month, cause_id";
    let sql = format!(
        "SELECT * FROM (SELECT moved.*, CAST(SUM(amount_idr) OVER (PARTITION BY account ORDER BY day, id) AS BIGINT) AS after_idr \
         FROM (SELECT {columns}, credit_account AS account, amount_idr FROM transfer WHERE credit_account IN ({accounts}) \
         UNION ALL SELECT {columns}, debit_account AS account, -amount_idr AS amount_idr FROM transfer \
         WHERE debit_account IN ({accounts})) AS moved) AS added {earlier} ORDER BY day DESC, id DESC LIMIT {limit}"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter().map(movement).collect()
}

fn movement(row: &QueryResult) -> Result<Movement, db::Error> {
    let kind: String = row.try_get("", "kind")?;
    let month: Option<String> = row.try_get("", "month")?;
    let month = month.as_deref().map(str::parse).transpose();
    Ok(Movement {
        id: row.try_get("", "id")?,
        account: row.try_get("", "account")?,
        day: row.try_get("", "day")?,
        month: month.map_err(|_| db::Error::Unknown("transfer.month"))?,
        amount_idr: row.try_get("", "amount_idr")?,
        balance_after_idr: row.try_get("", "after_idr")?,
        // Credit that pays a bill comes from no one payment.
        payment: (kind == FROM_PAYMENT)
            .then(|| row.try_get("", "cause_id"))
            .transpose()?,
        kind,
    })
}
