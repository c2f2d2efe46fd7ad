//! Puts a question as CALL_VERIFY_BY_ELEMEN: a POST of JSON that names the elements to compare.

use std::error::Error;

use reqwest::{Certificate, Client, Response, Url, redirect};
use serde::Serialize;

use super::{
    RegisterSettings,
    answer::{self, Said, Silence},
};
use crate::identity::{FullName, Question, agreed_name};

/// The longest answer that is read; a real one has a few hundred bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1_024;

/// The way to the register.
pub(super) struct Wire {
    client: Client,
    url: Url,
    settings: RegisterSettings,
}

/// What is put to the register, and nothing more than that.
#[derive(Serialize)]
pub(super) struct Elements {
    #[serde(rename = "NIK")]
    pub(super) nik: String,
    #[serde(rename = "NAMA_LGKP")]
    pub(super) full_name: String,
    #[serde(rename = "TGL_LHR")]
    pub(super) birth_date: String,
    #[serde(rename = "NAMA_LGKP_IBU", skip_serializing_if = "Option::is_none")]
    pub(super) mother_name: Option<String>,
}

#[derive(Serialize)]
struct Letter<'a> {
    #[serde(rename = "USER_ID")]
    user_id: &'a str,
    #[serde(rename = "PASSWORD")]
    password: &'a str,
    #[serde(rename = "IP_USER")]
    ip_user: &'a str,
    /// The protocol's own spelling.
    #[serde(rename = "TRESHOLD")]
    threshold: String,
    #[serde(flatten)]
    elements: &'a Elements,
}

impl Wire {
    pub(super) fn new(settings: &RegisterSettings) -> Result<Self, String> {
        // One TLS provider for all. Whoever came first has installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .timeout(settings.patience)
            // The password is in the body: it goes where the settings say, and nowhere that an answer or the environment names.
            .redirect(redirect::Policy::none())
            .no_proxy();
        let trusted = match &settings.certificates {
            Some(pem) => Some(certificates(pem)?),
            // In the clear nobody needs to be trusted, and a machine without certificates is no obstacle.
            None if settings.url.scheme() == "http" => Some(Vec::new()),
            None => None,
        };
        if let Some(trusted) = trusted {
            client = client.tls_certs_only(trusted);
        }
        let client = client.build().map_err(|error| cannot_be_called(&error))?;
        let mut url = settings.url.clone();
        url.path_segments_mut()
            .map_err(|()| "--register-url is no address to call")?
            .pop_if_empty()
            .extend([
                "dukcapil",
                "get_json",
                &settings.customer,
                "CALL_VERIFY_BY_ELEMEN",
            ]);
        Ok(Self {
            client,
            url,
            settings: settings.clone(),
        })
    }

    /// Where and how strictly it is asked.
    pub(super) fn place(&self) -> (&str, u8) {
        (self.url.as_str(), self.settings.threshold)
    }

    /// The elements of a question, as the register writes them.
    pub(super) fn elements(&self, question: &Question) -> Elements {
        Elements {
            nik: question.nik.text().to_owned(),
            full_name: plain(&question.full_name),
            birth_date: question.birth_date.format("%d-%m-%Y").to_string(),
            mother_name: question.mother_name.as_ref().map(plain),
        }
    }

    /// Puts a question.
    pub(super) async fn put(&self, question: &Question) -> Result<Said, Silence> {
        let settings = &self.settings;
        let elements = self.elements(question);
        let letter = Letter {
            user_id: &settings.user_id,
            password: settings.password.text(),
            ip_user: &settings.ip_user,
            threshold: settings.threshold.to_string(),
            elements: &elements,
        };
        let sent = self
            .client
            .post(self.url.clone())
            .json(&letter)
            .send()
            .await;
        let response = sent.map_err(|error| silence(&error))?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(Silence::Status(response.status().as_u16()));
        }
        let body = body(response).await?;
        answer::read(&body, &elements, settings.threshold)
    }
}

/// Whom to trust. A file that names nobody would let nobody be believed.
fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, String> {
    let read = Certificate::from_pem_bundle(pem).unwrap_or_default();
    if read.is_empty() {
        return Err("--register-ca holds no certificates in PEM".to_owned());
    }
    Ok(read)
}

/// Why nobody can be called at all: on a machine without certificates, for instance.
fn cannot_be_called(error: &reqwest::Error) -> String {
    let why = error.source().map(ToString::to_string);
    let why = why.unwrap_or_else(|| error.to_string());
    format!("the population register cannot be called: {why}")
}

/// A name as the register keeps it, so that titles, case and points make no difference (decision C1).
fn plain(name: &FullName) -> String {
    let agreed = agreed_name(name.text());
    if agreed.is_empty() {
        // All of it reads like titles; it is somebody's name all the same.
        return name.text().to_uppercase();
    }
    agreed
}

/// The body, if it ends.
async fn body(mut response: Response) -> Result<Vec<u8>, Silence> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| silence(&error))? {
        if body.len() + part.len() > ANSWER_BYTES_MAX {
            return Err(Silence::TooBig);
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// What a failed call means. Its text names where the register is, so that it is not logged.
fn silence(error: &reqwest::Error) -> Silence {
    if error.is_connect() {
        Silence::Unreachable
    } else {
        Silence::BrokenOff
    }
}
