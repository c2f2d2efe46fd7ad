//! The one source of the present moment, and of the scheme's day.

use chrono::{DateTime, Duration, DurationRound, FixedOffset, NaiveDate, Utc};

/// Hours that the scheme's day (Asia/Jakarta, no summer time since 1964) runs ahead of UTC.
const JAKARTA_OFFSET_SECONDS: i32 = 7 * 3_600;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present moment, cut to microseconds: PostgreSQL keeps no more, and what is written must be what is read.
    fn now(&self) -> DateTime<Utc>;

    /// The scheme's day: the calendar day in Jakarta.
    fn today(&self) -> NaiveDate {
        day_of(self.now())
    }
}

/// The scheme's day at `moment`.
pub fn day_of(moment: DateTime<Utc>) -> NaiveDate {
    let jakarta = FixedOffset::east_opt(JAKARTA_OFFSET_SECONDS).expect("seven hours are an offset");
    moment.with_timezone(&jakarta).date_naive()
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> DateTime<Utc> {
        let now = Utc::now();
        now.duration_trunc(Duration::microseconds(1)).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_midnight_in_jakarta() {
        let before = "2026-02-28T16:59:59Z".parse().expect("a moment");
        let after = "2026-02-28T17:00:00Z".parse().expect("a moment");
        assert_eq!(day_of(before).to_string(), "2026-02-28");
        assert_eq!(day_of(after).to_string(), "2026-03-01");
    }
}
