use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, QuerySelect, entity::prelude::*, sea_query::LockType,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Application, Told, rules::Stop};
use crate::{
    db,
    identity::{Contact, FullName, IdentityState, Nik, Sex, Warning},
    money::Money,
    participant::{Occupation, Work},
    scheme::{BpuCategory, Programme},
    seal::{Datum, Seal},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registration")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub content_digest: Vec<u8>,
    pub segment: String,
    pub nik: Vec<u8>,
    pub nik_digest: Vec<u8>,
    pub full_name: String,
    pub channel: String,
    pub contact: Vec<u8>,
    pub contact_digest: Vec<u8>,
    pub birth_date: Option<NaiveDate>,
    pub sex: String,
    pub warnings: String,
    pub identity_state: String,
    pub stopped_by: Option<String>,
    pub stopped_fields: Option<String>,
    pub employment: String,
    pub mother_name: Option<Vec<u8>>,
    pub challenge_id: Uuid,
    pub participant_id: Option<Uuid>,
    pub membership_id: Option<Uuid>,
    pub bill_id: Option<Uuid>,
    pub started_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub employed_at: Option<DateTime<Utc>>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A registration's row.
pub(super) type Registration = Model;

/// The work as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    occupations: Vec<Occupation>,
    category: String,
    income_idr: i64,
    programmes: Vec<String>,
    months: u32,
    paid_by_state: bool,
}

impl Model {
    pub(super) fn nik(&self, seal: &Seal) -> Result<Nik, db::Error> {
        let text = seal.open(Datum::Nik, self.id, &self.nik)?;
        Nik::parse(&text).map_err(|_| db::Error::Unknown("registration.nik"))
    }

    pub(super) fn contact(&self, seal: &Seal) -> Result<Contact, db::Error> {
        let text = seal.open(Datum::Contact, self.id, &self.contact)?;
        Contact::parse(&text).map_err(|_| db::Error::Unknown("registration.contact"))
    }

    pub(super) fn name(&self) -> Result<FullName, db::Error> {
        FullName::parse(&self.full_name).map_err(|_| db::Error::Unknown("registration.full_name"))
    }

    pub(super) fn identity(&self) -> Result<IdentityState, db::Error> {
        IdentityState::from_code(&self.identity_state)
            .ok_or(db::Error::Unknown("registration.identity_state"))
    }

    /// What the registration was stopped for.
    pub(super) fn stop(&self) -> Result<Option<Stop>, db::Error> {
        let why = self.stopped_fields.clone().unwrap_or_default();
        match self.stopped_by.as_deref() {
            None => Ok(None),
            Some("mismatch") => Ok(Some(Stop::Mismatch(why))),
            Some("deceased") => Ok(Some(Stop::Deceased)),
            Some("not_vouched") => Ok(Some(Stop::NotVouched(why))),
            Some(_) => Err(db::Error::Unknown("registration.stopped_by")),
        }
    }

    pub(super) fn mother(&self, seal: &Seal) -> Result<Option<FullName>, db::Error> {
        let Some(sealed) = &self.mother_name else {
            return Ok(None);
        };
        let text = seal.open(Datum::MotherName, self.id, sealed)?;
        let name = FullName::parse(&text);
        Ok(Some(name.map_err(|_| {
            db::Error::Unknown("registration.mother_name")
        })?))
    }

    pub(super) fn work(&self) -> Result<Option<Work>, db::Error> {
        if self.employment.is_empty() {
            return Ok(None);
        }
        let unknown = || db::Error::Unknown("registration.employment");
        let kept: Kept = serde_json::from_str(&self.employment).map_err(|_| unknown())?;
        let programmes = kept.programmes.iter().map(|it| Programme::from_code(it));
        Ok(Some(Work {
            occupations: kept.occupations,
            category: BpuCategory::from_code(&kept.category).ok_or_else(unknown)?,
            income: Money::new(kept.income_idr),
            programmes: programmes.collect::<Option<_>>().ok_or_else(unknown)?,
            months: kept.months,
            paid_by_state: kept.paid_by_state,
        }))
    }

    pub(super) fn sex(&self) -> Option<Sex> {
        Sex::from_code(&self.sex)
    }

    pub(super) fn warning_list(&self) -> Vec<Warning> {
        self.warnings
            .split(',')
            .filter_map(Warning::from_code)
            .collect()
    }
}

/// What an application is compared by when its id comes again.
pub(super) fn content_digest(seal: &Seal, application: &Application) -> Vec<u8> {
    let content = serde_json::json!([
        application.nik.text(),
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
        id, nik, contact, ..
    } = application;
    let birth_date = application.birth_date.or_else(|| nik.birth_date(today));
    let row = ActiveModel {
        id: Set(*id),
        content_digest: Set(content_digest(seal, application)),
        segment: Set("bpu".to_owned()),
        nik: Set(seal.seal(Datum::Nik, *id, nik.text())),
        nik_digest: Set(seal.digest(Datum::Nik, nik.text())),
        full_name: Set(application.full_name.text().to_owned()),
        channel: Set(contact.channel().code().to_owned()),
        contact: Set(seal.seal(Datum::Contact, *id, contact.text())),
        contact_digest: Set(seal.digest(Datum::Contact, contact.text())),
        birth_date: Set(birth_date),
        sex: Set(nik.sex().map_or("", Sex::code).to_owned()),
        warnings: Set(listed(&nik.warnings(application.birth_date, today))),
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
    let work = &told.work;
    let kept = Kept {
        occupations: work.occupations.clone(),
        category: work.category.code().to_owned(),
        income_idr: work.income.idr(),
        programmes: work
            .programmes
            .iter()
            .map(|it| it.code().to_owned())
            .collect(),
        months: work.months,
        paid_by_state: work.paid_by_state,
    };
    let mother = told.mother_name.as_ref();
    let row = ActiveModel {
        id: Set(id),
        employment: Set(serde_json::to_string(&kept).expect("work is JSON")),
        mother_name: Set(mother.map(|it| seal.seal(Datum::MotherName, id, it.text()))),
        birth_date: Set(Some(birth_date)),
        warnings: Set(listed(warnings)),
        employed_at: Set(Some(now)),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
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

/// Keeps what the register agreed to.
pub(super) async fn agree(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    id: Uuid,
    told: &Told,
    birth_date: NaiveDate,
) -> Result<(), db::Error> {
    let mother = told.mother_name.as_ref();
    let row = ActiveModel {
        id: Set(id),
        mother_name: Set(mother.map(|it| seal.seal(Datum::MotherName, id, it.text()))),
        birth_date: Set(Some(birth_date)),
        identity_state: Set(IdentityState::Matched.code().to_owned()),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

pub(super) async fn confirm(
    connection: &impl ConnectionTrait,
    id: Uuid,
    (participant, membership, bill): (Uuid, Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(id),
        participant_id: Set(Some(participant)),
        membership_id: Set(Some(membership)),
        bill_id: Set(Some(bill)),
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
