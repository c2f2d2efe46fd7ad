//! What a code stands for besides its contact: an act of a participant, told to the letter.

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Challenge, Purpose, store};
use crate::{
    bank_account::BankAccount,
    db,
    identity::Contact,
    seal::{Datum, Seal},
};

/// How long a code that came back stands for its act.
const STANDS_FOR: Duration = Duration::minutes(15);

/// What a participant is about to do.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Have a claim paid to an account.
    Payout { claim: Uuid, account: BankAccount },
    /// Be reached by another contact.
    NewContact(Contact),
}

impl Act {
    /// What its codes are for.
    pub(crate) const fn purpose(&self) -> Purpose {
        match self {
            Self::Payout { .. } => Purpose::Payout,
            Self::NewContact(_) => Purpose::Contact,
        }
    }

    /// What a code for it is kept with, so that it is good for nothing else.
    pub(crate) fn digest(&self, seal: &Seal) -> Vec<u8> {
        let content = match self {
            Self::Payout { claim, account } => serde_json::json!([
                "payout",
                claim,
                account.bank_code(),
                account.number(),
                account.holder().text()
            ]),
            Self::NewContact(contact) => serde_json::json!(["new contact", contact.text()]),
        };
        seal.digest(Datum::RequestContent, &content.to_string())
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acting {
    pub person: Uuid,
    /// When one of his contacts was changed: codes of before stand for nothing any more.
    pub contact_changed_at: Option<DateTime<Utc>>,
}

/// The code `id`, if it came back lately, for this very act of this very person.
pub(crate) async fn came_back(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    id: Uuid,
    (act, acting): (&Act, Acting),
) -> Result<Option<Challenge>, db::Error> {
    let challenge = store::find(connection, id).await?;
    Ok(challenge.filter(|it| {
        it.is_for(act.purpose())
            && it.subject_id == Some(acting.person)
            && it.content_digest == act.digest(seal)
            && it.used_at.is_some_and(|at| now < at + STANDS_FOR)
            && acting
                .contact_changed_at
                .is_none_or(|at| at < it.created_at)
    }))
}
