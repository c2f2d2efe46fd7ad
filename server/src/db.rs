//! Opens the store, SQLite or PostgreSQL by its URL, and begins transactions. All that differs between the two is here.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, QueryResult, RuntimeErr, SqlErr, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value, sqlx,
};
use sea_orm_migration::MigratorTrait;
use tonic::{Code, Status};

use crate::{
    migrations::Migrator,
    refusal::{Reason, internal, refuse, refuse_for_now},
};

/// Connections to PostgreSQL: four a core of the machines we measured on; more only queue inside the database.
const POSTGRES_CONNECTIONS_MAX: u32 = 12;
/// Readers of SQLite beside its one writer.
const SQLITE_READERS_MAX: u32 = 4;
/// How long a call waits for a connection before the store counts as out of reach.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long SQLite waits for another process's write lock.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Page cache of one SQLite connection, in KiB: five of them must fit the idle budget of 30 MiB.
const SQLITE_CACHE_KIB: u32 = 2_000;
/// A connection that was used this lately is not pinged before it is used again.
const PING_AFTER_IDLE: Duration = Duration::from_secs(30);
/// Below the longest deadline of a call (30 s), so that the database gives up before the caller's patience ends.
const POSTGRES_TIMEOUTS: &str =
    "-c statement_timeout=8s -c lock_timeout=4s -c idle_in_transaction_session_timeout=15s";
/// SQLite before this release can lose a WAL frame after a reset (fixed in 3.51.3).
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);
/// Names our migrations among advisory locks.
const MIGRATION_LOCK: i64 = 0x6a61_6d73;
/// How often an operation that met another writer is tried.
const TRIES_MAX: u32 = 8;

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

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
    /// The store is not fit to be used.
    #[error("{0}")]
    Unfit(String),
}

impl Db {
    /// Opens the store at `url` and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::open_counting(url, Arc::default()).await
    }

    /// Opens the store and adds up in `statements` how many statements it is sent.
    pub async fn open_counting(url: &str, statements: Arc<AtomicU64>) -> Result<Self, Error> {
        let sqlite = url.starts_with("sqlite:");
        let (mut writer, mut reader) = if sqlite {
            let writer = Database::connect(sqlite_options(url, 1)).await?;
            check_sqlite(&writer).await?;
            (writer, None)
        } else {
            let writer = Database::connect(postgres_options(url)).await?;
            refuse_transaction_pooler(&writer).await?;
            (writer.clone(), Some(writer))
        };
        migrate(&writer).await?;
        if sqlite {
            reader = Some(Database::connect(sqlite_options(url, SQLITE_READERS_MAX)).await?);
        }
        let mut reader = reader.expect("both kinds of store have a reader");
        for connection in [&mut writer, &mut reader] {
            let statements = statements.clone();
            connection.set_metric_callback(move |_| {
                statements.fetch_add(1, Ordering::Relaxed);
            });
        }
        Ok(Self { writer, reader })
    }

    /// Where to read what is committed, outside a transaction.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a transaction that will write.
    ///
    /// SQLite takes its one write lock here, rather than fail when a reader turns writer. PostgreSQL locks row by row: hold the
    /// operation's root row first, then read and write.
    pub(crate) async fn begin_write(&self) -> Result<DatabaseTransaction, Error> {
        let mut options = TransactionOptions::default();
        if self.writer.get_database_backend() == DbBackend::Sqlite {
            options.sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
        }
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> bool {
        let writer = self.writer.ping();
        tokio::time::timeout(ACQUIRE_TIMEOUT, writer)
            .await
            .is_ok_and(|it| it.is_ok())
    }

    /// Closes every connection. Calls that come later find the store out of reach.
    pub async fn close(&self) {
        for connection in [self.reader.clone(), self.writer.clone()] {
            if let Err(error) = connection.close().await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the store did not close"
                );
            }
        }
    }
}

fn sqlite_options(url: &str, connections: u32) -> ConnectOptions {
    use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT + SQLITE_BUSY_TIMEOUT)
        .test_before_acquire_if_idle_for(PING_AFTER_IDLE)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(SQLITE_BUSY_TIMEOUT)
                // What is deleted (a code that has served) is overwritten, not only unlinked.
                .pragma("secure_delete", "on")
                .pragma("cache_size", format!("-{SQLITE_CACHE_KIB}"))
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

fn postgres_options(url: &str) -> ConnectOptions {
    let separator = if url.contains('?') { '&' } else { '?' };
    let escaped = POSTGRES_TIMEOUTS.replace(' ', "%20").replace('=', "%3D");
    let mut options = ConnectOptions::new(format!("{url}{separator}options={escaped}"));
    options
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire_if_idle_for(PING_AFTER_IDLE)
        .sqlx_logging(false);
    options
}

