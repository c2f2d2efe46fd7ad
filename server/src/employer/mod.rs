//! Employers (PU): who they are, who works for them, and what wages they report.
//!
//! `register.rs` has the employer himself. A worker comes by his employer's word ([`Employers::report`]) or by his own ([`ask`]), and then
//! the employer confirms or denies it; `silence.rs` is what happens when he says nothing; what they do not agree on an officer decides. `rules.rs` has the law.

mod answer;
mod decide;
mod end;
mod error;
mod joined;
mod known;
mod many;
mod question;
mod register;
mod report;
mod rpc;
mod rules;
mod show;
mod silence;
mod store;
mod take_on;
mod tell;
mod wages;

pub(crate) use end::{Leaver, check_last_day};
pub(crate) use error::Error;
pub(crate) use joined::last_npps;
pub(crate) use known::known_at;
pub(crate) use many::{Taken, Tie, Whom, ties};
pub(crate) use question::{ask, check_named, question};
pub(crate) use register::seed;
pub(crate) use report::Word;
pub(crate) use rpc::{WAGE_MAX, back_pay, employee_number, hire, service, wage, worker};
pub(crate) use rules::{WageFinding, check_wage, covered_from, programmes_of, refusals_of};
pub(crate) use show::Employee;
pub(crate) use store::{
    Employed, employed_at, employed_by, hold_employer as hold, hold_unit, latest_wages as wages,
    place, verify,
};
pub(crate) use take_on::own_place;
pub(crate) use tell::{tell, tell_each};

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    audit::Audit,
    clock::Clock,
    db::Db,
    identity::{Contact, Document, FullName},
    money::{Money, Month},
    policy::{Policy, Reference},
    scheme::{RiskClass, Scale},
    seal::Seal,
};

/// The employers.
pub(crate) struct Employers {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub policy: Arc<Policy>,
    pub audit: Audit,
}

/// The number of a unit of an employer (Nomor Pendaftaran Perusahaan): 8 capitals and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Npp(String);

/// Not a number of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 8 capitals and digits")]
pub(crate) struct MalformedNpp;

impl Npp {
    pub(crate) fn parse(text: &str) -> Result<Self, MalformedNpp> {
        let fits = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit();
        (text.len() == 8 && text.bytes().all(fits))
            .then(|| Self(text.to_owned()))
            .ok_or(MalformedNpp)
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// An employer as his papers state him.
#[derive(Clone, Debug)]
pub(crate) struct Papers {
    pub id: Uuid,
    pub name: String,
    pub city: String,
    pub scale: Scale,
    pub labour_intensive: bool,
    pub contact: Contact,
    pub units: Vec<Unit>,
}

/// What is to be changed of an employer; what is none stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    pub name: Option<String>,
    pub city: Option<String>,
    pub scale: Option<Scale>,
    pub labour_intensive: Option<bool>,
    pub contact: Option<Contact>,
    pub units: Vec<Unit>,
}

/// A unit of an employer, such as a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub npp: Npp,
    pub name: String,
    pub risk_class: RiskClass,
}

/// A unit and what of its employer decides on the work there.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub id: Uuid,
    pub employer: Uuid,
    pub npp: String,
    /// What an officer checked last, else what is stated; the scale too.
    pub risk_class: RiskClass,
    pub scale: Scale,
    /// Only what an officer has checked.
    pub labour_intensive: bool,
}

/// What an employer says of somebody who works for him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hire {
    pub started_on: NaiveDate,
    pub contract_ends_on: Option<NaiveDate>,
    pub wage: Money,
    pub employee_number: String,
    /// He is in the health scheme.
    pub in_jkn: bool,
}

/// Somebody whom an employer reports.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub id: Uuid,
    pub npp: Npp,
    pub worker: Worker,
}

/// Somebody who works for an employer, as he states him.
#[derive(Clone, Debug)]
pub(crate) struct Worker {
    pub document: Document,
    pub full_name: FullName,
    pub birth_date: Option<NaiveDate>,
    pub mother_name: Option<FullName>,
    pub contact: Option<Contact>,
    pub hire: Hire,
}

/// What a worker says of his employer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claimed {
    pub at: Named,
    pub started_on: NaiveDate,
    pub employee_number: String,
}

/// How a worker names his employer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Unit(Npp),
    Unlisted { name: String, city: String },
}

/// Where somebody's work for an employer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    AwaitingEmployer,
    AwaitingOfficer,
    Active,
    Rejected,
}

impl State {
    const ALL: [Self; 4] = [
        Self::AwaitingEmployer,
        Self::AwaitingOfficer,
        Self::Active,
        Self::Rejected,
    ];

    /// The name it is stored under.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::AwaitingEmployer => "awaiting",
            Self::AwaitingOfficer => "questioned",
            Self::Active => "active",
            Self::Rejected => "rejected",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The contract's name of it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AwaitingEmployer => "STATE_AWAITING_EMPLOYER",
            Self::AwaitingOfficer => "STATE_AWAITING_OFFICER",
            Self::Active => "STATE_ACTIVE",
            Self::Rejected => "STATE_REJECTED",
        }
    }
}

/// The wage of an employee in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wage {
    pub membership: Uuid,
    pub wage: Money,
    pub back_pay: Money,
}

/// A wage that is taken though it is below the lowest provincial minimum wage of its year (C16).
#[derive(Clone, Debug)]
pub(crate) struct LowWage {
    pub membership: Uuid,
    pub wage: Money,
    pub minimum: Money,
    pub reference: Reference,
}

/// The wages of a month, as an employer reports them.
#[derive(Clone, Debug)]
pub(crate) struct Payroll {
    pub npp: Npp,
    pub month: Month,
    pub wages: Vec<Wage>,
}

/// Which employees are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub employer: Option<Uuid>,
    pub npp: Option<Npp>,
    pub state: Option<Standing>,
}

/// Where an employee stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Is(State),
    Ended,
}

/// An employer as he is shown.
pub(crate) struct Employer {
    pub papers: Papers,
    /// The scale that decides what his employees hold: the one that was checked last, else the stated one.
    pub scale_in_force: Scale,
    pub checked: bool,
    pub registered_at: DateTime<Utc>,
}
