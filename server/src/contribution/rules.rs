//! What people without a wage (BPU) owe, when they owe it and when their cover ends. Facts in, decision out.
//!
//! Employees are in [`pu`], migrant workers in [`pmi`].

pub(crate) mod pmi;
pub(crate) mod pu;

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use crate::money::{Money, Month, Rate};
use crate::policy::{CalendarBasis, Dated, NoParameter, Policy, Reference};
use crate::scheme::{BpuCategory, Programme, Sector};

/// What decides how much somebody owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Which person without a wage it is.
    pub(crate) category: BpuCategory,
    /// The sector of the first-named occupation (C17).
    pub(crate) sector: Sector,
    /// The monthly income.
    pub(crate) income: Money,
    /// The programmes held.
    pub(crate) programmes: BTreeSet<Programme>,
    /// The contributions are paid out of the State's budget.
    pub(crate) paid_by_state: bool,
}

/// Why the law says no, in the order in which it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// People without a wage cannot hold the programme.
    #[error("{} is not served for people without a wage", programme.code())]
    ProgrammeNotServed {
        /// The one that was asked for.
        programme: Programme,
    },
    /// The programme is not a matter of choice.
    #[error("{} is mandatory", programme.code())]
    ProgrammeMandatory {
        /// The one that is missing.
        programme: Programme,
    },
    /// The law says nothing for that day.
    #[error(transparent)]
    NoParameter(#[from] NoParameter),
}

/// What some months cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    /// The income bracket of the first month, from 1.
    pub(crate) bracket: u32,
    /// The base of the first month.
    pub(crate) base: Money,
    /// One line a month and programme, in that order.
    pub(crate) lines: Vec<Line>,
    /// When the first month is due.
    pub(crate) due_on: NaiveDate,
    /// What that day was worked out with.
    pub(crate) calendar_basis: CalendarBasis,
}

/// What one programme costs in one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The contribution month.
    pub(crate) month: Month,
    /// The programme.
    pub(crate) programme: Programme,
    /// What is owed, after the discount.
    pub(crate) amount: Money,
    /// What the discount takes off.
    pub(crate) discount: Money,
    /// How the amount came about.
    pub(crate) formula: String,
    /// The texts of law behind each number.
    pub(crate) references: Vec<Reference>,
}

impl Quote {
    /// What all lines come to.
    pub(crate) fn total(&self) -> Money {
        self.lines.iter().map(|it| it.amount).sum()
    }
}

/// Whether the law lets somebody hold these programmes (C31): JKK and JKM always, JHT by choice, owners always.
pub(crate) fn check(terms: &Terms) -> Result<(), Refused> {
    let held = &terms.programmes;
    let not_served = [Programme::Jp, Programme::Jkp]
        .into_iter()
        .find(|it| held.contains(it));
    if let Some(programme) = not_served {
        return Err(Refused::ProgrammeNotServed { programme });
    }
    let mandatory: &[Programme] = match terms.category {
        BpuCategory::Owner => &[Programme::Jkk, Programme::Jkm, Programme::Jht],
        BpuCategory::SelfEmployed | BpuCategory::Other => &[Programme::Jkk, Programme::Jkm],
    };
    match mandatory.iter().find(|it| !held.contains(it)) {
        Some(&programme) => Err(Refused::ProgrammeMandatory { programme }),
        None => Ok(()),
    }
}

/// What `months` months from `first` on cost. Each month is priced by the law of its own first day (C10).
pub(crate) fn quote(
    policy: &Policy,
    terms: &Terms,
    first: Month,
    months: u32,
) -> Result<Quote, Refused> {
    check(terms)?;
    let table = policy.bpu_brackets.on(first.first_day())?;
    let (bracket, base) = table.value.bracket_of(terms.income);
    let (due_on, calendar_basis) = due_on(policy, first)?;
    let mut lines = Vec::new();
    for month in (0..months).map(|later| first.plus(later)) {
        for &programme in &terms.programmes {
            lines.push(line(policy, terms, month, programme)?);
        }
    }
    Ok(Quote {
        bracket,
        base,
        lines,
        due_on,
        calendar_basis,
    })
}

