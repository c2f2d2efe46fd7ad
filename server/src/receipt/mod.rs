//! What carriers tell afterwards of the messages that they took: come, or not to come.

mod rpc;

pub(crate) use rpc::service;

use std::sync::Arc;

use uuid::Uuid;

use crate::{
    audit,
    caller::Caller,
    clock::Clock,
    db::{self, Db},
    metrics,
    notification::{self, Fate},
    seal::Seal,
};

/// The receipts.
#[derive(Clone)]
pub(crate) struct Receipts {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
}

/// Why a receipt was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no such message was handed over")]
    NotFound,
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl db::FromStore for Error {
    fn store_error(&self) -> Option<&db::Error> {
        match self {
            Self::Store(error) => Some(error),
            Self::NotFound => None,
        }
    }
}

impl Receipts {
    /// Keeps what became of `message`; what stands then. Told twice it is told once.
    pub(crate) async fn record(
        &self,
        caller: &Caller,
        message: Uuid,
        fate: Fate,
    ) -> Result<Fate, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let told = notification::told(&transaction, message, fate).await?;
        let told = told.ok_or(Error::NotFound)?;
        if told.is_news {
            let (seal, actor) = (&self.seal, caller.into());
            audit::wrote(&transaction, seal, now, actor, "RecordDelivery", message).await?;
            transaction.commit().await.map_err(db::Error::from)?;
            metrics::message_told(told.fate.name());
        }
        Ok(told.fate)
    }
}
