//! The first step: what is said of somebody, and a code to his contact.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{Application, Error, Registrations, store};
use crate::{
    audit::{self, Actor},
    clock::day_of,
    db,
    event::{self, Event},
    notification,
    otp::{self, Draw, Purpose},
    session,
};
use jamsostek_proto::v1 as wire;

/// How long a registration may take.
const LIFETIME: Duration = Duration::days(30);

/// What the outside sees of a registration that has only started.
#[derive(Debug)]
pub(crate) struct Shell {
    pub id: Uuid,
    pub challenge: Uuid,
    pub masked_contact: String,
    pub expires_at: DateTime<Utc>,
}

impl Registrations {
    /// Starts a registration, or answers as before when it was started. Nobody is looked up: the answer is the same for all.
    pub(crate) async fn start(&self, application: &Application) -> Result<Shell, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let content_digest = store::content_digest(&self.seal, application);
        let masked_contact = application.contact.masked();
        if let Some(known) = store::find(&transaction, application.id).await? {
            if known.content_digest != content_digest {
                return Err(Error::IdTaken);
            }
            let codes = otp::standing(&transaction, known.id).await?;
            return Ok(Shell {
                id: known.id,
                challenge: codes.latest.unwrap_or(known.challenge_id),
                masked_contact,
                expires_at: known.expires_at,
            });
        }
        let draw = Draw {
            id: Uuid::now_v7(),
            purpose: Purpose::Register,
            subject: Some(application.id),
            kpj_named: false,
            document_digest: Some(application.document.digest(&self.seal)),
            contact: application.contact.clone(),
            peer: application.peer,
            content_digest,
        };
        session::send_code(&transaction, &self.seal, &self.limits, now, &draw).await?;
        let expires_at = now + LIFETIME;
        let (at, until) = ((draw.id, day_of(now)), (now, expires_at));
        store::insert(&transaction, &self.seal, application, at, until).await?;
        let started = Event {
            kind: "registration.started",
            subject: application.id,
            participant: None,
            facts: serde_json::json!({ "segment": wire::Segment::from(application.segment).as_str_name() }),
        };
        event::record(&transaction, &self.seal, now, [started]).await?;
        let (nobody, rpc) = (Actor::NOBODY, "StartRegistration");
        audit::wrote(&transaction, &self.seal, now, nobody, rpc, application.id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        notification::ring();
        Ok(Shell {
            id: application.id,
            challenge: draw.id,
            masked_contact,
            expires_at,
        })
    }
}
