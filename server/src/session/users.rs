//! The users of an employer: client credentials, each with roles, that an admin of his or an officer makes and ends.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Error, NewCredential, Sessions, store};
use crate::{
    audit,
    caller::Caller,
    db,
    event::{self, Event},
    seal::Seal,
};
use jamsostek_proto::v1::Subject;

/// How many credentials of one employer are good at once.
pub(super) const USERS_MAX: usize = 50;
/// How long a secret is.
const SECRET_BYTES: usize = 32;

/// What a user may do, as the contract's access options name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Admin,
    Maker,
    Checker,
}

impl Role {
    pub(crate) const ALL: [Self; 3] = [Self::Admin, Self::Maker, Self::Checker];

    /// The name it is stored and declared under.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Maker => "maker",
            Self::Checker => "checker",
        }
    }
}

/// A user that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewUser {
    pub id: Uuid,
    pub employer: Uuid,
    pub name: String,
    pub roles: Vec<Role>,
}

/// Credentials as their employer sees them.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub id: Uuid,
    pub name: String,
    pub roles: Vec<Role>,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// New credentials, with the secret that is told once.
pub(crate) struct Secret {
    pub user: User,
    pub secret: String,
}

impl NewUser {
    /// The first user of an employer.
    pub(crate) fn admin(employer: Uuid) -> Self {
        Self {
            id: Uuid::now_v7(),
            employer,
            name: "admin".to_owned(),
            roles: Role::ALL.to_vec(),
        }
    }
}

/// A new secret, as long as a key.
pub(crate) fn new_secret(seal: &Seal) -> String {
    let mut secret = [0; SECRET_BYTES];
    seal.random(&mut secret);
    URL_SAFE_NO_PAD.encode(secret)
}

/// Makes a user of an employer, in the caller's transaction.
pub(crate) async fn create_employer_user(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    new: &NewUser,
) -> Result<Secret, db::Error> {
    let (secret, roles) = (new_secret(seal), joined(&new.roles));
    let credential = NewCredential {
        id: new.id,
        subject: Subject::Employer,
        subject_id: new.employer,
        name: &new.name,
        scopes: &roles,
        secret: &secret,
    };
    store::create_credential(connection, seal, now, &credential).await?;
    Ok(Secret {
        user: User {
            id: new.id,
            name: new.name.clone(),
            roles: new.roles.clone(),
            created_at: now,
            revoked_at: None,
        },
        secret,
    })
}

/// Whether an employer has a user with this role who is none of `besides`.
pub(crate) async fn has_user_besides(
    connection: &impl ConnectionTrait,
    employer: Uuid,
    role: Role,
    besides: &[Uuid],
) -> Result<bool, db::Error> {
    let users = store::good_users(connection, employer).await?;
    let fits = |it: &User| it.roles.contains(&role) && !besides.contains(&it.id);
    Ok(users.iter().any(fits))
}

fn joined(roles: &[Role]) -> String {
    let codes: Vec<_> = roles.iter().map(|it| it.code()).collect();
    codes.join(" ")
}

impl Sessions {
    /// Makes a user of the caller's employer, or of the one an officer names.
    pub(crate) async fn create_user(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
        new: &NewUser,
    ) -> Result<Secret, Error> {
        let now = self.clock.now();
        let employer = caller.employer(named).ok_or(Error::NotFound)?;
        let new = NewUser {
            employer,
            ..new.clone()
        };
        let transaction = self.db.begin_write().await?;
        // An employer has a user from the moment of his registration.
        let users = store::hold_users(&transaction, employer).await?;
        if users.is_empty() {
            return Err(Error::NotFound);
        }
        if store::is_known(&transaction, new.id).await? {
            return Err(Error::IdTaken);
        }
        if users.iter().filter(|it| it.revoked_at.is_none()).count() >= USERS_MAX {
            return Err(Error::TooManyCredentials);
        }
        let made = create_employer_user(&transaction, &self.seal, now, &new).await?;
        let event = changed("credential.created", new.id);
        event::record(&transaction, &self.seal, now, [event]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "CreateCredential", new.id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(made)
    }

    /// A page of an employer's users, oldest first, behind the user `after`.
    pub(crate) async fn users(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<User>, Error> {
        let employer = caller.employer(named).ok_or(Error::NotFound)?;
        let users = store::users(self.db.reader(), employer, after, limit).await?;
        if users.is_empty() && after.is_none() {
            return Err(Error::NotFound);
        }
        Ok(users)
    }

    /// Ends the credentials of a user.
    pub(crate) async fn revoke_user(&self, caller: &Caller, id: Uuid) -> Result<User, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let found = store::hold_user(&transaction, id).await?;
        let own = found.filter(|it| caller.employer(Some(it.0)).is_some());
        let (_, user) = own.ok_or(Error::NotFound)?;
        if user.revoked_at.is_some() {
            return Ok(user);
        }
        store::revoke_credential(&transaction, id, now).await?;
        let event = changed("credential.revoked", id);
        event::record(&transaction, &self.seal, now, [event]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "RevokeCredential", id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(User {
            revoked_at: Some(now),
            ..user
        })
    }
}

fn changed(kind: &'static str, id: Uuid) -> Event {
    Event {
        kind,
        subject: id,
        participant: None,
        facts: serde_json::json!({}),
    }
}
