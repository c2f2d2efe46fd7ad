//! The law's numbers, each from the day it takes effect and with the text that says so.
//!
//! Start at [`Policy`]: one field a parameter, read as `policy.bpu_jkk_rate.on(day)` with the day of the event,
//! never today's. The files are under `server/policy` and are compiled in.

mod brackets;
mod calendar;
mod file;
mod parameter;
mod prices;
#[cfg(test)]
mod tests;

pub(crate) use self::calendar::CalendarBasis;
pub(crate) use self::file::{Listed, ListedValue};
pub(crate) use self::parameter::{Dated, NoParameter, Reference};

use self::brackets::Brackets;
use self::calendar::Holidays;
use self::file::Shelf;
use self::parameter::Parameter;
use self::prices::{Amounts, ContractPrices};
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
    /// For how many days after arrival cover after work lasts.
    pub(crate) pmi_after_work_days: Parameter<u32>,
    /// For how many months at most who goes through an agency is covered before work.
    pub(crate) pmi_before_work_months_agency: Parameter<u32>,
    /// For how many months at most who goes by himself is covered before work.
    pub(crate) pmi_before_work_months_individual: Parameter<u32>,
    /// What cover before work costs who goes through an agency.
    pub(crate) pmi_before_work_price: Parameter<Money>,
    /// What cover during and after work costs, by the months of the contract.
    pub(crate) pmi_contract_prices: Parameter<ContractPrices>,
    /// What each month beyond a listed contract costs.
    pub(crate) pmi_extra_month_price: Parameter<Money>,
    /// For how many months after the contract's end cover during work goes on, for the way home.
    pub(crate) pmi_going_home_months: Parameter<u32>,
    /// Which monthly amounts can be saved for JHT abroad.
    pub(crate) pmi_jht_amounts: Parameter<Amounts>,
    /// On which day of the next month a contribution of employees is due; after a holiday, the next working day.
    pub(crate) pu_due_day: Parameter<u32>,
    /// Within how many days of the start of work a hire must be reported.
    pub(crate) pu_hire_report_days: Parameter<u32>,
    /// The employer's share for JHT, of the wage.
    pub(crate) pu_jht_rate_employer: Parameter<Rate>,
    /// The worker's share for JHT, of the wage.
    pub(crate) pu_jht_rate_worker: Parameter<Rate>,
    /// How much of JKK labour-intensive employers are let off.
    pub(crate) pu_jkk_discount_labour_intensive: Parameter<Rate>,
    /// JKK's share of the wage at high risk; what of it is JKP's is inside.
    pub(crate) pu_jkk_rate_high: Parameter<Rate>,
    /// JKK's share of the wage at low risk; what of it is JKP's is inside.
    pub(crate) pu_jkk_rate_low: Parameter<Rate>,
    /// JKK's share of the wage at medium risk; what of it is JKP's is inside.
    pub(crate) pu_jkk_rate_medium: Parameter<Rate>,
    /// JKK's share of the wage at very high risk; what of it is JKP's is inside.
    pub(crate) pu_jkk_rate_very_high: Parameter<Rate>,
    /// JKK's share of the wage at very low risk; what of it is JKP's is inside.
    pub(crate) pu_jkk_rate_very_low: Parameter<Rate>,
    /// JKM's share of the wage.
    pub(crate) pu_jkm_rate: Parameter<Rate>,
    /// From which birthday on nobody is registered in JKP any more.
    pub(crate) pu_jkp_maximum_age: Parameter<u32>,
    /// JKP's part of JKK, of the wage up to JKP's cap.
    pub(crate) pu_jkp_rate_from_jkk: Parameter<Rate>,
    /// JKP's part of JKM, of the wage up to JKP's cap.
    pub(crate) pu_jkp_rate_from_jkm: Parameter<Rate>,
    /// The State's share for JKP, of the wage up to JKP's cap; never billed.
    pub(crate) pu_jkp_rate_state: Parameter<Rate>,
    /// Up to which monthly wage JKP is reckoned.
    pub(crate) pu_jkp_wage_cap: Parameter<Money>,
    /// At which birthday JP's pension age is reached.
    pub(crate) pu_jp_pension_age: Parameter<u32>,
    /// The employer's share for JP, of the wage up to JP's cap.
    pub(crate) pu_jp_rate_employer: Parameter<Rate>,
    /// The worker's share for JP, of the wage up to JP's cap.
    pub(crate) pu_jp_rate_worker: Parameter<Rate>,
    /// Up to which monthly wage JP is reckoned.
    pub(crate) pu_jp_wage_cap: Parameter<Money>,
    /// How many workers a labour-intensive employer must have to be let off JKK.
    pub(crate) pu_labour_intensive_workers: Parameter<u32>,
    /// The lowest provincial minimum wage of the year, below which a reported wage is warned of.
    pub(crate) pu_lowest_minimum_wage: Parameter<Money>,
    /// What an employer owes of what is unpaid, for each begun month after the due date.
    pub(crate) pu_penalty_rate: Parameter<Rate>,
    /// How many days after an employee named his employer that employer is told again.
    pub(crate) pu_silent_employer_first_notice_days: Parameter<u32>,
    /// How many days after an employee named his employer an officer takes over.
    pub(crate) pu_silent_employer_officer_days: Parameter<u32>,
    /// How many days after an employee named his employer that employer is told for the last time.
    pub(crate) pu_silent_employer_second_notice_days: Parameter<u32>,
    /// Below which monthly wage nobody is reported.
    pub(crate) pu_wage_floor: Parameter<Money>,
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
            pmi_after_work_days: law!(shelf, "pmi/after_work_days"),
            pmi_before_work_months_agency: law!(shelf, "pmi/before_work_months_agency"),
            pmi_before_work_months_individual: law!(shelf, "pmi/before_work_months_individual"),
            pmi_before_work_price: law!(shelf, "pmi/before_work_price"),
            pmi_contract_prices: law!(shelf, "pmi/contract_prices"),
            pmi_extra_month_price: law!(shelf, "pmi/extra_month_price"),
            pmi_going_home_months: law!(shelf, "pmi/going_home_months"),
            pmi_jht_amounts: law!(shelf, "pmi/jht_amounts"),
            pu_due_day: law!(shelf, "pu/due_day"),
            pu_hire_report_days: law!(shelf, "pu/hire_report_days"),
            pu_jht_rate_employer: law!(shelf, "pu/jht_rate_employer"),
            pu_jht_rate_worker: law!(shelf, "pu/jht_rate_worker"),
            pu_jkk_discount_labour_intensive: law!(shelf, "pu/jkk_discount_labour_intensive"),
            pu_jkk_rate_high: law!(shelf, "pu/jkk_rate_high"),
            pu_jkk_rate_low: law!(shelf, "pu/jkk_rate_low"),
            pu_jkk_rate_medium: law!(shelf, "pu/jkk_rate_medium"),
            pu_jkk_rate_very_high: law!(shelf, "pu/jkk_rate_very_high"),
            pu_jkk_rate_very_low: law!(shelf, "pu/jkk_rate_very_low"),
            pu_jkm_rate: law!(shelf, "pu/jkm_rate"),
            pu_jkp_maximum_age: law!(shelf, "pu/jkp_maximum_age"),
            pu_jkp_rate_from_jkk: law!(shelf, "pu/jkp_rate_from_jkk"),
            pu_jkp_rate_from_jkm: law!(shelf, "pu/jkp_rate_from_jkm"),
            pu_jkp_rate_state: law!(shelf, "pu/jkp_rate_state"),
            pu_jkp_wage_cap: law!(shelf, "pu/jkp_wage_cap"),
            pu_jp_pension_age: law!(shelf, "pu/jp_pension_age"),
            pu_jp_rate_employer: law!(shelf, "pu/jp_rate_employer"),
            pu_jp_rate_worker: law!(shelf, "pu/jp_rate_worker"),
            pu_jp_wage_cap: law!(shelf, "pu/jp_wage_cap"),
            pu_labour_intensive_workers: law!(shelf, "pu/labour_intensive_workers"),
            pu_lowest_minimum_wage: law!(shelf, "pu/lowest_minimum_wage"),
            pu_penalty_rate: law!(shelf, "pu/penalty_rate"),
            pu_silent_employer_first_notice_days: law!(
                shelf,
                "pu/silent_employer_first_notice_days"
            ),
            pu_silent_employer_officer_days: law!(shelf, "pu/silent_employer_officer_days"),
            pu_silent_employer_second_notice_days: law!(
                shelf,
                "pu/silent_employer_second_notice_days"
            ),
            pu_wage_floor: law!(shelf, "pu/wage_floor"),
            version: String::new(),
            catalogue: Vec::new(),
        };
        (policy.version, policy.catalogue) = shelf.close();
        Ok(policy)
    }
}
