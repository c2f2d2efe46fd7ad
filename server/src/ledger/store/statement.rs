use chrono::NaiveDate;
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::{super::Account, Column, Entity, Model};
use crate::{db, money::Month};

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
    /// What caused it.
    pub cause: Uuid,
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

/// What moved `accounts`, newest first, from before `(day, id)` on.
pub(crate) async fn movements(
    connection: &impl ConnectionTrait,
    accounts: &[Account],
    before: Option<(NaiveDate, Uuid)>,
    limit: usize,
) -> Result<Vec<Movement>, db::Error> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = accounts.iter().map(|it| it.id()).collect();
    let touching = Condition::any()
        .add(Column::CreditAccount.is_in(ids.clone()))
        .add(Column::DebitAccount.is_in(ids.clone()));
    let mut query = Entity::find()
        .filter(touching)
        .order_by_desc(Column::Day)
        .order_by_desc(Column::Id)
        .limit(u64::try_from(limit).unwrap_or(u64::MAX));
    if let Some((day, id)) = before {
        let earlier = Condition::any().add(Column::Day.lt(day)).add(
            Condition::all()
                .add(Column::Day.eq(day))
                .add(Column::Id.lt(id)),
        );
        query = query.filter(earlier);
    }
    let rows = query.all(connection).await?;
    rows.into_iter().map(|row| movement(row, &ids)).collect()
}

fn movement(row: Model, ids: &[Uuid]) -> Result<Movement, db::Error> {
    let came_in = ids.contains(&row.credit_account);
    let (account, amount_idr, after) = if came_in {
        (row.credit_account, row.amount_idr, row.credit_balance_after)
    } else {
        (row.debit_account, -row.amount_idr, row.debit_balance_after)
    };
    let month = row.month.as_deref().map(str::parse).transpose();
    Ok(Movement {
        id: row.id,
        account,
        day: row.day,
        month: month.map_err(|_| db::Error::Unknown("transfer.month"))?,
        amount_idr,
        balance_after_idr: after.ok_or(db::Error::Unknown("transfer.balance_after"))?,
        cause: row.cause_id,
    })
}
