use std::fmt;

use chrono::{Datelike, NaiveDate};

/// The provinces of NIKs (Kemendagri's codes, which differ from the statistics office's for Papua). 54 is Timor Timur, on old cards.
const PROVINCES: [u8; 39] = [
    11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 31, 32, 33, 34, 35, 36, 51, 52, 53, 54, 61, 62, 63, 64,
    65, 71, 72, 73, 74, 75, 76, 81, 82, 91, 92, 93, 94, 95, 96,
];
/// Titles that the register leaves out of names.
const TITLES: [&str; 17] = [
    "DR", "DRS", "DRA", "IR", "PROF", "H", "HJ", "SE", "SH", "ST", "SKOM", "SPD", "SIP", "SSOS",
    "MM", "MH", "MSI",
];
/// The ages between which a NIK's two-digit year is read (decision C1).
const AGES: std::ops::RangeInclusive<i32> = 15..=100;
const NAME_LENGTH_MAX: usize = 100;

/// The number on the e-KTP. Hides itself from logs.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Nik(String);

/// A name as told. Hides itself from logs.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct FullName(String);

/// The sex a NIK states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sex {
    Female,
    Male,
}

/// What is unusual about a NIK. None of it makes it wrong: the number stays for life even when the birth date is corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Warning {
    UnknownProvince,
    EmptyDistrict,
    NoSuchDay,
    EmptySerial,
    BirthDateDisagrees,
}

/// Why a text is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("must be 16 digits, not all zero")]
    Nik,
    #[error("must be a name of 2 to 100 letters, spaces, dots, commas, hyphens or apostrophes")]
    Name,
}

impl Nik {
    /// Reads a NIK: 16 digits, not all zero. Everything else about it is a warning.
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        let digits = text.len() == 16 && text.bytes().all(|it| it.is_ascii_digit());
        if digits && text.bytes().any(|it| it != b'0') {
            return Ok(Self(text.to_owned()));
        }
        Err(Malformed::Nik)
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The first six digits, which only say where it was issued, and the last two.
    pub(crate) fn masked(&self) -> String {
        format!("{}••••••••{}", &self.0[..6], &self.0[14..])
    }

    fn pair(&self, at: usize) -> u8 {
        self.0[at..at + 2].parse().expect("a NIK is digits")
    }

    /// The sex that the day states: women's days are 41 to 71.
    pub(crate) fn sex(&self) -> Option<Sex> {
        match self.pair(6) {
            1..=31 => Some(Sex::Male),
            41..=71 => Some(Sex::Female),
            _ => None,
        }
    }

    /// The birth date that it states, in the century that makes the person 15 to 100 years old on `today`.
    pub(crate) fn birth_date(&self, today: NaiveDate) -> Option<NaiveDate> {
        let day = match self.pair(6) {
            day @ 1..=31 => day,
            day @ 41..=71 => day - 40,
            _ => return None,
        };
        [2000, 1900].into_iter().find_map(|century| {
            let year = century + i32::from(self.pair(10));
            NaiveDate::from_ymd_opt(year, self.pair(8).into(), day.into())
                .filter(|it| AGES.contains(&completed_years(*it, today)))
        })
    }

    /// What is unusual about it, the stated birth date included.
    pub(crate) fn warnings(&self, stated: Option<NaiveDate>, today: NaiveDate) -> Vec<Warning> {
        let derived = self.birth_date(today);
        let found = [
            (!PROVINCES.contains(&self.pair(0)), Warning::UnknownProvince),
            (
                self.pair(2) == 0 || self.pair(4) == 0,
                Warning::EmptyDistrict,
            ),
            (derived.is_none(), Warning::NoSuchDay),
            (self.0.ends_with("0000"), Warning::EmptySerial),
            (
                stated.is_some() && derived.is_some() && stated != derived,
                Warning::BirthDateDisagrees,
            ),
        ];
        found.into_iter().filter(|it| it.0).map(|it| it.1).collect()
    }
}

