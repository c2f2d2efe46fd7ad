//! Codes go out: one is drawn, handed to notification, and looked after.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Error, Sessions};
use crate::{
    audit::{self, Actor},
    caller::Peer,
    db,
    identity::Contact,
    notification::{self, Message, Wording},
    otp::{self, Draw, Drawn, Limits, Purpose},
    participant,
    seal::{Datum, Seal},
};

/// What somebody asks a code for.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    /// The code before, again.
    Again { challenge: Uuid, purpose: Purpose },
    /// To sign in.
    SignIn {
        contact: Contact,
        kpj: Option<String>,
    },
}

/// A code that was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    pub challenge: Uuid,
    pub masked_contact: String,
    pub expires_at: DateTime<Utc>,
    pub resend_at: DateTime<Utc>,
    pub sends_left: i64,
}

/// Draws a code for `draw` and puts it into the outbox, in the caller's transaction. To nobody's contact a decoy goes, so that
/// the time it takes tells nothing.
pub(crate) async fn send_code(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    limits: &Limits,
    now: DateTime<Utc>,
    draw: &Draw,
) -> Result<Drawn, otp::Error> {
    let drawn = otp::draw(connection, seal, limits, now, draw).await?;
    // A carrier that was away must not bring a worthless code beside a good one.
    notification::forget(connection, &drawn.superseded).await?;
    let message = Message {
        id: drawn.message,
        contact: draw.contact.clone(),
        text: Wording::Code { code: &drawn.code }.text(),
        code: Some(drawn.code.clone()),
        not_after: drawn.expires_at,
        decoy: draw.subject.is_none(),
    };
    notification::queue(connection, seal, now, [message]).await?;
    Ok(drawn)
}

impl Sessions {
    /// Sends a code, or answers as before when it was sent under this id.
    pub(crate) async fn send(&self, id: Uuid, wish: &Wish, peer: Peer) -> Result<Sent, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let draw = match wish {
            Wish::SignIn { contact, kpj } => {
                self.to_sign_in(&transaction, id, contact, kpj.as_deref(), peer)
                    .await?
            }
            Wish::Again { challenge, purpose } => {
                self.once_more(&transaction, id, *challenge, *purpose, peer)
                    .await?
            }
        };
        if let Some(known) = otp::find(&transaction, id).await? {
            if known.content_digest != draw.content_digest {
                return Err(Error::IdTaken);
            }
            return Ok(Sent {
                challenge: id,
                masked_contact: draw.contact.masked(),
                expires_at: known.expires_at,
                resend_at: known.resend_at(),
                sends_left: known.sends_left,
            });
        }
        let drawn = send_code(&transaction, &self.seal, &self.limits, now, &draw).await?;
        audit::wrote(&transaction, &self.seal, now, Actor::NOBODY, "SendOtp", id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        notification::ring();
        Ok(Sent {
            challenge: id,
            masked_contact: draw.contact.masked(),
            expires_at: drawn.expires_at,
            resend_at: drawn.resend_at,
            sends_left: drawn.sends_left,
        })
    }

    async fn to_sign_in(
        &self,
        connection: &impl ConnectionTrait,
        id: Uuid,
        contact: &Contact,
        kpj: Option<&str>,
        peer: Peer,
    ) -> Result<Draw, Error> {
        let digest = self.seal.digest(Datum::Contact, contact.text());
        let reached = participant::reached_by(connection, &digest).await?;
        let subject = match kpj {
            Some(kpj) => reached
                .iter()
                .find(|it| it.1.as_deref() == Some(kpj))
                .map(|it| it.0),
            None => reached.first().map(|it| it.0),
        };
        let content = format!("sign in|{}|{}", contact.text(), kpj.unwrap_or_default());
        Ok(Draw {
            id,
            purpose: Purpose::SignIn,
            subject,
            document_digest: None,
            kpj_named: kpj.is_some(),
            contact: contact.clone(),
            peer,
            content_digest: self.seal.digest(Datum::RequestContent, &content),
        })
    }

    async fn once_more(
        &self,
        connection: &impl ConnectionTrait,
        id: Uuid,
        before: Uuid,
        purpose: Purpose,
        peer: Peer,
    ) -> Result<Draw, Error> {
        let before = otp::find(connection, before)
            .await?
            .filter(|it| it.is_for(purpose))
            .ok_or(otp::Error::NotFound)?;
        // A contact that is confirmed needs no other code, whichever of its codes is named here.
        let confirmed = match before.subject_id {
            Some(subject) if purpose == Purpose::Register => {
                otp::standing(connection, subject).await?.is_confirmed
            }
            _ => before.used_at.is_some(),
        };
        if confirmed {
            return Err(otp::Error::Used.into());
        }
        let content = format!("again|{}", before.id);
        // A contact that is his no more reaches nobody: a decoy goes, so that nothing is told of it.
        let subject = match before.subject_id {
            Some(subject) if purpose == Purpose::SignIn => {
                let reached = participant::reached_by(connection, &before.contact_digest).await?;
                reached.iter().any(|it| it.0 == subject).then_some(subject)
            }
            subject => subject,
        };
        Ok(Draw {
            id,
            purpose,
            subject,
            document_digest: before.document_digest.clone(),
            kpj_named: before.kpj_named,
            contact: otp::contact_of(&self.seal, &before)?,
            peer,
            content_digest: self.seal.digest(Datum::RequestContent, &content),
        })
    }
}
