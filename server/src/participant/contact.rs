//! A participant is reached by another contact.

use chrono::DateTime;
use chrono::Utc;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Error, Participants, Shown, notice, store};
use crate::{
    audit,
    caller::Caller,
    db,
    event::{self, Event},
    identity::Contact,
    notification::Wording,
    otp::{self, Act, Acting, Challenge},
    seal::Datum,
};

/// The codes of a changed contact: from the new one and from the one on file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Codes {
    pub new: Uuid,
    pub old: Uuid,
}

impl Participants {
    /// Changes a contact, once both codes have come back. Old and new are told; payouts wait.
    pub(crate) async fn change_contact(
        &self,
        caller: &Caller,
        contact: &Contact,
        codes: Codes,
    ) -> Result<Shown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = store::hold_person(&transaction, caller.id).await?;
        let acting = held.ok_or(Error::NotFound)?.acting();
        let before = store::contacts(&transaction, &self.seal, caller.id).await?;
        if before.contains(contact) {
            drop(transaction);
            return self.show(caller, None).await;
        }
        self.check_codes(&transaction, now, acting, (contact, &before), codes)
            .await?;
        store::replace_contact(&transaction, &self.seal, now, caller.id, contact).await?;
        let masked = contact.masked();
        let text = Wording::ContactChanged { contact: &masked }.text();
        let mut told = before;
        told.push(contact.clone());
        notice::tell_to(&transaction, &self.seal, now, &told, &text).await?;
        let changed = Event {
            kind: "participant.contact_changed",
            subject: caller.id,
            participant: Some(caller.id),
            facts: serde_json::json!({ "channel": contact.channel().code() }),
        };
        event::record(&transaction, &self.seal, now, [changed]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "UpdateContact", caller.id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        self.show(caller, None).await
    }

    /// Whether one code came back from the new contact, and another from one that is on file.
    async fn check_codes(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        acting: Acting,
        (contact, on_file): (&Contact, &[Contact]),
        codes: Codes,
    ) -> Result<(), Error> {
        let act = Act::NewContact(contact.clone());
        let seal = &self.seal;
        let came = async |id| otp::came_back(connection, seal, now, id, (&act, acting)).await;
        let (new, old) = (came(codes.new).await?, came(codes.old).await?);
        let from = |it: &Challenge, contact: &Contact| {
            it.contact_digest == seal.digest(Datum::Contact, contact.text())
        };
        let from_file = |it: &Challenge| on_file.iter().any(|contact| from(it, contact));
        match (new, old) {
            (Some(new), Some(old)) if from(&new, contact) && from_file(&old) => Ok(()),
            _ => Err(Error::ContactCodesNeeded),
        }
    }
}
