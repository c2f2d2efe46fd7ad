//! What a store's failure means to whoever asked.

use std::{sync::Arc, time::Duration};

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};
use tonic::{Code, Status};

use crate::refusal::{Reason, internal, refuse, refuse_for_now};

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database answered with an error, or not at all.
    #[error("the store failed")]
    Database(#[from] DbErr),
    /// A sealed value in it does not open.
    #[error("the store holds a broken value")]
    Broken(#[from] crate::seal::Broken),
    /// A value in it is none that we write.
    #[error("the store holds an unknown value in {0}")]
    Unknown(&'static str),
    /// A read that was done for several failed.
    #[error(transparent)]
    Shared(#[from] Arc<Error>),
    /// A read that was done for several got no answer.
    #[error("the store did not answer")]
    Lost,
    /// The store is not fit to be used.
    #[error("{0}")]
    Unfit(String),
}

impl Error {
    /// Whether two writers met, on either engine, and the loser should start over.
    pub(crate) fn is_contention(&self) -> bool {
        // PostgreSQL: lock time-out. SQLite: busy, locked.
        let codes = ["55P03", "5", "6"];
        self.is_lost_race() || self.code().is_some_and(|it| codes.contains(&it.as_str()))
    }

    /// Whether it was stopped at once for another writer's sake, so that the next try may well succeed.
    pub(crate) fn is_lost_race(&self) -> bool {
        // PostgreSQL: serialization failure, deadlock. SQLite: busy snapshot.
        let codes = ["40001", "40P01", "517"];
        self.code().is_some_and(|it| codes.contains(&it.as_str()))
    }

    /// Whether a table is not there.
    pub(super) fn is_missing_table(&self) -> bool {
        // SQLite has one number for every statement that does not fit the schema.
        self.code()
            .is_some_and(|it| ["42P01", "1"].contains(&it.as_str()))
    }

    /// Whether an "at most one" rule stopped it.
    pub(crate) fn is_unique_violation(&self) -> bool {
        let Some(error) = self.database() else {
            return false;
        };
        matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
    }

    /// What the database said.
    fn database(&self) -> Option<&DbErr> {
        match self {
            Self::Database(error) => Some(error),
            Self::Shared(error) => error.database(),
            Self::Broken(_) | Self::Unknown(_) | Self::Lost | Self::Unfit(_) => None,
        }
    }

    fn code(&self) -> Option<String> {
        let Some(
            DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error))
            | DbErr::Conn(RuntimeErr::SqlxError(error)),
        ) = self.database()
        else {
            return None;
        };
        let sqlx::Error::Database(error) = error.as_ref() else {
            return None;
        };
        error.code().map(Into::into)
    }

    fn is_out_of_reach(&self) -> bool {
        if matches!(self, Self::Lost)
            || matches!(self, Self::Shared(error) if error.is_out_of_reach())
        {
            return true;
        }
        let Some(error) = self.database() else {
            return false;
        };
        // 57P01–03: the server is being stopped or started; 53300: it has no connection left; 57014, 25P03: it gave up on time;
        // 53100, 53200: its disk or memory is full.
        let codes = [
            "57P01", "57P02", "57P03", "53300", "57014", "25P03", "53100", "53200",
        ];
        if self.code().is_some_and(|it| codes.contains(&it.as_str())) {
            return true;
        }
        // SQLite's own numbers, whose lowest byte is the kind: the disk fails (10) or is full (13).
        let kind = self.code().and_then(|it| it.parse::<u32>().ok());
        if kind.is_some_and(|it| it < 10_000 && [10, 13].contains(&(it & 0xff))) {
            return true;
        }
        let lost = |error: &sqlx::Error| {
            matches!(
                error,
                sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::PoolTimedOut
            )
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "`DbErr` is non-exhaustive")]
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
            DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error)) => lost(error),
            _ => false,
        }
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        if error.is_contention() {
            return refuse(
                Code::Aborted,
                Reason::Contention,
                "somebody else was first; repeat with the same id",
                [],
            );
        }
        if error.is_out_of_reach() {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the store is out of reach"
            );
            return refuse_for_now(
                Code::Unavailable,
                Reason::StoreUnavailable,
                "the store is out of reach; repeat with the same id",
                Duration::from_secs(1),
                [],
            );
        }
        internal(&error)
    }
}
