//! What can go wrong in a call, in the contract's own terms.

use std::{collections::HashMap, error::Error as StdError, fmt, sync::Arc, time::Duration};

use jamsostek_proto::{ERROR_DOMAIN, v1::ErrorReason};
use tonic::{Code, Status};
use tonic_types::{LocalizedMessage, StatusExt};

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The service answered, and refused. The reason tells why.
    #[error(transparent)]
    Refused(#[from] Box<Refusal>),
    /// The call did not reach the service, or its answer did not come back in time. Whether the service did what was
    /// asked is not known: ask, or repeat with the same id. With the code `InvalidArgument` nothing was sent: an option or a
    /// token cannot be used.
    #[error("the call did not get through")]
    Transport(#[source] Status),
    /// Something other than the service answered, or a newer service with a reason that this client does not know.
    #[error("an answer that this client does not understand")]
    Unknown(#[source] Status),
}

/// A refusal with the reason that the contract gives it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Which refusal it is. Decide by this.
    pub reason: ErrorReason,
    /// What kind of refusal it is.
    pub code: Code,
    /// What to tell a programmer, in English. Words may change; reasons do not.
    pub message: String,
    /// What to tell a person, in the language that was asked for.
    pub localized: Option<Localized>,
    /// The numbers behind the words, such as `triesLeft`.
    pub metadata: HashMap<String, String>,
    /// Every field that is malformed.
    pub violations: Vec<FieldViolation>,
    /// How long to wait before repeating, where the service says so.
    pub retry_after: Option<Duration>,
    /// The texts of law that the refusal rests on: title and link.
    pub help: Vec<(String, String)>,
}

/// Words for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Localized {
    /// Their language: [`Language::tag`](crate::Language::tag).
    pub locale: String,
    /// The words, in whole sentences.
    pub text: String,
}

/// A field that is malformed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// The field, such as `employment.income_idr`.
    pub field: String,
    /// What is wrong with it, in English.
    pub description: String,
    /// What to tell a person about it, where there is anything.
    pub localized: Option<Localized>,
}

