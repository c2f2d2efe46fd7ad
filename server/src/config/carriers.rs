//! The settings of the carriers of messages: a mail server, and a gateway for SMS.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::file::{read, secret};
use crate::{
    hidden::Hidden,
    notification::{
        Carriers, GatewayProof, MailServer, MailServerSettings, SmsGateway, SmsGatewaySettings,
    },
};

/// How messages leave. What is left out is the sandbox's outbox.
#[derive(Args, Clone, Debug)]
pub struct CarrierFlags {
    /// The mail server that takes messages to e-mail addresses.
    #[arg(long, global = true, env = "JAMSOSTEK_SMTP_HOST")]
    pub smtp_host: Option<String>,
    /// Its port; by how it is spoken to, 587, 465 or 25, when nothing is said.
    #[arg(long, global = true, env = "JAMSOSTEK_SMTP_PORT")]
    pub smtp_port: Option<u16>,
    /// How it is spoken to; in the clear only on this machine.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_SMTP_SECURITY",
        value_enum,
        default_value = "starttls"
    )]
    pub smtp_security: SmtpSecurity,
    /// The account there; without one nobody signs in.
    #[arg(long, global = true, env = "JAMSOSTEK_SMTP_USER")]
    pub smtp_user: Option<String>,
    /// The account's password.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_SMTP_PASSWORD",
        hide_env_values = true
    )]
    pub smtp_password: Option<Hidden>,
    /// A file with the account's password.
    #[arg(long, global = true, env = "JAMSOSTEK_SMTP_PASSWORD_FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// Whom mail comes from, such as `Jamsostek <no-reply@jamsostek.example>`.
    #[arg(long, global = true, env = "JAMSOSTEK_SMTP_FROM")]
    pub smtp_from: Option<String>,
    /// The only certificates, in PEM, that may vouch for the mail server; the public ones when nothing is said.
    #[arg(long, global = true, env = "JAMSOSTEK_SMTP_CA_FILE")]
    pub smtp_ca_file: Option<PathBuf>,
    /// The gateway that takes messages to mobile numbers, as https://…; http:// only on this machine.
    #[arg(long, global = true, env = "JAMSOSTEK_SMS_URL")]
    pub sms_url: Option<String>,
    /// What the gateway knows us by: a bearer token.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_SMS_TOKEN",
        hide_env_values = true
    )]
    pub sms_token: Option<Hidden>,
    /// A file with the bearer token.
    #[arg(long, global = true, env = "JAMSOSTEK_SMS_TOKEN_FILE")]
    pub sms_token_file: Option<PathBuf>,
    /// What the gateway knows us by: a key to sign with, as whsec_ and at least 24 bytes in base64.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_SMS_SIGNING_KEY",
        hide_env_values = true
    )]
    pub sms_signing_key: Option<Hidden>,
    /// A file with the key to sign with.
    #[arg(long, global = true, env = "JAMSOSTEK_SMS_SIGNING_KEY_FILE")]
    pub sms_signing_key_file: Option<PathBuf>,
    /// The only certificates, in PEM, that may vouch for the gateway; the public ones when nothing is said.
    #[arg(long, global = true, env = "JAMSOSTEK_SMS_CA_FILE")]
    pub sms_ca_file: Option<PathBuf>,
    /// How long a carrier may take for one message; 100 to 10000.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_CARRIER_TIMEOUT_MILLISECONDS",
        default_value = "10000",
        value_parser = clap::value_parser!(u64).range(100..=10_000)
    )]
    pub carrier_timeout_milliseconds: u64,
}

/// How a mail server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SmtpSecurity {
    /// In the clear until STARTTLS, and never on without it.
    Starttls,
    /// In TLS from the first byte.
    Tls,
    /// In the clear; only on this machine.
    Plain,
}

impl CarrierFlags {
    /// The carriers as they are set, or what is wrong with the settings.
    pub(super) fn read(&self) -> Result<Carriers, String> {
        Ok(Carriers::of(self.mail_server()?, self.sms_gateway()?))
    }

    fn mail_server(&self) -> Result<Option<MailServer>, String> {
        let Some(host) = &self.smtp_host else {
            let stray = self.smtp_user.is_some()
                || self.smtp_password.is_some()
                || self.smtp_password_file.is_some()
                || self.smtp_from.is_some()
                || self.smtp_port.is_some()
                || self.smtp_ca_file.is_some();
            return absent(stray, "--smtp-host");
        };
        if host.is_empty() {
            return Err("--smtp-host is empty".into());
        }
        if self.smtp_security == SmtpSecurity::Plain && !is_this_machine(host) {
            return Err("--smtp-security plain is only for a mail server on this machine".into());
        }
        let password = secret(
            "--smtp-password",
            self.smtp_password.as_ref(),
            self.smtp_password_file.as_ref(),
        )?;
        let credentials = match (&self.smtp_user, password) {
            (Some(user), Some(password)) => Some((user.clone(), password)),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                return Err("--smtp-user and --smtp-password go together".into());
            }
        };
        let from = self.smtp_from.as_deref();
        let settings = MailServerSettings {
            host: host.clone(),
            port: self.smtp_port,
            security: self.smtp_security,
            credentials,
            from: from.ok_or("--smtp-from is missing")?.to_owned(),
            ca: self.smtp_ca_file.as_deref().map(certificates).transpose()?,
            patience: self.patience(),
        };
        MailServer::new(settings).map(Some)
    }

    fn sms_gateway(&self) -> Result<Option<SmsGateway>, String> {
        let Some(url) = &self.sms_url else {
            let stray = self.sms_token.is_some()
                || self.sms_token_file.is_some()
                || self.sms_signing_key.is_some()
                || self.sms_signing_key_file.is_some()
                || self.sms_ca_file.is_some();
            return absent(stray, "--sms-url");
        };
        let token = secret(
            "--sms-token",
            self.sms_token.as_ref(),
            self.sms_token_file.as_ref(),
        )?;
        let key = secret(
            "--sms-signing-key",
            self.sms_signing_key.as_ref(),
            self.sms_signing_key_file.as_ref(),
        )?;
        let settings = SmsGatewaySettings {
            url: url.clone(),
            proof: GatewayProof { token, key },
            ca: self.sms_ca_file.as_deref().map(certificates).transpose()?,
            patience: self.patience(),
        };
        SmsGateway::new(settings).map(Some)
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.carrier_timeout_milliseconds)
    }
}

/// Settings of a carrier that is not named would silently do nothing.
fn absent<T>(stray: bool, named_by: &str) -> Result<Option<T>, String> {
    if stray {
        return Err(format!("there are settings that need {named_by}"));
    }
    Ok(None)
}

/// Whether `host` is this machine, so that nobody else hears what is said to it in the clear.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address: Result<IpAddr, _> = bare.parse();
    bare == "localhost" || address.is_ok_and(|it| it.is_loopback())
}

/// The file's bytes, where it holds certificates: with none, nobody could ever be trusted.
fn certificates(path: &Path) -> Result<Vec<u8>, String> {
    let pem = read(path)?;
    let count = CertificateDer::pem_slice_iter(&pem).try_fold(0, |count, it| it.map(|_| count + 1));
    match count {
        Ok(1..) => Ok(pem),
        Ok(_) | Err(_) => Err(format!("{} holds no certificates in PEM", path.display())),
    }
}
