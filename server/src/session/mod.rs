//! Who calls: codes become tokens, tokens become callers, sessions end.
//!
//! [`send_code`] is the one door through which a code is drawn and handed to notification. Refresh tokens are not kept: each is
//! derived from its session and generation, so nothing in the database can be used, and the answer to a repeat is the same.

mod gate;
mod rpc;
mod store;
mod token;

pub(crate) use gate::{DEADLINE_MAX, GateLayer};
pub(crate) use rpc::{otp_refusal, otp_service, session_service};
pub(crate) use store::create_credential;
pub(crate) use token::Tokens;

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use jamsostek_proto::v1::Subject;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    audit::{self, Actor},
    caller::{Caller, Peer},
    clock::Clock,
    db::{self, Db},
    event::{self, Event},
    identity::Contact,
    notification::{self, Delivery, Message},
    otp::{self, Draw, Drawn, Limits, Purpose},
    participant,
    seal::{Datum, Seal},
};

/// How long a session lasts without being signed in to again.
const SESSION_LIFETIME: Duration = Duration::days(90);
/// How long a refresh token that has served gets its answer again: a lost reply is no theft.
const REPEAT_WINDOW: Duration = Duration::seconds(30);

/// The sessions.
pub(crate) struct Sessions {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub limits: Limits,
    pub tokens: Tokens,
}

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

