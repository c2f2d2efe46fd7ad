use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, QueryOrder, QuerySelect, Value, entity::prelude::*,
    sea_query::ExprTrait,
};
use uuid::Uuid;

use super::{
    Draw, Drawn, Purpose,
    rules::{COOL_DOWN, TRIES_MAX},
};
use crate::{
    db,
    identity::Channel,
    seal::{Datum, Seal},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "otp_challenge")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub content_digest: Vec<u8>,
    pub purpose: String,
    pub subject_id: Option<Uuid>,
    pub document_digest: Option<Vec<u8>>,
    pub channel: String,
    pub contact: Vec<u8>,
    pub contact_digest: Vec<u8>,
    pub code_digest: Vec<u8>,
    pub kpj_named: bool,
    pub message_id: Uuid,
    pub sends_left: i64,
    pub tries: i32,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
    pub superseded_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A code that was drawn.
pub(crate) type Challenge = Model;

impl Purpose {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::SignIn => "sign_in",
            Self::Contact => "contact",
            Self::Payout => "payout",
        }
    }

    /// How many digits its codes have, and how many such codes there are: where money or the way to it is at stake, eight digits.
    pub(super) const fn digits(self) -> (usize, u64) {
        match self {
            Self::Register | Self::SignIn => (6, 1_000_000),
            Self::Contact | Self::Payout => (8, 100_000_000),
        }
    }

    /// Whether its code opens a session, or only stands for an act.
    pub(crate) const fn opens_a_session(self) -> bool {
        matches!(self, Self::Register | Self::SignIn)
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        let all = [Self::Register, Self::SignIn, Self::Contact, Self::Payout];
        all.into_iter().find(|it| it.code() == code)
    }
}

impl Model {
    /// When the next one may be asked for.
    pub(crate) fn resend_at(&self) -> DateTime<Utc> {
        self.created_at + COOL_DOWN
    }

    pub(crate) fn is_for(&self, purpose: Purpose) -> bool {
        self.purpose == purpose.code()
    }

    /// Which way its code went.
    pub(crate) fn channel(&self) -> Result<Channel, db::Error> {
        Channel::from_code(&self.channel).ok_or(db::Error::Unknown("otp_challenge.channel"))
    }

    pub(crate) fn purpose(&self) -> Result<Purpose, db::Error> {
        Purpose::from_code(&self.purpose).ok_or(db::Error::Unknown("otp_challenge.purpose"))
    }
}

/// The challenge `id`.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Challenge>, db::Error> {
    Ok(Entity::find_by_id(id).one(connection).await?)
}

pub(super) async fn insert(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    draw: &Draw,
    contact_digest: Vec<u8>,
    drawn: &Drawn,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(draw.id),
        content_digest: Set(draw.content_digest.clone()),
        purpose: Set(draw.purpose.code().to_owned()),
        subject_id: Set(draw.subject),
        document_digest: Set(draw.document_digest.clone()),
        channel: Set(draw.contact.channel().code().to_owned()),
        contact: Set(seal.seal(Datum::Contact, draw.id, draw.contact.text())),
        contact_digest: Set(contact_digest),
        code_digest: Set(seal.code_digest(draw.id, &drawn.code)),
        kpj_named: Set(draw.kpj_named),
        message_id: Set(drawn.message),
        sends_left: Set(drawn.sends_left),
        tries: Set(0),
        created_at: Set(now),
        expires_at: Set(drawn.expires_at),
        used_at: Set(None),
        superseded_at: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Makes every earlier open code that `draw` follows worthless: those of the same registration, or, to sign in, those to the same
/// contact, whether it reaches anybody or not. Were decoys left alone, an earlier code would tell a known contact from an unknown.
/// Codes for an act are superseded by those of the same person to the same contact. Answers with their messages.
pub(super) async fn supersede(
    connection: &impl ConnectionTrait,
    draw: &Draw,
    contact_digest: &[u8],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, db::Error> {
    let (fits, value): (_, Value) = match draw.purpose {
        Purpose::Register => ("subject_id = $2", draw.subject.into()),
        Purpose::SignIn => ("contact_digest = $2", contact_digest.into()),
        Purpose::Contact | Purpose::Payout => (
            "subject_id = $2 AND contact_digest = $4",
            draw.subject.into(),
        ),
    };
    let sql = format!(
        "UPDATE otp_challenge SET superseded_at = $1 WHERE {fits} AND purpose = $3 \
         AND used_at IS NULL AND superseded_at IS NULL RETURNING message_id"
    );
    let mut values = vec![now.into(), value, draw.purpose.code().into()];
    if !draw.purpose.opens_a_session() {
        values.push(contact_digest.into());
    }
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("", "message_id")?))
        .collect()
}

/// Counts one try, if the code takes any; the row as it stands after.
pub(super) async fn count_try(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Challenge>, db::Error> {
    let updated = Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Tries.lt(TRIES_MAX))
        .filter(Column::UsedAt.is_null())
        .filter(Column::SupersededAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(connection)
        .await?;
    Ok(updated.into_iter().next())
}

/// Uses the code up, once.
pub(super) async fn use_up(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let sql = "UPDATE otp_challenge SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND superseded_at IS NULL";
    let done = connection
        .execute_raw(db::statement(connection, sql, [now.into(), id.into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How far the codes of a registration have got.
pub(crate) struct Standing {
    /// The last one that was drawn.
    pub latest: Option<Uuid>,
    /// Whether one has come back.
    pub is_confirmed: bool,
}

/// How far the codes of the registration `subject` have got.
pub(crate) async fn standing(
    connection: &impl ConnectionTrait,
    subject: Uuid,
) -> Result<Standing, db::Error> {
    let codes: Vec<(Uuid, Option<DateTime<Utc>>)> = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::UsedAt)
        .filter(Column::SubjectId.eq(subject))
        .filter(Column::Purpose.eq(Purpose::Register.code()))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(Standing {
        latest: codes.first().map(|it| it.0),
        is_confirmed: codes.iter().any(|it| it.1.is_some()),
    })
}

/// Opens every contact and compares it with its digest; names what does not agree.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "otp_challenge",
        Entity::find(),
        Column::Id,
        |row: &Model| {
            let contact = seal.open(Datum::Contact, row.id, &row.contact);
            let digest = contact.map(|it| seal.digest(Datum::Contact, &it));
            (row.id, digest.is_ok_and(|it| it == row.contact_digest))
        },
    )
    .await
}
