//! A code that does not come goes elsewhere: to the other verified contact on file, and only for an act of somebody who is signed in.
//! Anybody may ask where a code to sign in or to register is; where else it could go would tell strangers who has which contacts.

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Error, Sessions};
use crate::{
    caller::Caller,
    identity::Contact,
    notification::{self, Delivery},
    otp::{self, Act, Challenge, Purpose},
    participant,
    seal::{Datum, Seal},
};

/// For how long after a code was drawn another may go elsewhere: as long as one that came back stands for its act.
const OFFERED_FOR: Duration = Duration::minutes(15);

/// Whether a code can go elsewhere.
pub(super) enum Offer {
    /// To this contact.
    To(Contact),
    /// It has come, or may still come.
    OnItsWay,
    /// There is no such contact.
    Nowhere,
}

/// Whether the code of `challenge` can go elsewhere, whose message is at `delivery`.
pub(super) async fn offer(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    challenge: &Challenge,
    delivery: Delivery,
) -> Result<Offer, Error> {
    let purpose = challenge.purpose()?;
    let (false, Some(person)) = (purpose.opens_a_session(), challenge.subject_id) else {
        return Ok(Offer::Nowhere);
    };
    let on_file = participant::contacts(connection, seal, person).await?;
    let went_to = |it: &Contact| seal.digest(Datum::Contact, it.text()) == challenge.contact_digest;
    // A new contact must prove itself: nobody else can do it in its stead.
    if !on_file.iter().any(went_to) {
        return Ok(Offer::Nowhere);
    }
    // Of several the one that was verified last: an older one may not reach him any more.
    let Some(other) = on_file.into_iter().rev().find(|it| !went_to(it)) else {
        return Ok(Offer::Nowhere);
    };
    if has_failed(purpose, delivery, now >= challenge.resend_at()) {
        return Ok(Offer::To(other));
    }
    Ok(Offer::OnItsWay)
}

/// Whether a code has failed so far that it may go elsewhere. A payout by e-mail has safeguards of its own; a contact on file is only
/// passed over in a change of contacts where it is known not to be reached.
fn has_failed(purpose: Purpose, delivery: Delivery, waited: bool) -> bool {
    match delivery {
        Delivery::Failed => true,
        Delivery::Delivered => false,
        Delivery::Queued | Delivery::Sent | Delivery::Unconfirmed => {
            waited && purpose == Purpose::Payout
        }
    }
}

/// Why a code goes nowhere any more, whatever became of its message.
fn check_is_of_use(challenge: &Challenge, now: DateTime<Utc>) -> Result<(), otp::Error> {
    if challenge.used_at.is_some() {
        return Err(otp::Error::Used);
    }
    if challenge.superseded_at.is_some() {
        return Err(otp::Error::Superseded);
    }
    if challenge.created_at + OFFERED_FOR <= now {
        return Err(otp::Error::Expired);
    }
    Ok(())
}

impl Sessions {
    /// Where the code `id` goes that is asked for instead of `before`.
    pub(super) async fn elsewhere(
        &self,
        connection: &impl ConnectionTrait,
        caller: &Caller,
        act: &Act,
        (id, before): (Uuid, Uuid),
    ) -> Result<Contact, Error> {
        let now = self.clock.now();
        let before = otp::find(connection, before).await?.filter(|it| {
            it.subject_id == Some(caller.id)
                && it.is_for(act.purpose())
                && it.content_digest == act.digest(&self.seal)
        });
        let before = before.ok_or(otp::Error::NotFound)?;
        if let Some(known) = otp::find(connection, id).await? {
            // Asked for again: it went where it went. A code to the same contact is the one before itself.
            if known.subject_id != Some(caller.id) || known.contact_digest == before.contact_digest
            {
                return Err(Error::IdTaken);
            }
            return Ok(otp::contact_of(&self.seal, &known)?);
        }
        check_is_of_use(&before, now)?;
        let way = notification::delivery(connection, before.message_id).await?;
        let delivery = way.map_or(Delivery::Failed, |it| it.delivery);
        match offer(connection, &self.seal, now, &before, delivery).await? {
            Offer::To(other) => Ok(other),
            Offer::OnItsWay => Err(Error::OnItsWay { delivery }),
            Offer::Nowhere => Err(Error::NoOtherContact),
        }
    }

    /// Where a code is on its way, the contact it goes to, and the one to which it can go instead.
    pub(crate) async fn delivery(&self, id: Uuid) -> Result<OnTheWay, Error> {
        let (reader, now) = (self.db.reader(), self.clock.now());
        let challenge = otp::find(reader, id).await?.ok_or(otp::Error::NotFound)?;
        let way = notification::delivery(reader, challenge.message_id).await?;
        let delivery = match way {
            None => Delivery::Failed,
            // Of a decoy a carrier never tells anything: so nothing is told of the others either.
            Some(way) if way.an_attempt_ended && challenge.is_for(Purpose::SignIn) => {
                Delivery::Sent
            }
            Some(way) => way.delivery,
        };
        let offer = match check_is_of_use(&challenge, now) {
            Ok(()) => offer(reader, &self.seal, now, &challenge, delivery).await?,
            Err(_) => Offer::Nowhere,
        };
        Ok(OnTheWay {
            delivery,
            masked_contact: otp::contact_of(&self.seal, &challenge)?.masked(),
            other_masked_contact: match offer {
                Offer::To(other) => Some(other.masked()),
                Offer::OnItsWay | Offer::Nowhere => None,
            },
        })
    }
}

/// A code on its way.
pub(crate) struct OnTheWay {
    pub delivery: Delivery,
    pub masked_contact: String,
    /// To which contact it can go instead.
    pub other_masked_contact: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_goes_elsewhere_once_it_failed_and_for_a_payout_once_it_is_late() {
        let all = [
            Delivery::Queued,
            Delivery::Sent,
            Delivery::Unconfirmed,
            Delivery::Delivered,
            Delivery::Failed,
        ];
        let of = |purpose, waited| all.map(|it| has_failed(purpose, it, waited));

        let only_failed = [false, false, false, false, true];
        assert_eq!(of(Purpose::Payout, false), only_failed);
        assert_eq!(of(Purpose::Payout, true), [true, true, true, false, true]);
        assert_eq!(of(Purpose::Contact, false), only_failed);
        assert_eq!(of(Purpose::Contact, true), only_failed);
    }
}
