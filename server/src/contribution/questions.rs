//! Questions to the population register, each counted with its price once it may have been put.

use std::sync::Arc;

use tracing::Instrument;

use super::{Error, store};
use crate::{
    clock::Clock,
    db::{self, Db},
    identity::{Question, Register, Verdict},
    metrics,
    money::Money,
    policy::{NoParameter, Policy},
};

/// Whoever asks the register. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Questions {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub policy: Arc<Policy>,
    pub register: Arc<dyn Register>,
}

/// Why a question was not put, or not counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CountError {
    #[error(transparent)]
    NoParameter(#[from] NoParameter),
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl From<CountError> for Error {
    fn from(error: CountError) -> Self {
        match error {
            CountError::NoParameter(missing) => missing.into(),
            CountError::Store(error) => error.into(),
        }
    }
}

impl db::FromStore for CountError {
    fn store_error(&self) -> Option<&db::Error> {
        match self {
            Self::Store(error) => Some(error),
            Self::NoParameter(_) => None,
        }
    }
}

impl Questions {
    /// Puts a question, and counts what it cost before anybody learns the answer. Both go on where the caller has gone meanwhile: what
    /// was asked is paid for, whoever still listens.
    pub(crate) async fn put(&self, question: Question) -> Result<Verdict, CountError> {
        let asking = self.clone();
        let asked = tokio::spawn(
            async move { asking.put_and_count(&question).await }
                .instrument(tracing::Span::current()),
        );
        match asked.await {
            Ok(done) => done,
            Err(broken) => {
                // It panicked, or the process ends: nobody knows, and that is not a no.
                tracing::error!(
                    error = &broken as &dyn std::error::Error,
                    "a question to the register broke off"
                );
                Ok(Verdict::Unavailable)
            }
        }
    }

    async fn put_and_count(&self, question: &Question) -> Result<Verdict, CountError> {
        // Read first: what cannot be counted is not asked.
        let price = self
            .policy
            .identity_question_price
            .on(self.clock.today())?
            .value;
        let heard = self.register.ask(question).await;
        if heard.was_put {
            db::retrying(|| self.count(&heard.verdict, price)).await?;
            metrics::register_asked(heard.verdict.name(), price.idr());
        }
        Ok(heard.verdict)
    }

    /// Counts a question by day and answer.
    async fn count(&self, verdict: &Verdict, price: Money) -> Result<(), CountError> {
        let transaction = self.db.begin_write().await?;
        let today = self.clock.today();
        store::count_question(&transaction, today, verdict.name(), price).await?;
        Ok(transaction.commit().await.map_err(db::Error::from)?)
    }
}
