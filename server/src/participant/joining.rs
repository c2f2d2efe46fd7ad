//! Somebody whose NIK or passport is a participant's opens an account (C2): at once by a contact that was verified before, with a hold by
//! one that his employer stated, else by proofs or by two officers.

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    notice, rules,
    store::{self, JoiningState, Participant},
};
use crate::{
    db,
    event::{self, Event},
    identity::Contact,
    notification::Wording,
    scheme::Segment,
    seal::{Datum, Seal},
};

/// How somebody has shown that the account is his, where no code came back from a contact on file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// His employer has stated the contact long enough ago.
    Reported,
    /// He knows his KPJ, and his mother's name or his employer's number.
    Proven,
    /// Two officers vouch for it.
    Vouched,
}

impl Way {
    /// How long payouts wait then.
    pub(super) const fn hold(self) -> Duration {
        match self {
            Self::Reported => Duration::hours(24),
            Self::Proven | Self::Vouched => Duration::hours(72),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Reported => "REPORTED_CONTACT",
            Self::Proven => "PROOFS",
            Self::Vouched => "OFFICERS",
        }
    }
}

/// What a code that came back means for `registration`: where its document is a participant's, it joins him, or more is asked for.
/// Nobody else is touched.
pub(crate) async fn join(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    (registration, document_digest): (Uuid, &[u8]),
    contact: &Contact,
) -> Result<(), db::Error> {
    let Some(known) = store::with_document(connection, document_digest).await? else {
        return Ok(());
    };
    let digest = seal.digest(Datum::Contact, contact.text());
    match store::still_reaches(connection, known, &digest).await? {
        Some(true) => {
            // A code came back from it just now.
            store::keep_contact(connection, seal, now, known, contact).await?;
            return store::insert_account(connection, registration, known, now).await;
        }
        // Whoever holds a contact that was given up is perhaps not him any more, whatever an employer once stated.
        Some(false) => return begin(connection, now, registration, known).await,
        None => (),
    }
    let reported_at = store::first_reported_at(connection, known, &digest).await?;
    if reported_at.is_some_and(|at| rules::is_trusted(at, now)) {
        let ids = (registration, known);
        return open(connection, seal, now, ids, contact, Way::Reported).await;
    }
    begin(connection, now, registration, known).await
}

/// Keeps that `registration` wants to join `participant`: by proofs where there is anything to compare them with, else through an
/// officer.
async fn begin(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    registration: Uuid,
    participant: Uuid,
) -> Result<(), db::Error> {
    let state = if can_prove(connection, participant).await? {
        JoiningState::Proving
    } else {
        JoiningState::Waiting
    };
    store::insert_joining(connection, now, (registration, participant), state).await
}

/// Whether there is anything to compare proofs with, besides the KPJ.
pub(crate) async fn can_prove(
    connection: &impl ConnectionTrait,
    participant: Uuid,
) -> Result<bool, db::Error> {
    let person = store::active(connection, participant).await?;
    let person = person.ok_or(db::Error::Unknown("joining.participant_id"))?;
    if person.has_proven_mother()? {
        return Ok(true);
    }
    let memberships = store::memberships(connection, participant).await?;
    let employed = memberships.iter().any(|it| {
        it.work.segment() == Segment::Pu && it.covered_from.is_some() && !it.is_cancelled
    });
    Ok(employed)
}

/// Opens the account: the contact is the participant's from now on, money waits, and everybody who is known is told.
pub(crate) async fn open(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    (registration, participant): (Uuid, Uuid),
    contact: &Contact,
    way: Way,
) -> Result<(), db::Error> {
    let held = store::hold_person(connection, participant).await?;
    let held = held.ok_or(db::Error::Unknown("joining.participant_id"))?;
    let mut told = store::known_contacts(connection, seal, participant).await?;
    if !told.contains(contact) {
        told.push(contact.clone());
    }
    store::keep_contact(connection, seal, now, participant, contact).await?;
    let until = held
        .joined_held_until
        .map_or(now + way.hold(), |it| it.max(now + way.hold()));
    store::hold_money(connection, participant, until).await?;
    store::insert_account_to_tell_of(connection, registration, participant, now).await?;
    if store::joining(connection, registration).await?.is_some() {
        store::turn_joining(connection, registration, JoiningState::Accepted).await?;
    }
    notice::tell_to(connection, seal, now, &told, &text(&held, contact, way)).await?;
    let joined = Event {
        kind: "participant.joined",
        subject: registration,
        participant: Some(participant),
        facts: serde_json::json!({ "by": way.name(), "heldUntil": until }),
    };
    event::record(connection, seal, now, [joined]).await
}

fn text(person: &Participant, contact: &Contact, way: Way) -> String {
    let kpj = person.kpj.as_deref().map_or_else(String::new, masked_kpj);
    let (contact, hours) = (contact.masked(), way.hold().num_hours());
    let wording = Wording::AccountOpened {
        kpj: &kpj,
        contact: &contact,
        hours,
    };
    wording.text()
}

/// A KPJ, mostly hidden: it is one of the proofs.
pub(crate) fn masked_kpj(kpj: &str) -> String {
    format!("•••••••{}", kpj.get(7..).unwrap_or_default())
}

/// Takes the wish to join back, with the registration. Where it was decided already nothing is taken back, and what was decided is told.
pub(crate) async fn withdraw_joining(
    connection: &impl ConnectionTrait,
    registration: Uuid,
) -> Result<Option<JoiningState>, db::Error> {
    let Some(joining) = store::hold_joining(connection, registration).await? else {
        return Ok(None);
    };
    match joining.state()? {
        JoiningState::Proving | JoiningState::Waiting | JoiningState::Proposed => {
            store::turn_joining(connection, registration, JoiningState::Withdrawn).await?;
            Ok(None)
        }
        decided @ (JoiningState::Accepted | JoiningState::Rejected | JoiningState::Withdrawn) => {
            Ok(Some(decided))
        }
    }
}
