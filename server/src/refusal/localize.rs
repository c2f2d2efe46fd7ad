//! Tells each refusal in the language of its caller, on its way out: whoever refuses deep inside need not know who asked.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use http::{HeaderMap, HeaderValue};
use http_body::Frame;
use http_body_util::BodyExt;
use prost::Message;
use tonic::{Status, body::Body};
use tonic_types::{BadRequest, ErrorInfo, LocalizedMessage, pb};
use tower::{Layer, Service};

use super::{Reason, catalogue::Catalogue};
use crate::texts::Language;

/// How many bad fields are told to people, too: some clients read no head of more than 8 KiB.
const FIELDS_MAX: usize = 20;

/// Puts the telling before a service.
#[derive(Clone)]
pub(crate) struct LocalizeLayer(&'static Catalogue);

impl LocalizeLayer {
    /// With the texts that are compiled in, read now rather than at the first refusal.
    pub(crate) fn new() -> Self {
        Self(Catalogue::get())
    }
}

impl<S> Layer<S> for LocalizeLayer {
    type Service = Localize<S>;

    fn layer(&self, inner: S) -> Localize<S> {
        Localize {
            inner,
            catalogue: self.0,
        }
    }
}

/// A service whose refusals are told in the language of their caller.
#[derive(Clone)]
pub(crate) struct Localize<S> {
    inner: S,
    catalogue: &'static Catalogue,
}

type Answering<E> = Pin<Box<dyn Future<Output = Result<http::Response<Body>, E>> + Send>>;

impl<S> Service<http::Request<Body>> for Localize<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = S::Error;
    type Future = Answering<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let tongue = Tongue {
            catalogue: self.catalogue,
            language: Language::asked_by(request.headers()),
        };
        let answering = self.inner.call(request);
        Box::pin(async move { Ok(tongue.answer(answering.await?)) })
    }
}

/// In what words, and in which language.
#[derive(Clone, Copy)]
struct Tongue {
    catalogue: &'static Catalogue,
    language: Language,
}

impl Tongue {
    /// A refusal is all head. What has a body may still be refused at its end, and then says so in its trailers.
    fn answer(self, response: http::Response<Body>) -> http::Response<Body> {
        let (mut head, body) = response.into_parts();
        if head.headers.contains_key(Status::GRPC_STATUS) {
            self.tell(&mut head.headers);
            return http::Response::from_parts(head, body);
        }
        let body = body.map_frame(move |frame| match frame.into_trailers() {
            Ok(mut trailers) => {
                self.tell(&mut trailers);
                Frame::trailers(trailers)
            }
            Err(data) => data,
        });
        http::Response::from_parts(head, Body::new(body))
    }

    /// Adds the words to a refusal. What went well has no details and costs one look.
    fn tell(self, headers: &mut HeaderMap) {
        let Some(details) = headers.get(Status::GRPC_STATUS_DETAILS) else {
            return;
        };
        match self.told(details.as_bytes()) {
            Ok(Some(told)) => {
                headers.insert(Status::GRPC_STATUS_DETAILS, told);
            }
            Ok(None) => {}
            // The refusal itself is whole: it goes out as it was.
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "a refusal could not be told in its caller's language"
            ),
        }
    }

    /// The details with the words for people; none where they are no refusal of ours.
    fn told(self, details: &[u8]) -> Result<Option<HeaderValue>, Untold> {
        let details = STANDARD_NO_PAD.decode(details)?;
        let mut status = pb::Status::decode(details.as_slice())?;
        let (mut reason, mut metadata) = (None, Default::default());
        for detail in &mut status.details {
            match detail.type_url.as_str() {
                ErrorInfo::TYPE_URL => {
                    let info = pb::ErrorInfo::decode(detail.value.as_slice())?;
                    if info.domain == jamsostek_proto::ERROR_DOMAIN {
                        reason = Reason::from_str_name(&info.reason);
                        metadata = info.metadata;
                    }
                }
                BadRequest::TYPE_URL => {
                    let mut bad = pb::BadRequest::decode(detail.value.as_slice())?;
                    for field in bad.field_violations.iter_mut().take(FIELDS_MAX) {
                        let told = self.catalogue.field(&field.description, self.language);
                        field.localized_message = told.map(|it| self.said(it.to_owned()));
                    }
                    detail.value = bad.encode_to_vec();
                }
                _ => {}
            }
        }
        let Some(reason) = reason else {
            return Ok(None);
        };
        let text = self.catalogue.text(reason, &metadata, self.language);
        let text = text.ok_or(Untold::NoText(reason))?;
        status.details.push(prost_types::Any {
            type_url: LocalizedMessage::TYPE_URL.to_owned(),
            value: self.said(text).encode_to_vec(),
        });
        let told = STANDARD_NO_PAD.encode(status.encode_to_vec());
        Ok(Some(HeaderValue::try_from(told)?))
    }

    fn said(self, message: String) -> pb::LocalizedMessage {
        pb::LocalizedMessage {
            locale: self.language.tag().to_owned(),
            message,
        }
    }
}

/// Why a refusal went out in English alone.
#[derive(Debug, thiserror::Error)]
enum Untold {
    #[error("its details are not in base64")]
    Base64(#[from] base64::DecodeError),
    #[error("its details are not those of gRPC")]
    Details(#[from] prost::DecodeError),
    #[error("its details fit no header")]
    Header(#[from] http::header::InvalidHeaderValue),
    #[error("there is no text for {0:?}")]
    NoText(Reason),
}

#[cfg(test)]
mod tests;
