//! Answers many readers with one statement.
//!
//! Whoever asks while the loader is busy waits, and then it asks the store for all who have come by then. Nobody is made to wait
//! for others: a loader that is free takes even one. What is read is read after it was asked for, so that everybody sees what he
//! wrote.

use std::{collections::HashMap, hash::Hash, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};

use crate::db;

/// How many are answered by one statement.
const AT_ONCE: usize = 64;
/// How long a statement may take. A call ends by its own deadline; a loader that waited for a database that is gone would be lost
/// to all who come later.
const LOAD_MAX: Duration = Duration::from_secs(10);

type Answer<V> = Result<Option<V>, Arc<db::Error>>;
type Asked<K, V> = (K, oneshot::Sender<Answer<V>>);

/// A read that is done for many at once.
pub(crate) struct Coalesced<K, V>(mpsc::Sender<Asked<K, V>>);

impl<K, V> Coalesced<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
{
    /// Starts the loader. It ends when this value is dropped.
    pub(crate) fn start<Load, Loading>(load: Load) -> Self
    where
        Load: Fn(Vec<K>) -> Loading + Send + 'static,
        Loading: Future<Output = Result<HashMap<K, V>, db::Error>> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel(AT_ONCE);
        tokio::spawn(run(receiver, load));
        Self(sender)
    }

    /// What is known of `key`.
    pub(crate) async fn get(&self, key: K) -> Result<Option<V>, db::Error> {
        let (answer, answered) = oneshot::channel();
        if self.0.send((key, answer)).await.is_err() {
            return Err(db::Error::Lost);
        }
        Ok(answered.await.map_err(|_| db::Error::Lost)??)
    }
}

async fn run<K, V, Load, Loading>(mut receiver: mpsc::Receiver<Asked<K, V>>, load: Load)
where
    K: Clone + Eq + Hash,
    V: Clone,
    Load: Fn(Vec<K>) -> Loading,
    Loading: Future<Output = Result<HashMap<K, V>, db::Error>>,
{
    let mut asked = Vec::with_capacity(AT_ONCE);
    while receiver.recv_many(&mut asked, AT_ONCE).await > 0 {
        let keys = asked.iter().map(|it| it.0.clone()).collect();
        let loading = AssertUnwindSafe(load(keys)).catch_unwind();
        let found = match tokio::time::timeout(LOAD_MAX, loading).await {
            Ok(Ok(found)) => found.map_err(Arc::new),
            // It panicked, and the hook has told where; or the store does not answer.
            Ok(Err(_)) | Err(_) => Err(Arc::new(db::Error::Lost)),
        };
        for (key, answer) in asked.drain(..) {
            let found = found.as_ref().map_err(Arc::clone);
            // Whoever has gone meanwhile wants no answer.
            let _ = answer.send(found.map(|it| it.get(&key).cloned()));
        }
    }
}
