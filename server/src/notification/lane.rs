//! One way out: leases what waits for it, hands it over, and keeps what became of it.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    Payload,
    carrier::{Carrier, NotTaken, Parcel},
    sandbox, store,
};
use crate::{
    clock::Clock,
    db::{self, Db},
    identity::Channel,
    metrics,
    seal::{Datum, Seal},
};

/// How long a worker has to hand messages over before another may try; no carrier may take a third as long.
const LEASE: Duration = Duration::seconds(30);
/// How often a message that is no code is handed over again whose answer was lost.
const TRIES_MAX: i32 = 10;

/// Somebody waits for a code: the workers of this process need not wait for their next look. Others find it when they look.
static SMS_BELL: Notify = Notify::const_new();
static MAIL_BELL: Notify = Notify::const_new();

/// Tells the workers that a code waits; after the transaction that queued it.
pub(crate) fn ring() {
    SMS_BELL.notify_one();
    MAIL_BELL.notify_one();
}

/// A way out. Any number of workers may use it at once: each takes leases.
#[derive(Clone)]
pub(crate) struct Lane {
    channels: Vec<Channel>,
    carrier: Carrier,
}

impl Lane {
    pub(super) fn new(channels: Vec<Channel>, carrier: Carrier) -> Self {
        Self { channels, carrier }
    }

    /// Whether the sandbox plays the carrier, which never lets anybody wait.
    pub(crate) const fn is_played(&self) -> bool {
        matches!(self.carrier, Carrier::Sandbox)
    }

    /// Completes when a code may wait for this way.
    pub(crate) async fn rung(&self) {
        let carries = |channel| self.channels.contains(&channel);
        tokio::select! {
            () = SMS_BELL.notified(), if carries(Channel::Sms) => {}
            () = MAIL_BELL.notified(), if carries(Channel::Email) => {}
            else => std::future::pending().await,
        }
    }

    /// Delivers what waits; the number of messages handled.
    pub(crate) async fn work(
        &self,
        db: &Db,
        seal: &Seal,
        clock: &dyn Clock,
    ) -> Result<usize, db::Error> {
        let now = clock.now();
        if !store::anything_waits(db.reader()).await? {
            return Ok(0);
        }
        let transaction = db.begin_write().await?;
        let (until, round) = (now + LEASE, self.carrier.round());
        let leased = store::lease(&transaction, now, until, &self.channels, round).await?;
        transaction.commit().await?;
        if leased.is_empty() {
            return Ok(0);
        }
        let not_taken = self.hand_over(db, seal, now, &leased).await?;
        // A carrier may have taken its time.
        let now = clock.now();
        let outcomes: Vec<_> = leased
            .iter()
            .map(|it| (it.id, outcome(it, not_taken.get(&it.id), now)))
            .collect();
        let transaction = db.begin_write().await?;
        store::finish(&transaction, &outcomes, now).await?;
        transaction.commit().await?;
        Ok(leased.len())
    }

    /// Hands all of a round to the carrier, and says which it did not take. What the store cannot keep is taken up after the lease.
    async fn hand_over(
        &self,
        db: &Db,
        seal: &Seal,
        now: DateTime<Utc>,
        leased: &[store::Leased],
    ) -> Result<HashMap<Uuid, NotTaken>, db::Error> {
        let (mut not_taken, mut leaving) = (HashMap::new(), Vec::new());
        for message in leased {
            match payload_of(seal, message) {
                Ok(payload) if payload.decoy => {}
                Ok(payload) => leaving.push((message.id, payload)),
                Err(error) => {
                    not_taken.insert(message.id, error);
                }
            }
        }
        match &self.carrier {
            Carrier::Sandbox => {
                let struck = sandbox::send(db, seal, now, leaving).await?;
                not_taken.extend(struck.into_iter().map(|it| (it, NotTaken::Played)));
            }
            Carrier::Real(real) => {
                let parcels: Vec<_> = leaving.into_iter().map(parcel).collect();
                not_taken.extend(real.take(now, &parcels).await);
            }
        }
        Ok(not_taken)
    }
}

fn parcel((id, payload): (Uuid, Payload)) -> Parcel {
    Parcel {
        id,
        contact: payload.contact,
        text: payload.text,
        is_code: payload.code.is_some(),
    }
}

fn payload_of(seal: &Seal, message: &store::Leased) -> Result<Payload, NotTaken> {
    let payload = seal.open(Datum::Message, message.id, &message.payload)?;
    serde_json::from_str(&payload).map_err(|_| NotTaken::Unreadable)
}

