//! Whether the process lives, and whether it can work: two questions, for a store that is away is no reason to be killed.

use std::time::Duration;

use tonic_health::{ServingStatus, server::HealthReporter};

use crate::db::Db;

/// How often readiness asks the store.
const READINESS_INTERVAL: Duration = Duration::from_secs(1);
/// The health service's name for "the process runs", whatever the store does.
const LIVENESS: &str = "liveness";

/// Says that the process lives, and, again and again until `stopping` completes, whether it can work. From then on it cannot.
pub(super) async fn report(reporter: HealthReporter, db: Db, stopping: impl Future<Output = ()>) {
    let watching = async {
        reporter
            .set_service_status(LIVENESS, ServingStatus::Serving)
            .await;
        loop {
            let status = if db.ping().await {
                ServingStatus::Serving
            } else {
                ServingStatus::NotServing
            };
            reporter.set_service_status("", status).await;
            tokio::time::sleep(READINESS_INTERVAL).await;
        }
    };
    tokio::select! {
        () = watching => {}
        () = stopping => {}
    }
    reporter
        .set_service_status("", ServingStatus::NotServing)
        .await;
}
