//! Builds the one shape in which this service refuses a request, and tells it in the language of whoever asked.

mod catalogue;
mod docs;
mod localize;

pub use docs::errors_page;
pub(crate) use localize::LocalizeLayer;

use std::{fmt, time::Duration};

use chrono::{DateTime, NaiveDate, Utc};
pub(crate) use jamsostek_proto::v1::ErrorReason as Reason;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};
use uuid::Uuid;

use crate::texts::Language;

/// A refusal: a code for machines in general, a reason for ours, and the numbers behind the words.
pub(crate) fn refuse<const N: usize>(
    code: Code,
    reason: Reason,
    message: impl Into<String>,
    metadata: [(&str, String); N],
) -> Status {
    Status::with_error_details(code, message, details(reason, metadata))
}

/// A refusal that ends by itself: `wait` tells when to come again.
pub(crate) fn refuse_for_now<const N: usize>(
    code: Code,
    reason: Reason,
    message: impl Into<String>,
    wait: Duration,
    metadata: [(&str, String); N],
) -> Status {
    let mut details = details(reason, metadata);
    details.set_retry_info(Some(wait));
    Status::with_error_details(code, message, details)
}

/// A refusal that a text of law causes: `link` leads to it.
pub(crate) fn refuse_by_law<const N: usize>(
    reason: Reason,
    message: impl Into<String>,
    (title, href): (String, String),
    metadata: [(&str, String); N],
) -> Status {
    let mut details = details(reason, metadata);
    details.add_help_link(title, href);
    Status::with_error_details(Code::FailedPrecondition, message, details)
}

fn details<const N: usize>(reason: Reason, metadata: [(&str, String); N]) -> ErrorDetails {
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value));
    ErrorDetails::with_error_info(
        reason.as_str_name(),
        jamsostek_proto::ERROR_DOMAIN,
        metadata,
    )
}

/// What a person is told of a reason, or of a field that is not as it must be, in Indonesian and in English.
pub(crate) fn in_words(
    reason: Reason,
    metadata: &std::collections::HashMap<String, String>,
    expected: &str,
) -> [String; 2] {
    let catalogue = catalogue::Catalogue::get();
    Language::ALL.map(|language| {
        let text = if reason == Reason::MalformedRequest {
            catalogue.field(expected, language).map(str::to_owned)
        } else {
            catalogue.text(reason, metadata, language)
        };
        text.unwrap_or_else(|| expected.to_owned())
    })
}

/// No such thing, or somebody else's: the same bytes for both.
pub(crate) fn not_found() -> Status {
    refuse(Code::NotFound, Reason::NotFound, "no such thing", [])
}

/// The id names something else, perhaps somebody else's: nothing more is said.
pub(crate) fn id_taken() -> Status {
    refuse(
        Code::AlreadyExists,
        Reason::IdTaken,
        "the id already names something else",
        [],
    )
}

/// A defect on our side. The log gets the chain; the caller gets fixed words and a number to quote.
pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Status {
    let error_id = Uuid::now_v7();
    tracing::error!(error, error.id = %error_id, "the service failed");
    broken(error_id)
}

/// The words for a defect that the log knows as `error_id`.
pub(crate) fn broken(error_id: Uuid) -> Status {
    refuse(
        Code::Internal,
        Reason::Internal,
        "the service failed; quote the error id",
        [("errorId", error_id.to_string())],
    )
}

/// Collects every malformed field of a request before refusing it once.
#[derive(Default)]
pub(crate) struct Fields(ErrorDetails);

impl Fields {
    /// Notes that `field` is not as it must be.
    pub(crate) fn reject(&mut self, field: &str, expected: &str) {
        self.0.add_bad_request_violation(field, expected);
    }

    /// Takes what was parsed, or notes why it did not parse.
    pub(crate) fn take<T, E: fmt::Display>(
        &mut self,
        field: &str,
        parsed: Result<T, E>,
    ) -> Option<T> {
        parsed
            .map_err(|error| self.reject(field, &error.to_string()))
            .ok()
    }

    /// Parses an id.
    pub(crate) fn id(&mut self, field: &str, text: &str) -> Option<Uuid> {
        let parsed = canonical_id(text);
        if parsed.is_none() {
            self.reject(field, "must be a UUID in its hyphenated form");
        }
        parsed
    }

    /// Parses an id that the caller may leave out; the flag tells whether the caller made it.
    pub(crate) fn id_or_new(&mut self, field: &str, text: &str) -> Option<(Uuid, bool)> {
        if text.is_empty() {
            return Some((Uuid::now_v7(), false));
        }
        self.id(field, text).map(|id| (id, true))
    }

    /// Parses an id that may be left out.
    pub(crate) fn optional_id(&mut self, field: &str, text: &str) -> Option<Uuid> {
        if text.is_empty() {
            return None;
        }
        self.id(field, text)
    }

    /// Parses a day that may be left out.
    pub(crate) fn optional_day(&mut self, field: &str, text: &str) -> Option<NaiveDate> {
        if text.is_empty() {
            return None;
        }
        // chrono alone would take signs, blanks and years of five digits.
        let plain = text.bytes().enumerate().all(|(at, it)| match at {
            4 | 7 => it == b'-',
            _ => it.is_ascii_digit(),
        });
        let parsed = (text.len() == 10 && plain)
            .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
            .flatten();
        if parsed.is_none() {
            self.reject(field, "must be a day as YYYY-MM-DD");
        }
        parsed
    }

    /// Parses a day.
    pub(crate) fn day(&mut self, field: &str, text: &str) -> Option<NaiveDate> {
        if text.is_empty() {
            self.reject(field, "must be a day as YYYY-MM-DD");
        }
        self.optional_day(field, text)
    }

    /// Refuses the request if some field was malformed.
    pub(crate) fn check(self) -> Result<(), Status> {
        if self.0.bad_request().is_none() {
            return Ok(());
        }
        Err(self.refusal())
    }

    /// The refusal, once some field has not parsed.
    pub(crate) fn refusal(mut self) -> Status {
        let reason = Reason::MalformedRequest.as_str_name();
        self.0
            .set_error_info(reason, jamsostek_proto::ERROR_DOMAIN, []);
        Status::with_error_details(Code::InvalidArgument, "the request is malformed", self.0)
    }
}

/// An id as every client writes it. Braces, URNs and bare digits are other names for the same thing, and refused.
fn canonical_id(text: &str) -> Option<Uuid> {
    (text.len() == 36)
        .then(|| Uuid::try_parse(text).ok())
        .flatten()
}

/// An instant as the wire carries it.
pub(crate) fn timestamp(moment: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: moment.timestamp(),
        nanos: i32::try_from(moment.timestamp_subsec_nanos()).unwrap_or(0),
    }
}