/// How long a carrier that failed is left alone: a minute, then twice as long each time, and an hour at most.
fn pause(tries: i32) -> Duration {
    Duration::minutes((1 << (tries - 1).clamp(0, 6)).min(60))
}

/// The same for a code, which is good for five minutes: five seconds first, and half a minute at most.
fn pause_of_code(tries: i32) -> Duration {
    Duration::seconds((5 << (tries - 1).clamp(0, 3)).min(30))
}

/// How the attempt ended, told and counted.
fn outcome(
    message: &store::Leased,
    not_taken: Option<&NotTaken>,
    now: DateTime<Utc>,
) -> store::Outcome {
    let outcome = what_next(message, not_taken, now);
    match (not_taken, &outcome) {
        (None, _) => {}
        (Some(why), store::Outcome::Again(_)) => tracing::warn!(
            error = why as &dyn std::error::Error,
            message.id = %message.id,
            "a message could not be handed over, and will be handed over again"
        ),
        (
            Some(why),
            store::Outcome::Sent | store::Outcome::Failed | store::Outcome::Unconfirmed,
        ) => {
            tracing::error!(
                error = why as &dyn std::error::Error,
                message.id = %message.id,
                "a message could not be handed over"
            );
        }
    }
    metrics::message_handled(message.channel.code(), outcome.name());
    outcome
}

/// A code leaves at most once: it is handed over again only where it has not left for sure. Anything else leaves at least once, as
/// long as it is worth it.
fn what_next(
    message: &store::Leased,
    not_taken: Option<&NotTaken>,
    now: DateTime<Utc>,
) -> store::Outcome {
    use store::Outcome::{Again, Failed, Sent, Unconfirmed};
    let tries = message.tries;
    match not_taken {
        None => Sent,
        Some(NotTaken::Later(_)) if message.is_code => Again(now + pause_of_code(tries)),
        Some(NotTaken::Later(_)) => Again(now + pause(tries)),
        Some(NotTaken::Lost(_)) if !message.is_code && tries < TRIES_MAX => {
            Again(now + pause(tries))
        }
        Some(NotTaken::Lost(_)) => Unconfirmed,
        Some(NotTaken::Refused(_)) => Failed,
        Some(NotTaken::Played | NotTaken::Unreadable | NotTaken::Broken(_))
            if !message.is_code && tries < TRIES_MAX =>
        {
            Again(now + pause(tries))
        }
        Some(NotTaken::Played | NotTaken::Unreadable | NotTaken::Broken(_)) => Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(is_code: bool, tries: i32) -> store::Leased {
        store::Leased {
            id: Uuid::nil(),
            channel: Channel::Sms,
            payload: Vec::new(),
            is_code,
            tries,
        }
    }

    fn after(is_code: bool, tries: i32, why: &NotTaken) -> String {
        let now: DateTime<Utc> = "2026-03-01T00:00:00Z".parse().expect("a moment");
        match what_next(&message(is_code, tries), Some(why), now) {
            store::Outcome::Again(then) => format!("again after {} s", (then - now).num_seconds()),
            other @ (store::Outcome::Sent
            | store::Outcome::Failed
            | store::Outcome::Unconfirmed) => other.name().to_owned(),
        }
    }

    #[test]
    fn a_code_goes_again_only_where_it_has_not_left_and_soon_enough() {
        let (later, lost) = (NotTaken::Later("".into()), NotTaken::Lost("".into()));
        let refused = NotTaken::Refused("".into());

        let pauses = [1, 2, 3, 4, 40].map(|it| after(true, it, &later));

        assert_eq!(
            pauses,
            [5, 10, 20, 30, 30].map(|it| format!("again after {it} s"))
        );
        assert_eq!(after(true, 1, &lost), "unconfirmed");
        assert_eq!(after(true, 1, &refused), "failed");
        assert_eq!(after(true, 1, &NotTaken::Played), "failed");
    }

    #[test]
    fn anything_else_goes_again_until_it_was_taken_or_refused() {
        let (later, lost) = (NotTaken::Later("".into()), NotTaken::Lost("".into()));
        let refused = NotTaken::Refused("".into());

        let pauses = [1, 2, 6, 7, 40].map(|it| after(false, it, &later));

        assert_eq!(
            pauses,
            [60, 120, 1_920, 3_600, 3_600].map(|it| format!("again after {it} s"))
        );
        assert_eq!(after(false, 9, &lost), "again after 3600 s");
        assert_eq!(after(false, 10, &lost), "unconfirmed");
        assert_eq!(after(false, 1, &refused), "failed");
    }
}
