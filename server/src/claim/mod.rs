//! Claims: asked for by a participant, decided by an officer, paid by the bank.
//!
//! `check` says what the law would say; `submit` takes a claim in; `decide` has the officer's steps and the way back; `payout` brings
//! the money out, under one reference for good, and `notice` hears the bank. What was granted is moved out of the savings at once: that is the reservation.

mod bank;
mod check;
mod decide;
mod notice;
mod payout;
mod rpc;
mod rules;
mod show;
mod store;
mod submit;

pub use bank::http::BankAt;
pub(crate) use bank::{Bank, http::HttpBank, sandbox};
pub(crate) use rpc::service;
pub(crate) use store::verify;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use self::check::Case;
use crate::{
    audit::{Actor, Audit},
    bank_account::BankAccount,
    benefit::{Cause, Line},
    clock::Clock,
    coalesce::Coalesced,
    db::{self, Db},
    identity::Channel,
    ledger::{Account, Transfer},
    money::Money,
    policy::{NoParameter, Policy},
    seal::Seal,
};

/// The claims.
pub(crate) struct Claims {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub policy: Arc<Policy>,
    pub audit: Audit,
    pub bank: Arc<dyn Bank>,
    /// What the claims of all who ask rest on.
    cases: Coalesced<Uuid, Case>,
}

impl Claims {
    /// Serves the claims that `db` keeps; `bank` pays them.
    pub(crate) fn new(
        db: Db,
        seal: Seal,
        clock: Arc<dyn Clock>,
        policy: Arc<Policy>,
        audit: Audit,
        bank: Arc<dyn Bank>,
    ) -> Self {
        let cases = Coalesced::start({
            let db = db.clone();
            move |people: Vec<Uuid>| {
                let db = db.clone();
                async move { check::cases(db.reader(), &people).await }
            }
        });
        Self {
            db,
            seal,
            clock,
            policy,
            audit,
            bank,
            cases,
        }
    }
}

/// A claim as a participant fills it in.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub id: Uuid,
    pub cause: Cause,
    pub account: BankAccount,
    /// The code that was brought back for it.
    pub challenge: Uuid,
    pub kpj: Option<String>,
}

/// Where a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Submitted,
    InReview,
    Decided,
    Withdrawn,
    Closed,
}

/// A claim for old-age savings.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub id: Uuid,
    pub participant: Uuid,
    pub cause: Cause,
    pub content_digest: Vec<u8>,
    pub state: State,
    /// Something can still come of it: there is one such claim at most.
    pub is_open: bool,
    /// Where the money goes; the holder is as the bank has it.
    pub account: BankAccount,
    pub challenge: Uuid,
    /// Which way the code went.
    pub channel: Channel,
    pub estimate: Money,
    pub requires_interview: bool,
    pub submitted_at: DateTime<Utc>,
    /// The payout waits until then, whatever is decided.
    pub held_until: DateTime<Utc>,
    pub due_on: NaiveDate,
    /// The holidays of that year are not known.
    pub weekends_only: bool,
    pub policy_version: String,
    /// The officer who has it.
    pub taken_by: Option<Uuid>,
    pub taken_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
}

/// Where an award stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AwardState {
    Proposed,
    Approved,
    Instructed,
    Paid,
    Failed,
    Cancelled,
}

/// What a claim awards.
#[derive(Clone, Debug)]
pub(crate) struct Award {
    /// Also our reference at the bank.
    pub id: Uuid,
    pub claim: Uuid,
    pub state: AwardState,
    pub amount: Money,
    pub lines: Vec<Line>,
    pub policy_version: String,
    pub proposed_by: Uuid,
    pub approved_by: Option<Uuid>,
    pub proposed_at: DateTime<Utc>,
    pub approved_at: Option<DateTime<Utc>>,
    pub instructed_at: Option<DateTime<Utc>>,
    pub settled_at: Option<DateTime<Utc>>,
    pub bank_reference: Option<String>,
    pub failure: Option<String>,
    /// How often the bank was told or asked.
    pub tries: i32,
    /// When it is the bank's turn; never when nothing is to be done.
    pub next_at: Option<DateTime<Utc>>,
}

/// One step of a claim's way.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub state: State,
    pub what: String,
    pub at: DateTime<Utc>,
    pub by: Actor,
}

/// A claim with all that came of it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub claim: Claim,
    pub award: Option<Award>,
    pub steps: Vec<Step>,
}

/// Why a claim does not go on, in the order in which it is checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the id already names something else")]
    IdTaken,
    #[error("no such claim")]
    NotFound,
    #[error("the code for this claim and this account must come back first")]
    PayoutCodeNeeded,
    #[error("the code went by e-mail: the participant number (KPJ) is needed too")]
    KpjNeeded,
    #[error("the bank does not answer; try again later")]
    BankUnavailable,
    #[error("the bank knows no such account")]
    AccountUnknown,
    #[error("the account is not in the participant's own name")]
    HolderDiffers {
        missing: String,
        masked_holder: String,
    },
    #[error("another claim for the programme is open")]
    ClaimOpen { claim: Uuid },
    #[error("some rules are not fulfilled: {rules}")]
    NotEligible {
        rules: String,
        earliest_on: Option<NaiveDate>,
        law: (String, String),
    },
    #[error("not possible in the state {0}")]
    WrongState(&'static str),
    #[error("another officer has the claim, or must decide it")]
    OtherOfficer,
    #[error(transparent)]
    NoParameter(#[from] NoParameter),
    #[error(transparent)]
    Store(#[from] db::Error),
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

impl Award {
    /// What moves when the amount is reserved: out of the savings, line by line.
    fn reservation(&self) -> Vec<Transfer> {
        let transfer = |line: &Line| {
            Some(Transfer {
                from: rules::source(line)?,
                to: Account::BenefitsPayable,
                amount: line.amount,
                month: None,
            })
        };
        self.lines.iter().filter_map(transfer).collect()
    }

    /// What moves when the reservation is given back.
    fn way_back(&self) -> Vec<Transfer> {
        let back = |it: Transfer| Transfer {
            from: it.to,
            to: it.from,
            ..it
        };
        self.reservation().into_iter().map(back).collect()
    }
}
