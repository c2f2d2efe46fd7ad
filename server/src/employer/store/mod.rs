//! The tables of employers, their units, who works there, and the wages they reported.

mod employers;
mod employments;
mod units;
mod wages;

pub(super) use employers::{
    change_employer, content_digest, employer, hold_employer, insert_employer, uncheck,
    was_registered_as,
};
pub(super) use employments::{
    Confirmed, at_unit, confirm, employment, employments, hold_employment, insert_employment, page,
    reported_as, silent, to_decide, told_again, turn,
};
pub(crate) use employments::{Employed, Employment, employed_at, employed_by};
pub(crate) use units::{Found, hold_unit, place, unit_of};
pub(super) use units::{
    contact_of_unit, contacts_of_units, keep_units, npps_of, npps_of_others, search, units_among,
};
pub(super) use wages::insert_wages;
pub(crate) use wages::{latest_wages, verify};
