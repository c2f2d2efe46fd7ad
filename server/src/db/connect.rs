//! How each engine is connected to, and what it must be to be used.

use std::{sync::Arc, time::Duration};

use reqwest::Url;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait, sqlx,
};
use sea_orm_migration::MigratorTrait;

use super::{ACQUIRE_TIMEOUT, Error, scalar};
use crate::migrations::Migrator;

/// Connections to PostgreSQL: four a core of the machines we measured on; more only queue inside the database.
const POSTGRES_CONNECTIONS_MAX: u32 = 12;
/// Readers of SQLite beside its one writer.
pub(super) const SQLITE_READERS_MAX: u32 = 4;
/// How long SQLite waits for another process's write lock.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Page cache of one SQLite connection, in KiB: five of them must fit the idle budget of 30 MiB.
const SQLITE_CACHE_KIB: u32 = 2_000;
/// A connection that was used this lately is not pinged before it is used again.
const PING_AFTER_IDLE: Duration = Duration::from_secs(30);
/// How long one statement of a call may take: below the longest deadline of a call (30 s), so that the database gives up before
/// the caller's patience ends.
pub(super) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(8);
/// How long a call may wait for a lock, and a transaction for its next statement.
const LOCK_TIMEOUT: &str = "4s";
const IDLE_TIMEOUT: &str = "15s";
/// What PostgreSQL takes a page off the row to cost: its own 4 is a turning disk's, and makes it read small tables whole.
const RANDOM_PAGE_COST: &str = "1.1";
/// SQLite before this release can lose a WAL frame after a reset (fixed in 3.51.3).
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);
/// Names our migrations among advisory locks.
const MIGRATION_LOCK: i64 = 0x6a61_6d73;

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// To serve from it: it is made where there is none, and brought up to date.
    Serve,
    /// To look at all of it: it is left as it is, and a statement may take as long as it takes.
    Inspect,
}

impl Use {
    /// In milliseconds; 0 is for ever.
    fn statement_timeout(self) -> u128 {
        match self {
            Self::Serve => STATEMENT_TIMEOUT.as_millis(),
            Self::Inspect => 0,
        }
    }
}

/// Which engine `url` names. What sea-orm cannot read it would print whole, with the password.
pub(super) fn engine(url: &str) -> Result<DbBackend, Error> {
    let schemes = [
        ("sqlite:", DbBackend::Sqlite),
        ("postgres://", DbBackend::Postgres),
        ("postgresql://", DbBackend::Postgres),
    ];
    let known = schemes.into_iter().find(|it| url.starts_with(it.0));
    let Some((_, engine)) = known else {
        let what = "the database's URL must begin with sqlite://, postgres:// or postgresql://";
        return Err(Error::Unfit(what.to_owned()));
    };
    if let Err(error) = Url::parse(url) {
        let what = format!("the database's URL is none: {error}");
        return Err(Error::Unfit(what));
    }
    Ok(engine)
}

