//! The background of the program: its workers, from the first round to the last.

use std::{error::Error, time::Duration};

use jamsostek_server::{Workers, db::Db};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

/// How often the workers look for work.
const WORK_INTERVAL: Duration = Duration::from_millis(200);
/// How long they wait for more when they are woken: codes that are asked for at once leave together.
const GATHERING: Duration = Duration::from_millis(10);
/// How long they wait after a round of which something failed.
const AFTER_A_FAILURE: Duration = Duration::from_secs(1);
/// How long the last round may take: a store that is gone must not keep the process.
const LAST_ROUND_MAX: Duration = Duration::from_secs(5);

/// Workers that work.
pub(crate) struct Background {
    /// Who does everything that asks neither a carrier nor the bank.
    first: Workers,
    working: JoinSet<()>,
    delivering: JoinSet<()>,
    ending: watch::Sender<bool>,
}

impl Background {
    pub(crate) fn begins(workers: &Workers) -> Self {
        let (ending, ended) = watch::channel(false);
        let (mut working, mut delivering) = (JoinSet::new(), JoinSet::new());
        for workers in workers.side_by_side() {
            let tasks = if workers.do_the_rest() {
                &mut working
            } else {
                &mut delivering
            };
            tasks.spawn(work(workers, ended.clone()));
        }
        let mut everybody = workers.side_by_side();
        Self {
            first: everybody.swap_remove(0),
            working,
            delivering,
            ending,
        }
    }

    /// Ends between two rounds, so that none is cut in half; what was only counted in memory is then written down. Whether all went
    /// well.
    pub(crate) async fn ends(mut self, db: Db) -> bool {
        self.ending.send_replace(true);
        let last = async {
            let mut broken = None;
            while let Some(worked) = self.working.join_next().await {
                broken = worked.err().or(broken);
            }
            (broken, self.first.work().await.err())
        };
        let delivered = async {
            while let Some(delivered) = self.delivering.join_next().await {
                if let Err(error) = delivered {
                    tracing::error!(error = &error as &dyn Error, "a worker broke");
                }
            }
        };
        let (last, delivered) = tokio::join!(
            timeout(LAST_ROUND_MAX, last),
            timeout(LAST_ROUND_MAX, delivered)
        );
        if delivered.is_err() {
            // Leases end, and with them it is known what to do: a code does not leave again, any other message does, and the bank is asked
            // what became of an award first.
            tracing::warn!(
                "a carrier or the bank did not answer in time; what waits for them is left behind"
            );
        }
        let mut fine = true;
        let mut tell = |error: &dyn Error| {
            fine = false;
            tracing::error!(error = %error, "the last round failed; counts of own reads may be lost");
        };
        match last {
            Ok((broken, failed)) => {
                broken.iter().for_each(|it| tell(it));
                failed.iter().for_each(|it| tell(it));
            }
            Err(late) => tell(&late),
        }
        self.working.abort_all();
        self.delivering.abort_all();
        // Whatever still waits for a store that is gone is left behind with it.
        if let Err(late) = timeout(LAST_ROUND_MAX, db.close()).await {
            tell(&late);
        }
        fine
    }
}

/// Works, round by round, until it is stopped. What fails in a round is told where it fails, and tried again.
async fn work(workers: Workers, mut ended: watch::Receiver<bool>) {
    while !*ended.borrow() {
        let (pause, may_be_woken) = match workers.work().await {
            Ok(0) => (WORK_INTERVAL, true),
            Ok(_) => (Duration::ZERO, false),
            Err(_) => (AFTER_A_FAILURE, false),
        };
        tokio::select! {
            changed = ended.changed() => {
                // An error would mean that nobody can stop it any more: then it stops.
                if changed.is_err() {
                    return;
                }
            }
            () = sleep(pause) => {}
            () = workers.woken(), if may_be_woken => sleep(GATHERING).await,
        }
    }
}