async fn check_sqlite(connection: &DatabaseConnection) -> Result<(), Error> {
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
async fn refuse_transaction_pooler(connection: &DatabaseConnection) -> Result<(), Error> {
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
        .fetch_one("SELECT current_setting('statement_timeout') AS kept")
        .await
        .map_err(wrong)?;
    let kept: String = row.try_get("kept").map_err(wrong)?;
    if kept != "8s" {
        return Err(Error::Unfit(
            "the connection does not keep its settings: a transaction pooler stands in between; connect to PostgreSQL \
             itself or use the pooler's session mode"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Brings the schema up to date. One at a time: replicas that start together wait here for each other.
async fn migrate(connection: &DatabaseConnection) -> Result<(), Error> {
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

/// A statement in the one dialect that both engines read, with `$1`, `$2`, … for its values.
pub(crate) fn statement(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

/// The first column of the first row.
pub(crate) async fn scalar<T: sea_orm::TryGetable>(
    connection: &impl ConnectionTrait,
    sql: &str,
) -> Result<T, Error> {
    let row = connection
        .query_one_raw(statement(connection, sql, []))
        .await?
        .ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?;
    Ok(first_column(&row)?)
}

fn first_column<T: sea_orm::TryGetable>(row: &QueryResult) -> Result<T, DbErr> {
    row.try_get_by_index(0)
}

/// A list of placeholders `($1, $2), ($3, $4)` for `rows` rows of `columns` values.
pub(crate) fn placeholders(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<_> = (1..=columns)
            .map(|column| format!("${}", row * columns + column))
            .collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// A feature's error that may come from the store.
pub(crate) trait FromStore {
    /// The store's error, if it is one.
    fn store_error(&self) -> Option<&Error>;
}

/// Runs `operation`, a whole transaction, again while it loses against other writers. A wait for a lock that took too long is not
/// repeated: it would take as long again.
pub(crate) async fn retrying<T, E, Run, Running>(mut operation: Run) -> Result<T, E>
where
    E: FromStore,
    Run: FnMut() -> Running,
    Running: Future<Output = Result<T, E>>,
{
    let mut uniques = 0;
    for try_number in 1.. {
        let error = match operation().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let Some(store) = error.store_error() else {
            return Err(error);
        };
        if store.is_unique_violation() {
            // The row that was in the way is there now: the second run sees it and answers by name.
            uniques += 1;
        } else if !store.is_lost_race() {
            return Err(error);
        }
        if uniques > 2 || try_number >= TRIES_MAX {
            return Err(error);
        }
        tokio::time::sleep(pause(try_number)).await;
    }
    unreachable!("the loop returns")
}

/// Full jitter: up to 5 ms · 2ⁿ.
fn pause(try_number: u32) -> Duration {
    let ceiling = 5_000_u64 << try_number.min(8);
    let random = uuid::Uuid::now_v7().as_u64_pair().1;
    Duration::from_micros(random % ceiling)
}

impl Error {
    /// Whether two writers met, on either engine, and the loser should start over.
    fn is_contention(&self) -> bool {
        // PostgreSQL: lock time-out. SQLite: busy, locked.
        let codes = ["55P03", "5", "6"];
        self.is_lost_race() || self.code().is_some_and(|it| codes.contains(&it.as_str()))
    }

    /// Whether it was stopped at once for another writer's sake, so that the next try may well succeed.
    fn is_lost_race(&self) -> bool {
        // PostgreSQL: serialization failure, deadlock. SQLite: busy snapshot.
        let codes = ["40001", "40P01", "517"];
        self.code().is_some_and(|it| codes.contains(&it.as_str()))
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
            Self::Broken(_) | Self::Unknown(_) | Self::Unfit(_) => None,
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
        let Some(error) = self.database() else {
            return false;
        };
        // 57P01–03: the server is being stopped or started; 53300: it has no connection left; 57014: it gave up on time.
        let codes = ["57P01", "57P02", "57P03", "53300", "57014"];
        if self.code().is_some_and(|it| codes.contains(&it.as_str())) {
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

/// Walks a whole table, a page at a time, and names every row that `check` does not find in order.
pub(crate) async fn walk<E, K>(
    connection: &impl ConnectionTrait,
    table: &str,
    select: sea_orm::Select<E>,
    key: K,
    check: impl Fn(&E::Model) -> (uuid::Uuid, bool),
) -> Result<Vec<String>, Error>
where
    E: sea_orm::EntityTrait,
    K: sea_orm::ColumnTrait,
{
    use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
    const PAGE: u64 = 5_000;
    let mut wrong = Vec::new();
    let mut last: Option<uuid::Uuid> = None;
    loop {
        let mut page = select.clone().order_by_asc(key).limit(PAGE);
        if let Some(last) = last {
            page = page.filter(key.gt(last));
        }
        let rows = page.all(connection).await?;
        for row in &rows {
            let (id, in_order) = check(row);
            if !in_order {
                wrong.push(format!("{table} {id}: the row is not as it was written"));
            }
            last = Some(id);
        }
        if rows.len() < usize::try_from(PAGE).expect("a page fits") {
            return Ok(wrong);
        }
    }
}
