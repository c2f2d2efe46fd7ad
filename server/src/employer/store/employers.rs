use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, QuerySelect, entity::prelude::*, sea_query::LockType,
};
use uuid::Uuid;

use super::{
    super::{Changes, Employer, Papers, Unit, rules},
    units::{self, units_of},
};
use crate::{
    db,
    identity::{Channel, Contact},
    scheme::Scale,
    seal::{Datum, Seal},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employer")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub content_digest: Vec<u8>,
    pub name: String,
    /// The name as it is looked for, and its first three letters, by which it is found.
    pub name_key: String,
    pub name_start: String,
    pub city: String,
    pub city_key: String,
    pub scale: String,
    pub labour_intensive: bool,
    pub channel: String,
    pub contact: Vec<u8>,
    pub registered_at: DateTime<Utc>,
    pub checked_by: Option<Uuid>,
    pub checked_at: Option<DateTime<Utc>>,
    /// What prices the work, whatever was stated since; none where no officer has checked it yet.
    pub checked_scale: Option<String>,
    pub checked_labour_intensive: Option<bool>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What an officer has stated of what prices the work.
#[derive(Clone, Copy)]
pub(in super::super) struct InForce<'a> {
    pub(in super::super) scale: Option<Scale>,
    pub(in super::super) labour_intensive: Option<bool>,
    pub(in super::super) units: &'a [Unit],
}

/// What papers are compared by when their id comes again.
pub(in super::super) fn content_digest(seal: &Seal, papers: &Papers) -> Vec<u8> {
    let units = papers
        .units
        .iter()
        .map(|it| (it.npp.text(), &it.name, it.risk_class.code()));
    let content = serde_json::json!([
        papers.name,
        papers.city,
        papers.scale.code(),
        papers.labour_intensive,
        papers.contact.text(),
        units.collect::<Vec<_>>(),
    ]);
    seal.digest(Datum::RequestContent, &content.to_string())
}

pub(in super::super) async fn was_registered_as(
    connection: &impl ConnectionTrait,
    id: Uuid,
    digest: &[u8],
) -> Result<bool, db::Error> {
    let row = Entity::find_by_id(id).one(connection).await?;
    Ok(row.is_some_and(|it| it.content_digest == digest))
}

pub(in super::super) async fn insert_employer(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    papers: &Papers,
    (digest, checked_by): (Vec<u8>, Option<Uuid>),
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(papers.id),
        content_digest: Set(digest),
        name: Set(papers.name.clone()),
        name_key: Set(rules::name_key(&papers.name)),
        name_start: Set(rules::start_of(&rules::name_key(&papers.name))),
        city: Set(papers.city.clone()),
        city_key: Set(rules::key(&papers.city)),
        scale: Set(papers.scale.code().to_owned()),
        labour_intensive: Set(papers.labour_intensive),
        channel: Set(papers.contact.channel().code().to_owned()),
        contact: Set(seal.seal(Datum::Contact, papers.id, papers.contact.text())),
        registered_at: Set(now),
        checked_by: Set(checked_by),
        checked_at: Set(checked_by.map(|_| now)),
        checked_scale: Set(None),
        checked_labour_intensive: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Holds an employer until the transaction ends; whether there is such an employer.
pub(crate) async fn hold_employer(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<bool, db::Error> {
    let row = Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?;
    Ok(row.is_some())
}

pub(in super::super) async fn change_employer(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    id: Uuid,
    changes: &Changes,
    checked: Option<(Uuid, DateTime<Utc>)>,
) -> Result<(), db::Error> {
    let mut row = ActiveModel {
        id: Set(id),
        ..Default::default()
    };
    if let Some(name) = &changes.name {
        row.name = Set(name.clone());
        row.name_key = Set(rules::name_key(name));
        row.name_start = Set(rules::start_of(&rules::name_key(name)));
    }
    if let Some(city) = &changes.city {
        row.city = Set(city.clone());
        row.city_key = Set(rules::key(city));
    }
    if let Some(scale) = changes.scale {
        row.scale = Set(scale.code().to_owned());
    }
    if let Some(labour_intensive) = changes.labour_intensive {
        row.labour_intensive = Set(labour_intensive);
    }
    if let Some(contact) = &changes.contact {
        row.channel = Set(contact.channel().code().to_owned());
        row.contact = Set(seal.seal(Datum::Contact, id, contact.text()));
    }
    if let Some((by, at)) = checked {
        row.checked_by = Set(Some(by));
        row.checked_at = Set(Some(at));
    }
    if row.is_changed() {
        Entity::update(row).exec(connection).await?;
    }
    Ok(())
}

/// Keeps that what an officer has stated of an employer prices the work from now on; of his units, `units`.
pub(in super::super) async fn put_in_force(
    connection: &impl ConnectionTrait,
    id: Uuid,
    stated: &InForce<'_>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        checked_scale: stated
            .scale
            .map_or_else(Default::default, |it| Set(Some(it.code().to_owned()))),
        checked_labour_intensive: stated
            .labour_intensive
            .map_or_else(Default::default, |it| Set(Some(it))),
        ..Default::default()
    };
    if row.is_changed() {
        Entity::update(row).exec(connection).await?;
    }
    units::put_in_force(connection, id, stated.units).await
}

pub(super) fn contact_of(seal: &Seal, row: &Model) -> Result<Contact, db::Error> {
    let text = seal.open(Datum::Contact, row.id, &row.contact)?;
    let contact = Contact::parse(&text).map_err(|_| db::Error::Unknown("employer.contact"))?;
    let channel = Channel::from_code(&row.channel);
    if channel != Some(contact.channel()) {
        return Err(db::Error::Unknown("employer.channel"));
    }
    Ok(contact)
}

/// An employer with his units, in the order of their numbers.
pub(in super::super) async fn employer(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    id: Uuid,
) -> Result<Option<Employer>, db::Error> {
    let Some(row) = Entity::find_by_id(id).one(connection).await? else {
        return Ok(None);
    };
    let units = units_of(connection, id).await?;
    let checked = row.checked_scale.as_ref() == Some(&row.scale)
        && row.checked_labour_intensive == Some(row.labour_intensive)
        && units.iter().all(|it| it.1 == Some(it.0.risk_class));
    Ok(Some(Employer {
        checked,
        registered_at: row.registered_at,
        scale_in_force: scale(row.checked_scale.as_ref().unwrap_or(&row.scale))?,
        papers: Papers {
            id,
            contact: contact_of(seal, &row)?,
            scale: scale(&row.scale)?,
            labour_intensive: row.labour_intensive,
            units: units.into_iter().map(|it| it.0).collect(),
            name: row.name,
            city: row.city,
        },
    }))
}

pub(super) fn scale(code: &str) -> Result<Scale, db::Error> {
    Scale::from_code(code).ok_or(db::Error::Unknown("employer.scale"))
}
