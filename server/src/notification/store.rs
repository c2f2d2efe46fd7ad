use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, QuerySelect, Value, entity::prelude::*};
use uuid::Uuid;

use super::{Delivery, Fate, Way};
use crate::{db, identity::Channel};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub channel: String,
    pub state: String,
    pub payload: Option<Vec<u8>>,
    pub attempts: i32,
    pub created_at: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
    pub leased_until: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub is_code: bool,
    /// Not before this moment, where the carrier has failed.
    pub not_before: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A message that this worker alone may hand over until its lease ends.
pub(super) struct Leased {
    pub(super) id: Uuid,
    pub(super) channel: Channel,
    pub(super) payload: Vec<u8>,
    pub(super) is_code: bool,
    /// How often it was leased, this time included.
    pub(super) tries: i32,
}

/// A message that is to wait for a worker.
pub(super) struct Waiting {
    pub(super) id: Uuid,
    pub(super) channel: Channel,
    pub(super) is_code: bool,
    pub(super) payload: Vec<u8>,
    pub(super) not_after: DateTime<Utc>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    Sent,
    Failed,
    /// Nobody knows whether it has left.
    Unconfirmed,
    /// Tried again from then on.
    Again(DateTime<Utc>),
}

impl Outcome {
    /// What it is counted under.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Unconfirmed => "unconfirmed",
            Self::Again(_) => "again",
        }
    }
}

pub(super) async fn insert(
    connection: &impl ConnectionTrait,
    messages: Vec<Waiting>,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    if messages.is_empty() {
        return Ok(());
    }
    let rows = messages.into_iter().map(|it| ActiveModel {
        id: Set(it.id),
        channel: Set(it.channel.code().to_owned()),
        state: Set("queued".to_owned()),
        payload: Set(Some(it.payload)),
        attempts: Set(0),
        created_at: Set(now),
        not_after: Set(it.not_after),
        leased_until: Set(None),
        sent_at: Set(None),
        is_code: Set(it.is_code),
        not_before: Set(None),
    });
    db::insert_all(connection, rows.collect()).await
}

/// How far message `id` has come.
pub(crate) async fn delivery(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Way>, db::Error> {
    let row: Option<(String, i32)> = Entity::find_by_id(id)
        .select_only()
        .column(Column::State)
        .column(Column::Attempts)
        .into_tuple()
        .one(connection)
        .await?;
    let Some((state, attempts)) = row else {
        return Ok(None);
    };
    let delivery = match state.as_str() {
        "queued" | "leased" => Delivery::Queued,
        "sent" => Delivery::Sent,
        "unconfirmed" => Delivery::Unconfirmed,
        "delivered" => Delivery::Delivered,
        "failed" => Delivery::Failed,
        _ => return Err(db::Error::Unknown("message.state")),
    };
    Ok(Some(Way {
        delivery,
        was_tried: attempts > 0,
        an_attempt_ended: attempts > i32::from(state == "leased"),
    }))
}

/// What stands of a message after a carrier has told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub fate: Fate,
    /// Whether it was news.
    pub is_news: bool,
}

/// Keeps what a carrier tells of message `id`; `None` where no carrier was ever handed it. Whatever order receipts come in, that it
/// has come outweighs that it will not. One that waits to be handed over again is not any more.
pub(crate) async fn told(
    connection: &impl ConnectionTrait,
    id: Uuid,
    fate: Fate,
) -> Result<Option<Told>, db::Error> {
    let (state, unless) = match fate {
        Fate::Delivered => ("delivered", "state <> 'delivered'"),
        Fate::Failed => ("failed", "state NOT IN ('delivered', 'failed')"),
    };
    let sql = format!(
        "UPDATE message SET state = '{state}', payload = NULL WHERE id = $1 AND attempts > 0 AND {unless}"
    );
    let kept = connection
        .execute_raw(db::statement(connection, &sql, [id.into()]))
        .await?;
    let way = delivery(connection, id).await?;
    Ok(way.filter(|it| it.was_tried).map(|way| Told {
        fate: match way.delivery {
            Delivery::Delivered => Fate::Delivered,
            Delivery::Queued | Delivery::Sent | Delivery::Unconfirmed | Delivery::Failed => {
                Fate::Failed
            }
        },
        is_news: kept.rows_affected() == 1,
    }))
}

/// Lets none of `ids` leave that still waits.
pub(crate) async fn forget(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<(), db::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut values = Vec::new();
    let among = db::among(ids, &mut values);
    let sql = format!(
        "UPDATE message SET state = 'failed', payload = NULL WHERE id {among} AND state = 'queued'"
    );
    connection
        .execute_raw(db::statement(connection, &sql, values))
        .await?;
    Ok(())
}

