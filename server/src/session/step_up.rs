//! Codes for sensitive acts of somebody who is signed in: a payout, another contact.

use uuid::Uuid;

use super::{Error, Sessions, codes::Sent, send_code};
use crate::{
    audit,
    caller::{Caller, Peer},
    db,
    identity::{Channel, Contact},
    notification,
    otp::{self, Act, Draw},
    participant,
};

impl Sessions {
    /// Sends the codes that an act needs, or one elsewhere instead of a code before, or answers as before when they were sent under
    /// this id. The second code, if any, is named after the first.
    pub(crate) async fn step_up(
        &self,
        caller: &Caller,
        (id, instead_of): (Uuid, Option<Uuid>),
        act: &Act,
        peer: Peer,
    ) -> Result<Vec<Sent>, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let receivers = match instead_of {
            None => {
                let on_file = participant::contacts(&transaction, &self.seal, caller.id).await?;
                receivers(act, &on_file)
            }
            Some(before) => {
                let ids = (id, before);
                vec![self.elsewhere(&transaction, caller, act, ids).await?]
            }
        };
        let mut sent = Vec::new();
        let mut news = false;
        for (at, contact) in receivers.into_iter().enumerate() {
            let id = if at == 0 { id } else { second(id) };
            let draw = Draw {
                id,
                purpose: act.purpose(),
                subject: Some(caller.id),
                document_digest: None,
                kpj_named: false,
                contact,
                peer,
                content_digest: act.digest(&self.seal),
            };
            if let Some(known) = otp::find(&transaction, id).await? {
                if known.content_digest != draw.content_digest || known.subject_id != draw.subject {
                    return Err(Error::IdTaken);
                }
                sent.push(Sent {
                    challenge: id,
                    masked_contact: otp::contact_of(&self.seal, &known)?.masked(),
                    expires_at: known.expires_at,
                    resend_at: known.resend_at(),
                    sends_left: known.sends_left,
                });
                continue;
            }
            let drawn = send_code(&transaction, &self.seal, &self.limits, now, &draw).await?;
            news = true;
            sent.push(Sent {
                challenge: id,
                masked_contact: draw.contact.masked(),
                expires_at: drawn.expires_at,
                resend_at: drawn.resend_at,
                sends_left: drawn.sends_left,
            });
        }
        if news {
            let (seal, actor) = (&self.seal, caller.into());
            audit::wrote(&transaction, seal, now, actor, "SendStepUpOtp", id).await?;
            transaction.commit().await.map_err(db::Error::from)?;
            notification::ring();
        }
        Ok(sent)
    }
}

/// Where the codes of an act go. A payout is confirmed by the mobile number where there is one (decision C4); another contact by
/// itself and by the one it replaces, or, where it replaces none, by the one on file. Of several on file it is the one that was verified
/// last: an older one may not reach him any more.
fn receivers(act: &Act, on_file: &[Contact]) -> Vec<Contact> {
    let newest = on_file.last();
    let by = |channel: Channel| on_file.iter().rev().find(|it| it.channel() == channel);
    match act {
        Act::Payout { .. } => by(Channel::Sms).or(newest).cloned().into_iter().collect(),
        Act::NewContact(new) => {
            // One that is on file needs no proof: nothing will change.
            if on_file.contains(new) {
                return Vec::new();
            }
            let old = by(new.channel()).or(newest);
            std::iter::once(new).chain(old).cloned().collect()
        }
    }
}

/// The id of the code that goes to the contact on file.
fn second(id: Uuid) -> Uuid {
    Uuid::new_v5(&id, b"contact on file")
}
