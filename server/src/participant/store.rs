use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::LockType,
};
use uuid::Uuid;

use super::{Occupation, Person, Work, rules::Spell};
use crate::{
    db,
    identity::{Contact, Nik},
    money::{Money, Month},
    scheme::{BpuCategory, Programme},
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

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub participant_id: Uuid,
    pub registration_id: Uuid,
    pub segment: String,
    pub category: String,
    pub sector: String,
    pub occupations: String,
    pub paid_by_state: bool,
    pub programmes: String,
    pub income_idr: i64,
    pub months_at_once: i32,
    pub opened_at: DateTime<Utc>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub covered_from: Option<NaiveDate>,
    pub paid_through: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A participant's row.
pub(crate) type Participant = person::Model;

/// A membership as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Membership {
    pub id: Uuid,
    pub participant_id: Uuid,
    pub registration_id: Uuid,
    pub work: Work,
    pub is_cancelled: bool,
    pub covered_from: Option<NaiveDate>,
    pub paid_through: Option<Month>,
}

impl Membership {
    pub(super) fn spell(&self) -> Spell {
        Spell {
            programmes: self.work.programmes.clone(),
            covered_from: self.covered_from,
            paid_through: self.paid_through,
        }
    }
}

impl TryFrom<Model> for Membership {
    type Error = db::Error;

    fn try_from(row: Model) -> Result<Self, db::Error> {
        let unknown = db::Error::Unknown;
        let occupations: Vec<Occupation> = serde_json::from_str(&row.occupations)
            .map_err(|_| unknown("membership.occupations"))?;
        let paid_through = row.paid_through.as_deref().map(str::parse).transpose();
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            registration_id: row.registration_id,
            work: Work {
                occupations,
                category: BpuCategory::from_code(&row.category)
                    .ok_or(unknown("membership.category"))?,
                income: Money::new(row.income_idr),
                programmes: programmes(&row.programmes).ok_or(unknown("membership.programmes"))?,
                months: u32::try_from(row.months_at_once)
                    .map_err(|_| unknown("membership.months_at_once"))?,
                paid_by_state: row.paid_by_state,
            },
            is_cancelled: row.cancelled_at.is_some(),
            covered_from: row.covered_from,
            paid_through: paid_through.map_err(|_| unknown("membership.paid_through"))?,
        })
    }
}

fn programmes(text: &str) -> Option<Vec<Programme>> {
    text.split(',').map(Programme::from_code).collect()
}

