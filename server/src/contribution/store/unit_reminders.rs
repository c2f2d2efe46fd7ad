//! Which units' bills are to be reminded of.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{db, money::Month};

/// What makes an open bill soon due.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct SoonDue {
    /// The first and the last of the days on which it is due.
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub issued_before: DateTime<Utc>,
}

/// A bill that is reminded of.
pub(in super::super) struct Due {
    pub unit: Uuid,
    pub month: Month,
    pub payment_code: String,
    pub due_on: NaiveDate,
}

/// Open, soon due, and nobody was reminded of it.
const WHERE: &str =
    "state = 'open' AND reminded_at IS NULL AND due_on BETWEEN $1 AND $2 AND issued_at <= $3";

/// Whether there is anything to remind of.
pub(in super::super) async fn is_anything_due(
    connection: &impl ConnectionTrait,
    soon: SoonDue,
) -> Result<bool, db::Error> {
    let sql = format!("SELECT 1 FROM employer_bill WHERE {WHERE} LIMIT 1");
    let values = [
        soon.from.into(),
        soon.until.into(),
        soon.issued_before.into(),
    ];
    let row = connection
        .query_one_raw(db::statement(connection, &sql, values))
        .await?;
    Ok(row.is_some())
}

/// Takes bills that are to be reminded of; whoever comes second finds them taken.
pub(in super::super) async fn take_due(
    connection: &impl ConnectionTrait,
    soon: SoonDue,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Due>, db::Error> {
    // Asked again outside: another worker may have taken them between the look and the lock.
    let sql = format!(
        "UPDATE employer_bill SET reminded_at = $4 WHERE id IN (SELECT id FROM employer_bill WHERE {WHERE} ORDER BY id LIMIT {limit}) \
         AND {WHERE} RETURNING unit_id, month, payment_code, due_on"
    );
    let values = [
        soon.from.into(),
        soon.until.into(),
        soon.issued_before.into(),
        now.into(),
    ];
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| {
            let month: String = row.try_get("", "month")?;
            Ok(Due {
                unit: row.try_get("", "unit_id")?,
                month: month
                    .parse()
                    .map_err(|_| db::Error::Unknown("employer_bill.month"))?,
                payment_code: row.try_get("", "payment_code")?,
                due_on: row.try_get("", "due_on")?,
            })
        })
        .collect()
}
