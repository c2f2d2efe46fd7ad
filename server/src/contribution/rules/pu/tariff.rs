//! What a month of employees costs: every number of the law is looked up once, and then each wage is priced by it.

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::money::{Money, Month, Rate};
use crate::policy::{Dated, NoParameter, Policy};
use crate::scheme::{Payer, Programme, RiskClass};

/// What decides how much an employer owes, whoever the worker is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// How dangerous the work is.
    pub(crate) risk_class: RiskClass,
    /// What the employer holds, by his scale. JKP is not asked of it.
    pub(crate) programmes: BTreeSet<Programme>,
    /// An officer has confirmed that PP 7/2025 is for this employer.
    pub(crate) is_labour_intensive: bool,
}

/// What decides how much is owed for one worker, beside the wage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Worker {
    /// He has JKP ([`is_jkp_eligible`](super::is_jkp_eligible)).
    pub(crate) is_jkp_eligible: bool,
    /// He has not passed the pension age ([`holds_jp_in`](super::holds_jp_in)); it gives no JP where the employer has none.
    pub(crate) holds_jp: bool,
}

/// Who may owe what: one line each (C13).
pub(super) const PLACES: [(Programme, Payer); 6] = [
    (Programme::Jkk, Payer::Employer),
    (Programme::Jkm, Payer::Employer),
    (Programme::Jht, Payer::Employer),
    (Programme::Jht, Payer::Worker),
    (Programme::Jp, Payer::Employer),
    (Programme::Jp, Payer::Worker),
];

/// The law's numbers for one employer and month.
#[derive(Clone, Debug)]
pub(crate) struct Tariff<'p> {
    /// In the order of [`PLACES`]; none for what is not held.
    pub(super) charges: [Option<Charge<'p>>; PLACES.len()],
    /// None in a month that knows no JKP.
    pub(super) jkp: Option<JkpRates<'p>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Charge<'p> {
    pub(super) rate: &'p Dated<Rate>,
    pub(super) cap: Option<&'p Dated<Money>>,
    /// None where nothing is taken off.
    pub(super) discount: Option<&'p Dated<Rate>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct JkpRates<'p> {
    pub(super) from_jkk: &'p Dated<Rate>,
    pub(super) from_jkm: &'p Dated<Rate>,
    pub(super) from_state: &'p Dated<Rate>,
    pub(super) cap: &'p Dated<Money>,
}

/// What is owed for one worker and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shares {
    pub(super) wage: Money,
    /// In the order of [`PLACES`].
    pub(super) owed: [Option<Owed>; PLACES.len()],
    pub(super) jkp: Option<Jkp>,
}

/// One line of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owed {
    /// What is owed, after the discount.
    pub(crate) amount: Money,
    /// What the discount takes off.
    pub(crate) discount: Money,
}

/// Where JKP's money comes from; nobody is billed for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Jkp {
    /// What of the JKK billed is JKP's.
    pub(crate) from_jkk: Money,
    /// What of the JKM billed is JKP's.
    pub(crate) from_jkm: Money,
    /// What the State adds.
    pub(crate) from_state: Money,
}

impl<'p> Tariff<'p> {
    /// What holds for a month, by the law of its own first day (C10).
    pub(crate) fn of(policy: &'p Policy, terms: &Terms, month: Month) -> Result<Self, NoParameter> {
        let mut charges = [None; PLACES.len()];
        for (charge, (programme, payer)) in charges.iter_mut().zip(PLACES) {
            if terms.programmes.contains(&programme) {
                *charge = Charge::of(policy, terms, month, programme, payer)?;
            }
        }
        let jkp = JkpRates::of(policy, month)?;
        Ok(Self { charges, jkp })
    }

    /// What is owed for a worker with this wage.
    pub(crate) fn assess(&self, wage: Money, worker: Worker) -> Shares {
        let mut owed = [None; PLACES.len()];
        for ((owed, charge), (programme, _)) in owed.iter_mut().zip(self.charges).zip(PLACES) {
            if programme != Programme::Jp || worker.holds_jp {
                *owed = charge.map(|it| it.of_wage(wage));
            }
        }
        let mut shares = Shares {
            wage,
            owed,
            jkp: None,
        };
        if worker.is_jkp_eligible {
            shares.jkp = self.jkp.map(|rates| rates.of_wage(wage, &shares));
        }
        shares
    }
}

