//! Why contributions are not billed or allocated, on the wire.

use jamsostek_proto::v1 as wire;
use tonic::{Code, Status};

use super::super::{ContractRefused, Error, Refused};
use crate::{
    participant,
    refusal::{Fields, Reason, id_taken, not_found, refuse, refuse_by_law, refuse_for_now},
};

/// How a refusal of the law on programmes and parameters looks on the wire.
pub(crate) fn law_refusal(refused: Refused) -> Status {
    let message = refused.to_string();
    let named = |reason, programme| {
        let programme = wire::Programme::from(programme).as_str_name().to_owned();
        refuse(
            Code::FailedPrecondition,
            reason,
            message.clone(),
            [("programme", programme)],
        )
    };
    match refused {
        Refused::ProgrammeNotServed { programme } => named(Reason::ProgrammeNotServed, programme),
        Refused::ProgrammeMandatory { programme } => named(Reason::ProgrammeMandatory, programme),
        Refused::NoParameter(missing) => missing.into(),
    }
}

/// How a refusal of the law on migrant workers' contracts looks on the wire.
pub(crate) fn contract_refusal(refused: ContractRefused) -> Status {
    let message = refused.to_string();
    match refused {
        ContractRefused::ContractMonths { months, most } => refuse(
            Code::FailedPrecondition,
            Reason::ContractMonths,
            message,
            [
                ("months", months.to_string()),
                ("monthsMax", most.to_string()),
            ],
        ),
        ContractRefused::JhtAmountNotOffered { amount, law } => refuse_by_law(
            Reason::JhtAmountNotOffered,
            message,
            law,
            [("amountIdr", amount.idr().to_string())],
        ),
        ContractRefused::NoParameter(missing) => missing.into(),
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NotFound => not_found(),
            Error::IdTaken => id_taken(),
            Error::WrongState { state } => refuse(
                Code::FailedPrecondition,
                Reason::WrongState,
                message,
                [("state", state.to_owned())],
            ),
            Error::MonthAhead => {
                let mut fields = Fields::default();
                fields.reject("month", "must not be in the future");
                fields.refusal()
            }
            Error::BillExists { bill, month } => refuse(
                Code::AlreadyExists,
                Reason::BillExists,
                message,
                [("billId", bill.to_string()), ("month", month.to_string())],
            ),
            Error::NobodyEmployed { month } => refuse(
                Code::FailedPrecondition,
                Reason::NobodyEmployed,
                message,
                [("month", month.to_string())],
            ),
            Error::NoDayToEnd => {
                let mut fields = Fields::default();
                fields.reject("ended_on", "must be today, or at most a year from now");
                fields.refusal()
            }
            Error::NotByMonth { segment } => refuse(
                Code::FailedPrecondition,
                Reason::NotPaidByMonth,
                message,
                [(
                    "segment",
                    wire::Segment::from(segment).as_str_name().to_owned(),
                )],
            ),
            Error::NotAPlacement { segment } => participant::not_a_placement(segment),
            Error::CoverEnded { on } => refuse(
                Code::FailedPrecondition,
                Reason::CoverEnded,
                message,
                [("endedOn", on.to_string())],
            ),
            Error::Contract(refused) => contract_refusal(refused),
            Error::Ended { on } => refuse(
                Code::FailedPrecondition,
                Reason::MembershipEnded,
                message,
                [("endedOn", on.to_string())],
            ),
            Error::TooManyBills { retry_after } => refuse_for_now(
                Code::ResourceExhausted,
                Reason::TooManyBills,
                message,
                retry_after,
                [("retryAfterSeconds", retry_after.as_secs().to_string())],
            ),
            Error::Refused(refused) => law_refusal(refused),
            Error::Store(error) => error.into(),
        }
    }
}
