//! How to connect.

use std::{fmt, time::Duration};

use tonic::{
    Status,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};

use crate::Error;

/// How to connect and how long to wait.
///
/// ```
/// # use std::time::Duration;
/// use jamsostek_client::Options;
///
/// let options = Options::new("http://127.0.0.1:50051").deadline(Duration::from_secs(3));
/// ```
#[derive(Clone)]
pub struct Options {
    endpoint: String,
    pub(crate) deadline: Duration,
    keep_alive_interval: Duration,
    keep_alive_timeout: Duration,
    ca_certificate: Option<Certificate>,
    domain: Option<String>,
    client_identity: Option<Identity>,
}

impl Options {
    /// Connects to the service at `endpoint`, such as `http://127.0.0.1:50051`, or `https://…` for TLS.
    #[must_use]
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            deadline: Duration::from_secs(10),
            keep_alive_interval: Duration::from_secs(60),
            keep_alive_timeout: Duration::from_secs(20),
            ca_certificate: None,
            domain: None,
            client_identity: None,
        }
    }

    /// Gives each call this long, repeats included; 10 seconds otherwise. The service is told, and stops working too; it gives
    /// no single try more than 30 seconds.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Asks every `interval` whether the other side is still there, and gives up after `timeout` without an answer;
    /// 60 and 20 seconds otherwise.
    #[must_use]
    pub fn keep_alive(mut self, interval: Duration, timeout: Duration) -> Self {
        self.keep_alive_interval = interval;
        self.keep_alive_timeout = timeout;
        self
    }

    /// Trusts services whose certificate comes from this authority (PEM). Every `https://` endpoint needs it: the
    /// client brings no authorities of its own.
    #[must_use]
    pub fn ca_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.ca_certificate = Some(Certificate::from_pem(pem));
        self
    }

    /// Expects this name in the service's certificate, where it is not the endpoint's host.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Shows this certificate and proves it with its key (both PEM), where the service asks for mutual TLS.
    #[must_use]
    pub fn client_identity(mut self, certificate: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        self.client_identity = Some(Identity::from_pem(certificate, key));
        self
    }

    /// Connects.
    pub(crate) async fn connect(&self) -> Result<Channel, Error> {
        let mut endpoint = Endpoint::from_shared(self.endpoint.clone())
            .and_then(|it| it.user_agent(concat!("jamsostek-client/", env!("CARGO_PKG_VERSION"))))
            .map_err(unreachable)?
            .connect_timeout(self.deadline)
            .http2_keep_alive_interval(self.keep_alive_interval)
            .keep_alive_timeout(self.keep_alive_timeout)
            .keep_alive_while_idle(true);
        if let Some(tls) = self.tls()? {
            endpoint = endpoint.tls_config(tls).map_err(unreachable)?;
        }
        endpoint.connect().await.map_err(unreachable)
    }

    fn tls(&self) -> Result<Option<ClientTlsConfig>, Error> {
        let Some(ca_certificate) = &self.ca_certificate else {
            return if self.endpoint.starts_with("https:") {
                Err(Error::Transport(Status::invalid_argument(
                    "an https endpoint needs Options::ca_certificate",
                )))
            } else {
                Ok(None)
            };
        };
        let mut tls = ClientTlsConfig::new().ca_certificate(ca_certificate.clone());
        if let Some(domain) = &self.domain {
            tls = tls.domain_name(domain);
        }
        if let Some(identity) = &self.client_identity {
            tls = tls.identity(identity.clone());
        }
        Ok(Some(tls))
    }
}

fn unreachable(error: tonic::transport::Error) -> Error {
    Error::Transport(Status::from_error(Box::new(error)))
}

impl fmt::Debug for Options {
    /// Leaves the key out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("endpoint", &self.endpoint)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
