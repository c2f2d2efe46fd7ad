//! How to connect.

use std::{fmt, time::Duration};

use tonic::{
    Status,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};

use crate::Error;

/// No call is given longer: five tries of the service's thirty seconds and every sensible pause fit into it, and no clock
/// overflows.
pub(crate) const DEADLINE_MAX: Duration = Duration::from_secs(60 * 60);

/// A language in which the service tells people why it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// What the service speaks when nobody asks for another.
    Indonesian,
    /// For whoever does not read Indonesian.
    English,
}

impl Language {
    /// Its tag (BCP 47), as [`Localized::locale`](crate::Localized::locale) has it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }
}

/// How to connect, how long to wait and in which language to be told.
///
/// ```
/// # use std::time::Duration;
/// use jamsostek_client::{Language, Options};
///
/// let options = Options::new("http://127.0.0.1:50051")
///     .deadline(Duration::from_secs(3))
///     .language(Language::English);
/// ```
#[derive(Clone)]
pub struct Options {
    endpoint: String,
    pub(crate) deadline: Duration,
    pub(crate) language: Option<Language>,
    keep_alive_interval: Duration,
    keep_alive_timeout: Duration,
    ca_certificate: Option<Certificate>,
    domain: Option<String>,
    client_identity: Option<Identity>,
    #[cfg(feature = "cli")]
    system_certificates: bool,
}

impl Options {
    /// Connects to the service at `endpoint`, such as `http://127.0.0.1:50051`, or `https://…` for TLS.
    #[must_use]
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            deadline: Duration::from_secs(10),
            language: None,
            keep_alive_interval: Duration::from_secs(60),
            keep_alive_timeout: Duration::from_secs(20),
            ca_certificate: None,
            domain: None,
            client_identity: None,
            #[cfg(feature = "cli")]
            system_certificates: false,
        }
    }

    /// Gives each call this long, repeats included, and an hour at most; 10 seconds otherwise. The service is told, and stops
    /// working too; it gives no single try more than 30 seconds.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline.min(DEADLINE_MAX);
        self
    }

    /// Asks for refusals in this language; Indonesian otherwise. [`Refusal::localized`](crate::Refusal::localized) has the words.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
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

    /// Trusts the authorities that this machine trusts; with the feature `cli`.
    #[cfg(feature = "cli")]
    #[must_use]
    pub fn system_certificates(mut self) -> Self {
        self.system_certificates = true;
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
            .map_err(|_| Status::invalid_argument("the endpoint is no address of a server"))
            .map_err(Error::Transport)?
            .connect_timeout(self.deadline)
            .http2_keep_alive_interval(self.keep_alive_interval)
            .keep_alive_timeout(self.keep_alive_timeout)
            .keep_alive_while_idle(true);
        let encrypted = endpoint.uri().scheme_str() == Some("https");
        if let Some(tls) = self.tls(encrypted)? {
            endpoint = endpoint.tls_config(tls).map_err(unreachable)?;
        }
        endpoint.connect().await.map_err(unreachable)
    }

    /// How to speak TLS; `None` to an `http://` endpoint. Whoever asked for TLS there is told so, and not called in the clear.
    fn tls(&self, encrypted: bool) -> Result<Option<ClientTlsConfig>, Error> {
        let trusted = self.trusted();
        let asked_for =
            trusted.is_some() || self.domain.is_some() || self.client_identity.is_some();
        let mut tls = match trusted {
            _ if !encrypted && !asked_for => return Ok(None),
            _ if !encrypted => {
                return Err(Error::Transport(Status::invalid_argument(
                    "an http endpoint speaks no TLS: call it with https, or leave certificates and names out",
                )));
            }
            Some(tls) => tls,
            None => {
                return Err(Error::Transport(Status::invalid_argument(
                    "an https endpoint needs Options::ca_certificate",
                )));
            }
        };
        if let Some(domain) = &self.domain {
            tls = tls.domain_name(domain);
        }
        if let Some(identity) = &self.client_identity {
            tls = tls.identity(identity.clone());
        }
        Ok(Some(tls))
    }

    /// Whom the client trusts; `None` where it was told of nobody.
    fn trusted(&self) -> Option<ClientTlsConfig> {
        let tls = ClientTlsConfig::new();
        match &self.ca_certificate {
            Some(authority) => Some(tls.ca_certificate(authority.clone())),
            #[cfg(feature = "cli")]
            None if self.system_certificates => Some(tls.with_native_roots()),
            None => None,
        }
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
