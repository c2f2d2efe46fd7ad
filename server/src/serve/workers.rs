//! What goes on without being called.

use std::sync::Arc;

use crate::{
    audit::Audit,
    clock::Clock,
    db::{self, Db},
    notification,
    seal::Seal,
};

/// What goes on in the background. Any number may run, in any number of processes.
#[derive(Clone)]
pub struct Workers {
    pub(super) db: Db,
    pub(super) seal: Seal,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) audit: Audit,
}

impl Workers {
    /// One round; how much there was to do.
    pub async fn work(&self) -> Result<usize, db::Error> {
        let delivered = notification::work(&self.db, &self.seal, self.clock.now()).await?;
        Ok(delivered + self.audit.work().await?)
    }
}
