use uuid::Uuid;

use crate::{db, employer};

/// Why a call about a submission is refused, in the order in which it is checked. What is wrong with a row is a finding of that row.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no such submission")]
    NotFound,
    #[error("the id already names another submission")]
    IdTaken,
    #[error("{max} submissions are under way already")]
    TooManyOpen { max: u64 },
    #[error("must not be in the future")]
    FutureMonth,
    #[error("not possible in the state {state}")]
    WrongState { state: &'static str },
    #[error("the row {row} is beyond the {declared} declared ones")]
    BeyondDeclared { declared: i32, row: i32 },
    #[error("the row {row} is there with other content")]
    NumberTaken { row: i32 },
    #[error("{rows} of {declared} rows are there")]
    RowsMissing { declared: i32, rows: i32, next: i32 },
    #[error("the wages add up to {wage_idr} rupiah and not to {declared_idr}")]
    TotalDiffers { declared_idr: i64, wage_idr: i64 },
    #[error("whoever has brought rows does not commit them")]
    OtherUser,
    #[error("{rejected} rows are rejected, and all or none are to be taken")]
    RowsRejected { rejected: i32 },
    #[error("the work on the submission {0} failed")]
    Employer(Uuid, #[source] employer::Error),
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl db::FromStore for Error {
    fn store_error(&self) -> Option<&db::Error> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "all others are refusals")]
        match self {
            Self::Store(error) => Some(error),
            Self::Employer(_, error) => error.store_error(),
            _ => None,
        }
    }
}
