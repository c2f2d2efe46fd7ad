//! Who holds what, which wage is taken, since when somebody is covered, and how employers are found. Facts in, decision out.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Error, Hire, LowWage};
use crate::{
    money::{Money, Month},
    policy::{NoParameter, Policy, Reference},
    scheme::{Programme, Scale},
};

/// Words of an employer's name that say only what kind of company it is.
const LEGAL_FORMS: [&str; 6] = ["pt", "cv", "ud", "tbk", "firma", "koperasi"];
/// How many letters a search begins with.
const START: usize = 3;

/// Why the law does not take what an employer reports, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// Nobody is reported without a wage: that he left is reported instead.
    #[error("must be 1 to 1,000,000,000,000; who has left is reported as left")]
    NoWage,
    /// Nobody is reported below the floor.
    #[error("the wage of {wage} is below the floor of {floor}")]
    WageBelowFloor {
        wage: Money,
        /// The least that is taken.
        floor: Money,
        reference: Reference,
    },
    /// The law says nothing for that day.
    #[error(transparent)]
    NoParameter(#[from] NoParameter),
}

/// What an employer of this scale must hold (domain 1.1, Perpres 109/2013).
pub(crate) fn programmes_of(scale: Scale) -> BTreeSet<Programme> {
    let mandatory: &[Programme] = match scale {
        Scale::Micro => &[Programme::Jkk, Programme::Jkm],
        Scale::Small => &[Programme::Jkk, Programme::Jkm, Programme::Jht],
        Scale::Medium | Scale::Large => &[
            Programme::Jkk,
            Programme::Jkm,
            Programme::Jht,
            Programme::Jp,
        ],
    };
    mandatory.iter().copied().collect()
}

/// What there is to say of a wage that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WageFinding {
    /// Nothing.
    Fine,
    /// It is below the lowest provincial minimum wage of the year.
    BelowLowestMinimum {
        /// That minimum.
        minimum: Money,
        /// The text of law.
        reference: Reference,
    },
    /// The lowest provincial minimum wage of the year is not known to us, so nothing was compared.
    LowestMinimumUnknown,
}

impl WageFinding {
    /// What is told of the wage of `membership`, where there is something to warn of.
    pub(super) fn low(self, membership: Uuid, wage: Money) -> Option<LowWage> {
        match self {
            Self::Fine | Self::LowestMinimumUnknown => None,
            Self::BelowLowestMinimum { minimum, reference } => Some(LowWage {
                membership,
                wage,
                minimum,
                reference,
            }),
        }
    }
}

/// Whether a wage may be reported for a month, and what there is to warn of (C16).
pub(crate) fn check_wage(
    policy: &Policy,
    wage: Money,
    month: Month,
) -> Result<WageFinding, Refused> {
    if wage <= Money::ZERO {
        return Err(Refused::NoWage);
    }
    let day = month.first_day();
    let floor = policy.pu_wage_floor.on(day)?;
    if wage < floor.value {
        return Err(Refused::WageBelowFloor {
            wage,
            floor: floor.value,
            reference: floor.reference.clone(),
        });
    }
    Ok(match policy.pu_lowest_minimum_wage.on(day) {
        Err(NoParameter { .. }) => WageFinding::LowestMinimumUnknown,
        Ok(minimum) if wage < minimum.value => WageFinding::BelowLowestMinimum {
            minimum: minimum.value,
            reference: minimum.reference.clone(),
        },
        Ok(_) => WageFinding::Fine,
    })
}

/// All that keeps somebody from being taken on like this today.
pub(crate) fn refusals_of(policy: &Policy, hire: &Hire, today: NaiveDate) -> Vec<Error> {
    let mut refusals = Vec::new();
    let mut day = |field, problem| refusals.push(Error::Day { field, problem });
    if hire.started_on > today {
        day("hire.started_on", "must not be in the future");
    }
    if hire.contract_ends_on.is_some_and(|it| it < hire.started_on) {
        day("hire.contract_ends_on", "must not be before the first day");
    }
    match covered_from(policy, hire.started_on, today) {
        Err(missing) => refusals.push(missing.into()),
        Ok(from) => {
            let checked = check_wage(policy, hire.wage, Month::of(from));
            refusals.extend(checked.err().map(Error::from));
        }
    }
    refusals
}

/// From which day on an employee is covered (C5): from the start of his work when that was reported in time, else
/// from the report.
pub(crate) fn covered_from(
    policy: &Policy,
    started_on: NaiveDate,
    reported_on: NaiveDate,
) -> Result<NaiveDate, NoParameter> {
    let days = policy.pu_hire_report_days.on(started_on)?.value;
    let in_time = reported_on <= started_on + Days::new(u64::from(days));
    Ok(if in_time { started_on } else { reported_on })
}

/// How something is looked for: letters and digits in lower case, words with one blank between.
pub(super) fn key(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|it| if it.is_alphanumeric() { it } else { ' ' })
        .collect();
    let lower = plain.to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How an employer's name is looked for: what kind of company it is does not count.
pub(super) fn name_key(name: &str) -> String {
    let key = key(name);
    let words = key.split(' ').filter(|it| !LEGAL_FORMS.contains(it));
    words.collect::<Vec<_>>().join(" ")
}

/// The letters by which a name is found before it is compared.
pub(super) fn start_of(key: &str) -> String {
    key.chars().take(START).collect()
}

#[cfg(test)]
mod tests;