impl FullName {
    /// Reads a name: trimmed, single spaces.
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let plain = |it: char| it.is_alphabetic() || " .,'’-".contains(it);
        let letters = name.chars().filter(|it| it.is_alphabetic()).count();
        if letters < 2 || name.chars().count() > NAME_LENGTH_MAX || !name.chars().all(plain) {
            return Err(Malformed::Name);
        }
        Ok(Self(name))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// A name without what the register leaves out: upper case, single spaces, no titles, no punctuation (decision C1).
pub(crate) fn agreed_name(name: &str) -> String {
    let upper = name.to_uppercase();
    // A degree behind a comma ("S.E.") is a title once its dots are gone.
    let words = upper
        .split_whitespace()
        .map(|word| {
            word.chars()
                .filter(|it| it.is_alphabetic())
                .collect::<String>()
        })
        .filter(|word| !word.is_empty() && !TITLES.contains(&word.as_str()));
    words.collect::<Vec<_>>().join(" ")
}

/// Completed years of age on `day`; somebody born on 29 February has the birthday on 1 March in common years (decision C11).
pub(crate) fn completed_years(born: NaiveDate, day: NaiveDate) -> i32 {
    let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
    day.year() - born.year() - i32::from(!had_birthday)
}

impl fmt::Debug for Nik {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Nik(hidden)")
    }
}

impl fmt::Debug for FullName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FullName(hidden)")
    }
}

macro_rules! codes {
    ($kind:ident: $($variant:ident = $code:literal),+) => {
        impl $kind {
            /// The name it is stored under.
            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Reads the name it is stored under.
            pub(crate) fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
codes!(Sex: Female = "female", Male = "male");
codes!(Warning: UnknownProvince = "unknown_province", EmptyDistrict = "empty_district", NoSuchDay = "no_such_day",
    EmptySerial = "empty_serial", BirthDateDisagrees = "birth_date_disagrees");

/// The day on which somebody completes `years`; who was born on 29 February does so on 1 March in common years (C11).
pub(crate) fn birthday(born: NaiveDate, years: u32) -> NaiveDate {
    let year = born.year() + years.cast_signed();
    born.with_year(year)
        .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
        .expect("days stay within the years that a calendar can write")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn nik(text: &str) -> Nik {
        Nik::parse(text).expect("a NIK")
    }

    #[test]
    fn only_sixteen_digits_not_all_zero_are_a_hard_rule() {
        for wrong in [
            "",
            "317401250590000",
            "31740125059000011",
            "317401250590000x",
            "0000000000000000",
        ] {
            assert_eq!(Nik::parse(wrong), Err(Malformed::Nik), "{wrong}");
        }
        assert!(Nik::parse("0000000000000001").is_ok());
    }

    /// Vector 49 of the field's rules.
    #[test]
    fn day_55_is_a_woman_born_on_the_15th() {
        let it = nik("3174015502900001");
        assert_eq!(it.sex(), Some(Sex::Female));
        assert_eq!(it.birth_date(day("2026-03-01")), Some(day("1990-02-15")));
        assert!(it.warnings(None, day("2026-03-01")).is_empty());
    }

    #[test]
    fn the_century_makes_the_person_fifteen_to_a_hundred() {
        let today = day("2026-03-01");
        assert_eq!(
            nik("3174010103110001").birth_date(today),
            Some(day("2011-03-01"))
        );
        assert_eq!(nik("3174010203110001").birth_date(today), None);
        assert_eq!(
            nik("3174010103260001").birth_date(today),
            Some(day("1926-03-01"))
        );
    }

    #[test]
    fn everything_unusual_is_a_warning_and_all_are_told() {
        let warnings = nik("9900003013900000").warnings(None, day("2026-03-01"));
        assert_eq!(
            warnings,
            [
                Warning::UnknownProvince,
                Warning::EmptyDistrict,
                Warning::NoSuchDay,
                Warning::EmptySerial
            ]
        );
        let stated = Some(day("1990-05-26"));
        assert_eq!(
            nik("3174012505900001").warnings(stated, day("2026-03-01")),
            [Warning::BirthDateDisagrees]
        );
    }

    #[test]
    fn names_agree_whatever_their_case_spaces_titles_and_points() {
        let left = agreed_name("Drs. H.  Budi   Santoso, S.E.");
        assert_eq!(left, "BUDI SANTOSO");
        assert_ne!(left, agreed_name("Budi Santosa"));
    }

    #[test]
    fn a_birthday_on_29_february_is_on_1_march_in_common_years() {
        let born = day("2000-02-29");
        assert_eq!(completed_years(born, day("2026-02-28")), 25);
        assert_eq!(completed_years(born, day("2026-03-01")), 26);
        assert_eq!(completed_years(born, day("2028-02-29")), 28);
    }
}
