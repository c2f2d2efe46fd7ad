//! The tables of sessions and of client credentials.

mod credentials;

pub(crate) use credentials::{NewCredential, create_credential, revoke_credential, subject_of};
pub(super) use credentials::{credential, good_users, hold_user, hold_users, is_known, users};

use chrono::{DateTime, Utc};
use jamsostek_proto::v1::Subject;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, QuerySelect, entity::prelude::*, sea_query::LockType,
};
use uuid::Uuid;

use crate::{audit::Actor, db};

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
