//! The words of the scheme that every feature shares, with the names they are stored under.

/// A programme of the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Programme {
    /// Work accident (Jaminan Kecelakaan Kerja).
    Jkk,
    /// Death (Jaminan Kematian).
    Jkm,
    /// Old age (Jaminan Hari Tua).
    Jht,
    /// Pension (Jaminan Pensiun); employees only.
    Jp,
    /// Loss of employment (Jaminan Kehilangan Pekerjaan); employees only.
    Jkp,
}

impl Programme {
    /// Every programme, in the order of the contract.
    pub(crate) const ALL: [Self; 5] = [Self::Jkk, Self::Jkm, Self::Jht, Self::Jp, Self::Jkp];

    /// The name it is stored under.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Jkk => "jkk",
            Self::Jkm => "jkm",
            Self::Jht => "jht",
            Self::Jp => "jp",
            Self::Jkp => "jkp",
        }
    }

    /// The programme stored under `code`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// A segment of participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Employees of an employer (Penerima Upah).
    Pu,
    /// People without a wage (Bukan Penerima Upah).
    Bpu,
    /// Migrant workers (Pekerja Migran Indonesia).
    Pmi,
}

impl Segment {
    /// Every segment, in the order of the contract.
    pub(crate) const ALL: [Self; 3] = [Self::Pu, Self::Bpu, Self::Pmi];

    /// The name it is stored under.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Pu => "pu",
            Self::Bpu => "bpu",
            Self::Pmi => "pmi",
        }
    }

    /// The segment stored under `code`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// How a migrant worker goes abroad.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Route {
    /// Placed by an agency.
    Agency,
    /// By himself.
    Individual,
}

/// What a self-employed person does.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sector {
    /// Carrying people or goods.
    Transport,
    /// Buying and selling.
    Trade,
    /// Growing and raising.
    Agriculture,
    /// Fishing.
    Fishery,
    /// Making things by hand.
    Craft,
    /// Serving people.
    Services,
    /// Anything else.
    Other,
}

impl Sector {
    #[cfg(test)]
    /// Every sector, in the order of the contract.
    pub(crate) const ALL: [Self; 7] = [
        Self::Transport,
        Self::Trade,
        Self::Agriculture,
        Self::Fishery,
        Self::Craft,
        Self::Services,
        Self::Other,
    ];

    /// The name it is stored under.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Trade => "trade",
            Self::Agriculture => "agriculture",
            Self::Fishery => "fishery",
            Self::Craft => "craft",
            Self::Services => "services",
            Self::Other => "other",
        }
    }
}

/// Which person without a wage somebody is (PP 49/2023, article 5(3)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum BpuCategory {
    /// Works outside an employment relation, or for himself.
    SelfEmployed,
    /// Employs others.
    Owner,
    /// Any other person who works without a wage.
    Other,
}

impl BpuCategory {
    /// Every category, in the order of the contract.
    pub(crate) const ALL: [Self; 3] = [Self::SelfEmployed, Self::Owner, Self::Other];

    /// The name it is stored under.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::SelfEmployed => "self_employed",
            Self::Owner => "owner",
            Self::Other => "other",
        }
    }

    /// The category stored under `code`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// How dangerous the work at an employer is (PP 44/2015, article 16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum RiskClass {
    /// Group I.
    VeryLow,
    /// Group II.
    Low,
    /// Group III.
    Medium,
    /// Group IV.
    High,
    /// Group V.
    VeryHigh,
}

impl RiskClass {
    /// Every class, in the order of the contract.
    pub(crate) const ALL: [Self; 5] = [
        Self::VeryLow,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::VeryHigh,
    ];

    /// The name it is stored under.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::VeryLow => "very_low",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::VeryHigh => "very_high",
        }
    }

    /// The class stored under `code`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// How large an employer is, by capital or sales (PP 7/2021); declared, and checked by an officer (C31).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Scale {
    /// The smallest.
    Micro,
    /// Above micro.
    Small,
    /// Above small.
    Medium,
    /// Above medium.
    Large,
}

impl Scale {
    /// Every scale, in the order of the contract.
    pub(crate) const ALL: [Self; 4] = [Self::Micro, Self::Small, Self::Medium, Self::Large];

    /// The name it is stored under.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Micro => "micro",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// The scale stored under `code`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// Whose money a contribution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Payer {
    /// Borne by the employer.
    Employer,
    /// Taken out of the worker's wage.
    Worker,
}

#[cfg_attr(not(test), expect(dead_code, reason = "used when a month is billed"))]
impl Payer {
    /// Both, in the order of the contract.
    pub(crate) const ALL: [Self; 2] = [Self::Employer, Self::Worker];

    /// The name it is stored under.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Employer => "employer",
            Self::Worker => "worker",
        }
    }

    /// Who is stored under `code`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back() {
        for it in Programme::ALL {
            assert_eq!(Programme::from_code(it.code()), Some(it));
        }
        for it in Sector::ALL {
            assert_eq!(
                serde_json::to_string(&it).ok(),
                Some(format!("\"{}\"", it.code()))
            );
        }
        for it in Segment::ALL {
            assert_eq!(Segment::from_code(it.code()), Some(it));
        }
        for it in BpuCategory::ALL {
            assert_eq!(BpuCategory::from_code(it.code()), Some(it));
        }
        for it in RiskClass::ALL {
            assert_eq!(RiskClass::from_code(it.code()), Some(it));
        }
        for it in Scale::ALL {
            assert_eq!(Scale::from_code(it.code()), Some(it));
        }
        for it in Payer::ALL {
            assert_eq!(Payer::from_code(it.code()), Some(it));
        }
        assert_eq!(Programme::from_code("JKK"), None);
        assert_eq!(RiskClass::from_code("very low"), None);
        assert_eq!(Scale::from_code(""), None);
        assert_eq!(Payer::from_code("state"), None);
    }
}