pub(super) async fn insert_person(
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
        identity_state: Set("matched".to_owned()),
        kpj: Set(None),
        created_at: Set(now),
        active_since: Set(None),
    };
    person::Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    let contact_id = Uuid::now_v7();
    let row = contact::ActiveModel {
        id: Set(contact_id),
        participant_id: Set(id),
        channel: Set(person.contact.channel().code().to_owned()),
        contact: Set(seal.seal(Datum::Contact, contact_id, person.contact.text())),
        contact_digest: Set(seal.digest(Datum::Contact, person.contact.text())),
        verified_at: Set(now),
    };
    contact::Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(super) async fn insert_membership(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    id: Uuid,
    participant: Uuid,
    registration: Uuid,
    work: &Work,
) -> Result<(), db::Error> {
    let programmes: Vec<_> = work.programmes.iter().map(|it| it.code()).collect();
    let occupations = serde_json::to_string(&work.occupations).expect("occupations are JSON");
    let row = ActiveModel {
        id: Set(id),
        participant_id: Set(participant),
        registration_id: Set(registration),
        segment: Set("bpu".to_owned()),
        category: Set(work.category.code().to_owned()),
        sector: Set(work.sector().code().to_owned()),
        occupations: Set(occupations),
        paid_by_state: Set(work.paid_by_state),
        programmes: Set(programmes.join(",")),
        income_idr: Set(work.income.idr()),
        months_at_once: Set(i32::try_from(work.months).expect("at most twelve")),
        opened_at: Set(now),
        cancelled_at: Set(None),
        covered_from: Set(None),
        paid_through: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(super) async fn lock_membership(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Membership>, db::Error> {
    let row = Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?;
    row.map(Membership::try_from).transpose()
}

pub(super) async fn membership(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Membership>, db::Error> {
    let row = Entity::find_by_id(id).one(connection).await?;
    row.map(Membership::try_from).transpose()
}

pub(super) async fn memberships(
    connection: &impl ConnectionTrait,
    participant: Uuid,
) -> Result<Vec<Membership>, db::Error> {
    let rows = Entity::find()
        .filter(Column::ParticipantId.eq(participant))
        .order_by_asc(Column::OpenedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    rows.into_iter().map(Membership::try_from).collect()
}

pub(super) async fn update_spell(
    connection: &impl ConnectionTrait,
    id: Uuid,
    covered_from: NaiveDate,
    paid_through: Month,
) -> Result<(), db::Error> {
    let sql = "UPDATE membership SET covered_from = $1, paid_through = $2 WHERE id = $3";
    let values = [
        covered_from.into(),
        paid_through.to_string().into(),
        id.into(),
    ];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

pub(super) async fn cancel_membership(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "UPDATE membership SET cancelled_at = $1 WHERE id = $2 AND paid_through IS NULL";
    connection
        .execute_raw(db::statement(connection, sql, [now.into(), id.into()]))
        .await?;
    Ok(())
}

pub(super) async fn active(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Participant>, db::Error> {
    Ok(person::Entity::find_by_id(id)
        .filter(person::Column::ActiveSince.is_not_null())
        .one(connection)
        .await?)
}

pub(super) async fn name(connection: &impl ConnectionTrait, id: Uuid) -> Result<String, db::Error> {
    let name: Option<String> = person::Entity::find_by_id(id)
        .select_only()
        .column(person::Column::FullName)
        .into_tuple()
        .one(connection)
        .await?;
    name.ok_or(db::Error::Unknown("membership.participant_id"))
}

pub(super) async fn contacts(
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

fn open_contact(seal: &Seal, row: &contact::Model) -> Result<Contact, db::Error> {
    let text = seal.open(Datum::Contact, row.id, &row.contact)?;
    Contact::parse(&text).map_err(|_| db::Error::Unknown("participant_contact.contact"))
}

pub(super) fn nik(seal: &Seal, row: &Participant) -> Result<Nik, db::Error> {
    let text = seal.open(Datum::Nik, row.id, &row.nik)?;
    Nik::parse(&text).map_err(|_| db::Error::Unknown("participant.nik"))
}

/// Whether somebody else is active with the NIK of `id`.
pub(super) async fn nik_is_taken(
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

pub(super) async fn activate(
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

pub(super) async fn insert_account(
    connection: &impl ConnectionTrait,
    registration: Uuid,
    participant: Uuid,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "INSERT INTO account (registration_id, participant_id, at) VALUES ($1, $2, $3)";
    let values = [registration.into(), participant.into(), now.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

pub(super) async fn join_account(
    connection: &impl ConnectionTrait,
    registration: Uuid,
    nik_digest: &[u8],
    contact_digest: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let active = connection
        .query_one_raw(db::statement(
            connection,
            "SELECT p.id AS id FROM participant p JOIN participant_contact c ON c.participant_id = p.id \
             WHERE p.nik_digest = $1 AND p.active_since IS NOT NULL AND c.contact_digest = $2",
            [nik_digest.into(), contact_digest.into()],
        ))
        .await?;
    let Some(active) = active else {
        return Ok(false);
    };
    insert_account(connection, registration, active.try_get("", "id")?, now).await?;
    Ok(true)
}

pub(super) async fn account(
    connection: &impl ConnectionTrait,
    registration: Uuid,
) -> Result<Option<Uuid>, db::Error> {
    one_id(
        connection,
        "SELECT participant_id AS id FROM account WHERE registration_id = $1",
        registration.into(),
    )
    .await
}

pub(super) async fn with_nik(
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

async fn one_id(
    connection: &impl ConnectionTrait,
    sql: &str,
    value: sea_orm::Value,
) -> Result<Option<Uuid>, db::Error> {
    let row = connection
        .query_one_raw(db::statement(connection, sql, [value]))
        .await?;
    Ok(row.map(|it| it.try_get("", "id")).transpose()?)
}

pub(super) async fn reached_by(
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

pub(super) async fn verify(
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
