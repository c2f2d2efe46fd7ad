//! The paper by which somebody is known: the number on his e-KTP or, where he is a foreigner, his passport.

use std::fmt;

use chrono::NaiveDate;

use super::{Nik, Sex, Warning};
use crate::seal::{Broken, Datum, Seal};

/// The countries that give passports to foreigners (ISO 3166-1 alpha-2), all but Indonesia: whoever is Indonesian has a NIK.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH \
    GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA \
    PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH \
    TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// A foreigner's passport. Hides itself from logs.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Passport(String);

/// Why a passport is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MalformedPassport {
    #[error("must be the two capitals of a country (ISO 3166-1), and not Indonesia")]
    Country,
    #[error("must be 6 to 9 letters and digits")]
    Number,
}

impl Passport {
    /// Reads a passport. Small letters in its number are the same as capitals.
    pub(crate) fn parse(country: &str, number: &str) -> Result<Self, MalformedPassport> {
        if country.len() != 2 || !COUNTRIES.split_whitespace().any(|it| it == country) {
            return Err(MalformedPassport::Country);
        }
        let fits = number.bytes().all(|it| it.is_ascii_alphanumeric());
        if !fits || !(6..=9).contains(&number.len()) {
            return Err(MalformedPassport::Number);
        }
        Ok(Self(format!("{country} {}", number.to_ascii_uppercase())))
    }

    fn reopened(text: &str) -> Option<Self> {
        let (country, number) = text.split_once(' ')?;
        Self::parse(country, number).ok()
    }

    /// The country, and the last two signs.
    fn masked(&self) -> String {
        format!("{} ••••{}", &self.0[..2], &self.0[self.0.len() - 2..])
    }
}

impl fmt::Debug for Passport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passport(hidden)")
    }
}

/// The paper by which somebody is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// The number on the e-KTP.
    Nik(Nik),
    /// A foreigner's.
    Passport(Passport),
}

/// The name under which it is stored that somebody has a passport.
const PASSPORT: &str = "passport";

/// Whether the stored kind of a document is a foreigner's.
pub(crate) fn is_passport(kind: &str) -> bool {
    kind == PASSPORT
}

impl Document {
    /// The name that its kind is stored under.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Nik(_) => "nik",
            Self::Passport(_) => PASSPORT,
        }
    }

    const fn datum(&self) -> Datum {
        match self {
            Self::Nik(_) => Datum::Nik,
            Self::Passport(_) => Datum::Passport,
        }
    }

    /// What is written there, as it is compared; a passport's with its country.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Nik(nik) => nik.text(),
            Self::Passport(passport) => &passport.0,
        }
    }

    /// What it is looked up by. A NIK and a passport never meet.
    pub(crate) fn digest(&self, seal: &Seal) -> Vec<u8> {
        seal.digest(self.datum(), self.text())
    }

    /// Sealed for `owner`.
    pub(crate) fn sealed(&self, seal: &Seal, owner: uuid::Uuid) -> Vec<u8> {
        seal.seal(self.datum(), owner, self.text())
    }

    /// Opens what was sealed for `owner`; none where it is not what its kind says.
    pub(crate) fn open(
        seal: &Seal,
        kind: &str,
        owner: uuid::Uuid,
        sealed: &[u8],
    ) -> Result<Option<Self>, Broken> {
        if is_passport(kind) {
            let text = seal.open(Datum::Passport, owner, sealed)?;
            return Ok(Passport::reopened(&text).map(Self::Passport));
        }
        let text = seal.open(Datum::Nik, owner, sealed)?;
        Ok(Nik::parse(&text).ok().map(Self::Nik))
    }

    /// The NIK, by which alone the register knows people.
    pub(crate) const fn nik(&self) -> Option<&Nik> {
        match self {
            Self::Nik(nik) => Some(nik),
            Self::Passport(_) => None,
        }
    }

    /// Mostly hidden.
    pub(crate) fn masked(&self) -> String {
        match self {
            Self::Nik(nik) => nik.masked(),
            Self::Passport(passport) => passport.masked(),
        }
    }

    /// The birth date that it states.
    pub(crate) fn birth_date(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.nik().and_then(|it| it.birth_date(today))
    }

    /// The sex that it states.
    pub(crate) fn sex(&self) -> Option<Sex> {
        self.nik().and_then(Nik::sex)
    }

    /// What is unusual about it.
    pub(crate) fn warnings(&self, stated: Option<NaiveDate>, today: NaiveDate) -> Vec<Warning> {
        let nik = self.nik();
        nik.map_or_else(Vec::new, |it| it.warnings(stated, today))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passport_is_of_another_country_and_six_to_nine_signs_long() {
        let country = Err(MalformedPassport::Country);
        for wrong in ["", "ID", "XX", "us", "A", "US SG", "E AF"] {
            assert_eq!(Passport::parse(wrong, "A1234567"), country, "{wrong}");
        }
        for wrong in ["", "A1234", "A123456789", "A12 4567", "Ä1234567"] {
            let number = Err(MalformedPassport::Number);
            assert_eq!(Passport::parse("SG", wrong), number, "{wrong}");
        }
        assert!(Passport::parse("SG", "A12345").is_ok());
        assert!(Passport::parse("SG", "A12345678").is_ok());
    }

    #[test]
    fn letters_are_compared_as_capitals_and_most_of_them_are_hidden() {
        let small = Passport::parse("SG", "k1234567e").expect("a passport");
        assert_eq!(Passport::parse("SG", "K1234567E"), Ok(small.clone()));
        assert_eq!(small.masked(), "SG ••••7E");
        assert_eq!(format!("{small:?}"), "Passport(hidden)");
    }

    #[test]
    fn a_document_opens_as_what_it_was_sealed_as_and_nothing_else() {
        let (seal, owner) = (Seal::ephemeral(), uuid::Uuid::now_v7());
        let passport = Passport::parse("SG", "K1234567E").expect("a passport");
        let passport = Document::Passport(passport);
        let sealed = passport.sealed(&seal, owner);
        let opened = Document::open(&seal, passport.kind(), owner, &sealed);
        assert_eq!(opened.expect("it opens"), Some(passport));
        assert!(Document::open(&seal, "nik", owner, &sealed).is_err());
    }
}
