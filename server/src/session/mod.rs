//! Who calls: codes become tokens, tokens become callers, sessions end.
//!
//! [`send_code`] is the one door through which a code is drawn and handed to notification. Refresh tokens are not kept: each is
//! derived from its session and generation, so nothing in the database can be used, and the answer to a repeat is the same.

mod codes;
mod elsewhere;
mod gate;
mod grants;
mod rpc;
mod step_up;
mod store;
mod token;
mod users;

pub(crate) use codes::send_code;
pub(crate) use gate::{DEADLINE_MAX, GateLayer};
pub(crate) use rpc::{otp_refusal, otp_service, session_service};
pub(crate) use store::{NewCredential, create_credential, revoke_credential, subject_of};
pub(crate) use token::Tokens;
pub(crate) use users::{NewUser, Role, Secret, create_employer_user, has_user_besides, new_secret};

use std::sync::Arc;

use crate::{
    clock::Clock,
    db::{self, Db},
    notification::Delivery,
    otp::{self, Limits},
    seal::Seal,
};

/// The sessions.
pub(crate) struct Sessions {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub limits: Limits,
    pub tokens: Tokens,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Otp(#[from] otp::Error),
    #[error("no such thing")]
    NotFound,
    #[error("too many credentials are good at once")]
    TooManyCredentials,
    #[error("the id already names something else")]
    IdTaken,
    #[error("the code has come, or may still come")]
    OnItsWay { delivery: Delivery },
    #[error("there is no other verified contact that the code could go to")]
    NoOtherContact,
    #[error("several participants share the contact; ask for a code with the KPJ")]
    KpjNeeded,
    #[error("the client credentials are wrong")]
    CredentialsWrong,
    #[error("the session has ended; sign in again")]
    SessionEnded,
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl db::FromStore for Error {
    fn store_error(&self) -> Option<&db::Error> {
        match self {
            Self::Store(error) | Self::Otp(otp::Error::Store(error)) => Some(error),
            Self::Otp(_)
            | Self::NotFound
            | Self::TooManyCredentials
            | Self::IdTaken
            | Self::OnItsWay { .. }
            | Self::NoOtherContact
            | Self::KpjNeeded
            | Self::CredentialsWrong
            | Self::SessionEnded => None,
        }
    }
}
