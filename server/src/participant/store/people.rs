use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::{super::Person, one_id};
use crate::{
    db,
    identity::{Contact, IdentityState, Nik},
    seal::{Datum, Seal},
};

mod person {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "participant")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub nik: Vec<u8>,
        pub nik_digest: Vec<u8>,
        pub full_name: String,
        pub birth_date: Date,
        pub sex: String,
        pub warnings: String,
        pub identity_state: String,
        pub kpj: Option<String>,
        pub created_at: ChronoDateTimeUtc,
        pub active_since: Option<ChronoDateTimeUtc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod contact {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "participant_contact")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub participant_id: Uuid,
        pub channel: String,
        pub contact: Vec<u8>,
        pub contact_digest: Vec<u8>,
        pub verified_at: ChronoDateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A participant's row.
pub(crate) type Participant = person::Model;

pub(in super::super) async fn insert_person(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    id: Uuid,
    person: &Person,
) -> Result<(), db::Error> {
    let warnings: Vec<_> = person.warnings.iter().map(|it| it.code()).collect();
    let row = person::ActiveModel {
        id: Set(id),
        nik: Set(seal.seal(Datum::Nik, id, person.nik.text())),
        nik_digest: Set(person.nik_digest.clone()),
        full_name: Set(person.full_name.text().to_owned()),
        birth_date: Set(person.birth_date),
        sex: Set(person.sex.map_or("", |it| it.code()).to_owned()),
        warnings: Set(warnings.join(",")),
        identity_state: Set(IdentityState::Matched.code().to_owned()),
        kpj: Set(None),
        created_at: Set(now),
        active_since: Set(None),
    };
    person::Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    let row = contact::ActiveModel {
        id: Set(Uuid::now_v7()),
        participant_id: Set(id),
        channel: Set(person.contact.channel().code().to_owned()),
        contact: Set(seal.seal(Datum::Contact, id, person.contact.text())),
        contact_digest: Set(seal.digest(Datum::Contact, person.contact.text())),
        verified_at: Set(now),
    };
    contact::Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(in super::super) async fn active(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Participant>, db::Error> {
    Ok(person::Entity::find_by_id(id)
        .filter(person::Column::ActiveSince.is_not_null())
        .one(connection)
        .await?)
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

pub(in super::super) async fn contacts(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    participant: Uuid,
) -> Result<Vec<Contact>, db::Error> {
    let rows = contact::Entity::find()
        .filter(contact::Column::ParticipantId.eq(participant))
        .order_by_asc(contact::Column::Id)
        .all(connection)
        .await?;
    rows.iter().map(|row| open_contact(seal, row)).collect()
}

/// A contact is sealed for its participant: given to another, it does not open.
fn open_contact(seal: &Seal, row: &contact::Model) -> Result<Contact, db::Error> {
    let text = seal.open(Datum::Contact, row.participant_id, &row.contact)?;
    Contact::parse(&text).map_err(|_| db::Error::Unknown("participant_contact.contact"))
}

pub(in super::super) fn nik(seal: &Seal, row: &Participant) -> Result<Nik, db::Error> {
    let text = seal.open(Datum::Nik, row.id, &row.nik)?;
    Nik::parse(&text).map_err(|_| db::Error::Unknown("participant.nik"))
}

/// Whether somebody else is active with the NIK of the person `id`.
pub(crate) async fn nik_is_taken(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<bool, db::Error> {
    let sql = "SELECT other.id AS id FROM participant me JOIN participant other ON other.nik_digest = me.nik_digest \
               WHERE me.id = $1 AND other.id <> me.id AND other.active_since IS NOT NULL";
    let other = connection
        .query_one_raw(db::statement(connection, sql, [id.into()]))
        .await?;
    Ok(other.is_some())
}

pub(in super::super) async fn activate(
    connection: &impl ConnectionTrait,
    id: Uuid,
    kpj: &str,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql =
        "UPDATE participant SET kpj = $1, active_since = $2 WHERE id = $3 AND active_since IS NULL";
    let values = [kpj.into(), now.into(), id.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// The active participant with this NIK.
pub(crate) async fn with_nik(
    connection: &impl ConnectionTrait,
    nik_digest: &[u8],
) -> Result<Option<Uuid>, db::Error> {
    one_id(
        connection,
        "SELECT id FROM participant WHERE nik_digest = $1 AND active_since IS NOT NULL",
        nik_digest.into(),
    )
    .await
}

/// The active participants whom a verified contact reaches, with their KPJ.
pub(crate) async fn reached_by(
    connection: &impl ConnectionTrait,
    contact_digest: &[u8],
) -> Result<Vec<(Uuid, String)>, db::Error> {
    let sql = "SELECT p.id AS id, p.kpj AS kpj FROM participant_contact c JOIN participant p ON p.id = c.participant_id \
               WHERE c.contact_digest = $1 AND p.active_since IS NOT NULL ORDER BY p.id";
    let rows = connection
        .query_all_raw(db::statement(connection, sql, [contact_digest.into()]))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "id")?, row.try_get("", "kpj")?)))
        .collect()
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
            let digest = nik(seal, row).map(|it| seal.digest(Datum::Nik, it.text()));
            (row.id, digest.is_ok_and(|it| it == row.nik_digest))
        },
    )
    .await?;
    let contacts = db::walk(
        connection,
        "participant_contact",
        contact::Entity::find(),
        contact::Column::Id,
        |row: &contact::Model| {
            let digest = open_contact(seal, row).map(|it| seal.digest(Datum::Contact, it.text()));
            (row.id, digest.is_ok_and(|it| it == row.contact_digest))
        },
    )
    .await?;
    wrong.extend(contacts);
    Ok(wrong)
}
