//! The settings: flags, environment and `--help` are one text.

mod bank;
mod carriers;
mod file;
mod outside;
mod register;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

pub use bank::BankFlags;
pub(crate) use carriers::is_this_machine;
pub use carriers::{CarrierFlags, SmtpSecurity};
use clap::{Args, Parser, Subcommand, ValueEnum};
pub use outside::OutsideFlags;
pub use register::RegisterFlags;
use uuid::Uuid;

use crate::{Profile, hidden::Hidden};

/// Worker social security as a gRPC service.
#[derive(Debug, Parser)]
#[command(name = "jamsostekd", version)]
pub struct Config {
    /// What to do; serves when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Where things are.
    #[command(flatten)]
    pub place: Place,
    /// How to serve.
    #[command(flatten)]
    pub serving: Serving,
}

/// Where the store and the keys are.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// The folder of the embedded database, the keys and the lock; readable by its owner only.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_DATA_DIR",
        default_value = "./data"
    )]
    pub data_dir: PathBuf,
    /// postgres://… ; an SQLite file in the data directory when nothing is said.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Option<Hidden>,
    /// The key ring; keys.json in the data directory when nothing is said.
    #[arg(long, global = true, env = "JAMSOSTEK_KEY_FILE")]
    pub key_file: Option<PathBuf>,
}

/// How to serve.
#[derive(Args, Clone, Debug)]
pub struct Serving {
    /// Which rules to run by.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_PROFILE",
        value_enum,
        default_value = "sandbox"
    )]
    pub profile: Profile,
    /// Where to listen.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_LISTEN",
        default_value = "127.0.0.1:50051"
    )]
    pub listen: SocketAddr,
    /// The certificate chain to serve TLS with, in PEM; without it the service speaks in the clear.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_TLS_CERTIFICATE",
        requires = "tls_key"
    )]
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's private key, in PEM.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_TLS_KEY",
        requires = "tls_certificate"
    )]
    pub tls_key: Option<PathBuf>,
    /// How many calls may be open at once, over all connections; more are told to come again.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_CALLS_MAX",
        default_value = "1024"
    )]
    pub calls_max: std::num::NonZeroU16,
    /// Where to tell Prometheus what is counted, as http://ADDRESS/metrics; nowhere when nothing is said.
    #[arg(long, global = true, env = "JAMSOSTEK_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// An origin whose pages may call by gRPC-Web, such as `https://app.example`; several with commas between, * for any.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_WEB_ORIGINS",
        value_delimiter = ','
    )]
    pub web_origins: Vec<String>,
    /// How to write the log.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_LOG",
        value_enum,
        default_value = "text"
    )]
    pub log: Log,
    /// Who outside is real.
    #[command(flatten)]
    pub outside: OutsideFlags,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What can be done besides serving.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serves.
    Serve,
    /// Re-adds the books and checks every row; exits with 1 and names each that is not as it was written.
    Verify,
    /// Client credentials.
    #[command(subcommand)]
    Client(ClientCommand),
    /// The key ring.
    #[command(subcommand)]
    Keys(KeysCommand),
}

/// What can be done with client credentials.
#[derive(Clone, Debug, Subcommand)]
pub enum ClientCommand {
    /// Creates credentials and prints the secret, once.
    Create {
        /// Whose they are.
        #[arg(long, value_enum)]
        kind: ClientKind,
        /// What people call it.
        #[arg(long)]
        name: String,
        /// What a service may do, such as payments.write; several with spaces between. With --like, what the others may.
        #[arg(long, default_value = "")]
        scope: String,
        /// The id of credentials that it has already: a gateway with a new secret must stay the gateway whose payments are known.
        #[arg(long)]
        like: Option<Uuid>,
    },
    /// Ends credentials: no new token is given for them.
    Revoke {
        /// Which.
        #[arg(long)]
        id: Uuid,
    },
}

/// Whose credentials are created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClientKind {
    /// An officer of the scheme.
    Officer,
    /// An internal service.
    Service,
}

/// What can be done with the key ring.
#[derive(Clone, Debug, Subcommand)]
pub enum KeysCommand {
    /// Makes a key ring where none is.
    Create,
}

impl Place {
    /// Where the store is.
    pub fn store_url(&self) -> String {
        let stated = self.database_url.as_ref().map(|it| it.text().to_owned());
        stated.unwrap_or_else(|| {
            let file = self.data_dir.join("jamsostek.db");
            format!("sqlite://{}", file.display())
        })
    }

    /// Whether the store is the embedded one.
    pub fn is_embedded(&self) -> bool {
        self.store_url().starts_with("sqlite:")
    }

    /// Where the keys are.
    pub fn keys(&self) -> PathBuf {
        let default = || self.data_dir.join("keys.json");
        self.key_file.clone().unwrap_or_else(default)
    }

    /// Where the lock is, that one serving process holds.
    pub fn lock(&self) -> PathBuf {
        self.data_dir.join("lock")
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.data_dir
    }
}
