//! Mail: one message a transaction of SMTP, with every step looked at, since only the step says whether a message may have left.

use std::sync::{Mutex, PoisonError};

use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use tokio::time::{Instant, timeout_at};

use super::{
    carrier::{NotTaken, Parcel},
    reply::{later, told, verdict},
    wording::subject,
};
use crate::{config::SmtpSecurity, hidden::Hidden};

/// How many connections are kept for the next message, and for how long.
const IDLE_MAX: usize = 4;
const IDLE_FOR: Duration = Duration::from_secs(30);

/// What a mail server is made from.
pub(crate) struct MailServerSettings {
    pub host: String,
    pub port: Option<u16>,
    pub security: SmtpSecurity,
    /// The account and its password.
    pub credentials: Option<(String, Hidden)>,
    pub from: String,
    /// The only certificates that may vouch for it, in PEM.
    pub ca: Option<Vec<u8>>,
    pub patience: Duration,
}

/// A mail server that takes our mail.
pub(crate) struct MailServer {
    host: String,
    port: u16,
    security: SmtpSecurity,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    from: Mailbox,
    hello: ClientId,
    patience: Duration,
    idle: Mutex<Vec<Idle>>,
}

/// A connection that waits for the next message.
struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl MailServer {
    pub(crate) fn new(settings: MailServerSettings) -> Result<Self, String> {
        let from: Mailbox = settings
            .from
            .parse()
            .map_err(|error| format!("--smtp-from is no address: {error}"))?;
        let mut tls = TlsParameters::builder(settings.host.clone());
        tls = tls.certificate_store(CertificateStore::WebpkiRoots);
        if let Some(pem) = &settings.ca {
            let ca = Certificate::from_pem(pem)
                .map_err(|_| "--smtp-ca-file holds no certificates in PEM")?;
            tls = tls
                .certificate_store(CertificateStore::None)
                .add_root_certificate(ca);
        }
        let tls = tls
            .build()
            .map_err(|_| "--smtp-host and --smtp-ca-file do not make TLS")?;
        let port = match settings.security {
            SmtpSecurity::Starttls => 587,
            SmtpSecurity::Tls => 465,
            SmtpSecurity::Plain => 25,
        };
        Ok(Self {
            port: settings.port.unwrap_or(port),
            host: settings.host,
            security: settings.security,
            tls,
            credentials: settings
                .credentials
                .map(|(user, password)| Credentials::new(user, password.text().to_owned())),
            hello: ClientId::Domain(from.email.domain().to_owned()),
            from,
            patience: settings.patience,
            idle: Mutex::default(),
        })
    }

    /// Hands one message over, within our patience.
    pub(super) async fn send(&self, now: DateTime<Utc>, parcel: &Parcel) -> Result<(), NotTaken> {
        let until = Instant::now() + self.patience;
        let to: Address = parcel
            .contact
            .parse()
            .map_err(|_| NotTaken::Refused("it is no address that mail knows".into()))?;
        let letter = self.letter(now, &to, parcel)?;
        let ready = timeout_at(until, self.asks(to)).await;
        let mut connection = ready.map_err(|_| NotTaken::Later("it takes too long".into()))??;
        // From here on it may have left, whatever we hear.
        match timeout_at(until, connection.message(&letter)).await {
            Ok(Ok(_)) => {
                self.keep(connection);
                Ok(())
            }
            Ok(Err(error)) if error.status().is_some() => Err(verdict(&error)),
            Ok(Err(error)) => Err(NotTaken::Lost(told(&error))),
            Err(_) => Err(NotTaken::Lost("it takes too long".into())),
        }
    }

    /// The mail, under an id by which a repeat is known again.
    fn letter(
        &self,
        now: DateTime<Utc>,
        to: &Address,
        parcel: &Parcel,
    ) -> Result<Vec<u8>, NotTaken> {
        let letter = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(subject(parcel.is_code))
            .date(now.into())
            .message_id(Some(format!(
                "<{}@{}>",
                parcel.id,
                self.from.email.domain()
            )))
            .header(ContentType::TEXT_PLAIN)
            .body(parcel.text.clone())
            .map_err(|_| NotTaken::Unreadable)?;
        Ok(letter.formatted())
    }

    /// A connection on which the server has said that it takes mail for `to`. Nothing has left before it is used.
    async fn asks(&self, to: Address) -> Result<AsyncSmtpConnection, NotTaken> {
        let mut connection = match self.kept().await {
            Some(connection) => connection,
            None => self.connects().await.map_err(|it| later(&it))?,
        };
        // What it has against us is no fault of the message: that waits until we are mended.
        let mail = Mail::new(Some(self.from.email.clone()), Vec::new());
        connection.command(mail).await.map_err(|it| later(&it))?;
        let rcpt = Rcpt::new(to, Vec::new());
        connection.command(rcpt).await.map_err(|it| verdict(&it))?;
        connection.command(Data).await.map_err(|it| verdict(&it))?;
        Ok(connection)
    }

    async fn connects(&self) -> Result<AsyncSmtpConnection, Error> {
        let tls = || Some(self.tls.clone());
        let tls_at_once = match self.security {
            SmtpSecurity::Tls => tls(),
            SmtpSecurity::Starttls | SmtpSecurity::Plain => None,
        };
        let server = (self.host.as_str(), self.port);
        let patience = Some(self.patience);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, patience, &self.hello, tls_at_once, None)
                .await?;
        if self.security == SmtpSecurity::Starttls {
            // Where it is not offered this fails: never on in the clear.
            let tls = self.tls.clone();
            connection.starttls(tls, &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    /// A connection of before that still lives.
    async fn kept(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let mut idle = self
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop()?;
            if idle.since.elapsed() < IDLE_FOR && idle.connection.test_connected().await {
                return Some(idle.connection);
            }
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            let since = Instant::now();
            idle.push(Idle { connection, since });
        }
    }
}
