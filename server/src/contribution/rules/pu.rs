//! What employers owe for their employees (PU), and what may be reported. Facts in, decision out.
//!
//! Start at [`Tariff`], which prices a month; here is who holds what, which wage is taken and when a bill is due.

mod lines;
mod tariff;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::NaiveDate;

pub(crate) use self::lines::{JkpPart, JkpSource, Line};
pub(crate) use self::tariff::{Shares, Tariff, Terms, Worker};

use crate::identity::birthday;
use crate::money::{Money, Month, months_after};
use crate::policy::{CalendarBasis, NoParameter, Policy};
use crate::scheme::{Programme, Scale};

/// What decides whether a worker has JKP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JkpFacts<'a> {
    /// He is Indonesian.
    pub(crate) is_citizen: bool,
    /// He works under a contract of employment, and not as a director or a member of a board.
    pub(crate) has_employment_relation: bool,
    /// He is in the health scheme (JKN); stated, since nobody here can look it up.
    pub(crate) is_in_jkn: bool,
    /// When he was born.
    pub(crate) birth_date: NaiveDate,
    /// When he was registered.
    pub(crate) registered_on: NaiveDate,
    /// How large his employer is.
    pub(crate) scale: Scale,
    /// What he holds there.
    pub(crate) programmes: &'a BTreeSet<Programme>,
}

/// Whether a worker has JKP (PP 6/2025, article 4). Before there was JKP the law says nothing.
pub(crate) fn is_jkp_eligible(policy: &Policy, facts: &JkpFacts<'_>) -> Result<bool, NoParameter> {
    let maximum = policy.pu_jkp_maximum_age.on(facts.registered_on)?.value;
    let needed: &[Programme] = match facts.scale {
        Scale::Micro | Scale::Small => &[Programme::Jkk, Programme::Jkm, Programme::Jht],
        Scale::Medium | Scale::Large => &[
            Programme::Jkk,
            Programme::Jkm,
            Programme::Jht,
            Programme::Jp,
        ],
    };
    Ok(facts.is_citizen
        && facts.has_employment_relation
        && facts.is_in_jkn
        && facts.registered_on < birthday(facts.birth_date, maximum)
        && needed.iter().all(|it| facts.programmes.contains(it)))
}

/// Whether JP is owed in a month: it ends with the month in which the pension age is reached (C11).
pub(crate) fn holds_jp_in(
    policy: &Policy,
    birth_date: NaiveDate,
    month: Month,
) -> Result<bool, NoParameter> {
    policy.pu_jp_pension_age.on(month.first_day())?;
    Ok(pension_age_reached_on(policy, birth_date).is_none_or(|day| month <= Month::of(day)))
}

/// The first day on which somebody has the age that is the pension age on that very day. Who has reached it
/// does not lose it when the age is raised later. Who was older when JP began has reached it on its first day.
fn pension_age_reached_on(policy: &Policy, birth_date: NaiveDate) -> Option<NaiveDate> {
    policy
        .pu_jp_pension_age
        .spans()
        .find_map(|(age, ends_before)| {
            let reached = birthday(birth_date, age.value).max(age.from);
            ends_before
                .is_none_or(|end| reached < end)
                .then_some(reached)
        })
}

/// When a month is due: in the next one (domain 3.3, C12), and what the day was worked out with.
pub(crate) fn due_on(
    policy: &Policy,
    month: Month,
) -> Result<(NaiveDate, CalendarBasis), NoParameter> {
    let day = policy.pu_due_day.on(month.first_day())?.value;
    Ok(super::working_day(policy, month.next(), day))
}

/// What being late costs the employer if `unpaid` was owed from the due date to `day` (C14): simple, rounded once,
/// by the law of the due date. Where it was paid in parts, each part has its own [`begun_months`].
pub(crate) fn penalty(
    policy: &Policy,
    unpaid: Money,
    due_on: NaiveDate,
    day: NaiveDate,
) -> Result<Money, NoParameter> {
    let rate = policy.pu_penalty_rate.on(due_on)?.value;
    let months = i64::from(begun_months(due_on, day));
    let months_of_debt = unpaid
        .idr()
        .checked_mul(months)
        .expect("amounts are bounded where they are parsed");
    Ok(rate.of(Money::new(months_of_debt)))
}

/// How many months had begun on `day` since the due date: none on that date, one on the day after it.
pub(crate) fn begun_months(due_on: NaiveDate, day: NaiveDate) -> u32 {
    if day <= due_on {
        return 0;
    }
    let whole = Month::of(day)
        .months_since(Month::of(due_on))
        .unsigned_abs();
    whole + u32::from(day > months_after(due_on, whole))
}
