//! What goes on without being called.

use std::{error::Error, panic::AssertUnwindSafe, sync::Arc};

use futures_util::{
    FutureExt,
    future::{join_all, select_all},
};

use super::features::Features;
use crate::{
    claim::Claims,
    clock::{Clock, MovedClock},
    db::{self, Db},
    identity, metrics,
    notification::Lane,
    sandbox,
    seal::Seal,
    submission::Submissions,
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
    /// Submissions; `None` where others do them.
    pub(super) submissions: Option<Arc<Submissions>>,
    /// Everything else; `None` where others do it.
    pub(super) rest: Option<Rest>,
}

/// Everything but messages, payouts and submissions.
#[derive(Clone)]
pub(super) struct Rest {
    /// The sandbox's clock, which another server may have moved.
    pub(super) moved: Option<Arc<MovedClock>>,
    pub(super) features: Features,
}

/// Some parts of a round failed, each named with its reason. All were logged and counted where they failed, and what the others did
/// stays done.
#[derive(Debug, thiserror::Error)]
#[error("some work failed: {}", .failed.join("; "))]
pub struct WorkError {
    failed: Vec<String>,
}

impl Workers {
    /// The same work for several workers that go on side by side, so that a carrier that hangs, or a bank that takes its time, holds up
    /// nothing but itself, and a submission of very many rows neither. The first does everything else.
    pub fn side_by_side(&self) -> Vec<Self> {
        let (played, real): (Vec<_>, Vec<_>) =
            self.lanes.iter().cloned().partition(Lane::is_played);
        let nobody = Self {
            lanes: Vec::new(),
            payouts: None,
            submissions: None,
            rest: None,
            ..self.clone()
        };
        let first = Self {
            lanes: played,
            rest: self.rest.clone(),
            ..nobody.clone()
        };
        let payer = Self {
            payouts: self.payouts.clone(),
            ..nobody.clone()
        };
        let submitter = Self {
            submissions: self.submissions.clone(),
            ..nobody.clone()
        };
        let hand = |lane: &Lane| Self {
            lanes: vec![lane.clone()],
            ..nobody.clone()
        };
        let hands = real.iter().flat_map(|lane| [lane; HANDS]);
        [first, payer]
            .into_iter()
            .chain(hands.map(hand))
            .chain([submitter])
            .collect()
    }

    /// Whether these are the ones who do everything that has no worker of its own.
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
        let mut parts = vec![part("clock", self.follow()).await];
        // Messages first: a code is good for five minutes.
        let lanes = self.lanes.iter();
        let delivered = lanes.map(|it| it.work(&self.db, &self.seal, &*self.clock));
        parts.extend(join_all(delivered.map(|it| part("messages", it))).await);
        if let Some(claims) = &self.payouts {
            parts.push(part("payouts", claims.pay_out()).await);
        }
        if let Some(submissions) = &self.submissions {
            parts.push(part("submissions", submissions.work()).await);
        }
        if let Some(Rest { features, .. }) = &self.rest {
            let Features {
                contributions,
                employers,
                audit,
                ..
            } = features;
            let forget = async { identity::dukcapil::forget(&self.db, self.clock.now()).await };
            parts.extend([
                part("questions", contributions.ask_again()).await,
                part("silent_employers", employers.mind_the_silent()).await,
                part("opened_accounts", employers.tell_of_accounts()).await,
                part("bills", contributions.compute_bills()).await,
                part("allocations", contributions.allocate_bills()).await,
                part("reminders", contributions.remind()).await,
                part("reminders_abroad", contributions.remind_abroad()).await,
                part("reminders_of_employers", contributions.remind_employers()).await,
                part("own_reads", audit.work()).await,
                part("answers", forget).await,
            ]);
        }
        whole(parts)
    }

    /// Sets the sandbox's clock as the store says.
    async fn follow(&self) -> Result<usize, db::Error> {
        if let Some(moved) = self.rest.as_ref().and_then(|it| it.moved.as_ref()) {
            sandbox::follow(&self.db, moved).await?;
        }
        Ok(0)
    }
}

/// Does one part of a round; how much there was to do, or which part failed, and why. It is logged and counted here, since the caller
/// may have several to tell of. A panic ends the part alone: whoever works goes on with the next part, and the next round.
async fn part<E: Error + 'static>(
    name: &'static str,
    work: impl Future<Output = Result<usize, E>>,
) -> Result<usize, String> {
    // What a panic leaves half done is its transaction, which is rolled back, or behind a lock that outlives it.
    let why = match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(error)) => in_full(&error),
        // The log has its place; what it says may hold somebody's data.
        Err(_) => "it panicked".to_owned(),
    };
    metrics::work_failed(name);
    tracing::error!(part = name, why, "some work failed");
    Err(format!("{name}: {why}"))
}

/// How much all parts did, or all that failed.
fn whole(parts: Vec<Result<usize, String>>) -> Result<usize, WorkError> {
    let (mut done, mut failed) = (0, Vec::new());
    for part in parts {
        match part {
            Ok(more) => done += more,
            Err(why) => failed.push(why),
        }
    }
    if failed.is_empty() {
        return Ok(done);
    }
    Err(WorkError { failed })
}

fn in_full(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", in_full(source)),
        None => error.to_string(),
    }
}
