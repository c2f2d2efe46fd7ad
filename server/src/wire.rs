//! The words of the contract and ours: what many features read and speak.

mod fields;

pub(crate) use fields::{
    AMOUNT_MAX_IDR, count, document, income, is_word, programmes, reason, words,
};

use jamsostek_proto::v1 as wire;

use crate::{
    identity::{IdentityState, Sex, Warning},
    policy::Reference,
    scheme::{BpuCategory, Programme, RiskClass, Route, Scale, Sector, Segment},
};

impl From<Programme> for wire::Programme {
    fn from(programme: Programme) -> Self {
        match programme {
            Programme::Jkk => Self::Jkk,
            Programme::Jkm => Self::Jkm,
            Programme::Jht => Self::Jht,
            Programme::Jp => Self::Jp,
            Programme::Jkp => Self::Jkp,
        }
    }
}

impl From<IdentityState> for wire::IdentityState {
    fn from(state: IdentityState) -> Self {
        match state {
            IdentityState::Declared => Self::Declared,
            IdentityState::Matched => Self::Matched,
            IdentityState::Refused => Self::Refused,
            IdentityState::Pending => Self::Pending,
            IdentityState::Vouched => Self::Vouched,
            IdentityState::Unverified => Self::Unverified,
        }
    }
}

/// Reads a programme; unspecified and unknown numbers are none.
pub(crate) fn programme(number: i32) -> Option<Programme> {
    match wire::Programme::try_from(number).ok()? {
        wire::Programme::Unspecified => None,
        wire::Programme::Jkk => Some(Programme::Jkk),
        wire::Programme::Jkm => Some(Programme::Jkm),
        wire::Programme::Jht => Some(Programme::Jht),
        wire::Programme::Jp => Some(Programme::Jp),
        wire::Programme::Jkp => Some(Programme::Jkp),
    }
}

impl From<Segment> for wire::Segment {
    fn from(segment: Segment) -> Self {
        match segment {
            Segment::Pu => Self::Pu,
            Segment::Bpu => Self::Bpu,
            Segment::Pmi => Self::Pmi,
        }
    }
}

impl From<Route> for wire::Route {
    fn from(route: Route) -> Self {
        match route {
            Route::Agency => Self::Agency,
            Route::Individual => Self::Individual,
        }
    }
}

/// Reads a route; unspecified and unknown numbers are none.
pub(crate) fn route(number: i32) -> Option<Route> {
    match wire::Route::try_from(number).ok()? {
        wire::Route::Unspecified => None,
        wire::Route::Agency => Some(Route::Agency),
        wire::Route::Individual => Some(Route::Individual),
    }
}

impl From<Sector> for wire::Sector {
    fn from(sector: Sector) -> Self {
        match sector {
            Sector::Transport => Self::Transport,
            Sector::Trade => Self::Trade,
            Sector::Agriculture => Self::Agriculture,
            Sector::Fishery => Self::Fishery,
            Sector::Craft => Self::Craft,
            Sector::Services => Self::Services,
            Sector::Other => Self::Other,
        }
    }
}

/// Reads a sector; unspecified and unknown numbers are none.
pub(crate) fn sector(number: i32) -> Option<Sector> {
    match wire::Sector::try_from(number).ok()? {
        wire::Sector::Unspecified => None,
        wire::Sector::Transport => Some(Sector::Transport),
        wire::Sector::Trade => Some(Sector::Trade),
        wire::Sector::Agriculture => Some(Sector::Agriculture),
        wire::Sector::Fishery => Some(Sector::Fishery),
        wire::Sector::Craft => Some(Sector::Craft),
        wire::Sector::Services => Some(Sector::Services),
        wire::Sector::Other => Some(Sector::Other),
    }
}

impl From<BpuCategory> for wire::BpuCategory {
    fn from(category: BpuCategory) -> Self {
        match category {
            BpuCategory::SelfEmployed => Self::SelfEmployed,
            BpuCategory::Owner => Self::Owner,
            BpuCategory::Other => Self::Other,
        }
    }
}

impl From<RiskClass> for wire::RiskClass {
    fn from(class: RiskClass) -> Self {
        match class {
            RiskClass::VeryLow => Self::VeryLow,
            RiskClass::Low => Self::Low,
            RiskClass::Medium => Self::Medium,
            RiskClass::High => Self::High,
            RiskClass::VeryHigh => Self::VeryHigh,
        }
    }
}

/// Reads a risk class; unspecified and unknown numbers are none.
pub(crate) fn risk_class(number: i32) -> Option<RiskClass> {
    match wire::RiskClass::try_from(number).ok()? {
        wire::RiskClass::Unspecified => None,
        wire::RiskClass::VeryLow => Some(RiskClass::VeryLow),
        wire::RiskClass::Low => Some(RiskClass::Low),
        wire::RiskClass::Medium => Some(RiskClass::Medium),
        wire::RiskClass::High => Some(RiskClass::High),
        wire::RiskClass::VeryHigh => Some(RiskClass::VeryHigh),
    }
}

impl From<Scale> for wire::Scale {
    fn from(scale: Scale) -> Self {
        match scale {
            Scale::Micro => Self::Micro,
            Scale::Small => Self::Small,
            Scale::Medium => Self::Medium,
            Scale::Large => Self::Large,
        }
    }
}

/// Reads a scale; unspecified and unknown numbers are none.
pub(crate) fn scale(number: i32) -> Option<Scale> {
    match wire::Scale::try_from(number).ok()? {
        wire::Scale::Unspecified => None,
        wire::Scale::Micro => Some(Scale::Micro),
        wire::Scale::Small => Some(Scale::Small),
        wire::Scale::Medium => Some(Scale::Medium),
        wire::Scale::Large => Some(Scale::Large),
    }
}

/// Reads a category; unspecified counts as self-employed, unknown numbers are none.
pub(crate) fn category(number: i32) -> Option<BpuCategory> {
    match wire::BpuCategory::try_from(number).ok()? {
        wire::BpuCategory::Unspecified | wire::BpuCategory::SelfEmployed => {
            Some(BpuCategory::SelfEmployed)
        }
        wire::BpuCategory::Owner => Some(BpuCategory::Owner),
        wire::BpuCategory::Other => Some(BpuCategory::Other),
    }
}

impl From<Warning> for wire::NikWarning {
    fn from(warning: Warning) -> Self {
        match warning {
            Warning::UnknownProvince => Self::UnknownProvince,
            Warning::EmptyDistrict => Self::EmptyDistrict,
            Warning::NoSuchDay => Self::NoSuchDay,
            Warning::EmptySerial => Self::EmptySerial,
            Warning::BirthDateDisagrees => Self::BirthDateDisagrees,
        }
    }
}

impl From<Sex> for wire::Sex {
    fn from(sex: Sex) -> Self {
        match sex {
            Sex::Female => Self::Female,
            Sex::Male => Self::Male,
        }
    }
}

impl From<Reference> for wire::Reference {
    fn from(reference: Reference) -> Self {
        Self {
            title: reference.title,
            href: reference.href,
        }
    }
}

/// Stored warnings, as the contract names them.
pub(crate) fn warnings(stored: &str) -> Vec<i32> {
    stored
        .split(',')
        .filter_map(Warning::from_code)
        .map(|it| wire::NikWarning::from(it).into())
        .collect()
}
