//! What a month of a unit costs: by the terms of that month's own bill, also where a later bill asks for it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use super::{
    super::{
        Error,
        rules::pu::{self, Line, Tariff, Terms, Worker},
        store,
    },
    UnitBill,
};
use crate::{
    db, employer,
    money::{Money, Month},
    policy::{NoParameter, Policy},
    scheme::{RiskClass, Scale},
};

/// What a month's employees are billed by.
pub(crate) struct Price<'p> {
    pub scale: Scale,
    pub tariff: Tariff<'p>,
}

impl<'p> Price<'p> {
    fn of(policy: &'p Policy, bill: &UnitBill) -> Result<Self, Error> {
        Ok(Self {
            scale: bill.scale,
            tariff: bill.tariff(policy)?,
        })
    }
}

/// An employee of whom it is asked what his employer owes.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    pub risk_class: RiskClass,
    pub scale: Scale,
    pub labour_intensive: bool,
    pub wage: Money,
    /// None counts as below the pension age.
    pub birth_date: Option<NaiveDate>,
}

/// What an employer owes for an employee in each of `months`.
pub(crate) fn quote(
    policy: &Policy,
    sketch: &Sketch,
    months: impl Iterator<Item = Month>,
) -> Result<Vec<(Month, Line)>, NoParameter> {
    let terms = Terms {
        risk_class: sketch.risk_class,
        programmes: employer::programmes_of(sketch.scale),
        is_labour_intensive: sketch.labour_intensive,
    };
    let mut lines = Vec::new();
    for month in months {
        let tariff = Tariff::of(policy, &terms, month)?;
        let holds_jp = match sketch.birth_date {
            Some(born) => pu::holds_jp_in(policy, born, month)?,
            None => true,
        };
        // What of JKK and JKM is handed on to JKP changes nothing that is owed.
        let worker = Worker {
            is_jkp_eligible: false,
            holds_jp,
        };
        let owed = tariff.assess(sketch.wage, worker).lines(&tariff);
        lines.extend(owed.into_iter().map(|it| (month, it)));
    }
    Ok(lines)
}

/// The prices of `months`, for each of which the unit of `bill` has a bill.
pub(crate) async fn prices_of<'p>(
    connection: &impl ConnectionTrait,
    policy: &'p Policy,
    bill: &UnitBill,
    months: impl Iterator<Item = &Month>,
) -> Result<BTreeMap<Month, Price<'p>>, Error> {
    let mut prices = BTreeMap::from([(bill.month, Price::of(policy, bill)?)]);
    let earlier: Vec<_> = months.filter(|it| **it != bill.month).copied().collect();
    if earlier.is_empty() {
        return Ok(prices);
    }
    for own in store::unit_bills_of(connection, bill.unit, &earlier).await? {
        prices.insert(own.month, Price::of(policy, &own)?);
    }
    if earlier.iter().all(|it| prices.contains_key(it)) {
        Ok(prices)
    } else {
        Err(db::Error::Unknown("employer_bill.month").into())
    }
}
