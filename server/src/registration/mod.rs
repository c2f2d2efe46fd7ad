//! A person's way into the scheme, in steps that name the next one.
//!
//! A registration keeps only what the person said and which code and membership it made; its state is computed from these, so
//! nothing points right. The walk is `start.rs`, `employ.rs`, `steps.rs`; where the person is known already it is `prove.rs` and `joinings.rs`, and
//! `further.rs` where he tells other work for a further membership; `rules.rs` has the states.

mod employ;
mod further;
mod joinings;
mod next_step;
mod prove;
mod rpc;
mod rules;
mod stand;
mod start;
mod steps;
mod store;

pub(crate) use rpc::service;
pub(crate) use store::verify;

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    audit::Audit,
    caller::Peer,
    clock::Clock,
    contribution,
    db::{self, Db},
    employer,
    identity::{Contact, Document, FullName},
    otp::{self, Limits},
    participant::{Business, Employment, Placement, Work},
    policy::{NoParameter, Policy},
    scheme::Segment,
    seal::Seal,
};

/// The registrations.
pub(crate) struct Registrations {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub policy: Arc<Policy>,
    pub limits: Limits,
    pub questions: contribution::Questions,
    pub audit: Audit,
    /// The sandbox tells in its next steps what only a sandbox knows.
    pub is_sandbox: bool,
}

/// A registration as a person fills it in.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub id: Uuid,
    pub segment: Segment,
    pub document: Document,
    pub full_name: FullName,
    pub contact: Contact,
    pub birth_date: Option<NaiveDate>,
    pub peer: Peer,
}

/// What a person says of his work, by segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stated {
    Business(Business),
    Employee(employer::Claimed),
    Placement(Placement),
}

impl Stated {
    pub(crate) const fn segment(&self) -> Segment {
        match self {
            Self::Business(_) => Segment::Bpu,
            Self::Employee(_) => Segment::Pu,
            Self::Placement(_) => Segment::Pmi,
        }
    }

    /// What his membership rests on from now on; of an employee his employer tells the rest.
    fn work(&self) -> Work {
        match self {
            Self::Business(business) => Work::Business(business.clone()),
            Self::Employee(_) => Work::Employment(Employment::default()),
            Self::Placement(placement) => Work::Placement(placement.clone()),
        }
    }
}

/// The work as a person tells it.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub work: Stated,
    pub mother_name: Option<FullName>,
    pub birth_date: Option<NaiveDate>,
}

/// What somebody tells to prove that a participant is he.
#[derive(Clone, Debug)]
pub(crate) struct Proofs {
    pub kpj: String,
    pub second: Second,
}

/// What he tells besides the KPJ.
#[derive(Clone, Debug)]
pub(crate) enum Second {
    Mother(FullName),
    Npp(employer::Npp),
}

/// Why a registration does not go on, in the order in which it is checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no such registration")]
    NotFound,
    #[error("the id already names something else")]
    IdTaken,
    #[error("the registration was taken back")]
    Cancelled,
    #[error("the registration was not finished in time; start another")]
    Expired,
    #[error("not possible in the state {}", .0.name())]
    WrongState(rules::State),
    #[error("somebody with this NIK or passport is a participant already; an officer must help")]
    OfficerNeeded,
    #[error("an officer has decided that the registrant is not the participant")]
    JoiningRejected,
    #[error("no employer has reported somebody with this passport")]
    NotReported,
    #[error("proofs were told too often")]
    ProofsSpent { retry_after: std::time::Duration },
    #[error("the proofs are not what is on file")]
    ProofsWrong { tries_left: i32 },
    #[error("not possible in the state {0}")]
    WrongJoining(&'static str),
    #[error("a membership of this segment goes on already")]
    MembershipOpen { membership: Uuid, segment: Segment },
    #[error("the participant works for this employer already, or waits for his answer")]
    EmployeeKnown { membership: Uuid },
    #[error("the registration is for another segment")]
    OtherSegment { segment: Segment },
    #[error("the first day of work must not be in the future")]
    StartsLater,
    #[error("whoever goes abroad plans to embark today, or at most a year from now")]
    DepartsOtherwise,
    #[error("no employer has the NPP {npp}")]
    EmployerUnknown { npp: String },
    #[error("the NIK states no birth date; state it")]
    BirthDateNeeded,
    #[error("{age} years old; at least {minimum} are needed")]
    TooYoung {
        age: i32,
        minimum: u32,
        law: (String, String),
    },
    #[error("{age} years old; registration ends before {maximum}")]
    TooOld {
        age: i32,
        maximum: u32,
        law: (String, String),
    },
    #[error("the population register was asked too often about this NIK")]
    QuestionsSpent { retry_after: std::time::Duration },
    #[error("what was told is not what the population register knows: {}", .0)]
    Mismatch(String),
    #[error("the population register knows the person as deceased")]
    Deceased,
    #[error("the population register does not vouch for the NIK: {0}")]
    IdentityRefused(String),
    #[error(transparent)]
    Law(#[from] contribution::Refused),
    #[error(transparent)]
    Contract(#[from] contribution::ContractRefused),
    #[error(transparent)]
    Otp(#[from] otp::Error),
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl From<NoParameter> for Error {
    fn from(missing: NoParameter) -> Self {
        Self::Law(contribution::Refused::NoParameter(missing))
    }
}

impl From<rules::Stop> for Error {
    fn from(stop: rules::Stop) -> Self {
        match stop {
            rules::Stop::Mismatch(fields) => Self::Mismatch(fields),
            rules::Stop::Deceased => Self::Deceased,
            rules::Stop::NotVouched(why) => Self::IdentityRefused(why),
        }
    }
}

impl From<employer::Error> for Error {
    /// Whoever names his employer is refused for nothing but the name.
    fn from(error: employer::Error) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "all others are said to employers"
        )]
        match error {
            employer::Error::EmployerUnknown { npp } => Self::EmployerUnknown { npp },
            employer::Error::Store(error) => Self::Store(error),
            _ => Self::Store(db::Error::Unknown("registration.employment")),
        }
    }
}

impl From<contribution::CountError> for Error {
    fn from(error: contribution::CountError) -> Self {
        match error {
            contribution::CountError::NoParameter(missing) => missing.into(),
            contribution::CountError::Store(error) => error.into(),
        }
    }
}

impl From<contribution::Error> for Error {
    /// A first bill is issued for a membership that was made a moment ago: only the law or the store can stop it.
    fn from(error: contribution::Error) -> Self {
        match error {
            contribution::Error::Refused(refused) => Self::Law(refused),
            contribution::Error::Contract(refused) => Self::Contract(refused),
            contribution::Error::Store(error) => Self::Store(error),
            contribution::Error::NotFound
            | contribution::Error::IdTaken
            | contribution::Error::TooManyBills { .. }
            | contribution::Error::Ended { .. }
            | contribution::Error::NoDayToEnd
            | contribution::Error::NotByMonth { .. }
            | contribution::Error::MonthAhead
            | contribution::Error::BillExists { .. }
            | contribution::Error::NobodyEmployed { .. }
            | contribution::Error::NotAPlacement { .. }
            | contribution::Error::CoverEnded { .. }
            | contribution::Error::WrongState { .. } => {
                Self::Store(db::Error::Unknown("registration.membership_id"))
            }
        }
    }
}

impl db::FromStore for Error {
    fn store_error(&self) -> Option<&db::Error> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "all others are refusals")]
        match self {
            Self::Store(error) | Self::Otp(otp::Error::Store(error)) => Some(error),
            _ => None,
        }
    }
}
