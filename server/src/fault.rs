//! What a sandbox was told to let go wrong next. Kept in the store, so that every server of it fails as told, and a restart does not
//! mend it. Nobody asks in production.

use sea_orm::ConnectionTrait;

use crate::db::{self, Db};

/// A neighbour that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The population register does not answer.
    Register,
    /// The carrier of messages takes none.
    Sender,
    /// The bank does not answer, and has not done it.
    BankBefore,
    /// The bank does not answer, and has done it.
    BankAfter,
}

impl Part {
    const fn code(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Sender => "sender",
            Self::BankBefore => "bank_before",
            Self::BankAfter => "bank_after",
        }
    }
}

/// Lets `part` fail the next `times` times.
pub(crate) async fn tell(
    connection: &impl ConnectionTrait,
    part: Part,
    times: i64,
) -> Result<(), db::Error> {
    let sql = "INSERT INTO sandbox_fault (part, times_left) VALUES ($1, $2) \
               ON CONFLICT (part) DO UPDATE SET times_left = excluded.times_left";
    let values = [part.code().into(), times.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Whether `part` fails this time.
pub(crate) async fn strikes(db: &Db, part: Part) -> Result<bool, db::Error> {
    Ok(strikes_among(db, part, 1).await? == 1)
}

/// How many of `calls` to `part` fail. Each failure is taken once, whoever asks. Where nothing was told, nothing is written.
pub(crate) async fn strikes_among(db: &Db, part: Part, calls: usize) -> Result<usize, db::Error> {
    let sql = "SELECT times_left FROM sandbox_fault WHERE part = $1 AND times_left > 0";
    let reader = db.reader();
    let told = reader
        .query_one_raw(db::statement(reader, sql, [part.code().into()]))
        .await?;
    if told.is_none() {
        return Ok(0);
    }
    let transaction = db.begin_write().await?;
    let sql =
        "UPDATE sandbox_fault SET times_left = times_left - 1 WHERE part = $1 AND times_left > 0";
    let mut taken = 0;
    while taken < calls {
        let one = transaction
            .execute_raw(db::statement(&transaction, sql, [part.code().into()]))
            .await?;
        if one.rows_affected() == 0 {
            break;
        }
        taken += 1;
    }
    transaction.commit().await?;
    Ok(taken)
}
