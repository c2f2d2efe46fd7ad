//! Why a call about a submission is refused, on the wire.

use tonic::{Code, Status};

use super::{Fields, Reason};
use crate::{
    refusal::{id_taken, internal, not_found, refuse},
    submission::Error,
};

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let no = Code::FailedPrecondition;
        match error {
            Error::NotFound => not_found(),
            Error::IdTaken => id_taken(),
            Error::TooManyOpen { max } => refuse(
                Code::ResourceExhausted,
                Reason::SubmissionsOpen,
                message,
                [("submissionsMax", max.to_string())],
            ),
            Error::FutureMonth => {
                let mut fields = Fields::default();
                fields.reject("month", &message);
                fields.refusal()
            }
            Error::WrongState { state } => refuse(
                no,
                Reason::WrongState,
                message,
                [("state", state.to_owned())],
            ),
            Error::BeyondDeclared { declared, row } => {
                let numbers = [
                    ("declaredRows", declared.to_string()),
                    ("rowNumber", row.to_string()),
                ];
                refuse(no, Reason::RowsBeyondDeclared, message, numbers)
            }
            Error::NumberTaken { row } => refuse(
                Code::AlreadyExists,
                Reason::RowNumberTaken,
                message,
                [("rowNumber", row.to_string())],
            ),
            Error::RowsMissing {
                declared,
                rows,
                next,
            } => {
                let numbers = [
                    ("declaredRows", declared.to_string()),
                    ("rows", rows.to_string()),
                    ("nextRow", next.to_string()),
                ];
                refuse(no, Reason::RowsMissing, message, numbers)
            }
            Error::TotalDiffers {
                declared_idr,
                wage_idr,
            } => {
                let numbers = [
                    ("declaredWageIdr", declared_idr.to_string()),
                    ("wageIdr", wage_idr.to_string()),
                ];
                refuse(no, Reason::ControlTotalDiffers, message, numbers)
            }
            Error::OtherUser => refuse(no, Reason::OtherUser, message, []),
            Error::RowsRejected { rejected } => refuse(
                no,
                Reason::RowsRejected,
                message,
                [("rejected", rejected.to_string())],
            ),
            error @ Error::Employer(..) => internal(&error),
            Error::Store(error) => error.into(),
        }
    }
}
