use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, QuerySelect, entity::prelude::*, sea_query::LockType,
};
use uuid::Uuid;

use super::{
    super::Person,
    contacts::{insert_contact, verify_contacts},
    person::{self, Participant, document},
    reported::verify_reported,
};
use crate::{
    db,
    identity::{IdentityState, Question, is_passport},
    seal::{Datum, Seal},
};

pub(in super::super) async fn insert_person(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    id: Uuid,
    person: &Person,
) -> Result<(), db::Error> {
    person::Entity::insert(row(seal, now, id, person))
        .exec_without_returning(connection)
        .await?;
    match &person.contact {
        Some(contact) => insert_contact(connection, seal, now, id, contact).await,
        None => Ok(()),
    }
}

/// The row of somebody who is no participant yet.
pub(super) fn row(
    seal: &Seal,
    now: DateTime<Utc>,
    id: Uuid,
    person: &Person,
) -> person::ActiveModel {
    let mother = person.mother_name.as_ref();
    let warnings: Vec<_> = person.warnings.iter().map(|it| it.code()).collect();
    person::ActiveModel {
        id: Set(id),
        document: Set(person.document.sealed(seal, id)),
        document_digest: Set(person.document_digest.clone()),
        document_kind: Set(person.document.kind().to_owned()),
        full_name: Set(person.full_name.text().to_owned()),
        birth_date: Set(person.birth_date),
        sex: Set(person.sex.map_or("", |it| it.code()).to_owned()),
        warnings: Set(warnings.join(",")),
        identity_state: Set(person.identity.code().to_owned()),
        kpj: Set(None),
        created_at: Set(now),
        active_since: Set(None),
        contact_changed_at: Set(None),
        mother_name: Set(mother.map(|it| seal.seal(Datum::MotherName, id, it.text()))),
        joined_held_until: Set(None),
    }
}

/// Eleven random digits, the first not 0: a number that counts up would be a hot row, and easy to enumerate.
pub(in super::super) fn draw_kpj(seal: &Seal) -> String {
    (10_000_000_000 + seal.random_below(90_000_000_000)).to_string()
}

pub(crate) async fn active(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Participant>, db::Error> {
    Ok(person::Entity::find_by_id(id)
        .filter(person::Column::ActiveSince.is_not_null())
        .one(connection)
        .await?)
}

/// Those of `ids`, of which there is at least one, who are participants.
pub(crate) async fn active_among(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<Participant>, db::Error> {
    Ok(person::Entity::find()
        .filter(person::Column::Id.is_in(db::padded(ids)))
        .filter(person::Column::ActiveSince.is_not_null())
        .all(connection)
        .await?)
}

/// Those of `ids` that there are, participants or not yet.
pub(crate) async fn people_among(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<Participant>, db::Error> {
    Ok(person::Entity::find()
        .filter(person::Column::Id.is_in(db::padded(ids)))
        .all(connection)
        .await?)
}

/// What of somebody's papers the law of employees asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Civil {
    pub birth_date: NaiveDate,
    pub is_foreigner: bool,
}

/// What the papers of `ids`, of whom there is at least one, say.
pub(crate) async fn civil_of(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Civil>, db::Error> {
    let rows: Vec<(Uuid, NaiveDate, String)> = person::Entity::find()
        .select_only()
        .columns([
            person::Column::Id,
            person::Column::BirthDate,
            person::Column::DocumentKind,
        ])
        .filter(person::Column::Id.is_in(db::padded(ids)))
        .into_tuple()
        .all(connection)
        .await?;
    let civil = rows.into_iter().map(|(id, birth_date, kind)| {
        let is_foreigner = is_passport(&kind);
        let civil = Civil {
            birth_date,
            is_foreigner,
        };
        (id, civil)
    });
    Ok(civil.collect())
}

/// The name to show to a payer.
pub(crate) async fn name_of(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<String, db::Error> {
    let name: Option<String> = person::Entity::find_by_id(id)
        .select_only()
        .column(person::Column::FullName)
        .into_tuple()
        .one(connection)
        .await?;
    name.ok_or(db::Error::Unknown("membership.participant_id"))
}

/// Whether a person can become a participant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Readiness {
    /// Somebody else is active with the same NIK or passport.
    pub nik_is_taken: bool,
    pub identity: IdentityState,
}

/// Whether the person `id` can become a participant.
pub(crate) async fn readiness(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Readiness, db::Error> {
    let sql = "SELECT me.identity_state, (SELECT COUNT(*) FROM participant other WHERE other.document_digest = me.document_digest \
               AND other.id <> me.id AND other.active_since IS NOT NULL) AS rivals FROM participant me WHERE me.id = $1";
    let row = connection
        .query_one_raw(db::statement(connection, sql, [id.into()]))
        .await?
        .ok_or(db::Error::Unknown("membership.participant_id"))?;
    let (identity, rivals): (String, i64) = (
        row.try_get("", "identity_state")?,
        row.try_get("", "rivals")?,
    );
    Ok(Readiness {
        nik_is_taken: rivals > 0,
        identity: IdentityState::from_code(&identity)
            .ok_or(db::Error::Unknown("participant.identity_state"))?,
    })
}

/// Keeps how far the identity of the person `id` is proven.
pub(crate) async fn set_identity(
    connection: &impl ConnectionTrait,
    id: Uuid,
    state: IdentityState,
) -> Result<(), db::Error> {
    let sql = "UPDATE participant SET identity_state = $1 WHERE id = $2";
    let values = [state.code().into(), id.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Keeps that payouts wait until then because of how the account was opened.
pub(in super::super) async fn hold_money(
    connection: &impl ConnectionTrait,
    id: Uuid,
    until: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "UPDATE participant SET joined_held_until = $1 WHERE id = $2";
    let values = [until.into(), id.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Holds an active participant until the transaction ends, so that what concerns him happens one by one.
pub(crate) async fn hold_person(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Participant>, db::Error> {
    Ok(person::Entity::find_by_id(id)
        .filter(person::Column::ActiveSince.is_not_null())
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?)
}

/// What is put to the register about the person `id`, but for the mother's name; nothing where he has no NIK.
pub(crate) async fn question_about(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    id: Uuid,
) -> Result<Option<Question>, db::Error> {
    let row = person::Entity::find_by_id(id).one(connection).await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let Some(nik) = document(seal, &row)?.nik().cloned() else {
        return Ok(None);
    };
    Ok(Some(Question {
        nik,
        full_name: row.name()?,
        birth_date: row.birth_date,
        mother_name: None,
    }))
}

pub(in super::super) async fn activate(
    connection: &impl ConnectionTrait,
    id: Uuid,
    kpj: &str,
    now: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let sql =
        "UPDATE participant SET kpj = $1, active_since = $2 WHERE id = $3 AND active_since IS NULL";
    let values = [kpj.into(), now.into(), id.into()];
    let done = connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Opens every sealed value and compares it with its digest; names what does not agree.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    let mut wrong = db::walk(
        connection,
        "participant",
        person::Entity::find(),
        person::Column::Id,
        |row: &Participant| {
            let digest = document(seal, row).map(|it| it.digest(seal));
            (row.id, digest.is_ok_and(|it| it == row.document_digest))
        },
    )
    .await?;
    wrong.extend(verify_contacts(connection, seal).await?);
    wrong.extend(verify_reported(connection, seal).await?);
    Ok(wrong)
}