/// Since when a message may be handed over; the index `message_due` is by these very words.
const DUE_AT: &str = "COALESCE(not_before, created_at)";

/// Whether there may be anything to do. Asked without a lock, so that those who look for work five times a second hold up nobody.
pub(super) async fn anything_waits(connection: &impl ConnectionTrait) -> Result<bool, db::Error> {
    let sql = "SELECT 1 FROM message WHERE state IN ('queued', 'leased') LIMIT 1";
    let row = connection
        .query_one_raw(db::statement(connection, sql, []))
        .await?;
    Ok(row.is_some())
}

/// Takes the waiting codes of `channels`, and the other messages, that have waited longest. A code whose worker died is never leased
/// again, for it must not leave twice, and the person can ask for another. Any other message is taken up again after its lease.
pub(super) async fn lease(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    channels: &[Channel],
    round: u64,
) -> Result<Vec<Leased>, db::Error> {
    let abandoned = "UPDATE message SET \
                     state = CASE WHEN state = 'queued' THEN 'failed' WHEN is_code THEN 'unconfirmed' ELSE 'queued' END, \
                     payload = CASE WHEN is_code OR state = 'queued' THEN NULL ELSE payload END \
                     WHERE (state = 'leased' AND leased_until <= $1) OR (state = 'queued' AND not_after <= $1)";
    connection
        .execute_raw(db::statement(connection, abandoned, [now.into()]))
        .await?;
    // Codes have a share of their own, so that no crowd of reminders holds them up: they are good for five minutes.
    let shares = channels
        .iter()
        .flat_map(|channel| ["TRUE", "FALSE"].map(|is_code| (channel.code(), is_code)))
        .enumerate()
        .map(|(at, (channel, is_code))| {
            format!(
                "SELECT id FROM (SELECT id FROM message WHERE state = 'queued' AND channel = '{channel}' AND is_code = {is_code} \
                 AND {DUE_AT} <= $2 ORDER BY {DUE_AT}, id LIMIT {round}) AS share{at}"
            )
        });
    let shares: Vec<_> = shares.collect();
    let sql = format!(
        "UPDATE message SET state = 'leased', leased_until = $1, attempts = attempts + 1 \
         WHERE id IN ({}) AND state = 'queued' RETURNING id, channel, payload, is_code, attempts",
        shares.join(" UNION ALL ")
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, [until.into(), now.into()]))
        .await?;
    rows.iter()
        .map(|row| {
            let channel: String = row.try_get("", "channel")?;
            Ok(Leased {
                id: row.try_get("", "id")?,
                channel: Channel::from_code(&channel)
                    .ok_or(db::Error::Unknown("message.channel"))?,
                payload: row.try_get("", "payload")?,
                is_code: row.try_get("", "is_code")?,
                tries: row.try_get("", "attempts")?,
            })
        })
        .collect()
}

/// Keeps how each ended, and forgets what it said unless it is to be said again.
pub(super) async fn finish(
    connection: &impl ConnectionTrait,
    outcomes: &[(Uuid, Outcome)],
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let (mut sent, mut failed, mut unconfirmed) = (Vec::new(), Vec::new(), Vec::new());
    for (id, outcome) in outcomes {
        match outcome {
            Outcome::Sent => sent.push(*id),
            Outcome::Failed => failed.push(*id),
            Outcome::Unconfirmed => unconfirmed.push(*id),
            Outcome::Again(not_before) => {
                let sql = "UPDATE message SET state = 'queued', not_before = $1 WHERE id = $2 AND state = 'leased'";
                let values = [(*not_before).into(), (*id).into()];
                connection
                    .execute_raw(db::statement(connection, sql, values))
                    .await?;
            }
        }
    }
    let ends: [(_, _, Vec<Value>); 3] = [
        (sent, "state = 'sent', sent_at = $1", vec![now.into()]),
        (failed, "state = 'failed'", Vec::new()),
        (unconfirmed, "state = 'unconfirmed'", Vec::new()),
    ];
    for (ids, what, mut values) in ends {
        if ids.is_empty() {
            continue;
        }
        let among = db::among(&ids, &mut values);
        let sql = format!(
            "UPDATE message SET {what}, payload = NULL WHERE id {among} AND state = 'leased'"
        );
        connection
            .execute_raw(db::statement(connection, &sql, values))
            .await?;
    }
    Ok(())
}
