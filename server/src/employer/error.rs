use chrono::NaiveDate;
use uuid::Uuid;

use super::rules;
use crate::{db, policy::NoParameter};

/// Why an employer's call is refused, in the order in which it is checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no such thing")]
    NotFound,
    #[error("the id already names something else")]
    IdTaken,
    #[error("the NPP {npp} is another unit's")]
    NppTaken { npp: String },
    #[error("employers were looked for too often")]
    SearchesSpent { retry_after: std::time::Duration },
    #[error("no employer has the NPP {npp}")]
    EmployerUnknown { npp: String },
    #[error("the unit must be named by its NPP")]
    NppNeeded,
    #[error("not possible in the state {state}")]
    WrongState { state: &'static str },
    #[error("the NIK is not the one that the worker registered with")]
    NikDiffers,
    #[error("the participant with this NIK has another name")]
    NameDiffers,
    #[error("somebody with this NIK works here already")]
    EmployeeKnown { membership: Uuid },
    #[error("{problem}")]
    Day {
        field: &'static str,
        problem: &'static str,
    },
    #[error("some wages cannot be reported")]
    BadWages(Vec<(usize, String)>),
    #[error("the work ends on {on}")]
    Ended { on: NaiveDate },
    #[error(transparent)]
    Law(#[from] rules::Refused),
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl From<NoParameter> for Error {
    fn from(missing: NoParameter) -> Self {
        Self::Law(rules::Refused::NoParameter(missing))
    }
}

impl db::FromStore for Error {
    fn store_error(&self) -> Option<&db::Error> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "all others are refusals")]
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}
