//! What the register has answered, for a while.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, entity::prelude::*, sea_query::OnConflict};
use uuid::Uuid;

use super::answer::ELEMENTS;
use crate::{
    db,
    identity::Verdict,
    seal::{Datum, Seal},
};

/// How many answers one round forgets.
const ROUND: u64 = 1_000;

/// An answer. Which question it is to, nobody can tell without having it and the keys.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "register_answer")]
pub(crate) struct Model {
    /// A keyed digest of the whole question.
    #[sea_orm(primary_key, auto_increment = false)]
    pub question: Uuid,
    /// The verdict and how long it is good, sealed for its question.
    pub answer: Vec<u8>,
    /// The same moment, to find what can be forgotten.
    pub expires_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What the register has answered to this question, if that is still good.
pub(super) async fn remembered(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    question: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Verdict>, db::Error> {
    let Some(row) = Entity::find_by_id(question).one(connection).await? else {
        return Ok(None);
    };
    let Some((expires_at, verdict)) = open(seal, &row) else {
        // Edited, or moved from another question: it vouches for nobody, and the register is asked.
        tracing::error!("a kept answer of the register is not as it was written");
        return Ok(None);
    };
    Ok(Some(verdict).filter(|_| now < expires_at))
}

/// Keeps an answer, in place of an older one.
pub(super) async fn keep(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    question: Uuid,
    verdict: &Verdict,
    expires_at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let text = format!("{} {}", expires_at.timestamp_micros(), written(verdict));
    let row = ActiveModel {
        question: Set(question),
        answer: Set(seal.seal(Datum::RegisterAnswer, question, &text)),
        expires_at: Set(expires_at),
    };
    let newer = OnConflict::column(Column::Question)
        .update_columns([Column::Answer, Column::ExpiresAt])
        .to_owned();
    Entity::insert(row)
        .on_conflict(newer)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Forgets what is good no longer; how many answers. Where there are none, nothing is written.
pub(crate) async fn forget(db: &db::Db, now: DateTime<Utc>) -> Result<usize, db::Error> {
    let old = Entity::find()
        .filter(Column::ExpiresAt.lte(now))
        .one(db.reader())
        .await?;
    if old.is_none() {
        return Ok(0);
    }
    db::retrying(|| forget_some(db, now)).await
}

async fn forget_some(db: &db::Db, now: DateTime<Utc>) -> Result<usize, db::Error> {
    let transaction = db.begin_write().await?;
    let sql = format!(
        "DELETE FROM register_answer WHERE question IN \
         (SELECT question FROM register_answer WHERE expires_at <= $1 ORDER BY expires_at LIMIT {ROUND})"
    );
    let gone = transaction
        .execute_raw(db::statement(&transaction, &sql, [now.into()]))
        .await?;
    transaction.commit().await?;
    Ok(usize::try_from(gone.rows_affected()).unwrap_or(usize::MAX))
}

/// Opens every answer, and names each that is not as it was written.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "register_answer",
        Entity::find(),
        Column::Question,
        |row: &Model| {
            let opened = open(seal, row);
            (
                row.question,
                opened.is_some_and(|it| it.0 == row.expires_at),
            )
        },
    )
    .await
}

fn open(seal: &Seal, row: &Model) -> Option<(DateTime<Utc>, Verdict)> {
    let text = seal
        .open(Datum::RegisterAnswer, row.question, &row.answer)
        .ok()?;
    let (expires_at, verdict) = text.split_once(' ')?;
    let expires_at = DateTime::from_timestamp_micros(expires_at.parse().ok()?)?;
    Some((expires_at, read(verdict)?))
}

fn written(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Mismatched(elements) => format!("{} {}", verdict.name(), elements.join(",")),
        Verdict::Matched
        | Verdict::Deceased
        | Verdict::Duplicate
        | Verdict::NotFound
        | Verdict::Inactive
        | Verdict::WrongFormat
        | Verdict::Unavailable => verdict.name().to_owned(),
    }
}

fn read(text: &str) -> Option<Verdict> {
    if let Some((_, elements)) = text.split_once(' ') {
        let known = |it: &str| ELEMENTS.into_iter().find(|element| *element == it);
        let elements = elements.split(',').map(known).collect::<Option<_>>()?;
        return Some(Verdict::Mismatched(elements));
    }
    // Silence is never remembered.
    let plain = [
        Verdict::Matched,
        Verdict::Deceased,
        Verdict::Duplicate,
        Verdict::NotFound,
        Verdict::Inactive,
        Verdict::WrongFormat,
    ];
    plain.into_iter().find(|it| it.name() == text)
}
