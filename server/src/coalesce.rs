//! Answers many readers with one statement.
//!
//! Whoever asks while every loader is busy waits, and the next loader that is free asks the store for all who have come by then.
//! Nobody is made to wait for others: a loader that is free takes even one. What is read is read after it was asked for, so that
//! everybody sees what he wrote.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use tokio::sync::{Mutex, mpsc, oneshot};

use crate::db;

/// How many are answered by one statement.
pub(crate) const AT_ONCE: usize = 64;
/// Loaders that work at once: one reads while the other answers. More would only make the statements smaller.
const LOADERS: usize = 2;

type Answer<V> = Result<Option<V>, Arc<db::Error>>;
type Asked<K, V> = (K, oneshot::Sender<Answer<V>>);

/// A read that is done for many at once.
pub(crate) struct Coalesced<K, V>(mpsc::Sender<Asked<K, V>>);

impl<K, V> Coalesced<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
{
    /// Starts the loaders. Each ends when this value is dropped.
    pub(crate) fn start<Load, Loading>(load: Load) -> Self
    where
        Load: Fn(Vec<K>) -> Loading + Clone + Send + 'static,
        Loading: Future<Output = Result<HashMap<K, V>, db::Error>> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel(AT_ONCE);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..LOADERS {
            tokio::spawn(run(receiver.clone(), load.clone()));
        }
        Self(sender)
    }

    /// What is known of `key`.
    pub(crate) async fn get(&self, key: K) -> Result<Option<V>, db::Error> {
        let (answer, answered) = oneshot::channel();
        let gone = "the loaders run as long as anybody can ask";
        // Not `expect` on what was sent back: a sender cannot be shown.
        assert!(self.0.send((key, answer)).await.is_ok(), "{gone}");
        Ok(answered.await.expect(gone)?)
    }
}

async fn run<K, V, Load, Loading>(receiver: Arc<Mutex<mpsc::Receiver<Asked<K, V>>>>, load: Load)
where
    K: Clone + Eq + Hash,
    V: Clone,
    Load: Fn(Vec<K>) -> Loading,
    Loading: Future<Output = Result<HashMap<K, V>, db::Error>>,
{
    let mut asked = Vec::with_capacity(AT_ONCE);
    while receiver.lock().await.recv_many(&mut asked, AT_ONCE).await > 0 {
        let keys = asked.iter().map(|it| it.0.clone()).collect();
        let found = load(keys).await.map_err(Arc::new);
        for (key, answer) in asked.drain(..) {
            let found = found.as_ref().map_err(Arc::clone);
            // Whoever has gone meanwhile wants no answer.
            let _ = answer.send(found.map(|it| it.get(&key).cloned()));
        }
    }
}
