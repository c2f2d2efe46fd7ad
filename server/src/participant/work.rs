//! What a membership rests on: the business of somebody without a wage, work for an employer, or work abroad.

use chrono::NaiveDate;

use crate::{
    country::Country,
    money::Money,
    scheme::{BpuCategory, Programme, Route, Sector, Segment},
};

/// What a membership rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// BPU.
    Business(Business),
    /// PU.
    Employment(Employment),
    /// PMI.
    Placement(Placement),
}

/// An occupation as the person calls it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Occupation {
    pub title: String,
    pub sector: Sector,
}

/// What somebody without a wage works as, earns and chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Business {
    /// One or two; the first decides the sector.
    pub occupations: Vec<Occupation>,
    pub category: BpuCategory,
    pub income: Money,
    pub programmes: Vec<Programme>,
    /// How many months are paid at once.
    pub months: u32,
    pub paid_by_state: bool,
}

/// What an employer has said of his employee; nothing until he has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Employment {
    /// What the employer's scale makes mandatory.
    pub programmes: Vec<Programme>,
    /// The monthly wage that was reported last.
    pub wage: Money,
}

/// Where a migrant worker will work, and what he chose; kept as JSON, as he told it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Placement {
    pub route: Route,
    /// Who places him; empty for whoever goes by himself.
    pub agency: String,
    pub country: Country,
    pub job_title: String,
    /// How long the contract is, without what was added to it.
    pub contract_months: u32,
    /// When he plans to embark.
    pub departs_on: NaiveDate,
    /// What he saves for old age a month; none where he does not.
    pub jht_monthly: Option<Money>,
}

/// How far a migrant worker's way has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Travel {
    /// When the contract was paid; through an agency that is the second stage.
    pub contract_paid_on: Option<NaiveDate>,
    /// How many months were added to the contract.
    pub extended_months: u32,
    /// When he embarked.
    pub departed_on: Option<NaiveDate>,
    /// When he arrived back in Indonesia.
    pub returned_on: Option<NaiveDate>,
}

impl Work {
    pub(crate) const fn segment(&self) -> Segment {
        match self {
            Self::Business(_) => Segment::Bpu,
            Self::Employment(_) => Segment::Pu,
            Self::Placement(_) => Segment::Pmi,
        }
    }

    pub(crate) fn programmes(&self) -> &[Programme] {
        match self {
            Self::Business(business) => &business.programmes,
            Self::Employment(employment) => &employment.programmes,
            Self::Placement(placement) => placement.programmes(),
        }
    }

    /// The income or the wage of a month; none is told of work abroad.
    pub(crate) const fn monthly(&self) -> Money {
        match self {
            Self::Business(business) => business.income,
            Self::Employment(employment) => employment.wage,
            Self::Placement(_) => Money::ZERO,
        }
    }
}

impl Business {
    /// The sector of the first occupation.
    pub(crate) fn sector(&self) -> Sector {
        self.occupations
            .first()
            .map_or(Sector::Other, |it| it.sector)
    }
}

impl Placement {
    /// JKK and JKM always, JHT where he saves.
    pub(crate) const fn programmes(&self) -> &'static [Programme] {
        match self.jht_monthly {
            Some(_) => &[Programme::Jkk, Programme::Jkm, Programme::Jht],
            None => &[Programme::Jkk, Programme::Jkm],
        }
    }
}
