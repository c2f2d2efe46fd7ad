//! SMS: one POST a message to a gateway, `{"id", "to", "text"}`, under our id. Gateways to WhatsApp take the same.
//!
//! Signed as Standard Webhooks say: HMAC-SHA-256 over `{id}.{timestamp}.{body}`.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use reqwest::{Client, Response, StatusCode, Url, header, redirect};
use ring::hmac;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::carrier::{NotTaken, Parcel};
use crate::{config::is_this_machine, hidden::Hidden};

/// The shortest key that Standard Webhooks allow.
const KEY_BYTES_MIN: usize = 24;
/// How much of an answer is read, so that its connection can serve again; more is none of ours.
const ANSWER_BYTES_MAX: usize = 16 * 1_024;

/// What a gateway is made from.
pub(crate) struct SmsGatewaySettings {
    pub url: String,
    pub proof: GatewayProof,
    /// The only certificates that may vouch for it, in PEM.
    pub ca: Option<Vec<u8>>,
    pub patience: Duration,
}

/// What the gateway knows us by: at least one of them.
pub(crate) struct GatewayProof {
    pub token: Option<Hidden>,
    pub key: Option<Hidden>,
}

/// A gateway that takes messages to mobile numbers.
pub(crate) struct SmsGateway {
    client: Client,
    url: Url,
    /// The bearer token, as the header says it.
    token: Option<header::HeaderValue>,
    key: Option<hmac::Key>,
}

impl SmsGateway {
    pub(crate) fn new(settings: SmsGatewaySettings) -> Result<Self, String> {
        let url: Url = settings
            .url
            .parse()
            .map_err(|error| format!("--sms-url is no URL: {error}"))?;
        let host = url.host_str().unwrap_or_default();
        let is_safe = url.scheme() == "https" || url.scheme() == "http" && is_this_machine(host);
        if !is_safe {
            return Err("--sms-url must be https://…; http:// is only for this machine".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("--sms-url must hold no name and no password; there is --sms-token".into());
        }
        let GatewayProof { token, key } = settings.proof;
        if token.is_none() && key.is_none() {
            return Err("--sms-url needs --sms-token or --sms-signing-key".into());
        }
        let client = Client::builder()
            .tls_backend_preconfigured(tls(settings.ca.as_deref())?)
            // An answer that sends us elsewhere would take the message, and what proves us, along.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .timeout(settings.patience)
            // Whoever has not answered the call at all has surely not taken the message.
            .connect_timeout(settings.patience / 2)
            .build()
            .map_err(|error| format!("--sms-url cannot be called: {}", error.without_url()))?;
        Ok(Self {
            client,
            url,
            token: token.map(|it| bearer(it.text())).transpose()?,
            key: key.map(|it| signing_key(it.text())).transpose()?,
        })
    }

    /// Hands one message over, within our patience.
    pub(super) async fn send(&self, now: DateTime<Utc>, parcel: &Parcel) -> Result<(), NotTaken> {
        let id = parcel.id.to_string();
        let body = serde_json::json!({ "id": id, "to": parcel.contact, "text": parcel.text });
        let body = body.to_string();
        let mut request = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", &id);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, token.clone());
        }
        if let Some(key) = &self.key {
            let timestamp = now.timestamp().to_string();
            request = request
                .header("webhook-id", &id)
                .header("webhook-signature", signature(key, &id, &timestamp, &body))
                .header("webhook-timestamp", timestamp);
        }
        match request.body(body).send().await {
            Ok(answer) => {
                let verdict = verdict(answer.status());
                drain(answer).await;
                verdict
            }
            Err(error) if error.is_connect() => Err(NotTaken::Later("no connection".into())),
            Err(error) if error.is_timeout() => Err(NotTaken::Lost("it takes too long".into())),
            Err(_) => Err(NotTaken::Lost("a broken connection".into())),
        }
    }
}

/// What an answer means. That a gateway takes nothing now is said by itself; what stands between it and us cannot know whether it
/// has. A wrong token is no fault of the message: that waits until we are mended.
fn verdict(status: StatusCode) -> Result<(), NotTaken> {
    if status.is_success() {
        return Ok(());
    }
    let told = format!("it answers {}", status.as_u16());
    Err(match status {
        StatusCode::UNAUTHORIZED
        | StatusCode::TOO_MANY_REQUESTS
        | StatusCode::INTERNAL_SERVER_ERROR
        | StatusCode::SERVICE_UNAVAILABLE => NotTaken::Later(told),
        StatusCode::REQUEST_TIMEOUT => NotTaken::Lost(told),
        _ if status.is_client_error() => NotTaken::Refused(told),
        _ if status.is_server_error() => NotTaken::Lost(told),
        // It sends us elsewhere, or speaks another protocol.
        _ => NotTaken::Later(told),
    })
}

/// Reads what is left of a small answer. Whatever goes wrong with it, its status has been told.
async fn drain(mut answer: Response) {
    let mut read = 0;
    while let Ok(Some(part)) = answer.chunk().await {
        read += part.len();
        if read > ANSWER_BYTES_MAX {
            return;
        }
    }
}

fn bearer(token: &str) -> Result<header::HeaderValue, String> {
    let value = header::HeaderValue::from_str(&format!("Bearer {token}"));
    let mut value = value.map_err(|_| "--sms-token holds what no header can")?;
    value.set_sensitive(true);
    Ok(value)
}

fn signing_key(key: &str) -> Result<hmac::Key, String> {
    let bytes = key.strip_prefix("whsec_").map(|it| STANDARD.decode(it));
    match bytes {
        Some(Ok(bytes)) if bytes.len() >= KEY_BYTES_MIN => {
            Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
        }
        _ => Err("--sms-signing-key must be whsec_ and at least 24 bytes in base64".into()),
    }
}

fn signature(key: &hmac::Key, id: &str, timestamp: &str, body: &str) -> String {
    let tag = hmac::sign(key, format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag))
}

/// Trusts the certificates of `ca` alone, or the public ones.
fn tls(ca: Option<&[u8]>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    match ca {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(pem) => {
            let none = "--sms-ca-file holds no certificates in PEM";
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|_| none)?;
                roots.add(certificate).map_err(|_| none)?;
            }
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| format!("TLS cannot be had: {error}"))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_whether_a_message_was_taken_may_be_or_never_will() {
        let told = |code| match verdict(StatusCode::from_u16(code).expect("a status")) {
            Ok(()) => "taken",
            Err(NotTaken::Later(_)) => "later",
            Err(NotTaken::Lost(_)) => "lost",
            Err(NotTaken::Refused(_)) => "refused",
            Err(NotTaken::Played | NotTaken::Unreadable | NotTaken::Broken(_)) => "else",
        };
        for (codes, meaning) in [
            (&[200, 201, 202, 204][..], "taken"),
            (&[301, 307, 401, 429, 500, 503], "later"),
            (&[408, 502, 504, 520], "lost"),
            (&[400, 403, 404, 422], "refused"),
        ] {
            for code in codes {
                assert_eq!(told(*code), meaning, "{code}");
            }
        }
    }

    #[test]
    fn a_message_is_signed_as_standard_webhooks_say() {
        // The example of their specification.
        let key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key");
        let body = r#"{"test": 2432232314}"#;

        let signed = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body);

        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
