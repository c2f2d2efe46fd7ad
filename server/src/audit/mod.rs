//! Who did what, who was denied, and who looked at whose data.
//!
//! Every write and every denial leaves a record before the answer; a person's reads of his own data are only counted, once a
//! second, so that looking at one's balance costs no write.

mod store;

pub(crate) use store::verify;

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, NaiveDate, Utc};
use jamsostek_proto::v1::Subject;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    caller::Caller,
    db::{self, Db},
    seal::Seal,
};

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Actor {
    /// The kind of caller; unspecified for somebody without a token.
    pub subject: Subject,
    /// Which one.
    pub id: Option<Uuid>,
}

impl Actor {
    /// Somebody without a token.
    pub(crate) const NOBODY: Self = Self {
        subject: Subject::Unspecified,
        id: None,
    };
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        Self {
            subject: caller.subject,
            id: Some(caller.actor_id()),
        }
    }
}

/// Keeps that `actor` did `action` to `object`, in the transaction of the deed.
pub(crate) async fn wrote(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    actor: Actor,
    action: &str,
    object: Uuid,
) -> Result<(), db::Error> {
    store::insert(connection, seal, now, actor, action, Some(object), "done").await
}

/// How often each person looked at his own data, by rpc and day.
type OwnReads = HashMap<(Uuid, &'static str, NaiveDate), i64>;

/// The reads and denials, which come outside any transaction. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Audit {
    db: Db,
    seal: Seal,
    own: Arc<Mutex<OwnReads>>,
}

impl Audit {
    /// Keeps its records in `db`.
    pub(crate) fn new(db: Db, seal: Seal) -> Self {
        Self {
            db,
            seal,
            own: Arc::default(),
        }
    }

    /// Keeps that `caller` was denied `rpc`.
    pub(crate) async fn denied(
        &self,
        now: DateTime<Utc>,
        caller: &Caller,
        rpc: &str,
    ) -> Result<(), db::Error> {
        self.keep(now, caller, rpc, None, "denied").await
    }

    /// Keeps that `caller` looked at `participant`, before he sees anything; his own data is only counted.
    pub(crate) async fn read(
        &self,
        now: DateTime<Utc>,
        caller: &Caller,
        rpc: &'static str,
        participant: Uuid,
    ) -> Result<(), db::Error> {
        if !caller.is(participant) {
            return self.keep(now, caller, rpc, Some(participant), "read").await;
        }
        let day = crate::clock::day_of(now);
        let mut own = self
            .own
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        *own.entry((participant, rpc, day)).or_default() += 1;
        Ok(())
    }

    /// Keeps that an officer looked at `object`, or at a list; services see only what is their own.
    pub(crate) async fn looked(
        &self,
        now: DateTime<Utc>,
        caller: &Caller,
        rpc: &'static str,
        object: Option<Uuid>,
    ) -> Result<(), db::Error> {
        if caller.subject != Subject::Officer {
            return Ok(());
        }
        self.keep(now, caller, rpc, object, "read").await
    }

    async fn keep(
        &self,
        now: DateTime<Utc>,
        caller: &Caller,
        rpc: &str,
        object: Option<Uuid>,
        outcome: &str,
    ) -> Result<(), db::Error> {
        let transaction = self.db.begin_write().await?;
        store::insert(
            &transaction,
            &self.seal,
            now,
            caller.into(),
            rpc,
            object,
            outcome,
        )
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Writes the counted reads down; the number of rows.
    pub(crate) async fn work(&self) -> Result<usize, db::Error> {
        let counted = {
            let mut own = self
                .own
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            mem::take(&mut *own)
        };
        if counted.is_empty() {
            return Ok(0);
        }
        let rows = counted.len();
        if let Err(error) = self.write_down(&counted).await {
            // Not lost: the next round writes them down, with what has come since.
            let mut own = self
                .own
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            for (key, reads) in counted {
                *own.entry(key).or_default() += reads;
            }
            return Err(error);
        }
        Ok(rows)
    }

    async fn write_down(&self, counted: &OwnReads) -> Result<(), db::Error> {
        let transaction = self.db.begin_write().await?;
        store::add_own_reads(&transaction, counted).await?;
        Ok(transaction.commit().await?)
    }
}
