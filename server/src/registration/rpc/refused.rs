//! Refusals, on the wire.

use tonic::{Code, Status};

use jamsostek_proto::v1 as wire;

use super::super::Error;
use crate::{
    contribution,
    refusal::{Fields, Reason, id_taken, not_found, refuse, refuse_by_law, refuse_for_now},
    scheme::Segment,
    session,
};

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let no = |reason| refuse(Code::FailedPrecondition, reason, message.clone(), []);
        let with = |reason, key, value: String| {
            refuse(
                Code::FailedPrecondition,
                reason,
                message.clone(),
                [(key, value)],
            )
        };
        match error {
            Error::NotFound => not_found(),
            Error::IdTaken => id_taken(),
            Error::Cancelled => no(Reason::RegistrationCancelled),
            Error::Expired => no(Reason::RegistrationExpired),
            Error::WrongState(state) => with(Reason::WrongState, "state", state.name().to_owned()),
            Error::OfficerNeeded => no(Reason::OfficerNeeded),
            Error::JoiningRejected => no(Reason::JoiningRejected),
            Error::NotReported => no(Reason::NotReported),
            Error::WrongJoining(state) => with(Reason::WrongState, "state", state.to_owned()),
            Error::ProofsWrong { tries_left } => {
                with(Reason::ProofsWrong, "triesLeft", tries_left.to_string())
            }
            Error::ProofsSpent { retry_after } => refuse_for_now(
                Code::ResourceExhausted,
                Reason::ProofsSpent,
                message,
                retry_after,
                [("retryAfterSeconds", retry_after.as_secs().to_string())],
            ),
            Error::MembershipOpen {
                membership,
                segment,
            } => {
                let segment = wire::Segment::from(segment).as_str_name().to_owned();
                let metadata = [
                    ("membershipId", membership.to_string()),
                    ("segment", segment),
                ];
                let reason = Reason::MembershipOpen;
                refuse(Code::AlreadyExists, reason, message, metadata)
            }
            Error::EmployeeKnown { membership } => {
                let metadata = [("membershipId", membership.to_string())];
                let reason = Reason::EmployeeKnown;
                refuse(Code::AlreadyExists, reason, message, metadata)
            }
            Error::OtherSegment { segment } => {
                let mut fields = Fields::default();
                let field = match segment {
                    Segment::Bpu => "employment",
                    Segment::Pu => "employee",
                    Segment::Pmi => "placement",
                };
                fields.reject(field, "must be told, and nothing else: it is what the registration's segment works as");
                fields.refusal()
            }
            Error::StartsLater => {
                let mut fields = Fields::default();
                fields.reject("employee.started_on", "must not be in the future");
                fields.refusal()
            }
            Error::DepartsOtherwise => {
                let mut fields = Fields::default();
                let field = "placement.departs_on";
                fields.reject(field, "must be today, or at most a year from now");
                fields.refusal()
            }
            Error::EmployerUnknown { npp } => with(Reason::EmployerUnknown, "npp", npp),
            Error::BirthDateNeeded => no(Reason::BirthDateNeeded),
            Error::TooYoung { age, minimum, law } => {
                let numbers = [
                    ("age", age.to_string()),
                    ("minimumAge", minimum.to_string()),
                ];
                refuse_by_law(Reason::TooYoung, message, law, numbers)
            }
            Error::TooOld { age, maximum, law } => {
                let numbers = [
                    ("age", age.to_string()),
                    ("maximumAge", maximum.to_string()),
                ];
                refuse_by_law(Reason::TooOld, message, law, numbers)
            }
            Error::QuestionsSpent { retry_after } => refuse_for_now(
                Code::ResourceExhausted,
                Reason::RegisterQuestionsSpent,
                message,
                retry_after,
                [("retryAfterSeconds", retry_after.as_secs().to_string())],
            ),
            Error::Mismatch(fields) => with(Reason::IdentityMismatch, "fields", fields),
            Error::Deceased => no(Reason::IdentityDeceased),
            Error::IdentityRefused(verdict) => with(Reason::IdentityRefused, "verdict", verdict),
            Error::Law(refused) => contribution::law_refusal(refused),
            Error::Contract(refused) => contribution::contract_refusal(refused),
            Error::Otp(error) => session::otp_refusal(error),
            Error::Store(error) => error.into(),
        }
    }
}
