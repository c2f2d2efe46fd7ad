//! What employers owe: one bill a unit and month, computed employee by employee, paid whole, and handed on to each employee's accounts.
//!
//! `issue.rs` draws a bill up and shows it; `compute.rs` and `allocate.rs` are the workers that fill it and hand its money on, five
//! hundred employees a transaction; `price.rs` is what a month costs; `settle.rs` is what money does that comes for a unit.

mod allocate;
mod compute;
mod issue;
mod price;
mod remind;
mod settle;

pub(crate) use price::{Price, Sketch, quote as quote_employee};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    Contributions, Error,
    rules::pu::{Shares, Tariff, Terms, Worker},
    store,
};
use crate::{
    db::{self, FromStore},
    money::{Money, Month},
    policy::{NoParameter, Policy},
    scheme::{Payer, Programme, RiskClass, Scale},
};

/// How many employees one transaction computes or hands on: SQLite's one writer is held less than half a second.
const CHUNK: u64 = 500;
/// How long a bill is left alone that could not be worked on.
const RETRY_AFTER: Duration = Duration::minutes(5);

/// Where a unit's bill stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Computing,
    Open,
    Allocating,
    Paid,
}

impl State {
    /// The name it is stored under.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Computing => "computing",
            Self::Open => "open",
            Self::Allocating => "allocating",
            Self::Paid => "paid",
        }
    }

    /// The state stored under `code`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        let all = [Self::Computing, Self::Open, Self::Allocating, Self::Paid];
        all.into_iter().find(|it| it.code() == code)
    }
}

/// A demand for one month of all employees of a unit.
#[derive(Clone, Debug)]
pub(crate) struct UnitBill {
    pub id: Uuid,
    pub unit: Uuid,
    pub month: Month,
    pub payment_code: String,
    pub risk_class: RiskClass,
    pub labour_intensive: bool,
    pub scale: Scale,
    pub due_on: NaiveDate,
    pub policy_version: String,
    pub issued_at: DateTime<Utc>,
    pub state: State,
    pub employees: i32,
    pub contributions: Money,
    /// What earlier bills cost because they were paid late.
    pub penalty: Money,
    /// How far the work under way has come: the last membership that was computed, or the last row that was handed on.
    pub done_through: Option<Uuid>,
    pub paid_on: Option<NaiveDate>,
}

/// What a bill asks for one employee and month: its own, or an earlier one whose bill was drawn up before he was reported.
#[derive(Clone, Debug)]
pub(crate) struct UnitRow {
    pub id: Uuid,
    pub membership: Uuid,
    pub month: Month,
    pub wage: Money,
    pub worker: Worker,
    pub shares: RowShares,
    pub is_allocated: bool,
}

/// What is kept of an employee's shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowShares {
    pub jkk: Money,
    pub jkm: Money,
    pub jht_employer: Money,
    pub jht_worker: Money,
    pub jp_employer: Money,
    pub jp_worker: Money,
    /// What of JKK and of JKM is handed on to JKP.
    pub jkp_of_jkk: Money,
    pub jkp_of_jkm: Money,
}

impl From<&Shares> for RowShares {
    fn from(shares: &Shares) -> Self {
        let amount = |programme, payer| shares.amount(programme, payer);
        let jkp = shares.jkp().unwrap_or_default();
        Self {
            jkk: amount(Programme::Jkk, Payer::Employer),
            jkm: amount(Programme::Jkm, Payer::Employer),
            jht_employer: amount(Programme::Jht, Payer::Employer),
            jht_worker: amount(Programme::Jht, Payer::Worker),
            jp_employer: amount(Programme::Jp, Payer::Employer),
            jp_worker: amount(Programme::Jp, Payer::Worker),
            jkp_of_jkk: jkp.from_jkk,
            jkp_of_jkm: jkp.from_jkm,
        }
    }
}

impl RowShares {
    /// Each amount with its programme and payer.
    pub(crate) const fn lines(&self) -> [(Programme, Payer, Money); 6] {
        [
            (Programme::Jkk, Payer::Employer, self.jkk),
            (Programme::Jkm, Payer::Employer, self.jkm),
            (Programme::Jht, Payer::Employer, self.jht_employer),
            (Programme::Jht, Payer::Worker, self.jht_worker),
            (Programme::Jp, Payer::Employer, self.jp_employer),
            (Programme::Jp, Payer::Worker, self.jp_worker),
        ]
    }

    /// What a programme costs, whoever pays.
    pub(crate) fn of(&self, programme: Programme) -> Money {
        let lines = self.lines();
        let of = lines.iter().filter(|it| it.0 == programme);
        of.map(|it| it.2).sum()
    }

    pub(crate) fn total(&self) -> Money {
        self.lines().iter().map(|it| it.2).sum()
    }

    /// What a programme's fund gets: JKP lives on JKK and JKM.
    pub(crate) fn fund(&self, programme: Programme) -> Money {
        let handed_on = match programme {
            Programme::Jkk => self.jkp_of_jkk,
            Programme::Jkm => self.jkp_of_jkm,
            Programme::Jkp => return [self.jkp_of_jkk, self.jkp_of_jkm].into_iter().sum(),
            Programme::Jht | Programme::Jp => Money::ZERO,
        };
        let billed = self.of(programme);
        billed
            .checked_sub(handed_on)
            .expect("what is handed on is at most what is billed")
    }
}

impl UnitBill {
    /// What is to be paid for it, credit aside.
    pub(crate) fn total(&self) -> Money {
        [self.contributions, self.penalty].into_iter().sum()
    }

    /// The law's numbers for it.
    pub(crate) fn tariff<'p>(&self, policy: &'p Policy) -> Result<Tariff<'p>, NoParameter> {
        let terms = Terms {
            risk_class: self.risk_class,
            programmes: crate::employer::programmes_of(self.scale),
            is_labour_intensive: self.labour_intensive,
        };
        Tariff::of(policy, &terms, self.month)
    }
}

/// A unit's bill as it is shown.
pub(crate) struct UnitBillShown {
    pub bill: UnitBill,
    pub npp: String,
    pub payable: Money,
    /// Sums over all employees; empty where they are not asked for.
    pub lines: Vec<(Programme, Payer, Money)>,
    pub jkp: Money,
}

impl Contributions {
    /// The bill that has waited longest for the work that `state` asks for, and that may be tried now.
    async fn next_bill(&self, state: State) -> Result<Option<Uuid>, Error> {
        let now = self.clock.now();
        Ok(store::next_unit_bill(self.db.reader(), now, state).await?)
    }

    /// What came of work on a bill. One that could not be worked on is left alone for a while: those behind it are others' money.
    async fn or_later(&self, id: Uuid, done: Result<usize, Error>) -> Result<usize, Error> {
        if let Err(error) = &done {
            if error.store_error().is_some_and(db::Error::is_lost_race) {
                return done;
            }
            tracing::error!(bill = %id, error = error as &dyn std::error::Error, "a bill waits");
            let until = self.clock.now() + RETRY_AFTER;
            let transaction = self.db.begin_write().await?;
            store::postpone_unit_bill(&transaction, id, until).await?;
            transaction.commit().await.map_err(db::Error::from)?;
        }
        done
    }
}
