//! Work abroad, from our words to the contract's.

use chrono::NaiveDate;
use jamsostek_proto::v1 as wire;

use super::super::{Membership, Placement, rules::Phase};
use crate::money::Money;

impl From<Placement> for wire::Placement {
    fn from(placement: Placement) -> Self {
        Self {
            route: wire::Route::from(placement.route).into(),
            agency: placement.agency,
            country: placement.country.to_string(),
            job_title: placement.job_title,
            contract_months: i32::try_from(placement.contract_months).unwrap_or(0),
            departs_on: placement.departs_on.to_string(),
            jht_monthly_idr: placement.jht_monthly.map_or(0, Money::idr),
            mother_name: String::new(),
        }
    }
}

impl From<Phase> for wire::Phase {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Before => Self::BeforeWork,
            Phase::During => Self::DuringWork,
            Phase::After => Self::AfterWork,
        }
    }
}

/// How far a migrant worker's way has gone; none of anybody else.
pub(super) fn journey_of(membership: &Membership) -> Option<wire::Journey> {
    let abroad = membership.abroad()?;
    let travel = membership.travel;
    let day = |it: Option<NaiveDate>| it.map_or_else(String::new, |it| it.to_string());
    let contract_ends_on = abroad
        .journey
        .filter(|it| it.departed_on.is_some())
        .map(|it| it.contract_ends_on);
    Some(wire::Journey {
        contract_paid_on: day(travel.contract_paid_on),
        departed_on: day(travel.departed_on),
        contract_ends_on: day(contract_ends_on),
        returned_on: day(travel.returned_on),
        extended_months: i32::try_from(travel.extended_months).unwrap_or(0),
    })
}
