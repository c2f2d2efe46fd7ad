//! What a month of a unit costs: by the terms of that month's own bill, also where a later bill asks for it.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;

use super::{
    super::{Error, rules::pu::Tariff, store},
    UnitBill,
};
use crate::{db, money::Month, policy::Policy, scheme::Scale};

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
