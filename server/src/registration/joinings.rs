//! What officers decide on those who could not prove who they are: two to accept, one to reject.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Error, Registrations,
    rules::{self, Decision},
    store::{self, Registration},
};
use crate::{
    audit,
    caller::Caller,
    db,
    event::{self, Event},
    participant::{self, Joining, JoiningState, Way},
};

/// Somebody who says that he is a participant, as officers see him.
#[derive(Debug)]
pub(crate) struct Wish {
    pub joining: Joining,
    pub state: JoiningState,
    pub row: Registration,
    pub masked_contact: String,
}

impl Registrations {
    /// A page of those who wait for an officer, longest first.
    pub(crate) async fn joinings(
        &self,
        caller: &Caller,
        after: Option<(DateTime<Utc>, Uuid)>,
        limit: u64,
    ) -> Result<Vec<Wish>, Error> {
        let (reader, now) = (self.db.reader(), self.clock.now());
        let audit = &self.audit;
        audit.looked(now, caller, "ListJoinings", None).await?;
        let waiting = participant::joinings_waiting(reader, after, limit).await?;
        let ids: Vec<_> = waiting.iter().map(|it| it.registration_id).collect();
        let mut rows = store::among(reader, &ids).await?;
        waiting
            .into_iter()
            .map(|joining| {
                let at = rows.iter().position(|it| it.id == joining.registration_id);
                let at = at.ok_or(db::Error::Unknown("joining.registration_id"))?;
                self.wish(joining, rows.swap_remove(at))
            })
            .collect()
    }

    fn wish(&self, joining: Joining, row: Registration) -> Result<Wish, Error> {
        Ok(Wish {
            state: joining.state()?,
            masked_contact: row.contact(&self.seal)?.masked(),
            joining,
            row,
        })
    }

    /// Decides on papers whether somebody is the participant he says he is.
    pub(crate) async fn decide_joining(
        &self,
        caller: &Caller,
        id: Uuid,
        accepted: bool,
        reason: &str,
    ) -> Result<Wish, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let row = store::lock(&transaction, id).await?;
        let row = row.ok_or(Error::NotFound)?;
        let joining = participant::hold_joining(&transaction, id).await?;
        let joining = joining.ok_or(Error::NotFound)?;
        let state = match rules::decide(joining.state()?, &joining, caller.id, accepted)? {
            Decision::AsItStands => return self.wish(joining, row),
            Decision::Propose => JoiningState::Proposed,
            Decision::Accept => JoiningState::Accepted,
            Decision::Reject => JoiningState::Rejected,
        };
        if state == JoiningState::Accepted {
            let contact = row.contact(&self.seal)?;
            let ids = (id, joining.participant_id);
            let (connection, seal) = (&transaction, &self.seal);
            participant::open(connection, seal, now, ids, &contact, Way::Vouched).await?;
        }
        participant::keep_decision(&transaction, (id, caller.id), now, state, reason).await?;
        let decided = Event {
            kind: "registration.joining_decided",
            subject: id,
            participant: Some(joining.participant_id),
            facts: serde_json::json!({ "accepted": accepted, "reason": reason, "final": state != JoiningState::Proposed }),
        };
        event::record(&transaction, &self.seal, now, [decided]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "DecideJoining", id).await?;
        let wish = self.decided(&transaction, id, row).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(wish)
    }

    async fn decided(
        &self,
        connection: &impl ConnectionTrait,
        id: Uuid,
        row: Registration,
    ) -> Result<Wish, Error> {
        let joining = participant::joining_of(connection, id).await?;
        self.wish(joining.ok_or(Error::NotFound)?, row)
    }
}
