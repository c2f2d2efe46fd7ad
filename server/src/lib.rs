//! The jamsostek service. Each feature is a folder; start at its `mod.rs`. `ARCHITECTURE.md` has the map.

mod audit;
mod balance;
mod caller;
pub mod clock;
mod coalesce;
pub mod config;
mod contribution;
pub mod db;
mod event;
mod identity;
mod incoming;
mod ledger;
mod migrations;
mod money;
mod notification;
mod otp;
mod page;
mod participant;
mod policy;
mod quota;
mod refusal;
mod registration;
mod sandbox;
mod scheme;
pub mod seal;
mod serve;
mod session;
mod wire;

pub use otp::OtpLimits;
pub use serve::{Error, House, Parts, Profile, Workers, assemble};

use jamsostek_proto::v1::Subject;
use uuid::Uuid;

use crate::{clock::Clock, db::Db, seal::Seal};

/// Re-adds the books, checks every MAC and opens every sealed value; names each row that is not as it was written.
pub async fn verify(db: &Db, seal: &Seal) -> Result<Vec<String>, db::Error> {
    let reader = db.reader();
    let mut wrong = participant::verify(reader, seal).await?;
    wrong.extend(contribution::verify(reader, seal).await?);
    wrong.extend(ledger::verify(reader, seal).await?);
    wrong.extend(event::verify(reader, seal).await?);
    wrong.extend(audit::verify(reader, seal).await?);
    Ok(wrong)
}

/// Creates client credentials for an officer or a service; their id and the secret, which is kept nowhere.
pub async fn create_client(
    db: &Db,
    seal: &Seal,
    clock: &dyn Clock,
    kind: config::ClientKind,
    name: &str,
    scope: &str,
) -> Result<(Uuid, String), db::Error> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let subject = match kind {
        config::ClientKind::Officer => Subject::Officer,
        config::ClientKind::Service => Subject::Service,
    };
    let mut secret = [0; 32];
    seal.random(&mut secret);
    let (id, secret) = (Uuid::now_v7(), URL_SAFE_NO_PAD.encode(secret));
    let transaction = db.begin_write().await?;
    let what = (subject, name, scope);
    session::create_credential(&transaction, seal, clock.now(), id, what, &secret).await?;
    // Whoever is at the machine's own command line has no token.
    let operator = audit::Actor::NOBODY;
    audit::wrote(
        &transaction,
        seal,
        clock.now(),
        operator,
        "CreateClient",
        id,
    )
    .await?;
    transaction.commit().await?;
    Ok((id, secret))
}
