//! What an employer reports of many employees at once.
//!
//! [`Submissions::create`] declares it, `upload.rs` takes its rows as they come, `examine.rs` looks at each by the rules for one employee
//! (`rules.rs`), and after [`Submissions::commit`] `merge.rs` takes the good ones, some hundred a transaction. Whoever dies in the middle is
//! followed by the next, who goes on behind the last row that was done.

mod commit;
mod create;
mod error;
mod examine;
mod facts;
mod finding;
mod merge;
mod row;
mod rpc;
mod rules;
mod show;
mod store;
mod upload;
mod work;

pub(crate) use error::Error;
pub(crate) use rpc::service;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    audit::Audit,
    clock::Clock,
    db::Db,
    employer::{Employers, Npp},
    money::{Money, Month},
    policy::Policy,
    seal::Seal,
};

/// The most rows that a submission has.
const ROWS_MAX: i32 = 1_000_000;
/// The most rows of one that is taken whole or not at all: they are one transaction.
const ATOMIC_ROWS_MAX: i32 = 20_000;
/// How many submissions of one employer are under way at most.
const OPEN_MAX: u64 = 20;
/// How many rows one transaction looks at, or takes.
const CHUNK: u64 = 1_000;

/// The submissions.
pub(crate) struct Submissions {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub policy: Arc<Policy>,
    pub audit: Audit,
    pub employers: Arc<Employers>,
}

/// What happens to good rows beside bad ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Partial,
    Atomic,
    ValidateOnly,
}

/// Where a submission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Uploading,
    Validating,
    Validated,
    Committing,
    Committed,
    Rejected,
    Cancelled,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowState {
    Pending,
    Rejected,
    Accepted,
    /// It was taken, and changed nothing.
    Unchanged,
    /// Another submission has brought it before.
    Repeated,
}

/// What an employer declares before the rows come.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    pub id: Uuid,
    pub npp: Npp,
    pub month: Month,
    pub mode: Mode,
    pub rows: i32,
    /// The sum of the wages of all rows.
    pub wage: Money,
}

/// A submission as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    pub id: Uuid,
    pub employer: Uuid,
    pub unit: Uuid,
    pub month: Month,
    pub mode: Mode,
    pub declared_rows: i32,
    pub declared_wage: Money,
    /// Who has made it, or brought rows of it.
    pub hands: Vec<Uuid>,
    pub state: State,
    pub uploaded_rows: i32,
    pub uploaded_wage: Money,
    /// The last row that was looked at.
    pub examined_through: i32,
    /// The last row that was taken or rejected.
    pub committed_through: i32,
    pub counts: Counts,
    pub created_at: DateTime<Utc>,
    pub uploaded_at: Option<DateTime<Utc>>,
    pub validated_at: Option<DateTime<Utc>>,
    pub committed_at: Option<DateTime<Utc>>,
    pub committed_by: Option<Uuid>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// What a submission changes, as far as its rows were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub rejected: i32,
    pub warned: i32,
    pub accepted: i32,
    pub unchanged: i32,
    pub hired: i32,
    pub wages_changed: i32,
    pub wages_raised: i32,
    pub leaving: i32,
}

impl Mode {
    const ALL: [Self; 3] = [Self::Partial, Self::Atomic, Self::ValidateOnly];

    /// The name it is stored under.
    const fn code(self) -> &'static str {
        match self {
            Self::Partial => "partial",
            Self::Atomic => "atomic",
            Self::ValidateOnly => "validate_only",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// How many rows it may have.
    const fn rows_max(self) -> i32 {
        match self {
            Self::Atomic => ATOMIC_ROWS_MAX,
            Self::Partial | Self::ValidateOnly => ROWS_MAX,
        }
    }
}

impl State {
    const ALL: [Self; 7] = [
        Self::Uploading,
        Self::Validating,
        Self::Validated,
        Self::Committing,
        Self::Committed,
        Self::Rejected,
        Self::Cancelled,
    ];

    /// The name it is stored under.
    const fn code(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Validating => "validating",
            Self::Validated => "validated",
            Self::Committing => "committing",
            Self::Committed => "committed",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The contract's name of it.
    const fn name(self) -> &'static str {
        match self {
            Self::Uploading => "STATE_UPLOADING",
            Self::Validating => "STATE_VALIDATING",
            Self::Validated => "STATE_VALIDATED",
            Self::Committing => "STATE_COMMITTING",
            Self::Committed => "STATE_COMMITTED",
            Self::Rejected => "STATE_REJECTED",
            Self::Cancelled => "STATE_CANCELLED",
        }
    }

    /// Nothing happens to it until somebody calls.
    const fn rests(self) -> bool {
        match self {
            Self::Uploading | Self::Validating | Self::Committing => false,
            Self::Validated | Self::Committed | Self::Rejected | Self::Cancelled => true,
        }
    }
}

impl RowState {
    const ALL: [Self; 5] = [
        Self::Pending,
        Self::Rejected,
        Self::Accepted,
        Self::Unchanged,
        Self::Repeated,
    ];

    /// The name it is stored under.
    const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::Accepted => "accepted",
            Self::Unchanged => "unchanged",
            Self::Repeated => "repeated",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

impl Submission {
    /// Whether there is anything new to tell.
    fn has_moved_since(&self, before: &Self) -> bool {
        let place = |it: &Self| {
            (
                it.state,
                it.uploaded_rows,
                it.examined_through,
                it.committed_through,
            )
        };
        place(self) != place(before)
    }
}
