//! The one source of the present moment, and of the scheme's day.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

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

/// The sandbox's clock: another one, moved ahead, so that waiting periods and expiries can be seen without waiting.
pub(crate) struct MovedClock {
    base: Arc<dyn Clock>,
    ahead_microseconds: AtomicI64,
}

impl MovedClock {
    /// Starts where `base` is.
    pub(crate) fn over(base: Arc<dyn Clock>) -> Self {
        Self {
            base,
            ahead_microseconds: AtomicI64::new(0),
        }
    }

    /// How far ahead of its base a clock is that shows `moment` now.
    pub(crate) fn ahead_at(&self, moment: DateTime<Utc>) -> Duration {
        moment - self.base.now()
    }

    /// Runs `ahead` of its base from now on.
    pub(crate) fn run_ahead(&self, ahead: Duration) {
        let microseconds = ahead.num_microseconds().unwrap_or(i64::MAX);
        self.ahead_microseconds
            .store(microseconds, Ordering::Relaxed);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> DateTime<Utc> {
        let ahead = Duration::microseconds(self.ahead_microseconds.load(Ordering::Relaxed));
        self.base.now() + ahead
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
