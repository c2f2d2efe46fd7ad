//! What a service is made of, and why there may be none.

use std::sync::Arc;

use tonic::transport::Identity;

use super::outside::Outside;
use crate::{
    caller::Undeclared,
    clock::Clock,
    db::{self, Db},
    otp::OtpLimits,
    seal::Seal,
};

/// Which rules the service runs by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Profile {
    /// For exploring: a sandbox register, an outbox that shows its messages, known credentials.
    Sandbox,
    /// For people.
    Production,
}

impl Profile {
    /// What it is called, in the store too.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }
}

/// What a service is made of.
pub struct Parts {
    /// The store.
    pub db: Db,
    /// The keys.
    pub seal: Seal,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The rules.
    pub profile: Profile,
    /// How many codes may be sent.
    pub limits: OtpLimits,
    /// How many calls may be open at once; more are told to come again.
    pub calls_max: usize,
    /// The origins whose pages may call by gRPC-Web; `*` for any.
    pub web_origins: Vec<String>,
    /// The certificate and its key; without them the service speaks in the clear.
    pub tls: Option<Identity>,
    /// Who outside is real.
    pub outside: Outside,
}

/// Why there is no service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An rpc says nothing about who may call it.
    #[error(transparent)]
    Undeclared(#[from] Undeclared),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] db::Error),
    /// The transport failed.
    #[error("the service cannot be served")]
    Transport(#[from] tonic::transport::Error),
    /// The reflection service did not take the contract.
    #[error("the contract cannot be reflected")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// A setting does not go with the profile.
    #[error("{0}")]
    Unfit(String),
}
