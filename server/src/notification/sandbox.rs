//! The sandbox's carrier: keeps what it was handed, sealed, for `ListMessages` to show.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::Payload;
use crate::{
    db::{self, Db},
    fault::{self, Part},
    seal::{Datum, Seal},
};

/// How many messages are shown.
const SHOWN_MAX: u64 = 100;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sandbox_message")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub contact_digest: Vec<u8>,
    pub payload: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A message as the sandbox shows it.
pub(crate) struct Shown {
    /// The message's id, by which a carrier tells what became of it.
    pub id: Uuid,
    /// Where it would have gone.
    pub contact: String,
    /// What it says.
    pub text: String,
    /// The code in it.
    pub code: Option<String>,
    /// When it was handed over.
    pub at: DateTime<Utc>,
}

/// Takes messages as a carrier would, all in one transaction: one each would cost the store more than all else. The ids of those
/// that it refused.
pub(super) async fn send(
    db: &Db,
    seal: &Seal,
    now: DateTime<Utc>,
    mut messages: Vec<(Uuid, Payload)>,
) -> Result<Vec<Uuid>, db::Error> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let struck = fault::strikes_among(db, Part::Sender, messages.len()).await?;
    let refused = messages.drain(..struck).map(|(id, _)| id).collect();
    if messages.is_empty() {
        return Ok(refused);
    }
    let rows = messages.iter().map(|(id, payload)| {
        let text = serde_json::to_string(payload).expect("strings are JSON");
        ActiveModel {
            id: Set(*id),
            at: Set(now),
            contact_digest: Set(seal.digest(Datum::Contact, &payload.contact)),
            payload: Set(seal.seal(Datum::Message, *id, &text)),
        }
    });
    let transaction = db.begin_write().await?;
    // The same message again is the same message.
    Entity::insert_many(rows)
        .on_conflict_do_nothing_on([Column::Id])
        .exec_without_returning(&transaction)
        .await?;
    transaction.commit().await?;
    Ok(refused)
}

/// The newest messages, to `contact` or to anybody.
pub(crate) async fn shown(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    contact: Option<&str>,
) -> Result<Vec<Shown>, db::Error> {
    let mut query = Entity::find()
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(SHOWN_MAX);
    if let Some(contact) = contact {
        query = query.filter(Column::ContactDigest.eq(seal.digest(Datum::Contact, contact)));
    }
    let rows = query.all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let payload = seal.open(Datum::Message, row.id, &row.payload)?;
            let payload: Payload = serde_json::from_str(&payload)
                .map_err(|_| db::Error::Unknown("sandbox_message.payload"))?;
            Ok(Shown {
                id: row.id,
                contact: payload.contact,
                text: payload.text,
                code: payload.code,
                at: row.at,
            })
        })
        .collect()
}
