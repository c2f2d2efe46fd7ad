//! Codes, secrets and old tokens become tokens; sessions end.

use chrono::{DateTime, Duration, Utc};
use jamsostek_proto::v1::Subject;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Error, Sessions, store, token};
use crate::{
    audit::{self, Actor},
    caller::Caller,
    db,
    event::{self, Event},
    otp::{self, Purpose},
    participant,
};

/// How long a session lasts without being signed in to again.
const SESSION_LIFETIME: Duration = Duration::days(90);
/// How long a refresh token that has served gets its answer again: a lost reply is no theft.
const REPEAT_WINDOW: Duration = Duration::seconds(30);

/// What signing in and refreshing give.
#[derive(Debug)]
pub(crate) struct Granted {
    pub access_token: String,
    pub expires_at: DateTime<Utc>,
    pub refresh_token: String,
    pub subject: Subject,
    pub subject_id: Uuid,
}

impl Sessions {
    /// Takes a code back. One for an act gives no tokens: whoever acts has his own.
    pub(crate) async fn verify(&self, id: Uuid, code: &str) -> Result<Option<Granted>, Error> {
        let now = self.clock.now();
        let challenge = otp::try_code(&self.db, &self.seal, &self.limits, now, id, code).await?;

        let transaction = self.db.begin_write().await?;
        otp::consume(&transaction, now, &challenge).await?;
        let subject_id = challenge.subject_id.ok_or(otp::Error::NotFound)?;
        let subject = match challenge.purpose()? {
            Purpose::Register => {
                if let Some(document) = &challenge.document_digest {
                    let contact = otp::contact_of(&self.seal, &challenge)?;
                    let applicant = (subject_id, document.as_slice());
                    participant::join(&transaction, &self.seal, now, applicant, &contact).await?;
                }
                Subject::Registrant
            }
            Purpose::SignIn => {
                self.only_one(&transaction, &challenge).await?;
                Subject::Participant
            }
            Purpose::Contact | Purpose::Payout => {
                let actor = Actor {
                    subject: Subject::Participant,
                    id: Some(subject_id),
                };
                audit::wrote(&transaction, &self.seal, now, actor, "VerifyOtp", id).await?;
                transaction.commit().await.map_err(db::Error::from)?;
                return Ok(None);
            }
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
        let granted = self.grant(session, 0, subject, subject_id, Vec::new(), now);
        Ok(Some(granted))
    }

    /// The code must have gone to a contact that is still the participant's; and one that named no KPJ opens nothing where the contact
    /// serves several participants (decision C3).
    async fn only_one(
        &self,
        connection: &impl ConnectionTrait,
        challenge: &otp::Challenge,
    ) -> Result<(), Error> {
        let reached = participant::reached_by(connection, &challenge.contact_digest).await?;
        if !reached.iter().any(|it| Some(it.0) == challenge.subject_id) {
            return Err(otp::Error::Superseded.into());
        }
        if !challenge.kpj_named && reached.len() > 1 {
            return Err(Error::KpjNeeded);
        }
        Ok(())
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
            user: user_in(credential.subject, client),
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
            self.ended(&transaction, now, id, &session, "RefreshTokenReused")
                .await?;
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
            self.ended(&transaction, now, id, &session, "RevokeToken")
                .await?;
        }
        Ok(transaction.commit().await.map_err(db::Error::from)?)
    }

    /// Keeps that a session has ended, and by what.
    async fn ended(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        id: Uuid,
        session: &store::Session,
        by: &str,
    ) -> Result<(), db::Error> {
        let holder = session.holder();
        let ended = Event {
            kind: "session.ended",
            subject: id,
            participant: (session.subject == Subject::Participant).then_some(session.subject_id),
            facts: serde_json::json!({ "by": by }),
        };
        event::record(connection, &self.seal, now, [ended]).await?;
        audit::wrote(connection, &self.seal, now, holder, by, id).await
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
            user: user_in(subject, session),
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

/// An employer has several users, each with credentials of his own; everybody else is one.
fn user_in(subject: Subject, credential: Uuid) -> Option<Uuid> {
    (subject == Subject::Employer).then_some(credential)
}
