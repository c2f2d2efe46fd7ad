//! The jamsostek service. Each feature is a folder; start at its `mod.rs`. `ARCHITECTURE.md` has the map.

mod audit;
mod balance;
mod bank_account;
mod benefit;
mod caller;
mod claim;
pub mod clock;
mod coalesce;
pub mod config;
mod contribution;
mod country;
pub mod db;
mod employer;
mod event;
mod fault;
mod hidden;
mod identity;
mod incoming;
mod ledger;
mod metrics;
mod migrations;
mod money;
mod notification;
mod otp;
mod page;
mod participant;
mod policy;
mod quota;
mod receipt;
mod refusal;
mod registration;
mod sandbox;
mod scheme;
pub mod seal;
mod serve;
mod session;
mod submission;
mod texts;
mod wire;

pub use claim::BankAt;
pub use hidden::Hidden;
pub use identity::dukcapil::RegisterSettings;
pub use otp::OtpLimits;
pub use refusal::errors_page;
pub use serve::{Error, House, Outside, Parts, Profile, WorkError, Workers, assemble};

use jamsostek_proto::v1::Subject;
use uuid::Uuid;

use crate::{clock::Clock, db::Db, seal::Seal};

/// Re-adds the books, checks every MAC and opens every sealed value; names each row that is not as it was written.
pub async fn verify(db: &Db, seal: &Seal) -> Result<Vec<String>, db::Error> {
    db.check_keys(seal).await?;
    let reader = db.reader();
    let mut wrong = registration::verify(reader, seal).await?;
    wrong.extend(otp::verify(reader, seal).await?);
    wrong.extend(identity::dukcapil::verify(reader, seal).await?);
    wrong.extend(participant::verify(reader, seal).await?);
    wrong.extend(employer::verify(reader, seal).await?);
    wrong.extend(contribution::verify(reader, seal).await?);
    wrong.extend(claim::verify(reader, seal).await?);
    wrong.extend(ledger::verify(reader, seal).await?);
    wrong.extend(event::verify(reader, seal).await?);
    wrong.extend(audit::verify(reader, seal).await?);
    Ok(wrong)
}

/// Credentials that are to be created.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// Whose they are.
    pub kind: config::ClientKind,
    /// What people call it.
    pub name: String,
    /// What a service may do; several with spaces between.
    pub scope: String,
    /// Whose other credentials these are, so that a gateway with a new secret is the gateway it was.
    pub like: Option<Uuid>,
}

/// Creates client credentials for an officer or a service; their id and the secret, which is kept nowhere.
pub async fn create_client(
    db: &Db,
    seal: &Seal,
    clock: &dyn Clock,
    new: &NewClient,
) -> Result<(Uuid, String), db::Error> {
    let subject = match new.kind {
        config::ClientKind::Officer => Subject::Officer,
        config::ClientKind::Service => Subject::Service,
    };
    db.belong_to(seal).await?;
    let (id, secret) = (Uuid::now_v7(), session::new_secret(seal));
    let now = clock.now();
    let transaction = db.begin_write().await?;
    let (subject_id, scopes) = match new.like {
        None => (id, new.scope.clone()),
        Some(like) => {
            let known = session::subject_of(&transaction, like, subject).await?;
            let (subject_id, scopes) = known.ok_or_else(|| no_client(like))?;
            // They may do what the others may, unless something else is said.
            let stated = Some(&new.scope).filter(|it| !it.is_empty());
            (subject_id, stated.cloned().unwrap_or(scopes))
        }
    };
    let credential = session::NewCredential {
        id,
        subject,
        subject_id,
        name: &new.name,
        scopes: &scopes,
        secret: &secret,
    };
    session::create_credential(&transaction, seal, now, &credential).await?;
    // Whoever is at the machine's own command line has no token.
    let operator = audit::Actor::NOBODY;
    audit::wrote(&transaction, seal, now, operator, "CreateClient", id).await?;
    transaction.commit().await?;
    Ok((id, secret))
}

/// Ends client credentials: no new token is given for them. Those that were given go on for their five minutes at most.
pub async fn revoke_client(
    db: &Db,
    seal: &Seal,
    clock: &dyn Clock,
    id: Uuid,
) -> Result<(), db::Error> {
    db.check_keys(seal).await?;
    let now = clock.now();
    let transaction = db.begin_write().await?;
    if !session::revoke_credential(&transaction, id, now).await? {
        return Err(no_client(id));
    }
    let operator = audit::Actor::NOBODY;
    audit::wrote(&transaction, seal, now, operator, "RevokeClient", id).await?;
    Ok(transaction.commit().await?)
}

fn no_client(id: Uuid) -> db::Error {
    db::Error::Unfit(format!("there are no such client credentials: {id}"))
}
