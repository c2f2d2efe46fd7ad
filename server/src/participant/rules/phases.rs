//! When a migrant worker is covered: before, during and after work (C35).

#[cfg(test)]
mod tests;

use chrono::{Days, NaiveDate};

use crate::money::months_after;
use crate::policy::{NoParameter, Policy};
use crate::scheme::{Programme, Route};

/// A part of the way abroad and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Phase {
    /// Before the embarkation.
    Before,
    /// From the embarkation to the day of arrival back in Indonesia.
    During,
    /// From the day after the arrival.
    After,
}

/// What is known of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Journey {
    /// When the first stage was paid; an individual pays all at once.
    pub(crate) paid_on: NaiveDate,
    /// When the contract was paid; for an individual the same day.
    pub(crate) contract_paid_on: Option<NaiveDate>,
    /// When he embarked.
    pub(crate) departed_on: Option<NaiveDate>,
    /// The last day of the contract, with its extensions; before the embarkation as he plans it.
    pub(crate) contract_ends_on: NaiveDate,
    /// When he arrived back in Indonesia.
    pub(crate) returned_on: Option<NaiveDate>,
}

/// Which programmes cover a phase, and when. Savings for old age cover nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PhaseCover {
    /// The phase.
    pub(crate) phase: Phase,
    /// The programmes.
    pub(crate) programmes: &'static [Programme],
    /// The first day.
    pub(crate) from: NaiveDate,
    /// The last day.
    pub(crate) until: NaiveDate,
}

const BOTH: &[Programme] = &[Programme::Jkk, Programme::Jkm];
const JKM_ONLY: &[Programme] = &[Programme::Jkm];

/// When somebody is covered, as far as it is known (C35). The phases follow each other and never overlap.
///
/// Nothing is covered before it is paid. After the arrival JKK is for the way to his home only, which the facts of an
/// accident tell. Who comes home after cover during work has ended has none afterwards either: it ended his membership (C39).
pub(crate) fn phases(
    policy: &Policy,
    route: Route,
    journey: &Journey,
) -> Result<Vec<PhaseCover>, NoParameter> {
    let mut covers = Vec::new();
    let before = before(policy, route, journey)?;
    covers.extend(Some(before).filter(is_some_days));
    let Some(during) = during(policy, journey)?.filter(is_some_days) else {
        return Ok(covers);
    };
    let in_time = journey.returned_on.filter(|day| *day == during.until);
    covers.push(during);
    if let Some(returned_on) = in_time {
        let days = policy.pmi_after_work_days.on(returned_on)?.value;
        covers.push(PhaseCover {
            phase: Phase::After,
            programmes: BOTH,
            from: returned_on + Days::new(1),
            until: returned_on + Days::new(u64::from(days)),
        });
    }
    Ok(covers)
}

fn is_some_days(cover: &PhaseCover) -> bool {
    cover.from <= cover.until
}

fn before(policy: &Policy, route: Route, journey: &Journey) -> Result<PhaseCover, NoParameter> {
    let (programmes, months) = match route {
        Route::Agency => (BOTH, &policy.pmi_before_work_months_agency),
        Route::Individual => (JKM_ONLY, &policy.pmi_before_work_months_individual),
    };
    let longest = months_after(journey.paid_on, months.on(journey.paid_on)?.value);
    let until = journey
        .departed_on
        .map_or(longest, |day| longest.min(day - Days::new(1)));
    Ok(PhaseCover {
        phase: Phase::Before,
        programmes,
        from: journey.paid_on,
        until,
    })
}

/// None before he has embarked and paid for it.
fn during(policy: &Policy, journey: &Journey) -> Result<Option<PhaseCover>, NoParameter> {
    let (Some(departed_on), Some(paid_on)) = (journey.departed_on, journey.contract_paid_on) else {
        return Ok(None);
    };
    let Some(until) = work_ends_on(policy, journey)? else {
        return Ok(None);
    };
    Ok(Some(PhaseCover {
        phase: Phase::During,
        programmes: BOTH,
        from: departed_on.max(paid_on),
        until,
    }))
}

/// The last day of the work and of the way home after it, whether its cover is paid or not; none before he has embarked.
pub(crate) fn work_ends_on(
    policy: &Policy,
    journey: &Journey,
) -> Result<Option<NaiveDate>, NoParameter> {
    let Some(departed_on) = journey.departed_on else {
        return Ok(None);
    };
    let day = journey.contract_paid_on.unwrap_or(departed_on);
    let months = policy.pmi_going_home_months.on(day)?.value;
    let longest = months_after(journey.contract_ends_on, months);
    Ok(Some(
        journey.returned_on.map_or(longest, |it| longest.min(it)),
    ))
}
