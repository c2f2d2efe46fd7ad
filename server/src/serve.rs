//! Assembles the features and serves them.

mod features;
mod health;
mod info;
mod outside;
mod parts;
mod web;
mod workers;

use std::{sync::Arc, time::Duration};

use jamsostek_proto::{DESCRIPTORS, v1::server_service_server::ServerServiceServer};
use tokio::net::TcpListener;
use tonic::{
    service::Routes,
    transport::{Server, ServerTlsConfig},
};
use tonic_web::GrpcWebLayer;

pub use outside::Outside;
pub use parts::{Error, Parts, Profile};
pub use workers::{WorkError, Workers};

use features::{Features, Neighbours};
use health::report;
use info::ServerInfo;
use workers::Rest;

use crate::{
    balance, benefit,
    caller::Rules,
    claim::{self, Bank, HttpBank, sandbox::SandboxBank},
    clock::MovedClock,
    contribution, employer,
    identity::{Register, dukcapil::Dukcapil, sandbox::SandboxRegister},
    incoming::{Limits, incoming},
    participant, receipt,
    refusal::LocalizeLayer,
    registration, sandbox,
    session::{self, GateLayer},
};

/// Calls open at once on one connection; tonic's own default would announce no limit at all (reliability F4).
const STREAMS_MAX: u32 = 100;
/// Malformed frames before a connection is cut; tonic's default switches hyper's own limit off, and one connection can then take
/// hundreds of megabytes (RUSTSEC-2024-0003, reliability F3).
const LOCAL_ERROR_RESETS_MAX: usize = 1_024;
/// Streams that a peer may open and reset before we have looked at them (CVE-2023-44487).
const PENDING_RESETS_MAX: usize = 20;
/// The longest metadata of a call.
const HEADERS_BYTES_MAX: u32 = 8 * 1_024;
/// What a peer may send ahead on one call, and on one connection.
const STREAM_WINDOW_BYTES: u32 = 64 * 1_024;
const CONNECTION_WINDOW_BYTES: u32 = 1_024 * 1_024;
/// The biggest request and answer of a unary call.
const MESSAGE_BYTES_MAX: usize = 1_024 * 1_024;
/// How often an idle connection is asked whether it lives, and how long it may take to say so.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(60);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// After this age a connection is asked to be opened anew, so that load finds new replicas. Never with a grace: that would kill
/// calls that run (reliability F7).
const CONNECTION_AGE_MAX: Duration = Duration::from_secs(600);
/// How long a peer may take for the TLS handshake.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// How long calls that run may take after the stop was asked for; tonic alone would wait for a silent socket for ever (F6).
const DRAIN_MAX: Duration = Duration::from_secs(20);

/// Bounds a service's messages both ways: tonic's own default lets an answer be as big as memory.
macro_rules! bounded {
    ($service:expr) => {
        $service
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    };
}

/// An assembled service.
pub struct House {
    parts: Parts,
    features: Features,
    rules: Rules,
    /// The sandbox's clock.
    moved: Option<Arc<MovedClock>>,
}

/// Puts the parts together. A sandbox gets its credentials and a clock that can be moved; production refuses a store that has them.
pub async fn assemble(mut parts: Parts) -> Result<House, Error> {
    parts.db.belong_to(&parts.seal).await?;
    let moved = match parts.profile {
        Profile::Sandbox => {
            let moved = Arc::new(MovedClock::over(parts.clock.clone()));
            sandbox::seed(&parts.db, &parts.seal, &*moved).await?;
            sandbox::follow(&parts.db, &moved).await?;
            parts.clock = moved.clone();
            Some(moved)
        }
        Profile::Production => {
            check_production(&parts).await?;
            None
        }
    };
    let neighbours = Neighbours {
        register: register(&parts)?,
        bank: bank_of(&parts)?,
    };
    Ok(House {
        features: Features::of(&parts, neighbours),
        rules: Rules::read()?,
        moved,
        parts,
    })
}

