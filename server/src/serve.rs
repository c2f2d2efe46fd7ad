//! Assembles the features and serves them.

mod health;
mod info;
mod parts;
mod workers;

use std::{sync::Arc, time::Duration};

use jamsostek_proto::{DESCRIPTORS, v1::server_service_server::ServerServiceServer};
use tokio::net::TcpListener;
use tonic::{
    service::Routes,
    transport::{Server, ServerTlsConfig},
};

pub use parts::{Error, Parts, Profile};
pub use workers::Workers;

use health::report;
use info::ServerInfo;

use crate::{
    audit::Audit,
    balance::{self, Balances},
    caller::Rules,
    contribution::{self, Contributions},
    identity::{Register, sandbox::SandboxRegister},
    incoming::{Limits, incoming},
    participant::{self, Participants},
    policy::{self, Policy},
    registration::{self, Registrations},
    sandbox,
    session::{self, GateLayer, Sessions, Tokens},
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
    register: Arc<dyn Register>,
    policy: Arc<Policy>,
    audit: Audit,
    tokens: Tokens,
    rules: Rules,
}

/// Puts the parts together. A sandbox gets its credentials; production refuses a store that has them.
pub async fn assemble(parts: Parts) -> Result<House, Error> {
    parts.db.belong_to(&parts.seal).await?;
    let register = match parts.profile {
        Profile::Sandbox => {
            sandbox::seed(&parts.db, &parts.seal, &*parts.clock).await?;
            Arc::new(SandboxRegister)
        }
        Profile::Production => {
            return Err(Error::Unfit(
                "the production profile needs the population register and message carriers, which this version does not \
                 have yet; only the sandbox profile can be served"
                    .to_owned(),
            ));
        }
    };
    Ok(House {
        register,
        policy: Arc::new(Policy::load()),
        audit: Audit::new(parts.db.clone(), parts.seal.clone()),
        tokens: Tokens::new(&parts.seal),
        rules: Rules::read()?,
        parts,
    })
}

impl House {
    /// The workers of this service.
    pub fn workers(&self) -> Workers {
        Workers {
            db: self.parts.db.clone(),
            seal: self.parts.seal.clone(),
            clock: self.parts.clock.clone(),
            audit: self.audit.clone(),
        }
    }

    /// A token that speaks for the sandbox's officer, to try things with.
    pub fn sandbox_token(&self) -> String {
        let officer = &sandbox::CREDENTIALS[1];
        self.tokens.sign(&crate::caller::Caller {
            subject: jamsostek_proto::v1::Subject::Officer,
            id: officer.id,
            scopes: Vec::new(),
            expires_at: self.parts.clock.now() + chrono::Duration::minutes(5),
        })
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
            self.tokens.clone(),
            self.audit.clone(),
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
            limits,
            calls_max,
            tls: _,
        } = &self.parts;
        let (policy, audit) = (&self.policy, &self.audit);
        let sessions = Arc::new(Sessions {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            limits: *limits,
            tokens: self.tokens.clone(),
        });
        let participants = Arc::new(Participants {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            policy: policy.clone(),
            audit: audit.clone(),
        });
        let contributions = Arc::new(Contributions {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            policy: policy.clone(),
            audit: audit.clone(),
        });
        let balances = Balances::new(db.clone(), seal.clone(), clock.clone(), audit.clone());
        let balances = Arc::new(balances);
        let registrations = Arc::new(Registrations {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            policy: policy.clone(),
            limits: *limits,
            register: self.register.clone(),
            is_sandbox: *profile == Profile::Sandbox,
        });
        let info = ServerInfo {
            policy: policy.clone(),
            clock: clock.clone(),
            profile: *profile,
            calls_max: *calls_max,
        };
        let mut routes = Routes::new(bounded!(registration::service(registrations)))
            .add_service(bounded!(session::session_service(sessions.clone())))
            .add_service(bounded!(session::otp_service(sessions)))
            .add_service(bounded!(participant::service(participants)))
            .add_service(bounded!(contribution::service(contributions)))
            .add_service(bounded!(balance::service(balances)))
            .add_service(bounded!(policy::service(
                policy.clone(),
                clock.clone(),
                seal.clone()
            )))
            .add_service(bounded!(ServerServiceServer::new(info)))
            .add_service(reflect().build_v1()?)
            .add_service(reflect().build_v1alpha()?);
        if *profile == Profile::Sandbox {
            routes = routes.add_service(bounded!(sandbox::service(db.clone(), seal.clone())));
        }
        Ok(routes)
    }
}

/// Reflection of the contract and of the health service.
fn reflect() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}
