//! The participants: one person, one KPJ, for life, and the memberships under it.
//!
//! Activation belongs to the membership: [`supply`] activates when the last condition is there, and is called by whoever brings it.

mod contact;
mod notice;
mod rpc;
mod rules;
mod store;

pub(crate) use notice::{tell, tell_each};
pub(crate) use rpc::service;
pub(crate) use rules::{cover_ends, oldest_open_month};
pub(crate) use store::{
    Membership, Participant, account_of, active, active_among, close_unpaid, contacts, end, hold,
    hold_all, hold_paid_through, hold_person, hold_rivals_of, join, membership, memberships,
    memberships_among, move_spell, name_of, question_about, reached_by, readiness, set_identity,
    verify, with_nik,
};

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
    identity::{Contact, FullName, IdentityState, Nik, Sex, Warning},
    money::Money,
    policy::{NoParameter, Policy},
    scheme::{BpuCategory, Programme, Sector},
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

/// A person before the first payment.
pub(crate) struct Person {
    pub nik: Nik,
    pub nik_digest: Vec<u8>,
    pub full_name: FullName,
    pub birth_date: NaiveDate,
    pub sex: Option<Sex>,
    pub warnings: Vec<Warning>,
    pub contact: Contact,
    pub identity: IdentityState,
}

/// An occupation as the person calls it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Occupation {
    pub title: String,
    pub sector: Sector,
}

/// What somebody without a wage works as, earns and chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    /// One or two; the first decides the sector.
    pub occupations: Vec<Occupation>,
    pub category: BpuCategory,
    pub income: Money,
    pub programmes: Vec<Programme>,
    /// How many months are paid at once.
    pub months: u32,
    pub paid_by_state: bool,
}

impl Work {
    /// The sector of the first occupation.
    pub(crate) fn sector(&self) -> Sector {
        self.occupations
            .first()
            .map_or(Sector::Other, |it| it.sector)
    }
}

/// A participant as he is shown.
pub(crate) struct Shown {
    person: Participant,
    payouts_held_until: Option<DateTime<Utc>>,
    identity: IdentityState,
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
        let found = store::active(reader, id).await?.ok_or(Error::NotFound)?;
        let (now, today) = (self.clock.now(), self.clock.today());
        self.audit.read(now, caller, "GetParticipant", id).await?;
        let contacts = store::contacts(reader, &self.seal, id).await?;
        let memberships = store::memberships(reader, id).await?;
        let spells: Vec<_> = memberships.iter().map(Membership::spell).collect();
        let mut cover = Vec::new();
        for programme in [Programme::Jkk, Programme::Jkm, Programme::Jht] {
            let found = rules::cover(&spells, programme, today, &self.policy)?;
            cover.push((programme, found));
        }
        let memberships = memberships.into_iter().map(|it| {
            let standing = rules::standing(&it.spell(), today, &self.policy)?;
            Ok((it, standing))
        });
        Ok(Shown {
            identity: found.identity()?,
            payouts_held_until: found.payouts_held_until().filter(|it| now < *it),
            masked_nik: store::nik(&self.seal, &found)?.masked(),
            masked_contacts: contacts.iter().map(Contact::masked).collect(),
            memberships: memberships.collect::<Result<_, NoParameter>>()?,
            cover,
            person: found,
        })
    }
}

/// Takes a person in with a membership that waits for its first payment; the ids of both. Reserves nothing: who pays first is first.
pub(crate) async fn take_in(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    registration: Uuid,
    person: &Person,
    work: &Work,
) -> Result<(Uuid, Uuid), db::Error> {
    let (participant, membership) = (Uuid::now_v7(), Uuid::now_v7());
    store::insert_person(connection, seal, now, participant, person).await?;
    store::insert_membership(connection, now, membership, participant, registration, work).await?;
    Ok((participant, membership))
}

/// The first contribution is there: makes the person a participant. Ask [`readiness`] before; of two at once the index stops one.
pub(crate) async fn supply(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    membership: &Membership,
) -> Result<(), db::Error> {
    // Eleven random digits, the first not 0: a number that counts up would be a hot row, and easy to enumerate.
    let kpj = (10_000_000_000 + seal.random_below(90_000_000_000)).to_string();
    let person = membership.participant_id;
    store::activate(connection, person, &kpj, now).await?;
    store::insert_account(connection, membership.registration_id, person, now).await
}

/// What to tell the world of an activation.
pub(crate) fn activated(membership: &Membership) -> Event {
    Event {
        kind: "participant.activated",
        subject: membership.participant_id,
        participant: Some(membership.participant_id),
        facts: serde_json::json!({ "membershipId": membership.id }),
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
            Self::NotFound | Self::ContactCodesNeeded | Self::NoParameter(_) => None,
        }
    }
}
