//! Many people at once, as an employer reports them: a few statements, however many they are.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::LockType,
};
use uuid::Uuid;

use super::{super::Person, checks, memberships, people, person, reported};
use crate::{
    db,
    identity::{Contact, FullName, IdentityState},
    participant::{Employment, Work},
    seal::Seal,
};

/// Somebody who was found by his NIK, passport or KPJ.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub id: Uuid,
    pub document_digest: Vec<u8>,
    pub full_name: String,
    pub kpj: Option<String>,
    pub identity: IdentityState,
    /// He is a participant; else he waits for something.
    pub is_active: bool,
}

/// Somebody who becomes a participant with many others.
pub(crate) struct Newcomer {
    pub id: Uuid,
    pub person: Person,
    /// How his employer reaches him.
    pub contact: Option<Contact>,
}

/// A membership that an employer's word opens, and covers from its first day on.
pub(crate) struct Opened {
    pub membership: Uuid,
    pub participant: Uuid,
    pub origin: Uuid,
    pub work: Employment,
    pub covered_from: NaiveDate,
}

/// Everybody with one of these NIKs or passports, or of these KPJs, in the order of their ids.
pub(crate) async fn known_by(
    connection: &impl ConnectionTrait,
    document_digests: &[Vec<u8>],
    kpjs: &[String],
) -> Result<Vec<Known>, db::Error> {
    let mut found = Vec::new();
    if !document_digests.is_empty() {
        let among = person::Column::DocumentDigest.is_in(padded(document_digests));
        found.extend(known(connection, among).await?);
    }
    if !kpjs.is_empty() {
        let among = person::Column::Kpj.is_in(padded(kpjs));
        found.extend(known(connection, among).await?);
    }
    found.sort_by_key(|it: &Known| it.id);
    found.dedup_by_key(|it| it.id);
    Ok(found)
}

/// The last is repeated up to a power of two, so that few statements stay prepared.
fn padded<T: Clone>(all: &[T]) -> Vec<T> {
    let mut padded = all.to_vec();
    if let Some(last) = all.last() {
        padded.resize(all.len().next_power_of_two(), last.clone());
    }
    padded
}

async fn known(
    connection: &impl ConnectionTrait,
    among: sea_orm::sea_query::SimpleExpr,
) -> Result<Vec<Known>, db::Error> {
    type Row = (
        Uuid,
        Vec<u8>,
        String,
        Option<String>,
        String,
        Option<DateTime<Utc>>,
    );
    let rows: Vec<Row> = person::Entity::find()
        .select_only()
        .columns([
            person::Column::Id,
            person::Column::DocumentDigest,
            person::Column::FullName,
            person::Column::Kpj,
            person::Column::IdentityState,
            person::Column::ActiveSince,
        ])
        .filter(among)
        .into_tuple()
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|(id, document_digest, full_name, kpj, identity, since)| {
            let identity = IdentityState::from_code(&identity);
            Ok(Known {
                id,
                document_digest,
                full_name,
                kpj,
                identity: identity.ok_or(db::Error::Unknown("participant.identity_state"))?,
                is_active: since.is_some(),
            })
        })
        .collect()
}

/// Holds people until the transaction ends, in the order of their ids, so that two who hold many never wait for each other.
pub(crate) async fn hold_people(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<(), db::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let _: Vec<Uuid> = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::Id.is_in(db::padded(ids)))
        .order_by_asc(person::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(())
}

/// So many KPJs that nobody has.
async fn free_kpjs(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    wanted: usize,
) -> Result<Vec<String>, db::Error> {
    let mut free = HashSet::new();
    while free.len() < wanted {
        let drawn: HashSet<_> = (free.len()..wanted)
            .map(|_| people::draw_kpj(seal))
            .collect();
        let drawn: Vec<_> = drawn.into_iter().collect();
        let taken = known_by(connection, &[], &drawn).await?;
        let taken: HashSet<_> = taken.into_iter().filter_map(|it| it.kpj).collect();
        free.extend(drawn.into_iter().filter(|it| !taken.contains(it)));
    }
    Ok(free.into_iter().collect())
}

/// Makes participants of `newcomers`, each with a KPJ of his own, and lets the register be asked about those whom it can know.
pub(crate) async fn take_in_all(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    employer: Uuid,
    newcomers: &[Newcomer],
) -> Result<(), db::Error> {
    let kpjs = free_kpjs(connection, seal, newcomers.len()).await?;
    let rows = newcomers.iter().zip(kpjs).map(|(it, kpj)| {
        let row = people::row(seal, now, it.id, &it.person);
        person::ActiveModel {
            kpj: Set(Some(kpj)),
            active_since: Set(Some(now)),
            ..row
        }
    });
    db::insert_all(connection, rows.collect()).await?;
    let contacts = newcomers.iter().filter_map(|it| {
        let contact = it.contact.as_ref()?;
        Some(reported::row(seal, now, (it.id, employer), contact))
    });
    db::insert_all(connection, contacts.collect()).await
}

/// Lets the register be asked about people, from now on.
pub(crate) async fn watch_identities(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    people: impl IntoIterator<Item = (Uuid, Uuid, Option<FullName>)>,
) -> Result<(), db::Error> {
    let rows = people.into_iter().map(|(person, membership, mother)| {
        checks::row(seal, now, (person, membership), mother.as_ref(), now)
    });
    db::insert_all(connection, rows.collect()).await
}

/// Opens memberships that employers' words cover.
pub(crate) async fn open_covered(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    opened: Vec<Opened>,
) -> Result<(), db::Error> {
    let rows = opened.into_iter().map(|it| {
        let work = Work::Employment(it.work);
        memberships::covered(
            memberships::opened(now, it.membership, it.participant, it.origin, &work),
            it.covered_from,
        )
    });
    db::insert_all(connection, rows.collect()).await
}

/// Whose memberships these are, with their KPJs.
pub(crate) async fn holders_of(
    connection: &impl ConnectionTrait,
    memberships: &[Uuid],
) -> Result<HashMap<Uuid, (Uuid, Option<String>)>, db::Error> {
    if memberships.is_empty() {
        return Ok(HashMap::new());
    }
    let mut values = Vec::new();
    let among = db::among(memberships, &mut values);
    let sql = format!(
        "SELECT m.id, p.id AS participant_id, p.kpj FROM membership m JOIN participant p ON p.id = m.participant_id WHERE m.id {among}"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| {
            let holder = (row.try_get("", "participant_id")?, row.try_get("", "kpj")?);
            Ok((row.try_get("", "id")?, holder))
        })
        .collect()
}
