use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, Value};
use uuid::Uuid;

use super::Savings;
use crate::{db, ledger::Account, money::Money};

/// What was added up after a day, so that it can be taken off what is kept.
const LATER: &str = "- CAST(COALESCE((SELECT SUM(amount_idr) FROM transfer WHERE credit_account = a.id AND day > $2), 0) AS BIGINT) \
     + CAST(COALESCE((SELECT SUM(amount_idr) FROM transfer WHERE debit_account = a.id AND day > $2), 0) AS BIGINT)";

/// The savings of `people` as they are kept, or at the end of `day`: then less what came after it. One statement. Only those who
/// have paid are in it; without old-age savings they have no accounts.
pub(super) async fn savings(
    connection: &impl ConnectionTrait,
    people: &[Uuid],
    day: Option<NaiveDate>,
) -> Result<HashMap<Uuid, Savings>, db::Error> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let kind = Account::Jht(Uuid::nil()).kind();
    let mut values: Vec<Value> = vec![kind.into()];
    let (later, opened) = match day {
        Some(day) => {
            values.push(day.into());
            (LATER, "AND a.opened_on <= $2")
        }
        None => ("", ""),
    };
    let among = db::among(people, &mut values);
    let sql = format!(
        "SELECT m.participant_id, m.id AS membership_id, a.opened_on, a.balance_idr {later} AS balance_idr \
         FROM membership m LEFT JOIN ledger_account a ON a.kind = $1 AND a.owner_id = m.id {opened} \
         WHERE m.participant_id {among} AND (m.covered_from IS NOT NULL OR m.segment = 'pu') ORDER BY m.opened_at, m.id"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    let mut found: HashMap<Uuid, Savings> = HashMap::new();
    for row in rows {
        // By place, not by name: this is read more often than anything else.
        let savings = found.entry(row.try_get_by_index(0)?).or_default();
        let opened_on: Option<NaiveDate> = row.try_get_by_index(2)?;
        let Some(opened_on) = opened_on else { continue };
        let balance = Money::new(row.try_get_by_index(3)?);
        savings.accounts.push((row.try_get_by_index(1)?, balance));
        savings.opened_on = Some(savings.opened_on.map_or(opened_on, |it| it.min(opened_on)));
    }
    Ok(found)
}
