//! What migrant workers (PMI) pay; when they are covered is for `participant` to say. Facts in, decision out.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use chrono::NaiveDate;

use crate::money::Money;
use crate::policy::{NoParameter, Policy, Reference};
use crate::scheme::Route;

/// How many months one contract, or one extension, may have. It bounds what is asked; the law names no longest contract.
const CONTRACT_MONTHS_MAX: u32 = 60;

/// What decides how much somebody owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// How he goes.
    pub(crate) route: Route,
    /// How long the contract is.
    pub(crate) contract_months: u32,
    /// What he saves for old age a month; none where he does not.
    pub(crate) jht_monthly: Option<Money>,
}

/// Why it cannot be priced, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// No contract has so many months.
    #[error("a contract, or its extension, has 1 to {most} months")]
    ContractMonths {
        /// How many were asked for.
        months: u32,
        /// The most that it may have.
        most: u32,
    },
    /// Such an amount is not saved for JHT.
    #[error("{amount} is none of the monthly amounts of JHT")]
    JhtAmountNotOffered {
        /// What was asked for.
        amount: Money,
        /// The text that lists them: its title and where to read it.
        law: (String, String),
    },
    /// The law says nothing for that day.
    #[error(transparent)]
    NoParameter(#[from] NoParameter),
}

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// Cover before work; its own stage, paid before the rest.
    BeforeWork,
    /// Cover during and after work.
    Contract,
    /// Months added to a contract.
    Extension,
    /// Savings for old age.
    Jht,
}

/// What one of them costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// What is paid for.
    pub(crate) kind: LineKind,
    /// What it costs.
    pub(crate) amount: Money,
    /// How the amount came about.
    pub(crate) formula: String,
    /// The texts of law behind each number.
    pub(crate) references: Vec<Reference>,
}

/// Whether a placement can be priced on that day.
pub(crate) fn check(policy: &Policy, terms: &Terms, day: NaiveDate) -> Result<(), Refused> {
    check_months(terms.contract_months)?;
    check_jht(policy, terms.jht_monthly, day)
}

fn check_months(months: u32) -> Result<(), Refused> {
    if (1..=CONTRACT_MONTHS_MAX).contains(&months) {
        Ok(())
    } else {
        let most = CONTRACT_MONTHS_MAX;
        Err(Refused::ContractMonths { months, most })
    }
}

fn check_jht(policy: &Policy, monthly: Option<Money>, day: NaiveDate) -> Result<(), Refused> {
    let Some(amount) = monthly else {
        return Ok(());
    };
    let amounts = policy.pmi_jht_amounts.on(day)?;
    if amounts.value.contains(amount) {
        return Ok(());
    }
    let law = &amounts.reference;
    Err(Refused::JhtAmountNotOffered {
        amount,
        law: (law.title.clone(), law.href.clone()),
    })
}

/// What a placement costs by the law of `day`, on which it is asked for.
pub(crate) fn quote(policy: &Policy, terms: &Terms, day: NaiveDate) -> Result<Vec<Line>, Refused> {
    check(policy, terms, day)?;
    let mut lines = Vec::new();
    match terms.route {
        Route::Agency => {
            let price = policy.pmi_before_work_price.on(day)?;
            lines.push(Line {
                kind: LineKind::BeforeWork,
                amount: price.value,
                formula: price.value.to_string(),
                references: vec![price.reference.clone()],
            });
        }
        Route::Individual => {}
    }
    let months = terms.contract_months;
    lines.push(contract(policy, months, day)?);
    lines.extend(jht(policy, months, terms.jht_monthly, day)?);
    Ok(lines)
}

/// What more months of a running contract cost by the law of `day`. That cover has not ended is the caller's to see (C33).
pub(crate) fn extension(
    policy: &Policy,
    months: u32,
    jht_monthly: Option<Money>,
    day: NaiveDate,
) -> Result<Vec<Line>, Refused> {
    check_months(months)?;
    check_jht(policy, jht_monthly, day)?;
    let price = policy.pmi_extra_month_price.on(day)?;
    let amount = times(months, price.value);
    let mut lines = vec![Line {
        kind: LineKind::Extension,
        amount,
        formula: format!("{months} × {} = {amount}", price.value),
        references: vec![price.reference.clone()],
    }];
    lines.extend(jht(policy, months, jht_monthly, day)?);
    Ok(lines)
}

/// The cheapest of all listed contracts with the months that it lacks (C33); of two that cost the same, the longer.
fn contract(policy: &Policy, months: u32, day: NaiveDate) -> Result<Line, NoParameter> {
    let prices = policy.pmi_contract_prices.on(day)?;
    let extra = policy.pmi_extra_month_price.on(day)?;
    let (amount, Reverse(listed), lacking) = prices
        .value
        .listed()
        .iter()
        .map(|it| {
            let lacking = months.saturating_sub(it.months);
            let amount = [it.price, times(lacking, extra.value)].into_iter().sum();
            let amount: Money = amount;
            (amount, Reverse((it.months, it.price)), lacking)
        })
        .min()
        .expect("a list of contracts has a first one");
    let (length, price) = listed;
    let mut references = vec![prices.reference.clone()];
    let mut formula = format!("{price} ({length} months)");
    if lacking > 0 {
        formula = format!("{formula} + {lacking} × {} = {amount}", extra.value);
        if extra.reference != prices.reference {
            references.push(extra.reference.clone());
        }
    }
    Ok(Line {
        kind: LineKind::Contract,
        amount,
        formula,
        references,
    })
}

fn jht(
    policy: &Policy,
    months: u32,
    monthly: Option<Money>,
    day: NaiveDate,
) -> Result<Option<Line>, NoParameter> {
    let Some(monthly) = monthly else {
        return Ok(None);
    };
    let amounts = policy.pmi_jht_amounts.on(day)?;
    let amount = times(months, monthly);
    Ok(Some(Line {
        kind: LineKind::Jht,
        amount,
        formula: format!("{months} × {monthly} = {amount}"),
        references: vec![amounts.reference.clone()],
    }))
}

fn times(months: u32, amount: Money) -> Money {
    let product = amount.idr().checked_mul(i64::from(months));
    Money::new(product.expect("months and amounts are bounded by what can be chosen"))
}
