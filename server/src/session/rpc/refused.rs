//! How what is refused looks on the wire.

use jamsostek_proto::v1::get_otp_delivery_response::State;
use tonic::{Code, Status};

use super::{super::Error, credentials};
use crate::{
    otp,
    refusal::{Reason, id_taken, not_found, refuse, refuse_for_now},
};

/// How a refused code looks on the wire; registrations send codes too.
pub(crate) fn otp_refusal(error: otp::Error) -> Status {
    let message = error.to_string();
    let no = |reason| refuse(Code::FailedPrecondition, reason, message.clone(), []);
    match error {
        otp::Error::NotFound => not_found(),
        otp::Error::Used => no(Reason::OtpUsed),
        otp::Error::Superseded => no(Reason::OtpSuperseded),
        otp::Error::Expired => no(Reason::OtpExpired),
        otp::Error::Wrong { tries_left } => refuse(
            Code::FailedPrecondition,
            Reason::OtpWrong,
            message,
            [("triesLeft", tries_left.to_string())],
        ),
        otp::Error::Locked { retry_after: None } => refuse(
            Code::FailedPrecondition,
            Reason::OtpLocked,
            message,
            [("triesLeft", "0".to_owned())],
        ),
        otp::Error::Locked {
            retry_after: Some(wait),
        } => refuse_for_now(
            Code::ResourceExhausted,
            Reason::OtpLocked,
            message,
            wait,
            [
                ("triesLeft", "0".to_owned()),
                ("retryAfterSeconds", wait.as_secs().to_string()),
            ],
        ),
        otp::Error::TooSoon {
            retry_after: wait,
            sends_left,
        } => refuse_for_now(
            Code::ResourceExhausted,
            Reason::OtpTooSoon,
            message,
            wait,
            [
                ("retryAfterSeconds", wait.as_secs().to_string()),
                ("sendsLeft", sends_left.to_string()),
            ],
        ),
        otp::Error::SendLimit { retry_after: wait } => refuse_for_now(
            Code::ResourceExhausted,
            Reason::OtpSendLimit,
            message,
            wait,
            [
                ("retryAfterSeconds", wait.as_secs().to_string()),
                ("sendsLeft", "0".to_owned()),
            ],
        ),
        otp::Error::Store(error) => error.into(),
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Otp(error) => otp_refusal(error),
            Error::IdTaken => id_taken(),
            Error::NotFound => not_found(),
            Error::TooManyCredentials => refuse(
                Code::FailedPrecondition,
                Reason::TooManyCredentials,
                message,
                [("credentialsMax", credentials::users_max())],
            ),
            Error::OnItsWay { delivery } => refuse(
                Code::FailedPrecondition,
                Reason::WrongState,
                message,
                [("state", State::from(delivery).as_str_name().to_owned())],
            ),
            Error::NoOtherContact => refuse(
                Code::FailedPrecondition,
                Reason::NoOtherContact,
                message,
                [],
            ),
            Error::KpjNeeded => refuse(Code::FailedPrecondition, Reason::KpjNeeded, message, []),
            Error::CredentialsWrong => {
                refuse(Code::Unauthenticated, Reason::CredentialsWrong, message, [])
            }
            Error::SessionEnded => refuse(Code::Unauthenticated, Reason::SessionEnded, message, []),
            Error::Store(error) => error.into(),
        }
    }
}
