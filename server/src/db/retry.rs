//! Starts over where two writers met.

use std::time::Duration;

use super::Error;

/// How often an operation that met another writer is tried.
const TRIES_MAX: u32 = 8;

/// A feature's error that may come from the store.
pub(crate) trait FromStore {
    /// The store's error, if it is one.
    fn store_error(&self) -> Option<&Error>;
}

impl FromStore for Error {
    fn store_error(&self) -> Option<&Error> {
        Some(self)
    }
}

/// Runs `operation`, a whole transaction, again while it loses against other writers. A wait for a lock that took too long is not
/// repeated: it would take as long again.
pub(crate) async fn retrying<T, E, Run, Running>(mut operation: Run) -> Result<T, E>
where
    E: FromStore,
    Run: FnMut() -> Running,
    Running: Future<Output = Result<T, E>>,
{
    let mut uniques = 0;
    for try_number in 1.. {
        let error = match operation().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let Some(store) = error.store_error() else {
            return Err(error);
        };
        if store.is_unique_violation() {
            // The row that was in the way is there now: the second run sees it and answers by name.
            uniques += 1;
        } else if !store.is_lost_race() {
            return Err(error);
        }
        if uniques > 2 || try_number >= TRIES_MAX {
            return Err(error);
        }
        tokio::time::sleep(pause(try_number)).await;
    }
    unreachable!("the loop returns")
}

/// Full jitter: up to 5 ms · 2ⁿ.
fn pause(try_number: u32) -> Duration {
    let ceiling = 5_000_u64 << try_number.min(8);
    let random = uuid::Uuid::now_v7().as_u64_pair().1;
    Duration::from_micros(random % ceiling)
}
