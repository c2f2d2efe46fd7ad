//! Assembles the features and serves them.

mod assemble;
mod features;
mod health;
mod info;
mod outside;
mod parts;
mod routes;
mod transport;
mod web;
mod workers;

use std::{sync::Arc, time::Duration};

use tokio::net::TcpListener;
use tonic_web::GrpcWebLayer;

pub use assemble::assemble;
pub use outside::Outside;
pub use parts::{Error, Parts, Profile};
pub use workers::{WorkError, Workers};

use features::Features;
use health::report;
use transport::transport;
use workers::Rest;

use crate::{
    caller::Rules,
    clock::MovedClock,
    incoming::{Limits, incoming},
    refusal::LocalizeLayer,
    sandbox,
    session::GateLayer,
};

/// How long calls that run may take after the stop was asked for; tonic alone would wait for a silent socket for ever (F6).
const DRAIN_MAX: Duration = Duration::from_secs(20);

/// An assembled service.
pub struct House {
    parts: Parts,
    features: Features,
    rules: Rules,
    /// The sandbox's clock.
    moved: Option<Arc<MovedClock>>,
}

impl House {
    /// The workers of this service.
    pub fn workers(&self) -> Workers {
        Workers {
            db: self.parts.db.clone(),
            seal: self.parts.seal.clone(),
            clock: self.parts.clock.clone(),
            lanes: self.parts.outside.carriers.lanes(),
            payouts: Some(self.features.claims.clone()),
            submissions: Some(self.features.submissions.clone()),
            rest: Some(Rest {
                moved: self.moved.clone(),
                features: self.features.clone(),
            }),
        }
    }

    /// A token that speaks for the sandbox's officer, to try things with; none where there is no sandbox.
    pub fn sandbox_token(&self) -> Option<String> {
        self.moved.as_ref()?;
        let officer = &sandbox::CREDENTIALS[1];
        let officer_is = crate::caller::Caller {
            subject: jamsostek_proto::v1::Subject::Officer,
            id: officer.id,
            user: None,
            scopes: Vec::new(),
            expires_at: self.parts.clock.now() + chrono::Duration::minutes(5),
        };
        Some(self.features.tokens.sign(&officer_is))
    }

    /// Serves on `listener` until `shutdown` completes and what runs has ended, or has taken too long.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        let (reporter, health) = tonic_health::server::health_reporter();
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let asked = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
            // The sender lives as long as the service: an error would mean that it has ended.
            let _ = stopped.wait_for(|it| *it).await;
        };
        let health_ends = asked(stopped.clone());
        let readiness = tokio::spawn(report(reporter, self.parts.db.clone(), health_ends));
        let gate = GateLayer::new(
            self.rules.clone(),
            self.features.tokens.clone(),
            self.features.audit.clone(),
            self.parts.clock.clone(),
            self.parts.calls_max,
        );
        let routes = self.routes()?.add_service(health);
        let drain = {
            let asked = asked(stopped);
            async move {
                asked.await;
                tokio::time::sleep(DRAIN_MAX).await;
            }
        };
        let stopping = async move {
            shutdown.await;
            stop.send_replace(true);
        };
        let serving = transport(self.parts.tls.as_ref())?
            .layer(web::cors(&self.parts.web_origins)?)
            .layer(GrpcWebLayer::new())
            .layer(LocalizeLayer::new())
            .layer(gate)
            .add_routes(routes)
            .serve_with_incoming_shutdown(incoming(listener, Limits::default()), stopping);
        let served = tokio::select! {
            served = serving => served.map_err(Error::from),
            () = drain => {
                tracing::warn!("some connections did not end in time; leaving them");
                Ok(())
            }
        };
        // Ends with the stop; where the transport failed, nobody has asked for one.
        readiness.abort();
        served
    }
}