pub(super) fn sqlite_options(url: &str, connections: u32, used: Use) -> ConnectOptions {
    use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT + SQLITE_BUSY_TIMEOUT)
        .test_before_acquire_if_idle_for(PING_AFTER_IDLE)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .foreign_keys(true)
                .busy_timeout(SQLITE_BUSY_TIMEOUT)
                .pragma("cache_size", format!("-{SQLITE_CACHE_KIB}"));
            if used == Use::Inspect {
                return sqlite.read_only(true);
            }
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                // What is deleted (a code that has served) is overwritten, not only unlinked.
                .pragma("secure_delete", "on")
        })
        // After a COMMIT that failed (disk full), SQLite has rolled back by itself and sqlx's own ROLLBACK fails: the connection
        // would go back to the pool at transaction depth 1, and all later "commits" on it would be savepoints that nobody
        // commits. Such a connection is closed instead (reliability F1).
        .map_sqlx_sqlite_pool_opts(|pool| {
            pool.after_release(|connection, _| {
                Box::pin(async move {
                    use sqlx::Connection;
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
        });
    options
}

pub(super) fn postgres_options(url: &str, used: Use) -> ConnectOptions {
    let separator = if url.contains('?') { '&' } else { '?' };
    let timeouts = format!(
        "-c statement_timeout={} -c lock_timeout={LOCK_TIMEOUT} -c idle_in_transaction_session_timeout={IDLE_TIMEOUT} -c random_page_cost={RANDOM_PAGE_COST}",
        used.statement_timeout()
    );
    let escaped = timeouts.replace(' ', "%20").replace('=', "%3D");
    let mut options = ConnectOptions::new(format!("{url}{separator}options={escaped}"));
    options
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire_if_idle_for(PING_AFTER_IDLE)
        .sqlx_logging(false);
    options
}

pub(super) async fn check_sqlite(connection: &DatabaseConnection) -> Result<(), Error> {
    let version: String = scalar(connection, "SELECT sqlite_version()").await?;
    let mut parts = version.split('.').map(|it| it.parse().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    if (part(), part(), part()) < SQLITE_VERSION_MIN {
        return Err(Error::Unfit(format!(
            "SQLite {version} can lose committed pages; at least 3.51.3 is needed"
        )));
    }
    Ok(())
}

/// Refuses to run behind a transaction pooler: it hands prepared statements to the wrong connection, and rows land in the wrong
/// table without an error (reliability F2). Behind one, two transactions of one client connection can land on two back ends and
/// a session's setting is gone in the next.
pub(super) async fn refuse_transaction_pooler(
    connection: &DatabaseConnection,
) -> Result<(), Error> {
    use sqlx::{Connection as _, Executor as _, Row as _};
    let mut pooled = connection
        .get_postgres_connection_pool()
        .acquire()
        .await
        .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))?;
    let wrong = |error: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
    pooled.ping().await.map_err(wrong)?;
    // PgBouncer and its kin strip or refuse start-up options; ours are still there on a connection of our own.
    let row = pooled
        .fetch_one("SELECT current_setting('idle_in_transaction_session_timeout') AS kept")
        .await
        .map_err(wrong)?;
    let kept: String = row.try_get("kept").map_err(wrong)?;
    if kept != IDLE_TIMEOUT {
        return Err(Error::Unfit(
            "the connection does not keep its settings: a transaction pooler stands in between; connect to PostgreSQL \
             itself or use the pooler's session mode"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Brings the schema up to date. One at a time: replicas that start together wait here for each other.
pub(super) async fn migrate(connection: &DatabaseConnection) -> Result<(), Error> {
    let mut options = TransactionOptions::default();
    let sqlite = connection.get_database_backend() == DbBackend::Sqlite;
    if sqlite {
        options.sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    }
    let transaction = connection.begin_with_options(options).await?;
    if !sqlite {
        transaction
            .execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            .await?;
    }
    Migrator::up(&transaction, None).await?;
    Ok(transaction.commit().await?)
}

/// Refuses a store whose schema is another than ours: older, newer, or none.
pub(super) async fn refuse_other_schema(connection: &DatabaseConnection) -> Result<(), Error> {
    let unfit = || {
        Error::Unfit("there is no store of this service here, or one of another version".to_owned())
    };
    // Asked by hand, since sea-orm-migration makes its table where it finds none.
    let sql = "SELECT version FROM seaql_migrations";
    let applied = connection
        .query_all_raw(super::statement(connection, sql, []))
        .await
        .map_err(|error| match Error::from(error) {
            error if error.is_missing_table() => unfit(),
            error => error,
        })?;
    let mut applied: Vec<String> = applied
        .iter()
        .map(|row| row.try_get("", "version"))
        .collect::<Result<_, _>>()?;
    let mut ours: Vec<_> = Migrator::migrations()
        .iter()
        .map(|it| it.name().to_owned())
        .collect();
    ours.sort_unstable();
    // Each database has an order of its own for text.
    applied.sort_unstable();
    if applied != ours {
        return Err(unfit());
    }
    Ok(())
}
