//! The tables of employers, their units, who works there, and the wages they reported.

mod employed;
mod employers;
mod employments;
mod units;
mod wages;

pub(crate) use employed::{Employed, employed_at, employed_by};
pub(crate) use employers::hold_employer;
pub(super) use employers::{
    InForce, change_employer, content_digest, employer, insert_employer, put_in_force,
    was_registered_as,
};
pub(crate) use employments::Employment;
pub(super) use employments::{
    Confirmed, at_unit, confirm, employment, employments, employments_among, hold_employment,
    insert_employment, insert_employments, page, reported_as, silent, to_decide, told_again, turn,
};
pub(crate) use units::{Found, hold_unit, place, unit_of};
pub(super) use units::{
    contacts_of_units, keep_units, npps_of, npps_of_others, place_unchanged, search, units_among,
};
pub(super) use wages::insert_wages;
pub(crate) use wages::{latest_wages, verify};
