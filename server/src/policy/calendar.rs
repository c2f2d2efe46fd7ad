//! Which days are worked (C12): Monday to Friday without national holidays and without collective leave.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::Deserialize;

use super::Policy;
use super::file::Day;

/// The days of a year that are not worked although they may be weekdays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holidays {
    pub(super) national: BTreeSet<Day>,
    pub(super) collective_leave: BTreeSet<Day>,
}

impl Holidays {
    /// Whether `day` is one of them.
    pub(crate) fn contains(&self, day: NaiveDate) -> bool {
        self.national.contains(&Day(day)) || self.collective_leave.contains(&Day(day))
    }
}

impl fmt::Display for Holidays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (national, leave) = (self.national.len(), self.collective_leave.len());
        write!(
            f,
            "{national} national holidays, {leave} days of collective leave"
        )
    }
}

/// What a day was worked out with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CalendarBasis {
    /// Weekends, national holidays and collective leave.
    Full,
    /// Weekends only: the year's holidays are not known.
    WeekendsOnly,
}

impl Policy {
    /// Whether `day` is worked; in a year whose holidays are not known every weekday is.
    pub(crate) fn is_working_day(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        !weekend
            && !self
                .calendar_holidays
                .on(day)
                .is_ok_and(|it| it.value.contains(day))
    }

    /// The first working day from `day` on, that day included, and what it was worked out with.
    pub(crate) fn first_working_day_from(&self, day: NaiveDate) -> (NaiveDate, CalendarBasis) {
        let mut first = day;
        while !self.is_working_day(first) {
            first = first + Days::new(1);
        }
        // The days between are known when both ends are: holidays are known by whole years without gaps.
        let known = [day, first]
            .iter()
            .all(|it| self.calendar_holidays.on(*it).is_ok());
        (
            first,
            if known {
                CalendarBasis::Full
            } else {
                CalendarBasis::WeekendsOnly
            },
        )
    }

    /// The day so many working days after `day`, and what it was worked out with.
    pub(crate) fn working_days_after(
        &self,
        day: NaiveDate,
        days: u32,
    ) -> (NaiveDate, CalendarBasis) {
        let mut reached = (day, CalendarBasis::Full);
        for _ in 0..days {
            let (next, basis) = self.first_working_day_from(reached.0 + Days::new(1));
            let known = reached.1 == CalendarBasis::Full && basis == CalendarBasis::Full;
            reached = (
                next,
                if known {
                    CalendarBasis::Full
                } else {
                    CalendarBasis::WeekendsOnly
                },
            );
        }
        reached
    }
}
