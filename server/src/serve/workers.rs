//! What goes on without being called.

use std::sync::Arc;

use super::features::Features;
use crate::{
    claim,
    clock::{Clock, MovedClock},
    contribution,
    db::{self, Db},
    employer, identity, notification, sandbox,
    seal::Seal,
};

/// What goes on in the background. Any number may run, in any number of processes.
#[derive(Clone)]
pub struct Workers {
    pub(super) db: Db,
    pub(super) seal: Seal,
    pub(super) clock: Arc<dyn Clock>,
    /// The sandbox's clock, which another server may have moved.
    pub(super) moved: Option<Arc<MovedClock>>,
    pub(super) features: Features,
}

/// Why a round of work failed. What it did before stays done.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] db::Error),
    /// The register's answers, or reminders.
    #[error("contributions could not be looked after: {0}")]
    Contribution(String),
    /// Employers who stay silent.
    #[error("silent employers could not be minded: {0}")]
    Employer(String),
    /// Payouts.
    #[error("claims could not be paid: {0}")]
    Claim(String),
}

impl From<contribution::Error> for WorkError {
    fn from(error: contribution::Error) -> Self {
        Self::Contribution(in_full(&error))
    }
}

impl From<employer::Error> for WorkError {
    fn from(error: employer::Error) -> Self {
        Self::Employer(in_full(&error))
    }
}

impl From<claim::Error> for WorkError {
    fn from(error: claim::Error) -> Self {
        Self::Claim(in_full(&error))
    }
}

fn in_full(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", in_full(source)),
        None => error.to_string(),
    }
}

impl Workers {
    /// Completes when somebody waits for what a round would do.
    pub async fn woken(&self) {
        notification::rung().await;
    }

    /// One round; how much there was to do. A part that fails keeps no other from its work.
    pub async fn work(&self) -> Result<usize, WorkError> {
        let followed = match &self.moved {
            Some(moved) => sandbox::follow(&self.db, moved).await,
            None => Ok(()),
        };
        let Features {
            contributions,
            claims,
            employers,
            audit,
            ..
        } = &self.features;
        // Messages first: a code is good for five minutes.
        let delivered = notification::work(&self.db, &self.seal, self.clock.now()).await;
        let rounds = [
            followed.map(|()| 0).map_err(WorkError::from),
            delivered.map_err(WorkError::from),
            contributions.ask_again().await.map_err(WorkError::from),
            employers.mind_the_silent().await.map_err(WorkError::from),
            contributions.compute_bills().await.map_err(WorkError::from),
            contributions
                .allocate_bills()
                .await
                .map_err(WorkError::from),
            contributions.remind().await.map_err(WorkError::from),
            claims.pay_out().await.map_err(WorkError::from),
            audit.work().await.map_err(WorkError::from),
            identity::dukcapil::forget(&self.db, self.clock.now())
                .await
                .map_err(WorkError::from),
        ];
        rounds.into_iter().sum()
    }
}
