//! Countries, by their two letters of ISO 3166-1.

use std::fmt;

/// All 249 of them, as tzdata's `iso3166.tab` lists them (compared on 2026-11-23).
const CODES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ \
    BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM \
    DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS \
    GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ \
    MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM \
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV \
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI \
    VN VU WF WS YE YT ZA ZM ZW";

/// A country.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct Country([u8; 2]);

/// A text that names no country.
#[derive(Debug, thiserror::Error)]
#[error("must be two capitals of ISO 3166-1, such as TW")]
pub(crate) struct NoCountry;

impl Country {
    /// Indonesia.
    pub(crate) const HOME: Self = Self(*b"ID");

    /// The country that goes by these two letters.
    pub(crate) fn parse(text: &str) -> Result<Self, NoCountry> {
        let known = CODES.split_whitespace().find(|it| *it == text);
        match known.map(str::as_bytes) {
            Some(&[one, two]) => Ok(Self([one, two])),
            _ => Err(NoCountry),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, two] = self.0.map(char::from);
        write!(f, "{one}{two}")
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.to_string()
    }
}

impl TryFrom<String> for Country {
    type Error = NoCountry;

    fn try_from(text: String) -> Result<Self, NoCountry> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_list_has_is_a_country() {
        let codes: Vec<_> = CODES.split_whitespace().collect();
        assert_eq!(codes.len(), 249);
        assert!(codes.is_sorted_by(|one, next| one < next));
        for code in codes {
            assert_eq!(Country::parse(code).expect("a country").to_string(), code);
        }
        assert_eq!(Country::parse("ID").expect("Indonesia"), Country::HOME);
        for text in ["", "T", "tw", "TWN", "XX", "T W", "AD AE"] {
            assert!(Country::parse(text).is_err(), "{text}");
        }
    }
}