/// Whether production can be served: with nothing that a sandbox plays, and nothing that everybody knows.
async fn check_production(parts: &Parts) -> Result<(), Error> {
    let mut missing = parts.outside.missing();
    missing.extend(
        parts
            .tls
            .is_none()
            .then_some("a certificate (--tls-certificate, --tls-key)"),
    );
    if !missing.is_empty() {
        return Err(Error::Unfit(format!(
            "the production profile needs {}",
            missing.join(", ")
        )));
    }
    if sandbox::was_here(&parts.db).await? {
        let why = "the store was a sandbox's: its credentials are known to everybody";
        return Err(Error::Unfit(why.to_owned()));
    }
    Ok(())
}

/// The population register: the real one where it is set.
fn register(parts: &Parts) -> Result<Arc<dyn Register>, Error> {
    let (db, seal, clock) = (&parts.db, &parts.seal, &parts.clock);
    let Some(settings) = &parts.outside.register else {
        return Ok(Arc::new(SandboxRegister { db: db.clone() }));
    };
    let real = Dukcapil::new(db.clone(), seal.clone(), clock.clone(), settings);
    Ok(Arc::new(real.map_err(Error::Unfit)?))
}

/// The bank that is set, else the sandbox's.
fn bank_of(parts: &Parts) -> Result<Arc<dyn Bank>, Error> {
    if let Some(at) = parts.outside.bank.clone() {
        let bank = HttpBank::new(at);
        let unfit = |error| Error::Unfit(format!("the bank cannot be reached over HTTP: {error}"));
        return Ok(Arc::new(bank.map_err(unfit)?));
    }
    Ok(Arc::new(SandboxBank {
        db: parts.db.clone(),
        clock: parts.clock.clone(),
    }))
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
        let mut server = Server::builder();
        if let Some(identity) = &self.parts.tls {
            let tls = ServerTlsConfig::new()
                .identity(identity.clone())
                .timeout(HANDSHAKE_MAX);
            server = server.tls_config(tls)?;
        }
        let serving = server
            .max_concurrent_streams(STREAMS_MAX)
            .http2_max_local_error_reset_streams(Some(LOCAL_ERROR_RESETS_MAX))
            .http2_max_pending_accept_reset_streams(Some(PENDING_RESETS_MAX))
            .http2_max_header_list_size(HEADERS_BYTES_MAX)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .http2_keepalive_interval(Some(KEEP_ALIVE_INTERVAL))
            .http2_keepalive_timeout(Some(KEEP_ALIVE_TIMEOUT))
            .max_connection_age(CONNECTION_AGE_MAX)
            // Browsers speak HTTP/1.1 and cannot read trailers.
            .accept_http1(true)
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

    fn routes(&self) -> Result<Routes, Error> {
        let Parts {
            db,
            seal,
            clock,
            profile,
            ..
        } = &self.parts;
        let features = self.features.clone();
        let info = ServerInfo {
            policy: features.policy.clone(),
            clock: clock.clone(),
            profile: *profile,
            calls_max: self.parts.calls_max,
        };
        let law = benefit::service(features.policy, clock.clone(), seal.clone());
        let mut routes = Routes::new(bounded!(registration::service(features.registrations)))
            .add_service(bounded!(session::session_service(
                features.sessions.clone()
            )))
            .add_service(bounded!(session::otp_service(features.sessions)))
            .add_service(bounded!(receipt::service(features.receipts)))
            .add_service(bounded!(participant::service(features.participants)))
            .add_service(bounded!(employer::service(features.employers)))
            .add_service(bounded!(contribution::service(features.contributions)))
            .add_service(bounded!(balance::service(features.balances)))
            .add_service(bounded!(claim::service(features.claims)))
            .add_service(bounded!(law))
            .add_service(bounded!(ServerServiceServer::new(info)))
            .add_service(reflect().build_v1()?)
            .add_service(reflect().build_v1alpha()?);
        if let Some(moved) = &self.moved {
            let sandbox = sandbox::service(db.clone(), seal.clone(), moved.clone());
            routes = routes.add_service(bounded!(sandbox));
        }
        Ok(routes)
    }
}

/// Reflection of the contract, of the health service and of what refusals are made of, so that grpcurl can show them.
fn reflect() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
}