/// One line: the discount is inside it, and it is rounded once (C13).
fn line(
    policy: &Policy,
    terms: &Terms,
    month: Month,
    programme: Programme,
) -> Result<Line, Refused> {
    let day = month.first_day();
    let (rate, of, mut references) = match programme {
        Programme::Jkk => share_of_base(policy, terms, policy.bpu_jkk_rate.on(day)?, day)?,
        Programme::Jht => share_of_base(policy, terms, policy.bpu_jht_rate.on(day)?, day)?,
        Programme::Jkm => {
            let fixed = policy.bpu_jkm_contribution.on(day)?;
            (None, fixed.value, vec![fixed.reference.clone()])
        }
        Programme::Jp | Programme::Jkp => return Err(Refused::ProgrammeNotServed { programme }),
    };
    let share = rate.unwrap_or(Rate::WHOLE);
    let full = share.of(of);
    let full_formula = rate.map_or(of.to_string(), |rate| format!("{rate} × {of} = {full}"));
    let Some(off) = discount(policy, terms, programme, day)? else {
        let (amount, discount, formula) = (full, Money::ZERO, full_formula);
        return Ok(Line {
            month,
            programme,
            amount,
            discount,
            formula,
            references,
        });
    };
    if !references.contains(&off.reference) {
        references.push(off.reference.clone());
    }
    let amount = share.of_less(of, off.value);
    let discount = full
        .checked_sub(amount)
        .expect("a discount is at most the whole");
    let formula = format!("{} off ({full_formula}) = {amount}", off.value);
    Ok(Line {
        month,
        programme,
        amount,
        discount,
        formula,
        references,
    })
}

/// A rate, the base it is taken of, and the texts of both.
fn share_of_base(
    policy: &Policy,
    terms: &Terms,
    rate: &Dated<Rate>,
    day: NaiveDate,
) -> Result<(Option<Rate>, Money, Vec<Reference>), NoParameter> {
    let table = policy.bpu_brackets.on(day)?;
    let (_, base) = table.value.bracket_of(terms.income);
    let mut references = vec![rate.reference.clone(), table.reference.clone()];
    references.dedup();
    Ok((Some(rate.value), base, references))
}

/// PP 50/2025: JKK and JKM of the self-employed, unless the State pays (C17). None when nothing is taken off.
fn discount<'a>(
    policy: &'a Policy,
    terms: &Terms,
    programme: Programme,
    day: NaiveDate,
) -> Result<Option<&'a Dated<Rate>>, NoParameter> {
    let entitled = terms.category == BpuCategory::SelfEmployed
        && !terms.paid_by_state
        && matches!(programme, Programme::Jkk | Programme::Jkm);
    if !entitled {
        return Ok(None);
    }
    let parameter = match terms.sector {
        Sector::Transport => &policy.bpu_discount_transport,
        Sector::Trade
        | Sector::Agriculture
        | Sector::Fishery
        | Sector::Craft
        | Sector::Services
        | Sector::Other => &policy.bpu_discount_other,
    };
    Ok(Some(parameter.on(day)?).filter(|it| it.value > Rate::ZERO))
}

/// When a month is due (domain 3.3, C12), and what the day was worked out with.
pub(crate) fn due_on(
    policy: &Policy,
    month: Month,
) -> Result<(NaiveDate, CalendarBasis), NoParameter> {
    let day = policy.bpu_due_day.on(month.first_day())?.value;
    Ok(working_day(policy, month, day))
}

/// A day of a month, by its number, or the first working day after it.
fn working_day(policy: &Policy, month: Month, day: u32) -> (NaiveDate, CalendarBasis) {
    let later = Days::new(u64::from(day.saturating_sub(1)));
    policy.first_working_day_from(month.first_day() + later)
}

#[cfg(test)]
mod tests;
