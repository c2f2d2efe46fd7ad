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
        for it in BpuCategory::ALL {
            assert_eq!(BpuCategory::from_code(it.code()), Some(it));
        }
        assert_eq!(Programme::from_code("JKK"), None);
    }
}
