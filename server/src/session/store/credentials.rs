use chrono::{DateTime, Utc};
use jamsostek_proto::v1::Subject;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*, sea_query::LockType};
use uuid::Uuid;

use super::super::users::{Role, User};
use crate::{db, seal::Seal};

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

/// Client credentials as they are kept.
pub(in super::super) struct Credential {
    pub(in super::super) subject: Subject,
    pub(in super::super) subject_id: Uuid,
    pub(in super::super) secret_digest: Vec<u8>,
    pub(in super::super) scopes: Vec<String>,
}

pub(in super::super) async fn credential(
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

fn user_of(row: credential::Model) -> User {
    let roles = row.scopes.split_whitespace();
    User {
        id: row.id,
        name: row.name,
        roles: roles
            .filter_map(|code| Role::ALL.into_iter().find(|it| it.code() == code))
            .collect(),
        created_at: row.created_at,
        revoked_at: row.revoked_at,
    }
}

fn of_employers() -> sea_orm::Select<credential::Entity> {
    credential::Entity::find()
        .filter(credential::Column::Subject.eq(Subject::Employer.as_str_name()))
        .order_by_asc(credential::Column::Id)
}

/// Whether there are credentials under this id, whoever's, good or revoked.
pub(in super::super) async fn is_known(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<bool, db::Error> {
    let row = credential::Entity::find_by_id(id).one(connection).await?;
    Ok(row.is_some())
}

/// All users of an employer, held, so that two are not made at once.
pub(in super::super) async fn hold_users(
    connection: &impl ConnectionTrait,
    employer: Uuid,
) -> Result<Vec<User>, db::Error> {
    let rows = of_employers()
        .filter(credential::Column::SubjectId.eq(employer))
        .lock(LockType::NoKeyUpdate)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(user_of).collect())
}

/// The users of an employer whose credentials are good; they are few.
pub(in super::super) async fn good_users(
    connection: &impl ConnectionTrait,
    employer: Uuid,
) -> Result<Vec<User>, db::Error> {
    let rows = of_employers()
        .filter(credential::Column::SubjectId.eq(employer))
        .filter(credential::Column::RevokedAt.is_null())
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(user_of).collect())
}

/// A page of the users of an employer, behind the user `after`.
pub(in super::super) async fn users(
    connection: &impl ConnectionTrait,
    employer: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<User>, db::Error> {
    let mut query = of_employers()
        .filter(credential::Column::SubjectId.eq(employer))
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(credential::Column::Id.gt(after));
    }
    let rows = query.all(connection).await?;
    Ok(rows.into_iter().map(user_of).collect())
}

/// A user of an employer, held, and whose he is.
pub(in super::super) async fn hold_user(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<(Uuid, User)>, db::Error> {
    let row = of_employers()
        .filter(credential::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?;
    Ok(row.map(|it| (it.subject_id, user_of(it))))
}
