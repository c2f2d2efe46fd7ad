//! Counts what must not happen too often, in the database, so that every replica and every restart sees one count.
//!
//! A quota is a key and a window that begins with its first use. [`take`] adds one to many keys in one statement; it is the
//! caller's transaction that keeps or, by rolling back, un-counts them.

use std::time::Duration as Wait;

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;

use crate::db;

/// One thing that is counted.
#[derive(Clone, Debug)]
pub(crate) struct Quota {
    /// What is counted; holds digests, never personal data.
    pub key: String,
    /// How often it may happen in one window.
    pub limit: i64,
    /// How long the window lasts.
    pub window: Duration,
}

/// Where a quota stands after it was counted.
#[derive(Clone, Debug)]
pub(crate) struct Count {
    /// What was counted.
    pub key: String,
    /// How often it may still happen; negative when it happened too often.
    pub left: i64,
    /// When the window ends.
    pub ends_at: DateTime<Utc>,
}

/// A digest as a part of a key.
pub(crate) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|it| format!("{it:02x}")).collect()
}

impl Count {
    /// How long until the window ends, in whole seconds, so never a moment too early.
    pub(crate) fn wait(&self, now: DateTime<Utc>) -> Wait {
        let milliseconds = (self.ends_at - now).num_milliseconds().max(0);
        let seconds = milliseconds / 1_000 + i64::from(milliseconds % 1_000 > 0);
        Wait::from_secs(seconds.unsigned_abs())
    }
}

/// Counts each of `quotas` once more.
pub(crate) async fn take(
    connection: &impl ConnectionTrait,
    quotas: &[Quota],
    now: DateTime<Utc>,
) -> Result<Vec<Count>, db::Error> {
    // Locked in one order by everybody, so that two that share keys cannot wait for each other.
    let mut ordered: Vec<&Quota> = quotas.iter().collect();
    ordered.sort_by(|left, right| left.key.cmp(&right.key));
    let sql = format!(
        "INSERT INTO quota (key, taken, began_at, ends_at) VALUES {} ON CONFLICT (key) DO UPDATE SET \
         taken = CASE WHEN quota.ends_at <= excluded.began_at THEN 1 ELSE quota.taken + 1 END, \
         began_at = CASE WHEN quota.ends_at <= excluded.began_at THEN excluded.began_at ELSE quota.began_at END, \
         ends_at = CASE WHEN quota.ends_at <= excluded.began_at THEN excluded.ends_at ELSE quota.ends_at END \
         RETURNING key, taken, ends_at",
        db::placeholders(ordered.len(), 4)
    );
    let values = ordered.iter().flat_map(|quota| {
        [
            quota.key.clone().into(),
            1_i64.into(),
            now.into(),
            (now + quota.window).into(),
        ]
    });
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| {
            let key: String = row.try_get("", "key")?;
            let taken: i64 = row.try_get("", "taken")?;
            let ends_at = row.try_get("", "ends_at")?;
            let limit = quotas
                .iter()
                .find(|quota| quota.key == key)
                .map_or(0, |quota| quota.limit);
            Ok(Count {
                key,
                left: limit - taken,
                ends_at,
            })
        })
        .collect()
}

/// Gives one use of each key back: what was counted as a failure beforehand turned out to be none.
pub(crate) async fn give_back(
    connection: &impl ConnectionTrait,
    keys: [String; 2],
) -> Result<(), db::Error> {
    let sql = "UPDATE quota SET taken = taken - 1 WHERE key IN ($1, $2) AND taken > 0";
    connection
        .execute_raw(db::statement(connection, sql, keys.map(Into::into)))
        .await?;
    Ok(())
}
