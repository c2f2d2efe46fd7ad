//! Rupiah, rates and months. Money is a whole number and a rate is parts per million: no float touches either.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Whole rupiah.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub(crate) struct Money(i64);

impl Money {
    /// Nothing.
    pub(crate) const ZERO: Self = Self(0);

    /// So many rupiah.
    pub(crate) const fn new(idr: i64) -> Self {
        Self(idr)
    }

    /// How many rupiah.
    pub(crate) const fn idr(self) -> i64 {
        self.0
    }

    /// Both together, unless that is more than can be counted.
    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// This without the other, unless that is more than can be counted.
    pub(crate) fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

/// Stops the program rather than wrap; amounts from outside are bounded where they are parsed.
impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(mut amounts: I) -> Self {
        amounts
            .try_fold(Self::ZERO, Self::checked_add)
            .expect("amounts are bounded where they are parsed")
    }
}

/// With a comma between thousands: `26,000`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if self.0 < 0 {
            text.push('-');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

/// A share of money in parts per million, from none to all of it. Written `5.70 %`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Rate(u32);

const MILLION: u32 = 1_000_000;

impl Rate {
    /// Nothing.
    pub(crate) const ZERO: Self = Self(0);
    /// All of it.
    pub(crate) const WHOLE: Self = Self(MILLION);

    /// This share of `base`, half a rupiah going up (C13).
    pub(crate) fn of(self, base: Money) -> Money {
        self.of_less(base, Self::ZERO)
    }

    /// This share of `base` less the share `off` of that, rounded once at the end: half a rupiah goes up (C13).
    pub(crate) fn of_less(self, base: Money, off: Self) -> Money {
        let parts = i128::from(self.0) * i128::from(MILLION - off.0);
        let whole = i128::from(MILLION) * i128::from(MILLION);
        let rounded = (i128::from(base.0) * parts * 2 + whole).div_euclid(2 * whole);
        Money(i64::try_from(rounded).expect("a rate is at most all of an amount"))
    }
}

/// A text that is no rate.
#[derive(Debug, thiserror::Error)]
#[error("a rate is written \"5.70 %\", with two to four decimals and at most \"100.00 %\"")]
pub(crate) struct NotARate;

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let number = text.strip_suffix(" %").ok_or(NotARate)?;
        let (whole, decimals) = number.split_once('.').ok_or(NotARate)?;
        let plain = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
        let lengths = (1..=3).contains(&whole.len()) && (2..=4).contains(&decimals.len());
        if !lengths || !plain(whole) || !plain(decimals) {
            return Err(NotARate);
        }
        // One per cent is ten thousand parts: the digits with the decimals filled up to four.
        let parts = format!("{whole}{decimals:0<4}")
            .parse()
            .map_err(|_| NotARate)?;
        if parts > MILLION {
            Err(NotARate)
        } else {
            Ok(Self(parts))
        }
    }
}

impl TryFrom<String> for Rate {
    type Error = NotARate;

    fn try_from(text: String) -> Result<Self, NotARate> {
        text.parse()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:04}", self.0 % 10_000);
        let (first, rest) = decimals.split_at(2);
        let rest = rest.trim_end_matches('0');
        f.pad(&format!("{}.{first}{rest} %", self.0 / 10_000))
    }
}

/// A month of the calendar, counted from January of the year 0. Written `2026-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Month(i32);

impl Month {
    /// The month that `day` is in.
    pub(crate) fn of(day: NaiveDate) -> Self {
        Self(day.year() * 12 + day.month0().cast_signed())
    }

    /// Its first day.
    pub(crate) fn first_day(self) -> NaiveDate {
        let month = self.0.rem_euclid(12).cast_unsigned() + 1;
        NaiveDate::from_ymd_opt(self.0.div_euclid(12), month, 1)
            .expect("months stay within the years that a calendar can write")
    }

    /// Its last day.
    pub(crate) fn last_day(self) -> NaiveDate {
        self.next().first_day() - Days::new(1)
    }

    /// The month after it.
    pub(crate) fn next(self) -> Self {
        self.plus(1)
    }

    /// The month so many months later.
    pub(crate) fn plus(self, months: u32) -> Self {
        Self(self.0.saturating_add_unsigned(months))
    }

    /// The month so many months earlier.
    pub(crate) fn months_before(self, months: u32) -> Self {
        Self(self.0.saturating_sub_unsigned(months))
    }

    /// How many months later than `other` it is; negative when earlier.
    pub(crate) fn months_since(self, other: Self) -> i32 {
        self.0 - other.0
    }
}

/// The day so many months after `day`, cut to the month's end (C12).
pub(crate) fn months_after(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months))
        .expect("days stay within the years that a calendar can write")
}

/// A text that is no month.
#[derive(Debug, thiserror::Error)]
#[error("must be a month as YYYY-MM")]
pub(crate) struct NotAMonth;

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let (year, month) = text.split_once('-').ok_or(NotAMonth)?;
        let plain = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !plain(year) || !plain(month) {
            return Err(NotAMonth);
        }
        let year = year.parse().map_err(|_| NotAMonth)?;
        let month = month.parse().map_err(|_| NotAMonth)?;
        NaiveDate::from_ymd_opt(year, month, 1)
            .map(Self::of)
            .ok_or(NotAMonth)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!(
            "{:04}-{:02}",
            self.0.div_euclid(12),
            self.0.rem_euclid(12) + 1
        ))
    }
}

#[cfg(test)]
mod tests;
