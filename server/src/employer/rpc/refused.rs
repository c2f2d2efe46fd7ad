//! Why an employer's call is refused, on the wire.

use tonic::{Code, Status};

use super::{
    super::{Error, rules::Refused},
    Fields, Reason,
};
use crate::refusal::{id_taken, not_found, refuse, refuse_by_law, refuse_for_now};

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
            Error::NppTaken { npp } => refuse(
                Code::AlreadyExists,
                Reason::NppTaken,
                message,
                [("npp", npp)],
            ),
            Error::SearchesSpent { retry_after } => refuse_for_now(
                Code::ResourceExhausted,
                Reason::SearchesSpent,
                message,
                retry_after,
                [("retryAfterSeconds", retry_after.as_secs().to_string())],
            ),
            Error::EmployerUnknown { npp } => with(Reason::EmployerUnknown, "npp", npp),
            Error::NppNeeded => malformed("npp", "must name the unit: the worker has named none"),
            Error::WrongState { state } => with(Reason::WrongState, "state", state.to_owned()),
            Error::NikDiffers => no(Reason::NikDiffers),
            Error::NameDiffers => with(Reason::IdentityMismatch, "fields", "NAMA_LGKP".to_owned()),
            Error::EmployeeKnown { membership } => refuse(
                Code::AlreadyExists,
                Reason::EmployeeKnown,
                message,
                [("membershipId", membership.to_string())],
            ),
            Error::Day { field, problem } => malformed(field, problem),
            Error::BadWages(bad) => {
                let mut fields = Fields::default();
                for (at, problem) in bad {
                    fields.reject(&format!("wages[{at}].wage_idr"), &problem);
                }
                fields.refusal()
            }
            Error::Ended { on } => with(Reason::MembershipEnded, "endedOn", on.to_string()),
            Error::Law(refused) => law(refused, message),
            Error::Store(error) => error.into(),
        }
    }
}

fn malformed(field: &str, problem: &str) -> Status {
    let mut fields = Fields::default();
    fields.reject(field, problem);
    fields.refusal()
}

fn law(refused: Refused, message: String) -> Status {
    match refused {
        Refused::NoWage => malformed("hire.wage_idr", &message),
        Refused::WageBelowFloor {
            wage,
            floor,
            reference,
        } => refuse_by_law(
            Reason::WageTooLow,
            message,
            (reference.title, reference.href),
            [
                ("wageIdr", wage.idr().to_string()),
                ("minimumIdr", floor.idr().to_string()),
            ],
        ),
        Refused::NoParameter(missing) => missing.into(),
    }
}
