//! The law's numbers, each from the day it takes effect and with the text that says so.
//!
//! Start at [`Policy`]: one field a parameter, read as `policy.bpu_jkk_rate.on(day)` with the day of the event,
//! never today's. The files are under `server/policy` and are compiled in.

mod brackets;
mod calendar;
mod file;
mod parameter;
#[cfg(test)]
mod tests;

pub(crate) use self::calendar::CalendarBasis;
pub(crate) use self::file::{Listed, ListedValue};
pub(crate) use self::parameter::{Dated, NoParameter, Reference};

use self::brackets::Brackets;
use self::calendar::Holidays;
use self::file::Shelf;
use self::parameter::Parameter;
use crate::money::{Money, Rate};

/// Every parameter of the scheme.
#[derive(Debug)]
pub(crate) struct Policy {
    /// The base that contributions of people without a wage rest on, by income.
    pub(crate) bpu_brackets: Parameter<Brackets>,
    /// How much of JKK and JKM is taken off outside transport.
    pub(crate) bpu_discount_other: Parameter<Rate>,
    /// How much of JKK and JKM is taken off in transport.
    pub(crate) bpu_discount_transport: Parameter<Rate>,
    /// On which day of its own month a contribution is due.
    pub(crate) bpu_due_day: Parameter<u32>,
    /// JHT's share of the base.
    pub(crate) bpu_jht_rate: Parameter<Rate>,
    /// JKK's share of the base.
    pub(crate) bpu_jkk_rate: Parameter<Rate>,
    /// What JKM costs a month.
    pub(crate) bpu_jkm_contribution: Parameter<Money>,
    /// After how many consecutive unpaid months a membership lapses.
    pub(crate) bpu_lapse_months: Parameter<u32>,
    /// From which birthday on nobody registers.
    pub(crate) bpu_maximum_age: Parameter<u32>,
    /// From which birthday on somebody may register.
    pub(crate) bpu_minimum_age: Parameter<u32>,
    /// National holidays and collective leave.
    pub(crate) calendar_holidays: Parameter<Holidays>,
    /// What one question to the population register costs.
    pub(crate) identity_question_price: Parameter<Money>,
    /// Up to which amount JHT is paid without an interview.
    pub(crate) jht_online_limit: Parameter<Money>,
    /// Within how many working days JHT must be paid.
    pub(crate) jht_payment_days: Parameter<u32>,
    /// From which birthday on JHT is paid in full.
    pub(crate) jht_pension_age: Parameter<u32>,
    /// Above which amount a tax number is asked for.
    pub(crate) jht_tax_number_above: Parameter<Money>,
    /// How many months after the last day of work JHT can be claimed.
    pub(crate) jht_waiting_months: Parameter<u32>,
    /// How many days after it was made a payment may be reported.
    pub(crate) payment_stale_days: Parameter<u32>,
    version: String,
    catalogue: Vec<Listed>,
}

/// Reads the file of a parameter, which has its name.
macro_rules! law {
    ($shelf:ident, $name:literal) => {
        $shelf.take(
            $name,
            include_str!(concat!("../../policy/", $name, ".toml")),
        )?
    };
}

impl Policy {
    /// Loads the parameters compiled into this binary.
    pub(crate) fn load() -> Self {
        Self::read().expect("policy files are checked by this module's tests")
    }

    /// Which set of rules and numbers this is, such as `0.1.0+3fa4c2d1`: the release and a digest of the files.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Every parameter as the law writes it, by name.
    pub(crate) fn catalogue(&self) -> &[Listed] {
        &self.catalogue
    }

    fn read() -> Result<Self, toml::de::Error> {
        let mut shelf = Shelf::default();
        let mut policy = Self {
            bpu_brackets: law!(shelf, "bpu/brackets"),
            bpu_discount_other: law!(shelf, "bpu/discount_other"),
            bpu_discount_transport: law!(shelf, "bpu/discount_transport"),
            bpu_due_day: law!(shelf, "bpu/due_day"),
            bpu_jht_rate: law!(shelf, "bpu/jht_rate"),
            bpu_jkk_rate: law!(shelf, "bpu/jkk_rate"),
            bpu_jkm_contribution: law!(shelf, "bpu/jkm_contribution"),
            bpu_lapse_months: law!(shelf, "bpu/lapse_months"),
            bpu_maximum_age: law!(shelf, "bpu/maximum_age"),
            bpu_minimum_age: law!(shelf, "bpu/minimum_age"),
            calendar_holidays: law!(shelf, "calendar/holidays"),
            identity_question_price: law!(shelf, "identity/question_price"),
            jht_online_limit: law!(shelf, "jht/online_limit"),
            jht_payment_days: law!(shelf, "jht/payment_days"),
            jht_pension_age: law!(shelf, "jht/pension_age"),
            jht_tax_number_above: law!(shelf, "jht/tax_number_above"),
            jht_waiting_months: law!(shelf, "jht/waiting_months"),
            payment_stale_days: law!(shelf, "payment/stale_days"),
            version: String::new(),
            catalogue: Vec::new(),
        };
        (policy.version, policy.catalogue) = shelf.close();
        Ok(policy)
    }
}
