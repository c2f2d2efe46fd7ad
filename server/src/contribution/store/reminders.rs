use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{db, money::Month};

/// Keeps that `memberships` are reminded; those that were not before.
pub(in super::super) async fn insert_reminders(
    connection: &impl ConnectionTrait,
    memberships: &[Uuid],
    month: Month,
    kind: &str,
    at: DateTime<Utc>,
) -> Result<Vec<Uuid>, db::Error> {
    let sql = format!(
        "INSERT INTO reminder (membership_id, month, kind, at) VALUES {} ON CONFLICT (membership_id, month, kind) DO NOTHING \
         RETURNING membership_id",
        db::placeholders(memberships.len(), 4)
    );
    let month = month.to_string();
    let values = memberships
        .iter()
        .flat_map(|&it| [it.into(), month.as_str().into(), kind.into(), at.into()]);
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("", "membership_id")?))
        .collect()
}
