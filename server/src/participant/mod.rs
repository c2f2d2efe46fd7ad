//! The participants: one person, one KPJ, for life, and the memberships under it.
//!
//! Activation belongs to the membership: [`make_participant`] activates when the last condition is there, and is called by whoever brings it.

mod abroad;
mod contact;
mod doubt;
mod joining;
mod notice;
mod reported;
mod rpc;
mod rules;
mod store;
mod work;

pub(crate) use doubt::{pause, watch_identity};
pub(crate) use joining::{Way, can_prove, join, masked_kpj, open, withdraw_joining};
pub(crate) use notice::{tell, tell_each, tell_new};
pub(crate) use reported::keep_reported_contact;
pub(crate) use rpc::{not_a_placement, service};
pub(crate) use rules::{Phase, cover_ends, ends_soon, oldest_open_month, work_ends_on};
pub(crate) use store::{
    Check, Civil, Joining, JoiningState, Known, Membership, Newcomer, Opened, Participant,
    TRIES_MAX, account_of, active, active_among, ask_later, begin_cover, change_programmes,
    change_wages, check_is_due, civil_of, close_unpaid, contacts, count_proof, covered_in,
    distrust_contacts_of, end, end_check, end_check_of, has_untold, hold, hold_all, hold_joining,
    hold_memberships, hold_paid_through, hold_people, hold_person, hold_rivals_of, holders_of,
    insert_account as open_account, joining as joining_of, joinings_waiting, keep_decision,
    known_by, lease_checks, masked_document, membership, memberships, memberships_among,
    move_placement, move_spell, name_of, on_the_way, open_covered, paid_through, people_among,
    question_about, reached_by, readiness, set_identity, take_in_all, take_untold, verify,
    waiting_with_document, watch_identities, with_document,
};
pub(crate) use work::{Business, Employment, Occupation, Placement, Travel, Work};

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    audit::Audit,
    caller::Caller,
    clock::Clock,
    db::{self, Db},
    event::Event,
    identity::{Contact, Document, FullName, IdentityState, Sex, Warning},
    policy::{NoParameter, Policy},
    scheme::{Programme, Segment},
    seal::Seal,
};

/// The participants, as the outside may see them.
pub(crate) struct Participants {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub policy: Arc<Policy>,
    pub audit: Audit,
}

/// A person before the first payment, or as his employer reports him.
pub(crate) struct Person {
    pub document: Document,
    pub document_digest: Vec<u8>,
    pub full_name: FullName,
    pub birth_date: NaiveDate,
    pub sex: Option<Sex>,
    pub warnings: Vec<Warning>,
    /// None where he has brought no code back from anywhere.
    pub contact: Option<Contact>,
    /// Kept where his employer told her: she is one of his proofs when he opens his account.
    pub mother_name: Option<FullName>,
    pub identity: IdentityState,
}

/// A participant as he is shown.
pub(crate) struct Shown {
    person: Participant,
    payouts_held_until: Option<DateTime<Utc>>,
    identity: IdentityState,
    /// The NIK or passport.
    masked_nik: String,
    masked_contacts: Vec<String>,
    /// Each with where it stands.
    memberships: Vec<(Membership, rules::Standing)>,
    cover: Vec<(Programme, rules::Cover)>,
}

