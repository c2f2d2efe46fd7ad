//! What a membership rests on: the business of somebody without a wage, or work for an employer.

use crate::{
    money::Money,
    scheme::{BpuCategory, Programme, Sector, Segment},
};

/// What a membership rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// BPU.
    Business(Business),
    /// PU.
    Employment(Employment),
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

impl Work {
    pub(crate) const fn segment(&self) -> Segment {
        match self {
            Self::Business(_) => Segment::Bpu,
            Self::Employment(_) => Segment::Pu,
        }
    }

    pub(crate) fn programmes(&self) -> &[Programme] {
        match self {
            Self::Business(business) => &business.programmes,
            Self::Employment(employment) => &employment.programmes,
        }
    }

    /// The income or the wage of a month.
    pub(crate) const fn monthly(&self) -> Money {
        match self {
            Self::Business(business) => business.income,
            Self::Employment(employment) => employment.wage,
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
