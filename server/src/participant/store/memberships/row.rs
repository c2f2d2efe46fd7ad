use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, entity::prelude::*};
use uuid::Uuid;

use super::super::super::{
    Business, Employment, Travel, Work,
    rules::{Abroad, Journey, Spell},
};
use crate::{
    clock::day_of,
    db,
    money::{Money, Month, months_after},
    scheme::{BpuCategory, Programme, Segment},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub participant_id: Uuid,
    pub origin_id: Uuid,
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
    pub ended_on: Option<NaiveDate>,
    pub placement: Option<String>,
    pub contract_paid_on: Option<NaiveDate>,
    pub extended_months: i32,
    pub departed_on: Option<NaiveDate>,
    pub returned_on: Option<NaiveDate>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A membership as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Membership {
    pub id: Uuid,
    pub participant_id: Uuid,
    /// The registration, or the employer's report, that opened it.
    pub origin: Uuid,
    pub opened_on: NaiveDate,
    pub work: Work,
    pub is_cancelled: bool,
    pub covered_from: Option<NaiveDate>,
    pub paid_through: Option<Month>,
    /// The last day.
    pub ended_on: Option<NaiveDate>,
    /// How far a migrant worker's way has gone.
    pub travel: Travel,
}

impl Membership {
    /// The last month that can be paid; none while it goes on.
    pub(crate) fn last_month(&self) -> Option<Month> {
        self.ended_on.map(Month::of)
    }

    /// Whether a month can still be paid.
    pub(crate) fn has_months_left(&self) -> bool {
        self.last_month()
            .is_none_or(|last| Some(last) > self.paid_through)
    }

    /// Whether nothing was ever paid for it, so that nobody became a participant by it.
    pub(crate) fn is_unpaid(&self) -> bool {
        match self.work {
            // His contributions are the employer's to pay.
            Work::Business(_) | Work::Employment(_) => self.paid_through.is_none(),
            Work::Placement(_) => self.covered_from.is_none(),
        }
    }

    /// How a migrant worker goes, and how far he has come.
    pub(crate) fn abroad(&self) -> Option<Abroad> {
        let Work::Placement(placement) = &self.work else {
            return None;
        };
        let travel = &self.travel;
        let months = placement.contract_months + travel.extended_months;
        let begins_on = travel.departed_on.unwrap_or(placement.departs_on);
        Some(Abroad {
            route: placement.route,
            journey: self.covered_from.map(|paid_on| Journey {
                paid_on,
                contract_paid_on: travel.contract_paid_on,
                departed_on: travel.departed_on,
                // The day he embarks is the contract's first: its last is the day before that of the same number.
                contract_ends_on: months_after(begins_on, months) - Days::new(1),
                returned_on: travel.returned_on,
            }),
        })
    }

    pub(in super::super::super) fn spell(&self) -> Spell {
        Spell {
            segment: self.work.segment(),
            programmes: self.work.programmes().to_vec(),
            covered_from: self.covered_from,
            paid_through: self.paid_through,
            ended_on: self.ended_on,
            abroad: self.abroad(),
        }
    }
}

impl TryFrom<Model> for Membership {
    type Error = db::Error;

    fn try_from(row: Model) -> Result<Self, db::Error> {
        let unknown = db::Error::Unknown;
        let paid_through = row.paid_through.as_deref().map(str::parse).transpose();
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            origin: row.origin_id,
            opened_on: day_of(row.opened_at),
            work: row.work()?,
            is_cancelled: row.cancelled_at.is_some(),
            covered_from: row.covered_from,
            paid_through: paid_through.map_err(|_| unknown("membership.paid_through"))?,
            ended_on: row.ended_on,
            travel: Travel {
                contract_paid_on: row.contract_paid_on,
                extended_months: u32::try_from(row.extended_months)
                    .map_err(|_| unknown("membership.extended_months"))?,
                departed_on: row.departed_on,
                returned_on: row.returned_on,
            },
        })
    }
}

impl Model {
    fn work(&self) -> Result<Work, db::Error> {
        let unknown = db::Error::Unknown;
        let programmes = programmes(&self.programmes).ok_or(unknown("membership.programmes"))?;
        match Segment::from_code(&self.segment).ok_or(unknown("membership.segment"))? {
            Segment::Pu => Ok(Work::Employment(Employment {
                programmes,
                wage: Money::new(self.income_idr),
            })),
            Segment::Bpu => Ok(Work::Business(Business {
                occupations: serde_json::from_str(&self.occupations)
                    .map_err(|_| unknown("membership.occupations"))?,
                category: BpuCategory::from_code(&self.category)
                    .ok_or(unknown("membership.category"))?,
                income: Money::new(self.income_idr),
                programmes,
                months: u32::try_from(self.months_at_once)
                    .map_err(|_| unknown("membership.months_at_once"))?,
                paid_by_state: self.paid_by_state,
            })),
            Segment::Pmi => {
                let told = self.placement.as_deref().map(serde_json::from_str);
                let told = told.ok_or(unknown("membership.placement"))?;
                let told = told.map_err(|_| unknown("membership.placement"))?;
                Ok(Work::Placement(told))
            }
        }
    }
}

fn programmes(text: &str) -> Option<Vec<Programme>> {
    let codes = text.split(',').filter(|it| !it.is_empty());
    codes.map(Programme::from_code).collect()
}

/// The row of a membership that nobody has paid for or reported yet.
pub(in super::super) fn opened(
    now: DateTime<Utc>,
    id: Uuid,
    participant: Uuid,
    origin: Uuid,
    work: &Work,
) -> ActiveModel {
    let programmes: Vec<_> = work.programmes().iter().map(|it| it.code()).collect();
    let row = ActiveModel {
        id: Set(id),
        participant_id: Set(participant),
        origin_id: Set(origin),
        segment: Set(work.segment().code().to_owned()),
        category: Set(String::new()),
        sector: Set(String::new()),
        occupations: Set("[]".to_owned()),
        paid_by_state: Set(false),
        programmes: Set(programmes.join(",")),
        income_idr: Set(work.monthly().idr()),
        months_at_once: Set(1),
        opened_at: Set(now),
        cancelled_at: Set(None),
        covered_from: Set(None),
        paid_through: Set(None),
        ended_on: Set(None),
        placement: Set(None),
        contract_paid_on: Set(None),
        extended_months: Set(0),
        departed_on: Set(None),
        returned_on: Set(None),
    };
    match work {
        Work::Employment(_) => row,
        Work::Placement(placement) => ActiveModel {
            placement: Set(Some(
                serde_json::to_string(placement).expect("a placement is JSON"),
            )),
            ..row
        },
        Work::Business(business) => ActiveModel {
            category: Set(business.category.code().to_owned()),
            sector: Set(business.sector().code().to_owned()),
            occupations: Set(
                serde_json::to_string(&business.occupations).expect("occupations are JSON")
            ),
            paid_by_state: Set(business.paid_by_state),
            months_at_once: Set(i32::try_from(business.months).expect("at most twelve")),
            ..row
        },
    }
}

/// The same row, covered from a day on by an employer's word.
pub(in super::super) fn covered(row: ActiveModel, from: NaiveDate) -> ActiveModel {
    ActiveModel {
        covered_from: Set(Some(from)),
        ..row
    }
}