impl<'p> Charge<'p> {
    fn of(
        policy: &'p Policy,
        terms: &Terms,
        month: Month,
        programme: Programme,
        payer: Payer,
    ) -> Result<Option<Self>, NoParameter> {
        let day = month.first_day();
        let rate = match (programme, payer) {
            (Programme::Jkk, Payer::Employer) => match terms.risk_class {
                RiskClass::VeryLow => &policy.pu_jkk_rate_very_low,
                RiskClass::Low => &policy.pu_jkk_rate_low,
                RiskClass::Medium => &policy.pu_jkk_rate_medium,
                RiskClass::High => &policy.pu_jkk_rate_high,
                RiskClass::VeryHigh => &policy.pu_jkk_rate_very_high,
            },
            (Programme::Jkm, Payer::Employer) => &policy.pu_jkm_rate,
            (Programme::Jht, Payer::Employer) => &policy.pu_jht_rate_employer,
            (Programme::Jht, Payer::Worker) => &policy.pu_jht_rate_worker,
            (Programme::Jp, Payer::Employer) => &policy.pu_jp_rate_employer,
            (Programme::Jp, Payer::Worker) => &policy.pu_jp_rate_worker,
            (Programme::Jkk | Programme::Jkm, Payer::Worker) | (Programme::Jkp, _) => {
                return Ok(None);
            }
        };
        let cap = match programme {
            Programme::Jp => Some(policy.pu_jp_wage_cap.on(day)?),
            Programme::Jkk | Programme::Jkm | Programme::Jht | Programme::Jkp => None,
        };
        let discount = if programme == Programme::Jkk && terms.is_labour_intensive {
            let off = policy.pu_jkk_discount_labour_intensive.on(day)?;
            Some(off).filter(|it| it.value > Rate::ZERO)
        } else {
            None
        };
        Ok(Some(Self {
            rate: rate.on(day)?,
            cap,
            discount,
        }))
    }

    /// The discount is inside it, and it is rounded once (C13).
    fn of_wage(self, wage: Money) -> Owed {
        let base = capped(wage, self.cap);
        let full = self.rate.value.of(base);
        let off = self.discount.map_or(Rate::ZERO, |it| it.value);
        let amount = self.rate.value.of_less(base, off);
        let discount = full
            .checked_sub(amount)
            .expect("a discount is at most the whole");
        Owed { amount, discount }
    }
}

impl<'p> JkpRates<'p> {
    /// None in a month before there was JKP.
    fn of(policy: &'p Policy, month: Month) -> Result<Option<Self>, NoParameter> {
        let day = month.first_day();
        let from_jkk = policy.pu_jkp_rate_from_jkk.on(day)?;
        let from_jkm = policy.pu_jkp_rate_from_jkm.on(day)?;
        let from_state = policy.pu_jkp_rate_state.on(day)?;
        let known = [from_jkk, from_jkm, from_state].map(|it| it.value) != [Rate::ZERO; 3];
        if !known {
            return Ok(None);
        }
        let cap = policy.pu_jkp_wage_cap.on(day)?;
        Ok(Some(Self {
            from_jkk,
            from_jkm,
            from_state,
            cap,
        }))
    }

    /// A part is never above what was billed of the programme that gives it (C13).
    fn of_wage(self, wage: Money, shares: &Shares) -> Jkp {
        let part = |rate: &Dated<Rate>| rate.value.of(capped(wage, Some(self.cap)));
        let billed = |programme| shares.amount(programme, Payer::Employer);
        Jkp {
            from_jkk: part(self.from_jkk).min(billed(Programme::Jkk)),
            from_jkm: part(self.from_jkm).min(billed(Programme::Jkm)),
            from_state: part(self.from_state),
        }
    }
}

/// The wage that a rate is taken of.
pub(super) fn capped(wage: Money, cap: Option<&Dated<Money>>) -> Money {
    cap.map_or(wage, |it| wage.min(it.value))
}

impl Shares {
    /// What is owed for a programme by one of the two; nothing where it is not held.
    pub(crate) fn amount(&self, programme: Programme, payer: Payer) -> Money {
        let place = PLACES.iter().position(|it| *it == (programme, payer));
        let owed = place.and_then(|it| self.owed[it]);
        owed.map_or(Money::ZERO, |it| it.amount)
    }

    /// How JKP is fed; none where the worker has none.
    pub(crate) fn jkp(&self) -> Option<Jkp> {
        self.jkp
    }
}
