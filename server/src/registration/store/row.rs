use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::{Stated, rules::Stop};
use crate::{
    db,
    employer::{Claimed, Named, Npp},
    identity::{Contact, Document, FullName, IdentityState, Sex, Warning, is_passport},
    money::Money,
    participant::{Business, Occupation, Placement},
    scheme::{BpuCategory, Programme, Segment},
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
    pub document: Vec<u8>,
    pub document_digest: Vec<u8>,
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
    pub document_kind: String,
    /// The work was told by whoever is a participant already: it becomes a further membership of his.
    pub is_further: bool,
}

impl ActiveModelBehavior for ActiveModel {}

/// The work as it is kept, of any kind.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Business(KeptBusiness),
    Employee(KeptEmployee),
    Placement(Placement),
}

#[derive(Serialize, Deserialize)]
struct KeptEmployee {
    npp: Option<String>,
    employer_name: String,
    employer_city: String,
    started_on: NaiveDate,
    employee_number: String,
}

#[derive(Serialize, Deserialize)]
struct KeptBusiness {
    occupations: Vec<Occupation>,
    category: String,
    income_idr: i64,
    programmes: Vec<String>,
    months: u32,
    paid_by_state: bool,
}

/// The work, as [`Model::work`] reads it.
pub(super) fn kept(work: &Stated) -> String {
    let kept = match work {
        Stated::Business(work) => Kept::Business(KeptBusiness {
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
        }),
        Stated::Placement(placement) => Kept::Placement(placement.clone()),
        Stated::Employee(claimed) => {
            let (npp, employer_name, employer_city) = match &claimed.at {
                Named::Unit(npp) => (Some(npp.text().to_owned()), String::new(), String::new()),
                Named::Unlisted { name, city } => (None, name.clone(), city.clone()),
            };
            Kept::Employee(KeptEmployee {
                npp,
                employer_name,
                employer_city,
                started_on: claimed.started_on,
                employee_number: claimed.employee_number.clone(),
            })
        }
    };
    serde_json::to_string(&kept).expect("work is JSON")
}

fn business(kept: KeptBusiness) -> Option<Business> {
    let programmes = kept.programmes.iter().map(|it| Programme::from_code(it));
    Some(Business {
        occupations: kept.occupations,
        category: BpuCategory::from_code(&kept.category)?,
        income: Money::new(kept.income_idr),
        programmes: programmes.collect::<Option<_>>()?,
        months: kept.months,
        paid_by_state: kept.paid_by_state,
    })
}

fn claimed(kept: KeptEmployee) -> Option<Claimed> {
    let at = match kept.npp {
        Some(npp) => Named::Unit(Npp::parse(&npp).ok()?),
        None => Named::Unlisted {
            name: kept.employer_name,
            city: kept.employer_city,
        },
    };
    Some(Claimed {
        at,
        started_on: kept.started_on,
        employee_number: kept.employee_number,
    })
}

impl Model {
    pub(in super::super) fn document(&self, seal: &Seal) -> Result<Document, db::Error> {
        Document::open(seal, &self.document_kind, self.id, &self.document)?
            .ok_or(db::Error::Unknown("registration.document"))
    }

    /// Whether the person has a passport where others have a NIK.
    pub(in super::super) fn is_foreigner(&self) -> bool {
        is_passport(&self.document_kind)
    }

    pub(in super::super) fn contact(&self, seal: &Seal) -> Result<Contact, db::Error> {
        let text = seal.open(Datum::Contact, self.id, &self.contact)?;
        Contact::parse(&text).map_err(|_| db::Error::Unknown("registration.contact"))
    }

    pub(in super::super) fn name(&self) -> Result<FullName, db::Error> {
        FullName::parse(&self.full_name).map_err(|_| db::Error::Unknown("registration.full_name"))
    }

    pub(in super::super) fn identity(&self) -> Result<IdentityState, db::Error> {
        IdentityState::from_code(&self.identity_state)
            .ok_or(db::Error::Unknown("registration.identity_state"))
    }

    /// What the registration was stopped for.
    pub(in super::super) fn stop(&self) -> Result<Option<Stop>, db::Error> {
        let why = self.stopped_fields.clone().unwrap_or_default();
        match self.stopped_by.as_deref() {
            None => Ok(None),
            Some("mismatch") => Ok(Some(Stop::Mismatch(why))),
            Some("deceased") => Ok(Some(Stop::Deceased)),
            Some("not_vouched") => Ok(Some(Stop::NotVouched(why))),
            Some(_) => Err(db::Error::Unknown("registration.stopped_by")),
        }
    }

    pub(in super::super) fn mother(&self, seal: &Seal) -> Result<Option<FullName>, db::Error> {
        let Some(sealed) = &self.mother_name else {
            return Ok(None);
        };
        let text = seal.open(Datum::MotherName, self.id, sealed)?;
        let name = FullName::parse(&text);
        Ok(Some(name.map_err(|_| {
            db::Error::Unknown("registration.mother_name")
        })?))
    }

    pub(in super::super) fn segment(&self) -> Result<Segment, db::Error> {
        Segment::from_code(&self.segment).ok_or(db::Error::Unknown("registration.segment"))
    }

    pub(in super::super) fn work(&self) -> Result<Option<Stated>, db::Error> {
        if self.employment.is_empty() {
            return Ok(None);
        }
        let unknown = || db::Error::Unknown("registration.employment");
        let kept = serde_json::from_str(&self.employment).map_err(|_| unknown())?;
        let stated = match kept {
            Kept::Business(kept) => business(kept).map(Stated::Business),
            Kept::Employee(kept) => claimed(kept).map(Stated::Employee),
            Kept::Placement(placement) => Some(Stated::Placement(placement)),
        };
        Ok(Some(stated.ok_or_else(unknown)?))
    }

    pub(in super::super) fn sex(&self) -> Option<Sex> {
        Sex::from_code(&self.sex)
    }

    pub(in super::super) fn warning_list(&self) -> Vec<Warning> {
        self.warnings
            .split(',')
            .filter_map(Warning::from_code)
            .collect()
    }
}