/// What signing in and refreshing give.
#[derive(Debug)]
pub(crate) struct Granted {
    pub access_token: String,
    pub expires_at: DateTime<Utc>,
    pub refresh_token: String,
    pub subject: Subject,
    pub subject_id: Uuid,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Otp(#[from] otp::Error),
    #[error("the id already names something else")]
    IdTaken,
    #[error("several participants share the contact; ask for a code with the KPJ")]
    KpjNeeded,
    #[error("the client credentials are wrong")]
    CredentialsWrong,
    #[error("the session has ended; sign in again")]
    SessionEnded,
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl db::FromStore for Error {
    fn store_error(&self) -> Option<&db::Error> {
        match self {
            Self::Store(error) | Self::Otp(otp::Error::Store(error)) => Some(error),
            Self::Otp(_)
            | Self::IdTaken
            | Self::KpjNeeded
            | Self::CredentialsWrong
            | Self::SessionEnded => None,
        }
    }
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
    let message = Message {
        id: drawn.message,
        contact: draw.contact.clone(),
        text: format!(
            "Kode OTP Jamsostek Anda: {}. Berlaku 5 menit. Jangan berikan kepada siapa pun. / Your Jamsostek code; tell nobody.",
            drawn.code
        ),
        code: Some(drawn.code.clone()),
        not_after: drawn.expires_at,
        decoy: draw.subject.is_none(),
    };
    notification::queue(connection, seal, now, message).await?;
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
        transaction.commit().await.map_err(db::Error::from)?;
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
            Some(kpj) => reached.iter().find(|it| it.1 == kpj).map(|it| it.0),
            None => reached.first().map(|it| it.0),
        };
        let content = format!("sign in|{}|{}", contact.text(), kpj.unwrap_or_default());
        Ok(Draw {
            id,
            purpose: Purpose::SignIn,
            subject,
            nik_digest: None,
            contact: contact.clone(),
            peer,
            // Ends with what was asked: a code that named no KPJ opens nothing where several share the contact.
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
        if before.used_at.is_some() {
            return Err(otp::Error::Used.into());
        }
        let content = format!("again|{}", before.id);
        Ok(Draw {
            id,
            purpose,
            subject: before.subject_id,
            nik_digest: before.nik_digest.clone(),
            contact: otp::contact_of(&self.seal, &before)?,
            peer,
            content_digest: self.seal.digest(Datum::RequestContent, &content),
        })
    }

    /// Takes a code back.
    pub(crate) async fn verify(&self, id: Uuid, code: &str) -> Result<Granted, Error> {
        let now = self.clock.now();
        let challenge = otp::try_code(&self.db, &self.seal, &self.limits, now, id, code).await?;

        let transaction = self.db.begin_write().await?;
        otp::consume(&transaction, now, &challenge).await?;
        let subject_id = challenge.subject_id.ok_or(otp::Error::NotFound)?;
        let subject = if challenge.is_for(Purpose::Register) {
            if let Some(nik) = &challenge.nik_digest {
                participant::join(
                    &transaction,
                    subject_id,
                    nik,
                    &challenge.contact_digest,
                    now,
                )
                .await?;
            }
            Subject::Registrant
        } else {
            self.only_one(&transaction, &challenge).await?;
            Subject::Participant
        };
        let session = Uuid::now_v7();
        store::start(
            &transaction,
            session,
            subject,
            subject_id,
            now,
            now + SESSION_LIFETIME,
        )
        .await?;
        let actor = Actor {
            subject,
            id: Some(subject_id),
        };
        audit::wrote(&transaction, &self.seal, now, actor, "VerifyOtp", id).await?;
        let signed_in = Event {
            kind: "session.started",
            subject: session,
            participant: (subject == Subject::Participant).then_some(subject_id),
            facts: serde_json::json!({ "subject": subject.as_str_name() }),
        };
        event::record(&transaction, &self.seal, now, [signed_in]).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(self.grant(session, 0, subject, subject_id, Vec::new(), now))
    }

    /// A code that named no KPJ opens nothing where the contact serves several participants (decision C3).
    async fn only_one(
        &self,
        connection: &impl ConnectionTrait,
        challenge: &otp::Challenge,
    ) -> Result<(), Error> {
        let contact = otp::contact_of(&self.seal, challenge)?;
        let unnamed = format!("sign in|{}|", contact.text());
        if challenge.content_digest != self.seal.digest(Datum::RequestContent, &unnamed) {
            return Ok(());
        }
        let reached = participant::reached_by(connection, &challenge.contact_digest).await?;
        if reached.len() > 1 {
            return Err(Error::KpjNeeded);
        }
        Ok(())
    }

    /// Where a code is on its way, and the contact it goes to.
    pub(crate) async fn delivery(&self, id: Uuid) -> Result<(Delivery, String), Error> {
        let reader = self.db.reader();
        let challenge = otp::find(reader, id).await?.ok_or(otp::Error::NotFound)?;
        let delivery = notification::delivery(reader, challenge.message_id).await?;
        let contact = otp::contact_of(&self.seal, &challenge)?;
        Ok((delivery.unwrap_or(Delivery::Failed), contact.masked()))
    }

    /// Gives a token for client credentials.
    pub(crate) async fn issue(
        &self,
        client: Uuid,
        secret: &str,
    ) -> Result<(Granted, Caller), Error> {
        let now = self.clock.now();
        let credential = store::credential(self.db.reader(), client)
            .await?
            .filter(|it| {
                self.seal
                    .signed("client secret", secret.as_bytes(), &it.secret_digest)
            })
            .ok_or(Error::CredentialsWrong)?;
        let granted = self.grant(
            client,
            0,
            credential.subject,
            credential.subject_id,
            credential.scopes.clone(),
            now,
        );
        let caller = Caller {
            subject: credential.subject,
            id: credential.subject_id,
            scopes: credential.scopes,
            expires_at: granted.expires_at,
        };
        Ok((granted, caller))
    }

    /// Gives the next tokens of a session. A registrant who became a participant speaks as one from then on.
    pub(crate) async fn refresh(&self, refresh_token: &str) -> Result<Granted, Error> {
        let now = self.clock.now();
        let (id, generation) = self
            .tokens
            .read_refresh(refresh_token)
            .ok_or(Error::SessionEnded)?;
        let transaction = self.db.begin_write().await?;
        let session = store::lock(&transaction, id)
            .await?
            .ok_or(Error::SessionEnded)?;
        if session.revoked_at.is_some() || session.expires_at <= now {
            return Err(Error::SessionEnded);
        }
        let repeated =
            generation + 1 == session.generation && now < session.rotated_at + REPEAT_WINDOW;
        if generation != session.generation && !repeated {
            // Somebody else has used it: whoever of the two is the thief, the session ends for both.
            store::revoke(&transaction, id, now).await?;
            transaction.commit().await.map_err(db::Error::from)?;
            return Err(Error::SessionEnded);
        }
        let (mut subject, mut subject_id) = (session.subject, session.subject_id);
        if subject == Subject::Registrant
            && let Some(participant) = participant::account_of(&transaction, subject_id).await?
        {
            (subject, subject_id) = (Subject::Participant, participant);
        }
        let generation = if repeated {
            session.generation
        } else {
            store::rotate(&transaction, id, session.generation + 1, now).await?;
            session.generation + 1
        };
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(self.grant(id, generation, subject, subject_id, Vec::new(), now))
    }

    /// Ends a session.
    pub(crate) async fn end(&self, refresh_token: &str) -> Result<(), Error> {
        let now = self.clock.now();
        let (id, _) = self
            .tokens
            .read_refresh(refresh_token)
            .ok_or(Error::SessionEnded)?;
        let transaction = self.db.begin_write().await?;
        let session = store::lock(&transaction, id)
            .await?
            .ok_or(Error::SessionEnded)?;
        if session.revoked_at.is_none() {
            store::revoke(&transaction, id, now).await?;
            let actor = Actor {
                subject: session.subject,
                id: Some(session.subject_id),
            };
            audit::wrote(&transaction, &self.seal, now, actor, "RevokeToken", id).await?;
        }
        Ok(transaction.commit().await.map_err(db::Error::from)?)
    }

    fn grant(
        &self,
        session: Uuid,
        generation: i32,
        subject: Subject,
        subject_id: Uuid,
        scopes: Vec<String>,
        now: DateTime<Utc>,
    ) -> Granted {
        let caller = Caller {
            subject,
            id: subject_id,
            scopes,
            expires_at: now + token::ACCESS_LIFETIME,
        };
        Granted {
            access_token: self.tokens.sign(&caller),
            expires_at: caller.expires_at,
            refresh_token: self.tokens.refresh(session, generation),
            subject,
            subject_id,
        }
    }
}
