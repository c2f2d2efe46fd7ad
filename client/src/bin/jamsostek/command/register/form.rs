//! Who somebody is, and what a person without a wage is asked (BPU); what can be given instead.

use clap::{Args, ValueEnum};
use jamsostek_client::{
    BpuCategory, Employment, Occupation, Programme as WireProgramme, Sector as WireSector,
    v1::Passport,
};

use crate::{
    ask::{self, Ask},
    failure::Failure,
    words::{Category, Programme, Sector},
};

/// Who it is.
#[derive(Args, Default)]
#[command(next_help_heading = "Who it is")]
pub(crate) struct Person {
    /// The NIK on the e-KTP: 16 digits
    #[arg(long, env = "JAMSOSTEK_NIK", hide_env_values = true)]
    nik: Option<String>,
    /// A foreigner's passport, in place of the NIK (--segment pu)
    #[arg(
        long,
        env = "JAMSOSTEK_PASSPORT",
        hide_env_values = true,
        value_name = "NUMBER",
        conflicts_with = "nik",
        requires = "passport_country"
    )]
    passport: Option<String>,
    /// The country that gave it, by its two capitals, such as SG
    #[arg(long, value_name = "CODE", requires = "passport")]
    passport_country: Option<String>,
    /// The full name as on the e-KTP or passport
    #[arg(long, env = "JAMSOSTEK_NAME", hide_env_values = true)]
    name: Option<String>,
    /// An e-mail address, or a mobile number as +628…
    #[arg(long, env = "JAMSOSTEK_CONTACT", hide_env_values = true)]
    contact: Option<String>,
    /// The birth date, as YYYY-MM-DD, where it is not the NIK's
    #[arg(
        long,
        env = "JAMSOSTEK_BIRTH_DATE",
        hide_env_values = true,
        value_name = "DAY"
    )]
    pub(super) birth_date: Option<String>,
    /// The mother's maiden name, for the register to compare
    #[arg(
        long,
        env = "JAMSOSTEK_MOTHER_NAME",
        hide_env_values = true,
        value_name = "NAME"
    )]
    pub(super) mother_name: Option<String>,
    /// The person has read and accepts the terms
    #[arg(long)]
    consent: bool,
}

/// What the person works as, earns and chooses.
#[derive(Args, Default)]
#[command(next_help_heading = "The work (--segment bpu)")]
pub(crate) struct Work {
    /// What the person does, in his own words; up to two
    #[arg(long, value_name = "TITLE")]
    occupation: Vec<String>,
    /// The sector; one, or one for each occupation
    #[arg(long)]
    sector: Vec<Sector>,
    /// Which person without a wage it is; self-employed otherwise
    #[arg(long)]
    category: Option<Category>,
    /// The monthly income, in whole rupiah
    #[arg(long, value_name = "RUPIAH")]
    income: Option<i64>,
    /// The programmes; jkk,jkm,jht otherwise
    #[arg(long, value_delimiter = ',')]
    programmes: Vec<Programme>,
    /// How many months are paid at once: 1, 3, 6 or 12; 1 otherwise
    #[arg(long)]
    months: Option<i32>,
    /// The contributions are paid out of the State's budget
    #[arg(long)]
    paid_by_state: bool,
}

/// The first form, filled.
pub(super) struct FilledPerson {
    pub(super) nik: String,
    pub(super) passport: Option<Passport>,
    pub(super) name: String,
    pub(super) contact: String,
    pub(super) birth_date: String,
    pub(super) consent: bool,
}

