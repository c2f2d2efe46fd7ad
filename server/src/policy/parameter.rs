//! One number of the law through time.

use chrono::NaiveDate;
use serde::Deserialize;

/// One parameter through time.
#[derive(Debug)]
pub(crate) struct Parameter<T> {
    pub(super) name: &'static str,
    /// Oldest first; from a day with no value on, the parameter has ended.
    pub(super) values: Vec<(NaiveDate, Option<Dated<T>>)>,
}

/// What a parameter is from one day on.
#[derive(Debug)]
pub(crate) struct Dated<T> {
    /// The first day it applies.
    pub(crate) from: NaiveDate,
    /// What it is.
    pub(crate) value: T,
    /// The text of law.
    pub(crate) reference: Reference,
}

/// A text of law.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reference {
    /// Its title and article.
    pub(crate) title: String,
    /// Where to read it.
    pub(crate) href: String,
}

/// The law, as far as we have it, says nothing for that day. The nearest value is never taken instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{parameter} has no value on {day}")]
pub(crate) struct NoParameter {
    /// Its name, such as `bpu/jkk_rate`.
    pub(crate) parameter: &'static str,
    /// The day asked for.
    pub(crate) day: NaiveDate,
}

impl<T> Parameter<T> {
    /// What it is on `day`, which is the day of the event.
    pub(crate) fn on(&self, day: NaiveDate) -> Result<&Dated<T>, NoParameter> {
        self.values
            .iter()
            .rev()
            .find(|(from, _)| *from <= day)
            .and_then(|(_, dated)| dated.as_ref())
            .ok_or(NoParameter {
                parameter: self.name,
                day,
            })
    }

    /// Each value with the first day on which it applies no more; none for what applies for good.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (&Dated<T>, Option<NaiveDate>)> {
        let ends = self.values.iter().skip(1).map(|(from, _)| Some(*from));
        self.values
            .iter()
            .zip(ends.chain([None]))
            .filter_map(|((_, dated), end)| Some((dated.as_ref()?, end)))
    }
}
