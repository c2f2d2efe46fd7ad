//! What the phases of a migrant worker's way mean for his membership on a day. Facts in, decision out.

use chrono::{Days, NaiveDate};

use super::{
    Cover, Standing,
    phases::{Journey, Phase, phases, work_ends_on},
};
use crate::{
    policy::{NoParameter, Policy},
    scheme::{Programme, Route},
};

/// How long before cover ends whoever has not embarked is reminded, as others are before a lapse.
const BEFORE_DEPARTURE: Days = Days::new(7);
/// How long before, whoever is abroad: it may take him a while to pay from there.
const BEFORE_THE_END: Days = Days::new(30);

/// What of a migrant worker's membership decides on cover.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Abroad {
    /// How he goes.
    pub route: Route,
    /// How far he has come; none before the first payment.
    pub journey: Option<Journey>,
}

/// Where his membership stands on `today`.
pub(super) fn standing(
    abroad: &Abroad,
    today: NaiveDate,
    policy: &Policy,
) -> Result<Standing, NoParameter> {
    if abroad.journey.is_none() {
        return Ok(Standing::AwaitingPayment);
    }
    Ok(match ended_on(abroad, today, policy)? {
        Some(_) => Standing::Ended,
        None => Standing::Active,
    })
}

/// The last day of his membership, once it has passed: the end of his cover ends it (C39). Whoever has not embarked has none after his
/// cover before work; it is derived from what is known, so that it goes on again once he reports that he has.
pub(crate) fn ended_on(
    abroad: &Abroad,
    today: NaiveDate,
    policy: &Policy,
) -> Result<Option<NaiveDate>, NoParameter> {
    let Some(journey) = &abroad.journey else {
        return Ok(None);
    };
    let work_ends = work_ends_on(policy, journey)?;
    let covers = phases(policy, abroad.route, journey)?;
    let cover_ends = covers.last().map(|it| it.until);
    Ok(work_ends.max(cover_ends).filter(|it| today > *it))
}

/// What the programme, which he holds, does for him on `today`.
pub(super) fn cover(
    abroad: &Abroad,
    programme: Programme,
    today: NaiveDate,
    policy: &Policy,
) -> Result<Cover, NoParameter> {
    let Some(journey) = &abroad.journey else {
        return Ok(Cover::NotPaid);
    };
    if ended_on(abroad, today, policy)?.is_some() {
        // Who has left after all needs but report it.
        let embarked = journey.departed_on.is_some();
        return Ok(if embarked {
            Cover::Ended
        } else {
            Cover::NotDeparted
        });
    }
    if programme == Programme::Jht {
        // Savings cover no phase: they are his from the payment on.
        let saved = journey.contract_paid_on;
        return Ok(saved.map_or(Cover::NotPaid, |it| Cover::Covered(it, None, None)));
    }
    let covers = phases(policy, abroad.route, journey)?;
    let found = covers
        .iter()
        .find(|it| (it.from..=it.until).contains(&today) && it.programmes.contains(&programme));
    Ok(match found {
        Some(it) => Cover::Covered(it.from, Some(it.until), Some(it.phase)),
        None if journey.departed_on.is_none() => Cover::NotDeparted,
        None => Cover::NotPaid,
    })
}

/// The phase that covers him on `today` and its last day, where that is so near that he is reminded. Nothing can be done about what ends
/// because he embarked or came home.
pub(crate) fn ends_soon(
    abroad: &Abroad,
    today: NaiveDate,
    policy: &Policy,
) -> Result<Option<(Phase, NaiveDate)>, NoParameter> {
    let Some(journey) = &abroad.journey else {
        return Ok(None);
    };
    let covers = phases(policy, abroad.route, journey)?;
    let mut now = covers
        .iter()
        .filter(|it| (it.from..=it.until).contains(&today));
    let found = now.find(|it| match it.phase {
        Phase::Before => journey.departed_on.is_none() && it.until <= today + BEFORE_DEPARTURE,
        Phase::During => journey.returned_on.is_none() && it.until <= today + BEFORE_THE_END,
        Phase::After => false,
    });
    Ok(found.map(|it| (it.phase, it.until)))
}
