use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, entity::prelude::*};
use uuid::Uuid;

use crate::{
    db,
    identity::FullName,
    seal::{Datum, Seal},
};

/// Somebody about whom the register is to be asked again.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity_check")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub participant_id: Uuid,
    pub membership_id: Uuid,
    pub mother_name: Option<Vec<u8>>,
    /// How often it was asked again.
    pub asked: i32,
    pub asked_since: DateTime<Utc>,
    pub next_at: DateTime<Utc>,
    pub leased_until: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A check that this worker alone may do until its lease ends.
pub(crate) struct Check {
    pub(crate) person: Uuid,
    pub(crate) membership: Uuid,
    mother_name: Option<Vec<u8>>,
    pub(crate) asked: i32,
}

impl Check {
    /// The mother's name, where she was told.
    pub(crate) fn mother_name(&self, seal: &Seal) -> Result<Option<FullName>, db::Error> {
        let Some(sealed) = &self.mother_name else {
            return Ok(None);
        };
        let text = seal.open(Datum::MotherName, self.person, sealed)?;
        let name = FullName::parse(&text);
        Ok(Some(name.map_err(|_| {
            db::Error::Unknown("identity_check.mother_name")
        })?))
    }
}

pub(in super::super) async fn insert_check(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    (person, membership): (Uuid, Uuid),
    mother_name: Option<&FullName>,
    next_at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let row = row(seal, now, (person, membership), mother_name, next_at);
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(super) fn row(
    seal: &Seal,
    now: DateTime<Utc>,
    (person, membership): (Uuid, Uuid),
    mother_name: Option<&FullName>,
    next_at: DateTime<Utc>,
) -> ActiveModel {
    ActiveModel {
        participant_id: Set(person),
        membership_id: Set(membership),
        mother_name: Set(mother_name.map(|it| seal.seal(Datum::MotherName, person, it.text()))),
        asked: Set(0),
        asked_since: Set(now),
        next_at: Set(next_at),
        leased_until: Set(None),
    }
}

/// Whether it may be anybody's turn. Asked without a lock, so that whoever looks for work holds up nobody.
pub(crate) async fn check_is_due(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let sql = "SELECT 1 FROM identity_check WHERE next_at <= $1 AND (leased_until IS NULL OR leased_until <= $1) LIMIT 1";
    let row = connection
        .query_one_raw(db::statement(connection, sql, [now.into()]))
        .await?;
    Ok(row.is_some())
}

/// Takes the checks whose turn it is.
pub(crate) async fn lease_checks(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    round: u64,
) -> Result<Vec<Check>, db::Error> {
    let sql = format!(
        "UPDATE identity_check SET leased_until = $1 WHERE participant_id IN (SELECT participant_id FROM identity_check \
         WHERE next_at <= $2 AND (leased_until IS NULL OR leased_until <= $2) ORDER BY next_at, participant_id LIMIT {round}) \
         AND (leased_until IS NULL OR leased_until <= $2) RETURNING participant_id, membership_id, mother_name, asked"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, [until.into(), now.into()]))
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Check {
                person: row.try_get("", "participant_id")?,
                membership: row.try_get("", "membership_id")?,
                mother_name: row.try_get("", "mother_name")?,
                asked: row.try_get("", "asked")?,
            })
        })
        .collect()
}

/// The register was silent once more.
pub(crate) async fn ask_later(
    connection: &impl ConnectionTrait,
    person: Uuid,
    next_at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "UPDATE identity_check SET asked = asked + 1, next_at = $1, leased_until = NULL WHERE participant_id = $2";
    let values = [next_at.into(), person.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// Nobody needs to ask any more.
pub(crate) async fn end_check(
    connection: &impl ConnectionTrait,
    person: Uuid,
) -> Result<(), db::Error> {
    Entity::delete_by_id(person).exec(connection).await?;
    Ok(())
}

/// Nobody needs to ask about whose membership it is.
pub(crate) async fn end_check_of(
    connection: &impl ConnectionTrait,
    membership: Uuid,
) -> Result<(), db::Error> {
    Entity::delete_many()
        .filter(Column::MembershipId.eq(membership))
        .exec(connection)
        .await?;
    Ok(())
}
