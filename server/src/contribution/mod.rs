//! Contributions: what they cost, who owes them, what was paid.
//!
//! Start at [`issue`] for bills and at [`pay`] for money that comes in; `settle` is what both end in. Money that was taken is never
//! refused: it pays for whole months, oldest first, becomes credit, or is set aside for an officer.

mod activate;
mod doubt;
mod employers;
mod end;
mod issue;
mod look_up;
mod pay;
mod placement;
mod questions;
mod remind;
mod remind_abroad;
mod rpc;
mod rules;
mod settle;
mod spend;
mod standing;
mod store;
mod suspense;

pub(crate) use issue::issue_first;
pub(crate) use placement::{check_placement, issue_contract};
pub(crate) use questions::{CountError, Questions};
pub(crate) use remind::Progress;
pub(crate) use remind_abroad::Looked;
pub(crate) use rpc::{contract_refusal, law_refusal, service};
pub(crate) use rules::{Refused, Terms, check, pmi::Refused as ContractRefused};
pub(crate) use spend::makes_a_participant;
pub(crate) use standing::{BillToPay, to_pay};
pub(crate) use store::verify;
pub(crate) use suspense::set_aside_all;

use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use self::placement::{Stage, StageLine};
use crate::{
    audit::Audit,
    clock::{Clock, day_of},
    db::{self, Db},
    employer::Npp,
    money::{Money, Month},
    participant::Business,
    policy::{NoParameter, Policy, Reference},
    scheme::{Programme, Segment},
    seal::Seal,
};

/// The contributions.
pub(crate) struct Contributions {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub policy: Arc<Policy>,
    pub audit: Audit,
    pub questions: Questions,
    /// How far this process has reminded people today.
    pub reminded: Mutex<Progress>,
    /// How far it has looked at those abroad.
    /// How many questions about people went to the register in this second.
    pub asking: Mutex<doubt::Asking>,
    pub looked_abroad: Mutex<Looked>,
}

/// How many months one bill may ask for.
const BILL_MONTHS_MAX: u32 = 12;

/// A demand for the contributions of some months, or for a migrant worker's contract.
#[derive(Clone, Debug)]
pub(crate) struct Bill {
    pub id: Uuid,
    pub membership: Uuid,
    pub payment_code: String,
    pub first_month: Month,
    pub months: u32,
    pub total: Money,
    pub due_on: NaiveDate,
    pub valid_through: NaiveDate,
    pub policy_version: String,
    /// Its months; none where it asks for stages.
    pub lines: Vec<BillLine>,
    /// What it asks a migrant worker for; none where it asks for months.
    pub stages: Vec<StageLine>,
}

/// One month of one programme on a bill.
#[derive(Clone, Debug)]
pub(crate) struct BillLine {
    pub month: Month,
    pub programme: Programme,
    pub amount: Money,
    pub discount: Money,
    pub formula: String,
    pub references: Vec<Reference>,
}

/// A bill as it stands on a day.
#[derive(Clone, Debug)]
pub(crate) struct BillShown {
    pub bill: Bill,
    /// Those of its months that are paid.
    pub months_paid: Vec<Month>,
    /// Those of its stages that are paid.
    pub stages_paid: Vec<Stage>,
    /// What is to be paid with it on that day.
    pub payable: Money,
    /// What of that its oldest open stage takes.
    pub next_stage: Money,
    /// The day it is shown for.
    pub today: NaiveDate,
}

/// The gateway's notice that somebody paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub gateway: Uuid,
    pub gateway_payment_id: String,
    pub payment_code: String,
    pub amount: Money,
    pub paid_at: DateTime<Utc>,
    pub channel: String,
}

impl Notice {
    /// Identifies the payment: the same notice names the same payment, whoever of us takes it.
    pub(crate) fn payment(&self) -> Uuid {
        Uuid::new_v5(&self.gateway, self.gateway_payment_id.as_bytes())
    }

    /// The day it was paid, in Jakarta.
    pub(super) fn day(&self) -> NaiveDate {
        day_of(self.paid_at)
    }
}

/// Why money is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SuspenseReason {
    UnknownCode,
    Stale,
    BillExpired,
    NikTaken,
    RegistrationCancelled,
    MembershipEnded,
    IdentityRefused,
}

/// What became of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It paid for months; what it was too much is credit, what it was too little came from credit.
    Settled(Settled),
    /// It waits for an officer.
    Suspended(SuspenseReason),
    /// An officer gave it back.
    Returned,
}

/// Whose money is that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    Membership(Uuid),
    Unit(Npp),
}

/// What money paid for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settled {
    pub applied: Money,
    /// Added to the credit; negative when credit was used up.
    pub credited_idr: i64,
    pub months: Vec<Month>,
}

/// A payment and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payment {
    pub id: Uuid,
    pub notice: Notice,
    pub received_at: DateTime<Utc>,
    pub fate: Fate,
    /// The membership it was settled for.
    pub membership: Option<Uuid>,
}

/// Why contributions are not billed or allocated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no such thing")]
    NotFound,
    #[error("the id already names something else")]
    IdTaken,
    #[error("not possible in its state {state}")]
    WrongState { state: &'static str },
    #[error("the membership ends on {on}")]
    Ended { on: NaiveDate },
    #[error("a business ends today, or at most a year from now")]
    NoDayToEnd,
    #[error("the months of this membership are not billed to the participant")]
    NotByMonth { segment: Segment },
    #[error("the month lies ahead")]
    MonthAhead,
    #[error("{month} is billed already")]
    BillExists { bill: Uuid, month: Month },
    #[error("nobody was employed in {month}")]
    NobodyEmployed { month: Month },
    #[error("only a migrant worker's membership is for work abroad")]
    NotAPlacement { segment: Segment },
    #[error("cover during work ended on {on}")]
    CoverEnded { on: NaiveDate },
    #[error(transparent)]
    Contract(#[from] ContractRefused),
    #[error("too many bills were issued for the membership today")]
    TooManyBills { retry_after: std::time::Duration },
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl From<NoParameter> for Error {
    fn from(missing: NoParameter) -> Self {
        Self::Refused(Refused::NoParameter(missing))
    }
}

impl db::FromStore for Error {
    fn store_error(&self) -> Option<&db::Error> {
        match self {
            Self::Store(error) => Some(error),
            Self::NotFound
            | Self::IdTaken
            | Self::WrongState { .. }
            | Self::Ended { .. }
            | Self::NoDayToEnd
            | Self::NotByMonth { .. }
            | Self::MonthAhead
            | Self::BillExists { .. }
            | Self::NobodyEmployed { .. }
            | Self::NotAPlacement { .. }
            | Self::CoverEnded { .. }
            | Self::Contract(_)
            | Self::TooManyBills { .. }
            | Self::Refused(_) => None,
        }
    }
}

/// What decides on the price of this work.
pub(crate) fn terms(work: &Business) -> Terms {
    Terms {
        category: work.category,
        sector: work.sector(),
        income: work.income,
        programmes: work.programmes.iter().copied().collect(),
        paid_by_state: work.paid_by_state,
    }
}
