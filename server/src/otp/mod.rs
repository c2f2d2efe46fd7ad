//! One-time codes. A code proves a contact, never a person.
//!
//! A code is kept only as a keyed digest. Every try is counted and committed before it is compared; sends are limited for each
//! contact, each (NIK or passport, contact) pair, each peer and each block of numbers, in the database.

mod act;
mod rules;
mod store;

pub(crate) use act::{Act, Acting, came_back};
pub use rules::Limits as OtpLimits;
pub(crate) use rules::Limits;
pub(crate) use store::{Challenge, find, standing, verify};

use std::time::Duration as Wait;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    caller::Peer,
    db::{self, Db},
    identity::Contact,
    quota,
    seal::{Datum, Seal},
};

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To confirm the contact of a registration.
    Register,
    /// To sign in.
    SignIn,
    /// To change a contact: goes to the new one and to one on file.
    Contact,
    /// To be paid: bound to a claim and an account.
    Payout,
}

/// A code that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Draw {
    /// Identifies the challenge; made by the caller.
    pub id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// The registration or participant it will speak for; nobody's when the contact is unknown.
    pub subject: Option<Uuid>,
    /// Whose NIK or passport it is about, digested.
    pub document_digest: Option<Vec<u8>>,
    /// Whether somebody was named beside the contact, where several may share it.
    pub kpj_named: bool,
    /// Where it goes.
    pub contact: Contact,
    /// Who asks.
    pub peer: Peer,
    /// What was asked, digested: the same id with other content is refused.
    pub content_digest: Vec<u8>,
}

/// A code that was drawn and is to be sent.
pub(crate) struct Drawn {
    /// The digits.
    pub code: String,
    /// The message it goes in.
    pub message: Uuid,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// When the next one may be asked for.
    pub resend_at: DateTime<Utc>,
    /// How many more may be sent to this contact today.
    pub sends_left: i64,
    /// The messages of codes that it makes worthless.
    pub superseded: Vec<Uuid>,
}

/// Why a code was not sent or not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no such code")]
    NotFound,
    #[error("too many wrong codes")]
    Locked { retry_after: Option<Wait> },
    #[error("the code has served already")]
    Used,
    #[error("a later code was sent; only that one is good")]
    Superseded,
    #[error("the code is too old; ask for another")]
    Expired,
    #[error("that is not the code that was sent")]
    Wrong { tries_left: i64 },
    #[error("a code was sent less than a minute ago")]
    TooSoon { retry_after: Wait, sends_left: i64 },
    #[error("too many codes were sent")]
    SendLimit { retry_after: Wait },
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Draws a code for `draw`, in the caller's transaction; a refusal must roll it back, so that nothing is counted.
pub(crate) async fn draw(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    limits: &Limits,
    now: DateTime<Utc>,
    draw: &Draw,
) -> Result<Drawn, Error> {
    let contact_digest = seal.digest(Datum::Contact, draw.contact.text());
    let quotas = limits.of_sending(seal, draw, &contact_digest);
    let counts = quota::take(connection, &quotas, now).await?;
    let sends_left = rules::check_sends(&counts, now)?;
    let (digits, bound) = draw.purpose.digits();
    let code = format!("{:0digits$}", seal.random_below(bound));
    let superseded = store::supersede(connection, draw, &contact_digest, now).await?;
    let drawn = Drawn {
        superseded,
        message: Uuid::now_v7(),
        expires_at: now + rules::LIFETIME,
        resend_at: now + rules::COOL_DOWN,
        sends_left,
        code,
    };
    store::insert(connection, seal, draw, contact_digest, &drawn, now).await?;
    Ok(drawn)
}

/// Where the code of `challenge` goes.
pub(crate) fn contact_of(seal: &Seal, challenge: &Challenge) -> Result<Contact, db::Error> {
    let text = seal.open(Datum::Contact, challenge.id, &challenge.contact)?;
    Contact::parse(&text).map_err(|_| db::Error::Unknown("otp_challenge.contact"))
}

/// Counts a try at `id`, commits, and only then compares. The challenge whose code it was; [`consume`] it next.
pub(crate) async fn try_code(
    db: &Db,
    seal: &Seal,
    limits: &Limits,
    now: DateTime<Utc>,
    id: Uuid,
    code: &str,
) -> Result<Challenge, Error> {
    let transaction = db.begin_write().await?;
    let Some(challenge) = store::count_try(&transaction, id, now).await? else {
        let known = store::find(&transaction, id).await?;
        return Err(rules::why_not_tried(known.as_ref(), now));
    };
    let counts = quota::take(&transaction, &limits.of_failing(&challenge), now).await?;
    transaction.commit().await.map_err(db::Error::from)?;

    rules::check_failures(&counts, now)?;
    if !seal.code_matches(id, code, &challenge.code_digest) {
        let tries_left = rules::TRIES_MAX - i64::from(challenge.tries);
        return Err(Error::Wrong { tries_left });
    }
    Ok(challenge)
}

/// Uses `challenge` up, in the transaction of what follows from it. One of many at once succeeds.
pub(crate) async fn consume(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    challenge: &Challenge,
) -> Result<(), Error> {
    if !store::use_up(connection, challenge.id, now).await? {
        let known = store::find(connection, challenge.id).await?;
        return Err(rules::why_not_tried(known.as_ref(), now));
    }
    quota::give_back(connection, rules::failure_keys(challenge)).await?;
    Ok(())
}