impl Error {
    /// The kind of failure. `DeadlineExceeded` when time ran out, here or there.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Transport(status) | Self::Unknown(status) => status.code(),
        }
    }

    /// The refusal, if the service refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Transport(_) | Self::Unknown(_) => None,
        }
    }

    /// The reason, if the service refused.
    #[must_use]
    pub fn reason(&self) -> Option<ErrorReason> {
        self.refusal().map(|refusal| refusal.reason)
    }

    /// Nobody has looked at the call: it was still waiting for its turn when the connection closed, or the service said, as it closed
    /// it, that it takes up none that came so late (HTTP/2, RFC 9113, 6.8 and 8.7).
    pub(crate) fn is_of_a_call_nobody_looked_at(&self) -> bool {
        let Self::Transport(status) = self else {
            return false;
        };
        let mut cause = status.source();
        while let Some(error) = cause {
            let waited = error.downcast_ref::<hyper::Error>();
            let turned_away = error.downcast_ref::<h2::Error>();
            if waited.is_some_and(hyper::Error::is_canceled)
                || turned_away.is_some_and(was_turned_away)
            {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// The time that the client gives a call is over.
    pub(crate) fn out_of_time() -> Self {
        Self::Transport(Status::deadline_exceeded("the call did not end in time"))
    }

    /// The answer misses what the contract promises.
    pub(crate) fn lacking(what: &str) -> Self {
        Self::Unknown(Status::internal(format!("the answer lacks its {what}")))
    }
}

fn was_turned_away(error: &h2::Error) -> bool {
    let closing = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
    let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    error.is_remote() && (closing || refused)
}

impl fmt::Display for Localized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl From<&LocalizedMessage> for Localized {
    fn from(said: &LocalizedMessage) -> Self {
        Self {
            locale: said.locale.clone(),
            text: said.message.clone(),
        }
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let Some(info) = details.error_info() else {
            return unexplained(status);
        };
        let reason = match ErrorReason::from_str_name(&info.reason) {
            Some(reason) if info.domain == ERROR_DOMAIN => reason,
            _ => return Self::Unknown(status),
        };
        let violations = details.bad_request().map_or_else(Vec::new, |bad| {
            let told = bad.field_violations.iter();
            told.map(|it| FieldViolation {
                field: it.field.clone(),
                description: it.description.clone(),
                localized: it.localized_message.as_ref().map(Localized::from),
            })
            .collect()
        });
        let help = details.help().map_or_else(Vec::new, |help| {
            let links = help.links.iter();
            links
                .map(|it| (it.description.clone(), it.url.clone()))
                .collect()
        });
        Self::Refused(Box::new(Refusal {
            reason,
            code: status.code(),
            message: status.message().to_owned(),
            localized: details.localized_message().map(Localized::from),
            metadata: info.metadata.clone(),
            violations,
            retry_after: details.retry_info().and_then(|it| it.retry_delay),
            help,
        }))
    }
}

/// What a status means that the service did not explain.
fn unexplained(status: Status) -> Error {
    // Only a status made on this side has a source; one from the wire has none.
    let ours = status.source().is_some();
    if ours && matches!(status.code(), Code::Unknown | Code::Cancelled) {
        // tonic says so when a connection breaks in the middle of a call; to gRPC that is UNAVAILABLE.
        let mut broken = Status::unavailable("the connection broke");
        broken.set_source(Arc::new(status));
        return Error::Transport(broken);
    }
    if ours || matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded) {
        Error::Transport(status)
    } else {
        Error::Unknown(status)
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    fn refused(reason: &str, domain: &str) -> Error {
        let numbers = HashMap::from([("triesLeft".to_owned(), "4".to_owned())]);
        let mut details = ErrorDetails::with_error_info(reason, domain, numbers);
        details
            .add_bad_request_violation("nik", "must be 16 digits")
            .add_help_link("PP 49/2023, article 5", "https://peraturan.bpk.go.id")
            .set_retry_info(Some(Duration::from_secs(42)))
            .set_localized_message("id", "Kode OTP tidak cocok.");
        Status::with_error_details(Code::FailedPrecondition, "Wrong code.", details).into()
    }

    #[test]
    fn a_refusal_keeps_all_that_the_service_said() {
        let error = refused("ERROR_REASON_OTP_WRONG", ERROR_DOMAIN);

        let refusal = error.refusal().expect("a refusal");
        assert_eq!(refusal.reason, ErrorReason::OtpWrong);
        assert_eq!(refusal.code, Code::FailedPrecondition);
        assert_eq!(refusal.metadata["triesLeft"], "4");
        assert_eq!(refusal.violations[0].field, "nik");
        let localized = refusal.localized.as_ref().expect("words");
        assert_eq!(localized.to_string(), "Kode OTP tidak cocok.");
        assert_eq!(localized.locale, "id");
        assert_eq!(refusal.retry_after, Some(Duration::from_secs(42)));
        assert_eq!(refusal.help[0].0, "PP 49/2023, article 5");
        assert_eq!(error.to_string(), "Wrong code.");
    }

    #[test]
    fn what_another_service_or_a_newer_one_says_is_not_guessed_at() {
        for error in [
            refused("ERROR_REASON_OTP_WRONG", "elsewhere.example"),
            refused("ERROR_REASON_OF_NEXT_YEAR", ERROR_DOMAIN),
            Status::not_found("a proxy's page").into(),
        ] {
            assert!(matches!(error, Error::Unknown(_)), "{error:?}");
        }
    }

    #[test]
    fn silence_is_the_transports() {
        let error = Error::from(Status::unavailable("connection refused"));

        assert!(matches!(error, Error::Transport(_)), "{error:?}");
    }
}
