//! Opens the store, SQLite or PostgreSQL by its URL, and begins transactions. All that differs between the two is here.

mod connect;
mod error;
mod many;
mod owner;
mod retry;

pub use error::Error;
pub(crate) use many::{as_table, insert_all, pieces};
pub(crate) use retry::{FromStore, retrying};

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};

use tokio::time::Instant;
use uuid::Uuid;

use connect::{
    SQLITE_READERS_MAX, STATEMENT_TIMEOUT, Use, check_sqlite, engine, migrate, postgres_options,
    refuse_other_schema, refuse_transaction_pooler, sqlite_options,
};

/// How long a call waits for a connection before the store counts as out of reach.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a statement may outlive the call that it was for.
const AFTER_THE_CALL: Duration = Duration::from_millis(100);

tokio::task_local! {
    /// When the call that is answered in this task must have ended.
    static ENDS_AT: Instant;
}

/// Does `work` for a call that ends at `ends_at`: the database is told, so that it does not go on for somebody who has gone.
pub(crate) async fn for_a_call<T>(ends_at: Instant, work: impl Future<Output = T>) -> T {
    ENDS_AT.scope(ends_at, work).await
}

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

impl Db {
    /// Opens the store at `url` and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::open_counting(url, Arc::default()).await
    }

    /// Opens the store and adds up in `statements` how many statements it is sent.
    pub async fn open_counting(url: &str, statements: Arc<AtomicU64>) -> Result<Self, Error> {
        let mut db = Self::connect(url, Use::Serve).await?;
        for connection in [&mut db.writer, &mut db.reader] {
            let statements = statements.clone();
            connection.set_metric_callback(move |_| {
                statements.fetch_add(1, Ordering::Relaxed);
            });
        }
        Ok(db)
    }

    /// Opens a store that is there, to look at all of it. It is neither made nor changed.
    pub async fn open_to_inspect(url: &str) -> Result<Self, Error> {
        Self::connect(url, Use::Inspect).await
    }

    async fn connect(url: &str, used: Use) -> Result<Self, Error> {
        let sqlite = engine(url)? == DbBackend::Sqlite;
        let writer = if sqlite {
            let writer = Database::connect(sqlite_options(url, 1, used)).await?;
            check_sqlite(&writer).await?;
            writer
        } else {
            let writer = Database::connect(postgres_options(url, used)).await?;
            refuse_transaction_pooler(&writer).await?;
            writer
        };
        match used {
            Use::Serve => migrate(&writer).await?,
            Use::Inspect => refuse_other_schema(&writer).await?,
        }
        let reader = if sqlite {
            Database::connect(sqlite_options(url, SQLITE_READERS_MAX, used)).await?
        } else {
            writer.clone()
        };
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
        let transaction = self.writer.begin_with_options(options).await?;
        self.tell_the_deadline(&transaction).await?;
        Ok(transaction)
    }

    /// Tells PostgreSQL to give up when the caller does, where that is sooner than it would by itself. Most calls have longer, so that
    /// they cost no statement for it. (SQLite's statements end by themselves: no writer holds longer than half a second.)
    async fn tell_the_deadline(&self, transaction: &DatabaseTransaction) -> Result<(), Error> {
        if self.writer.get_database_backend() == DbBackend::Sqlite {
            return Ok(());
        }
        let left = ENDS_AT.try_with(|it| it.saturating_duration_since(Instant::now()));
        if let Ok(left) = left
            && left < STATEMENT_TIMEOUT
        {
            // A little later than the call itself ends, so that it is the call that tells of it.
            let milliseconds = (left + AFTER_THE_CALL).as_millis();
            let sql = format!("SET LOCAL statement_timeout = {milliseconds}");
            transaction.execute_unprepared(&sql).await?;
        }
        Ok(())
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
    places(0, rows, columns)
}

/// The same, behind `before` other values.
fn places(before: usize, rows: usize, columns: usize) -> String {
    let mut list = String::with_capacity(rows * columns * 8);
    for row in 0..rows {
        list.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns {
            list.push_str(if column == 1 { "$" } else { ", $" });
            list.push_str(&(before + row * columns + column).to_string());
        }
        list.push(')');
    }
    list
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

/// `IN (…)` for `ids`, of which there is at least one. The last is repeated up to a power of two: so few statements stay prepared.
/// (One array value would do on PostgreSQL, whose planner then guesses its length and scans the table: a third of the speed.)
pub(crate) fn among(ids: &[Uuid], values: &mut Vec<Value>) -> String {
    let places: Vec<_> = padded(ids)
        .map(|id| {
            values.push(id.into());
            format!("${}", values.len())
        })
        .collect();
    format!("IN ({})", places.join(", "))
}

/// What `among` puts into its brackets, for a statement that is not written by hand.
pub(crate) fn padded(ids: &[Uuid]) -> impl Iterator<Item = Uuid> {
    let last = ids.last().copied();
    let repeated = ids.iter().copied().chain(last.into_iter().cycle());
    repeated.take(ids.len().next_power_of_two())
}

/// Names the rows of `table` whose ids `sql` finds, and `what` is wrong with them.
pub(crate) async fn named(
    connection: &impl ConnectionTrait,
    table: &str,
    what: &str,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<String>, Error> {
    let rows = connection
        .query_all_raw(statement(connection, sql, values))
        .await?;
    rows.iter()
        .map(|row| {
            let id: Uuid = row.try_get("", "id")?;
            Ok(format!("{table} {id}: {what}"))
        })
        .collect()
}