/// Why a participant is not shown, or not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no such participant")]
    NotFound,
    #[error("the codes to the old and to the new contact must come back first")]
    ContactCodesNeeded,
    #[error("only a migrant worker's membership is for work abroad")]
    NotAPlacement { segment: Segment },
    #[error("not possible in its state {state}")]
    WrongState { state: &'static str },
    #[error("{field} {expected}")]
    NoSuchDay {
        field: &'static str,
        expected: &'static str,
    },
    #[error("the departure is reported for {on} already; an officer can correct it")]
    DepartureReported { on: NaiveDate },
    #[error("the return is reported for {on} already; an officer can correct it")]
    ReturnReported { on: NaiveDate },
    #[error(transparent)]
    NoParameter(#[from] NoParameter),
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl Participants {
    /// Shows a participant to himself or to an officer.
    pub(crate) async fn show(&self, caller: &Caller, named: Option<Uuid>) -> Result<Shown, Error> {
        let id = caller.participant(named).ok_or(Error::NotFound)?;
        let reader = self.db.reader();
        let found = store::with_account(reader, id).await?;
        let found = found.ok_or(Error::NotFound)?;
        let (now, today) = (self.clock.now(), self.clock.today());
        self.audit.read(now, caller, "GetParticipant", id).await?;
        let contacts = store::contacts(reader, &self.seal, id).await?;
        let mut memberships = store::memberships(reader, id).await?;
        // What was taken back, or rejected by an officer, never was.
        memberships.retain(|it| !it.is_cancelled);
        let spells: Vec<_> = memberships.iter().map(Membership::spell).collect();
        let mut cover = Vec::new();
        for programme in Programme::ALL {
            let found = rules::cover(&spells, programme, today, &self.policy)?;
            // JP and JKP are for employees alone: nobody else is told that he has none.
            let of_choice = matches!(programme, Programme::Jkk | Programme::Jkm | Programme::Jht);
            if of_choice || found != rules::Cover::NotHeld {
                cover.push((programme, found));
            }
        }
        let memberships = memberships
            .into_iter()
            .map(|it| stands(&self.policy, it, today));
        Ok(Shown {
            identity: found.identity()?,
            payouts_held_until: found.payouts_held_until().filter(|it| now < *it),
            masked_nik: store::masked_document(&self.seal, &found)?,
            masked_contacts: contacts.iter().map(Contact::masked).collect(),
            memberships: memberships.collect::<Result<_, NoParameter>>()?,
            cover,
            person: found,
        })
    }
}

/// A membership with where it stands on `today`. Only then it is known whether a migrant worker's cover has ended, and with it his
/// membership.
fn stands(
    policy: &Policy,
    mut membership: Membership,
    today: NaiveDate,
) -> Result<(Membership, rules::Standing), NoParameter> {
    if let Some(abroad) = membership.abroad() {
        membership.ended_on = rules::ended_on(&abroad, today, policy)?;
    }
    let standing = rules::standing(&membership.spell(), today, policy)?;
    Ok((membership, standing))
}

/// The last day of the work that a membership rests on, as far as it is known: the one that was reported; of a migrant worker, who has
/// embarked, the last of his cover during work, which is the day of his return or else a month after his contract. Nothing more is
/// bought for him after it (C35), and the month that his savings wait counts from it, as others' from their last day of work (C19). Of
/// whoever has not embarked it is the last of his cover before work, once that is over (C39), until he reports that he has.
pub(crate) fn last_day_of_work(
    policy: &Policy,
    membership: &Membership,
    today: NaiveDate,
) -> Result<Option<NaiveDate>, NoParameter> {
    let Some(abroad) = membership.abroad() else {
        return Ok(membership.ended_on);
    };
    match &abroad.journey {
        Some(journey) if journey.departed_on.is_some() => rules::work_ends_on(policy, journey),
        Some(_) => rules::ended_on(&abroad, today, policy),
        None => Ok(membership.ended_on),
    }
}

/// Takes a person in with a membership that waits for its first payment, or for its employer; the ids of both. Reserves nothing: who
/// pays, or is confirmed, first is first.
pub(crate) async fn take_in(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    registration: Uuid,
    person: &Person,
    work: &Work,
) -> Result<(Uuid, Uuid), db::Error> {
    let participant = keep_person(connection, seal, now, person).await?;
    let membership = Uuid::now_v7();
    let ids = (membership, participant, registration);
    open_membership(connection, now, ids, work).await?;
    Ok((participant, membership))
}

/// Keeps a person who is no participant yet; his id.
pub(crate) async fn keep_person(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    person: &Person,
) -> Result<Uuid, db::Error> {
    let id = Uuid::now_v7();
    store::insert_person(connection, seal, now, id, person).await?;
    Ok(id)
}

/// Opens a membership of a person; `origin` is the registration or the report that it comes from.
pub(crate) async fn open_membership(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    (id, participant, origin): (Uuid, Uuid, Uuid),
    work: &Work,
) -> Result<(), db::Error> {
    store::insert_membership(connection, now, id, participant, origin, work).await
}

/// Makes a person a participant, with a KPJ, unless he is one; whether he was none. Ask [`readiness`] before; of two at once the
/// index stops one.
pub(crate) async fn make_participant(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    person: Uuid,
) -> Result<bool, db::Error> {
    store::activate(connection, person, &store::draw_kpj(seal), now).await
}

/// What to tell the world of an activation.
pub(crate) fn activated(participant: Uuid, membership: Uuid) -> Event {
    Event {
        kind: "participant.activated",
        subject: participant,
        participant: Some(participant),
        facts: serde_json::json!({ "membershipId": membership }),
    }
}

/// The KPJ of an active participant.
pub(crate) async fn kpj_of(
    connection: &impl ConnectionTrait,
    participant: Uuid,
) -> Result<Option<String>, db::Error> {
    Ok(store::active(connection, participant)
        .await?
        .and_then(|it| it.kpj))
}

impl db::FromStore for Error {
    fn store_error(&self) -> Option<&db::Error> {
        match self {
            Self::Store(error) => Some(error),
            Self::NotFound
            | Self::ContactCodesNeeded
            | Self::NotAPlacement { .. }
            | Self::WrongState { .. }
            | Self::NoSuchDay { .. }
            | Self::DepartureReported { .. }
            | Self::ReturnReported { .. }
            | Self::NoParameter(_) => None,
        }
    }
}