impl Person {
    pub(super) fn filled(self) -> Result<FilledPerson, Failure> {
        let mut ask = Ask::default();
        let passport = self.passport.zip(self.passport_country);
        let nik = match passport {
            Some(_) => String::new(),
            None => ask.need(self.nik, "--nik", "NIK, the 16 digits on the e-KTP")?,
        };
        let name = ask.need(self.name, "--name", "Full name as on the e-KTP")?;
        let contact = ask.need(
            self.contact,
            "--contact",
            "E-mail address, or mobile number as +628…",
        )?;
        ask.done()?;
        let consent = self.consent
            || ask::agrees("Has the person read the terms of the scheme, and accepts them?")?;
        if !consent {
            return Err(Failure::usage(
                "Without consent nobody is registered.",
                "Say that the person has read and accepts the terms with --consent.",
            ));
        }
        Ok(FilledPerson {
            nik,
            passport: passport.map(|(number, country)| Passport { country, number }),
            name,
            contact,
            birth_date: self.birth_date.unwrap_or_default(),
            consent,
        })
    }
}

impl Work {
    /// Something of it was given.
    pub(super) fn is_told(&self) -> bool {
        let lists = self.occupation.len() + self.sector.len() + self.programmes.len() > 0;
        let others = self.category.is_some() || self.months.is_some() || self.paid_by_state;
        lists || others || self.income.is_some()
    }

    /// The form as the contract has it; `None` where nothing was given and nobody can be asked. What is told anew is told whole.
    pub(super) fn filled(mut self, mother_name: String) -> Result<Option<Employment>, Failure> {
        if !self.is_told() && !ask::is_there() {
            return Ok(None);
        }
        let mut ask = Ask::default();
        if self.occupation.is_empty() {
            let title = ask.need(None, "--occupation", "What does the person do")?;
            self.occupation.push(title);
        }
        let sector = self.sector.first().copied();
        let question = format!("Sector ({})", choices::<Sector>());
        let sector = ask.need_as(sector, "--sector", &question, |it| {
            Sector::from_str(it, true)
        })?;
        let income = ask.need_as(self.income, "--income", "Monthly income in rupiah", amount)?;
        ask.done()?;
        let (Some(sector), Some(income_idr)) = (sector, income) else {
            return Ok(None);
        };
        if self.programmes.is_empty() {
            self.programmes = vec![Programme::Jkk, Programme::Jkm, Programme::Jht];
        }
        let sectors = self.sector.iter().copied().chain(std::iter::repeat(sector));
        let occupations = self.occupation.into_iter().zip(sectors);
        let programmes = self.programmes.into_iter().map(WireProgramme::from);
        let category = self.category.unwrap_or(Category::SelfEmployed);
        Ok(Some(Employment {
            occupations: occupations
                .map(|(title, sector)| Occupation {
                    title,
                    sector: WireSector::from(sector).into(),
                })
                .collect(),
            category: BpuCategory::from(category).into(),
            income_idr,
            programmes: programmes.map(Into::into).collect(),
            months: self.months.unwrap_or(1),
            paid_by_state: self.paid_by_state,
            mother_name,
        }))
    }
}

pub(super) fn choices<T: ValueEnum>() -> String {
    let words = T::value_variants().iter();
    let words = words.filter_map(|it| it.to_possible_value());
    let words: Vec<_> = words.map(|it| it.get_name().to_owned()).collect();
    words.join(", ")
}

/// An amount as people type it: `2500000`, `2.500.000` or `Rp 2.500.000`.
pub(crate) fn amount(text: &str) -> Result<i64, String> {
    let digits = text.trim().trim_start_matches("Rp").trim();
    let (thousands, grouped) = (digits.replace('.', ""), digits.contains('.'));
    let in_threes = digits.split('.').skip(1).all(|it| it.len() == 3);
    match thousands.parse() {
        Ok(amount) if !grouped || in_threes => Ok(amount),
        Ok(_) | Err(_) => Err("Write whole rupiah, such as 2500000 or 2.500.000.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_whole_rupiah() {
        for text in ["2500000", "2.500.000", "Rp 2.500.000", " Rp2.500.000 "] {
            assert_eq!(amount(text), Ok(2_500_000), "{text}");
        }
        for text in ["2.5", "2,500,000", "2.500.00", "much", ""] {
            assert!(amount(text).is_err(), "{text}");
        }
    }
}
