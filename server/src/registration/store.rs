//! The table of registrations.

mod row;

pub(super) use row::Model as Registration;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::{self, NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::LockType,
};
use uuid::Uuid;

use super::{Application, Stated, Told, rules::Stop};
use crate::{
    db,
    identity::{IdentityState, Sex, Warning},
    seal::{Datum, Seal},
};
use row::{ActiveModel, Entity, kept};

/// What an application is compared by when its id comes again.
pub(super) fn content_digest(seal: &Seal, application: &Application) -> Vec<u8> {
    let content = serde_json::json!([
        application.segment.code(),
        application.document.text(),
        application.full_name.text(),
        application.contact.text(),
        application.birth_date,
    ]);
    seal.digest(Datum::RequestContent, &content.to_string())
}

pub(super) async fn find(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Registration>, db::Error> {
    Ok(Entity::find_by_id(id).one(connection).await?)
}

/// Those of `ids`, in no order.
pub(super) async fn among(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<Registration>, db::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find()
        .filter(row::Column::Id.is_in(db::padded(ids)))
        .all(connection)
        .await?)
}

pub(super) async fn lock(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Registration>, db::Error> {
    Ok(Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?)
}

pub(super) async fn insert(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    application: &Application,
    (challenge, today): (Uuid, NaiveDate),
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), db::Error> {
    let Application {
        id,
        document,
        contact,
        ..
    } = application;
    let birth_date = application
        .birth_date
        .or_else(|| document.birth_date(today));
    let row = ActiveModel {
        id: Set(*id),
        content_digest: Set(content_digest(seal, application)),
        segment: Set(application.segment.code().to_owned()),
        document: Set(document.sealed(seal, *id)),
        document_digest: Set(document.digest(seal)),
        document_kind: Set(document.kind().to_owned()),
        full_name: Set(application.full_name.text().to_owned()),
        channel: Set(contact.channel().code().to_owned()),
        contact: Set(seal.seal(Datum::Contact, *id, contact.text())),
        contact_digest: Set(seal.digest(Datum::Contact, contact.text())),
        birth_date: Set(birth_date),
        sex: Set(document.sex().map_or("", Sex::code).to_owned()),
        warnings: Set(listed(&document.warnings(application.birth_date, today))),
        identity_state: Set(IdentityState::Declared.code().to_owned()),
        stopped_by: Set(None),
        stopped_fields: Set(None),
        employment: Set(String::new()),
        mother_name: Set(None),
        challenge_id: Set(challenge),
        participant_id: Set(None),
        membership_id: Set(None),
        bill_id: Set(None),
        started_at: Set(now),
        expires_at: Set(expires_at),
        employed_at: Set(None),
        confirmed_at: Set(None),
        cancelled_at: Set(None),
        is_further: Set(false),
    };
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

fn listed(warnings: &[Warning]) -> String {
    let codes: Vec<_> = warnings.iter().map(|it| it.code()).collect();
    codes.join(",")
}

/// Keeps the work, and the mother's name and birth date that the register has agreed to.
pub(super) async fn keep_work(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    id: Uuid,
    told: &Told,
    birth_date: NaiveDate,
    warnings: &[Warning],
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        employment: Set(kept(&told.work)),
        mother_name: sealed_mother(seal, id, told),
        birth_date: Set(Some(birth_date)),
        warnings: Set(listed(warnings)),
        employed_at: Set(Some(now)),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// Keeps the other work of whoever is a participant already.
pub(super) async fn keep_further_work(
    connection: &impl ConnectionTrait,
    id: Uuid,
    work: &Stated,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        employment: Set(kept(work)),
        employed_at: Set(Some(now)),
        is_further: Set(true),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// The mother's name where one is told; else the one that is kept stays.
fn sealed_mother(seal: &Seal, id: Uuid, told: &Told) -> ActiveValue<Option<Vec<u8>>> {
    match &told.mother_name {
        Some(name) => Set(Some(seal.seal(Datum::MotherName, id, name.text()))),
        None => NotSet,
    }
}

pub(super) async fn stop(
    connection: &impl ConnectionTrait,
    id: Uuid,
    stop: &Stop,
) -> Result<(), db::Error> {
    let (by, why) = match stop {
        Stop::Mismatch(fields) => ("mismatch", Some(fields)),
        Stop::Deceased => ("deceased", None),
        Stop::NotVouched(why) => ("not_vouched", Some(why)),
    };
    let row = ActiveModel {
        id: Set(id),
        identity_state: Set(IdentityState::Refused.code().to_owned()),
        stopped_by: Set(Some(by.to_owned())),
        stopped_fields: Set(why.cloned()),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// Keeps what was put to the register, and how far that proves who the person is.
pub(super) async fn keep_identity(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    id: Uuid,
    (told, birth_date, state): (&Told, NaiveDate, IdentityState),
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        mother_name: sealed_mother(seal, id, told),
        birth_date: Set(Some(birth_date)),
        identity_state: Set(state.code().to_owned()),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

pub(super) async fn confirm(
    connection: &impl ConnectionTrait,
    id: Uuid,
    (participant, membership, bill): (Uuid, Uuid, Option<Uuid>),
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        participant_id: Set(Some(participant)),
        membership_id: Set(Some(membership)),
        bill_id: Set(bill),
        confirmed_at: Set(Some(now)),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

pub(super) async fn cancel(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        cancelled_at: Set(Some(now)),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// Opens every sealed value and compares it with its digest; names what does not agree.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "registration",
        Entity::find(),
        row::Column::Id,
        |row: &Registration| {
            let document = row.document(seal).map(|it| it.digest(seal));
            let contact = row
                .contact(seal)
                .map(|it| seal.digest(Datum::Contact, it.text()));
            let in_order = document.is_ok_and(|it| it == row.document_digest)
                && contact.is_ok_and(|it| it == row.contact_digest)
                && row.mother(seal).is_ok();
            (row.id, in_order)
        },
    )
    .await
}
