//! What migrant workers choose from: contracts by their length, and amounts to save.

use std::fmt;

use serde::Deserialize;

use crate::money::Money;

/// The listed contracts, shortest first.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Vec<ContractPrice>")]
pub(crate) struct ContractPrices(Vec<ContractPrice>);

/// What a contract of a listed length costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContractPrice {
    /// How long it is.
    pub(crate) months: u32,
    /// What it costs as a whole.
    pub(crate) price: Money,
}

impl ContractPrices {
    /// Every listed contract, shortest first; there is at least one.
    pub(crate) fn listed(&self) -> &[ContractPrice] {
        &self.0
    }
}

impl TryFrom<Vec<ContractPrice>> for ContractPrices {
    type Error = &'static str;

    fn try_from(rows: Vec<ContractPrice>) -> Result<Self, Self::Error> {
        if rows
            .first()
            .is_none_or(|it| it.months == 0 || it.price <= Money::ZERO)
        {
            return Err("the first contract has months and a price");
        }
        let rises = |pair: &[ContractPrice]| {
            pair[0].months < pair[1].months && pair[0].price < pair[1].price
        };
        if !rows.windows(2).all(rises) {
            return Err("months and prices rise from contract to contract");
        }
        Ok(Self(rows))
    }
}

impl fmt::Display for ContractPrices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, it) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{} months: {}", it.months, it.price)?;
        }
        Ok(())
    }
}

/// Amounts of which one is chosen, smallest first.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Vec<Money>")]
pub(crate) struct Amounts(Vec<Money>);

impl Amounts {
    /// Whether it can be chosen.
    pub(crate) fn contains(&self, amount: Money) -> bool {
        self.0.contains(&amount)
    }
}

impl TryFrom<Vec<Money>> for Amounts {
    type Error = &'static str;

    fn try_from(amounts: Vec<Money>) -> Result<Self, Self::Error> {
        if amounts.first().is_none_or(|it| *it <= Money::ZERO) {
            return Err("the first amount is above 0");
        }
        if !amounts.is_sorted_by(|one, next| one < next) {
            return Err("amounts rise");
        }
        Ok(Self(amounts))
    }
}

impl fmt::Display for Amounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, it) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{it}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;

    fn read<T: DeserializeOwned>(rows: &str) -> Result<T, toml::de::Error> {
        #[derive(Deserialize)]
        struct Table<T> {
            value: T,
        }
        toml::from_str::<Table<T>>(&format!("value = [{rows}]")).map(|it| it.value)
    }

    #[test]
    fn longer_contracts_cost_more() {
        let prices = read::<ContractPrices>;
        let six = "{ months = 6, price = 10 }";
        let two = prices(&format!("{six}, {{ months = 12, price = 2_000 }}"));
        assert_eq!(
            two.expect("two contracts").to_string(),
            "6 months: 10; 12 months: 2,000"
        );
        assert!(prices("").is_err());
        assert!(prices("{ months = 0, price = 10 }").is_err());
        assert!(prices("{ months = 6, price = 0 }").is_err());
        assert!(prices(&format!("{six}, {{ months = 6, price = 20 }}")).is_err());
        assert!(prices(&format!("{six}, {{ months = 12, price = 10 }}")).is_err());
    }

    #[test]
    fn amounts_rise_from_above_nothing() {
        let amounts = read::<Amounts>;
        let two = amounts("10, 2_000").expect("two amounts");
        assert_eq!(two.to_string(), "10; 2,000");
        assert!(two.contains(Money::new(10)) && !two.contains(Money::new(11)));
        assert!(amounts("").is_err() && amounts("0, 10").is_err());
        assert!(amounts("10, 10").is_err());
    }
}
