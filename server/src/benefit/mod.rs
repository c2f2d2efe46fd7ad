//! What the law grants, from facts that are told: pure rules, the same for a check, a claim and anybody who only asks.
//!
//! `old_age` has the rules of JHT. Nothing here is looked up or kept.

mod old_age;
mod rpc;

pub(crate) use old_age::{Account, Facts, assess};
pub(crate) use rpc::{cause, only_old_age, programme_of, service};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{money::Money, policy::Reference};

/// Why a benefit is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Retirement,
    BusinessEnd,
    Resignation,
    Dismissal,
    ContractEnd,
}

impl Cause {
    pub(crate) const ALL: [Self; 5] = [
        Self::Retirement,
        Self::BusinessEnd,
        Self::Resignation,
        Self::Dismissal,
        Self::ContractEnd,
    ];

    /// The name it is stored under.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Retirement => "retirement",
            Self::BusinessEnd => "business_end",
            Self::Resignation => "resignation",
            Self::Dismissal => "dismissal",
            Self::ContractEnd => "contract_end",
        }
    }

    /// The cause stored under `code`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// A rule that a claim must fulfil, in the order in which they are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    JhtHeld,
    PensionAge,
    WorkEnded,
    WaitingPeriod,
    IdentityProven,
    NoOpenClaim,
}

/// Who must act so that a rule is fulfilled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhoMustAct {
    Nobody,
    Participant,
    Employer,
    Officer,
    Time,
}

/// A rule, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub rule: Rule,
    pub passed: bool,
    pub explanation: String,
    pub reference: Reference,
    /// When time alone fulfils it.
    pub earliest_on: Option<NaiveDate>,
    pub who_must_act: WhoMustAct,
    pub what_to_do: &'static str,
}

impl Finding {
    /// A rule that is fulfilled, on these facts.
    fn of(rule: Rule, explanation: String, reference: &Reference) -> Self {
        Self {
            rule,
            passed: true,
            explanation,
            reference: reference.clone(),
            earliest_on: None,
            who_must_act: WhoMustAct::Nobody,
            what_to_do: "",
        }
    }

    /// What is missing, and who must see to it.
    fn missing(self, who_must_act: WhoMustAct, what_to_do: &'static str) -> Self {
        Self {
            passed: false,
            who_must_act,
            what_to_do,
            ..self
        }
    }

    fn unless(self, passed: bool, who: WhoMustAct, what_to_do: &'static str) -> Self {
        if passed {
            self
        } else {
            self.missing(who, what_to_do)
        }
    }

    /// Time alone fulfils it, on `day`.
    fn fulfilled_on(self, day: NaiveDate, today: NaiveDate) -> Self {
        Self {
            earliest_on: (day > today).then_some(day),
            ..self
        }
        .unless(day <= today, WhoMustAct::Time, "Wait until that day.")
    }
}

/// What a line pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    JhtBalance,
    Credit,
}

impl LineKind {
    /// The name it is stored under.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::JhtBalance => "jht_balance",
            Self::Credit => "credit",
        }
    }

    /// The kind stored under `code`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        let all = [Self::JhtBalance, Self::Credit];
        all.into_iter().find(|it| it.code() == code)
    }
}

/// One line of a benefit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub kind: LineKind,
    /// Whose; none where facts were only stated.
    pub membership: Option<Uuid>,
    pub amount: Money,
    pub formula: String,
    pub references: Vec<Reference>,
}

/// A paper that must be at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Card,
    IdentityCard,
    FamilyCard,
    BankBook,
    EndOfWork,
    TaxNumber,
}

/// What the law says to a case.
#[derive(Clone, Debug)]
pub(crate) struct Assessment {
    pub findings: Vec<Finding>,
    pub lines: Vec<Line>,
    pub documents: Vec<Document>,
    /// The amount is above what is paid without an interview, and the text behind that.
    pub requires_interview: bool,
    pub interview_reference: Reference,
}

impl Assessment {
    /// Whether every rule is fulfilled.
    pub(crate) fn is_eligible(&self) -> bool {
        self.findings.iter().all(|it| it.passed)
    }

    /// What would be paid.
    pub(crate) fn amount(&self) -> Money {
        self.lines.iter().map(|it| it.amount).sum()
    }

    /// The first day on which all is fulfilled if nothing but time passes; none when somebody must act first, or nothing is missing.
    pub(crate) fn earliest_on(&self) -> Option<NaiveDate> {
        let mut missing = self.findings.iter().filter(|it| !it.passed);
        let days: Option<Vec<_>> = missing.by_ref().map(|it| it.earliest_on).collect();
        days?.into_iter().max()
    }
}
