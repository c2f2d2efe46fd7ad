use chrono::{DateTime, Utc};
use jamsostek_proto::v1::Subject;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, QuerySelect, entity::prelude::*, sea_query::LockType,
};
use uuid::Uuid;

use crate::{audit::Actor, db, seal::Seal};

mod credential {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "credential")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub subject: String,
        pub subject_id: Uuid,
        pub name: String,
        pub secret_digest: Vec<u8>,
        pub scopes: String,
        pub created_at: ChronoDateTimeUtc,
        pub revoked_at: Option<ChronoDateTimeUtc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub subject: String,
    pub subject_id: Uuid,
    pub generation: i32,
    pub started_at: DateTime<Utc>,
    pub rotated_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A session as it stands.
pub(super) struct Session {
    pub(super) subject: Subject,
    pub(super) subject_id: Uuid,
    pub(super) generation: i32,
    pub(super) rotated_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) revoked_at: Option<DateTime<Utc>>,
}

impl Session {
    /// Whose it is.
    pub(super) fn holder(&self) -> Actor {
        Actor {
            subject: self.subject,
            id: Some(self.subject_id),
        }
    }
}

/// Client credentials as they are kept.
pub(super) struct Credential {
    pub(super) subject: Subject,
    pub(super) subject_id: Uuid,
    pub(super) secret_digest: Vec<u8>,
    pub(super) scopes: Vec<String>,
}

pub(super) async fn start(
    connection: &impl ConnectionTrait,
    id: Uuid,
    subject: Subject,
    subject_id: Uuid,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        subject: Set(subject.as_str_name().to_owned()),
        subject_id: Set(subject_id),
        generation: Set(0),
        started_at: Set(now),
        rotated_at: Set(now),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(super) async fn lock(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Session>, db::Error> {
    let row = Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?;
    let session = |row: Model| {
        Ok(Session {
            subject: Subject::from_str_name(&row.subject)
                .ok_or(db::Error::Unknown("session.subject"))?,
            subject_id: row.subject_id,
            generation: row.generation,
            rotated_at: row.rotated_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        })
    };
    row.map(session).transpose()
}

pub(super) async fn rotate(
    connection: &impl ConnectionTrait,
    id: Uuid,
    generation: i32,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "UPDATE session SET generation = $1, rotated_at = $2 WHERE id = $3";
    let values = [generation.into(), now.into(), id.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

pub(super) async fn revoke(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "UPDATE session SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    connection
        .execute_raw(db::statement(connection, sql, [now.into(), id.into()]))
        .await?;
    Ok(())
}

pub(super) async fn credential(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Credential>, db::Error> {
    let row = credential::Entity::find_by_id(id)
        .filter(credential::Column::RevokedAt.is_null())
        .one(connection)
        .await?;
    let credential = |row: credential::Model| {
        Ok(Credential {
            subject: Subject::from_str_name(&row.subject)
                .ok_or(db::Error::Unknown("credential.subject"))?,
            subject_id: row.subject_id,
            secret_digest: row.secret_digest,
            scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
        })
    };
    row.map(credential).transpose()
}

/// Client credentials that are to be kept.
pub(crate) struct NewCredential<'a> {
    pub id: Uuid,
    pub subject: Subject,
    /// The officer or service; the same for all credentials of one.
    pub subject_id: Uuid,
    pub name: &'a str,
    pub scopes: &'a str,
    pub secret: &'a str,
}

/// Creates client credentials; leaves those that exist under this id as they are.
pub(crate) async fn create_credential(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    new: &NewCredential<'_>,
) -> Result<(), db::Error> {
    let digest = seal.sign("client secret", new.secret.as_bytes()).to_vec();
    let sql = "INSERT INTO credential (id, subject, subject_id, name, secret_digest, scopes, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
    let values = [
        new.id.into(),
        new.subject.as_str_name().into(),
        new.subject_id.into(),
        new.name.into(),
        digest.into(),
        new.scopes.into(),
        now.into(),
    ];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// The officer or service whose credentials `id` are, if it is of this kind, and what they may do.
pub(crate) async fn subject_of(
    connection: &impl ConnectionTrait,
    id: Uuid,
    subject: Subject,
) -> Result<Option<(Uuid, String)>, db::Error> {
    Ok(credential::Entity::find_by_id(id)
        .select_only()
        .column(credential::Column::SubjectId)
        .column(credential::Column::Scopes)
        .filter(credential::Column::Subject.eq(subject.as_str_name()))
        .into_tuple()
        .one(connection)
        .await?)
}

/// Ends credentials, once; whether there were such.
pub(crate) async fn revoke_credential(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let sql = "UPDATE credential SET revoked_at = COALESCE(revoked_at, $1) WHERE id = $2";
    let done = connection
        .execute_raw(db::statement(connection, sql, [now.into(), id.into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}
