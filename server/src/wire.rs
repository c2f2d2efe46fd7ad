//! The words of the contract and ours: what many features read and speak.

use jamsostek_proto::v1 as wire;

use crate::{
    identity::{Document, IdentityState, MalformedPassport, Nik, Passport, Sex, Warning},
    money::Money,
    policy::Reference,
    refusal::Fields,
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

/// A number that counts nothing.
#[derive(Debug, thiserror::Error)]
#[error("must not be below zero")]
pub(crate) struct NoCount;

/// Reads how many there are of something.
pub(crate) fn count(number: i32) -> Result<u32, NoCount> {
    u32::try_from(number).map_err(|_| NoCount)
}

/// No single amount of this scheme comes near; sums of such amounts still fit.
pub(crate) const AMOUNT_MAX_IDR: i64 = 1_000_000_000_000;

/// Reads an income: above zero (decision C37).
pub(crate) fn income(fields: &mut Fields, field: &str, income_idr: i64) -> Option<Money> {
    if (1..=AMOUNT_MAX_IDR).contains(&income_idr) {
        return Some(Money::new(income_idr));
    }
    fields.reject(field, "must be 1 to 1,000,000,000,000 rupiah");
    None
}

/// Reads programmes: known ones, each once.
pub(crate) fn programmes(
    fields: &mut Fields,
    field: &str,
    numbers: &[i32],
) -> Option<Vec<Programme>> {
    let programmes: Option<Vec<_>> = numbers.iter().map(|it| programme(*it)).collect();
    let mut programmes = programmes.filter(|it| !it.is_empty());
    match &mut programmes {
        None => fields.reject(field, "must name programmes of the contract"),
        Some(known) => {
            known.sort_unstable();
            known.dedup();
            if known.len() != numbers.len() {
                fields.reject(field, "must name each programme once");
                return None;
            }
        }
    }
    programmes
}

/// Reads the one paper by which somebody is known: a NIK or, in its place, a foreigner's passport.
pub(crate) fn document(
    fields: &mut Fields,
    nik: &str,
    passport: Option<wire::Passport>,
) -> Option<Document> {
    let Some(passport) = passport else {
        return fields.take("nik", Nik::parse(nik)).map(Document::Nik);
    };
    if !nik.is_empty() {
        fields.reject("passport", "must be left out where a NIK is told");
        return None;
    }
    let read = Passport::parse(&passport.country, &passport.number);
    let field = match read {
        Err(MalformedPassport::Country) => "passport.country",
        Err(MalformedPassport::Number) | Ok(_) => "passport.number",
    };
    fields.take(field, read).map(Document::Passport)
}

/// Reads a reason that somebody gives: one line.
pub(crate) fn reason(fields: &mut Fields, field: &str, reason: &str) -> String {
    let reason = reason.trim();
    let length = reason.chars().count();
    if !(3..=500).contains(&length) || reason.chars().any(char::is_control) {
        fields.reject(field, "must say why, in one line of 3 to 500 letters");
    }
    reason.to_owned()
}

/// Reads what something is called: one line of 2 to 100 letters, with single blanks.
pub(crate) fn words(fields: &mut Fields, field: &str, text: &str) -> Option<String> {
    let words: Vec<_> = text.split_whitespace().collect();
    let words = words.join(" ");
    let fits = (2..=100).contains(&words.chars().count()) && !words.chars().any(char::is_control);
    if !fits {
        fields.reject(field, "must be 2 to 100 letters");
    }
    fits.then_some(words)
}

/// Whether a text is a name that somebody else gives things: letters, digits, and some signs besides.
pub(crate) fn is_word(text: &str, length_max: usize, besides: &[u8]) -> bool {
    (1..=length_max).contains(&text.len())
        && text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || besides.contains(&it))
}
