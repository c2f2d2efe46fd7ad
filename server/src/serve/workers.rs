//! What goes on without being called.

use std::sync::Arc;

use futures_util::future::{join_all, select_all};

use super::features::Features;
use crate::{
    claim::{self, Claims},
    clock::{Clock, MovedClock},
    contribution,
    db::{self, Db},
    employer, identity,
    notification::Lane,
    sandbox,
    seal::Seal,
};

/// How many workers of one process use the same real way out: one that waits for a carrier holds up no other.
const HANDS: usize = 3;

/// What goes on in the background. Any number may run, in any number of processes.
#[derive(Clone)]
pub struct Workers {
    pub(super) db: Db,
    pub(super) seal: Seal,
    pub(super) clock: Arc<dyn Clock>,
    /// The ways on which they let messages out.
    pub(super) lanes: Vec<Lane>,
    /// Payouts; `None` where others do them.
    pub(super) payouts: Option<Arc<Claims>>,
    /// Everything but messages and payouts; `None` where others do it.
    pub(super) rest: Option<Rest>,
}

/// Everything but messages and payouts.
#[derive(Clone)]
pub(super) struct Rest {
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
    /// Employers who stay silent, or are to be told of an account.
    #[error("employers could not be minded: {0}")]
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
    /// The same work for several workers that go on side by side, so that a carrier that hangs, or a bank that takes its time, holds up
    /// nothing but itself. The first does everything that asks neither.
    pub fn side_by_side(&self) -> Vec<Self> {
        let (played, real): (Vec<_>, Vec<_>) =
            self.lanes.iter().cloned().partition(Lane::is_played);
        let at = |lanes, payouts, rest| Self {
            lanes,
            payouts,
            rest,
            ..self.clone()
        };
        let first = at(played, None, self.rest.clone());
        let payer = at(Vec::new(), self.payouts.clone(), None);
        let hands = real.iter().flat_map(|lane| [lane; HANDS]);
        [first, payer]
            .into_iter()
            .chain(hands.map(|lane| at(vec![lane.clone()], None, None)))
            .collect()
    }

    /// Whether these are the ones who do everything but messages and payouts.
    pub const fn do_the_rest(&self) -> bool {
        self.rest.is_some()
    }

    /// Completes when somebody waits for what a round would do.
    pub async fn woken(&self) {
        if self.lanes.is_empty() {
            return std::future::pending().await;
        }
        select_all(self.lanes.iter().map(|it| Box::pin(it.rung()))).await;
    }

    /// One round; how much there was to do. A part that fails keeps no other from its work.
    pub async fn work(&self) -> Result<usize, WorkError> {
        let followed = match self.rest.as_ref().and_then(|it| it.moved.as_ref()) {
            Some(moved) => sandbox::follow(&self.db, moved).await,
            None => Ok(()),
        };
        // Messages first: a code is good for five minutes.
        let lanes = self.lanes.iter();
        let delivered = lanes.map(|it| it.work(&self.db, &self.seal, &*self.clock));
        let mut rounds = vec![followed.map(|()| 0).map_err(WorkError::from)];
        let delivered = join_all(delivered).await;
        rounds.extend(delivered.into_iter().map(|it| it.map_err(WorkError::from)));
        if let Some(claims) = &self.payouts {
            rounds.push(claims.pay_out().await.map_err(WorkError::from));
        }
        if let Some(Rest { features, .. }) = &self.rest {
            let Features {
                contributions,
                employers,
                audit,
                ..
            } = features;
            rounds.extend([
                contributions.ask_again().await.map_err(WorkError::from),
                employers.mind_the_silent().await.map_err(WorkError::from),
                employers.tell_of_accounts().await.map_err(WorkError::from),
                contributions.compute_bills().await.map_err(WorkError::from),
                contributions
                    .allocate_bills()
                    .await
                    .map_err(WorkError::from),
                contributions.remind().await.map_err(WorkError::from),
                contributions.remind_abroad().await.map_err(WorkError::from),
                contributions
                    .remind_employers()
                    .await
                    .map_err(WorkError::from),
                audit.work().await.map_err(WorkError::from),
                identity::dukcapil::forget(&self.db, self.clock.now())
                    .await
                    .map_err(WorkError::from),
            ]);
        }
        rounds.into_iter().sum()
    }
}
