//! Leaves a silent register alone, so that nobody waits for it and it is not pressed while it comes back.
//!
//! Each process finds out by itself: what one believes of the register binds no other.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};

/// After how many silences in a row the register is left alone.
const SILENCES_MAX: u32 = 5;
/// For how long, and how far apart the single questions are that find out whether it is back.
const PAUSE: Duration = Duration::seconds(10);

/// What is believed of the register.
#[derive(Clone, Copy, Debug)]
enum Belief {
    /// It is there; so often it was silent since it last answered.
    There { silences: u32 },
    /// It is not; who comes from this moment on may ask once.
    Gone { probe_at: DateTime<Utc> },
}

/// Decides whether a question is put at all.
pub(super) struct Breaker(Mutex<Belief>);

impl Default for Breaker {
    fn default() -> Self {
        Self(Mutex::new(Belief::There { silences: 0 }))
    }
}

impl Breaker {
    /// Whether to ask now. While the register is gone one question a pause is let through, whoever puts it: should that one never
    /// end, the next one is let through all the same.
    pub(super) fn lets_through(&self, now: DateTime<Utc>) -> bool {
        let mut belief = self.lock();
        match *belief {
            Belief::There { .. } => true,
            Belief::Gone { probe_at } if now < probe_at => false,
            Belief::Gone { .. } => {
                *belief = Belief::Gone {
                    probe_at: now + PAUSE,
                };
                true
            }
        }
    }

    /// It has answered, whatever it said. Whether it was believed gone.
    pub(super) fn has_answered(&self) -> bool {
        let mut belief = self.lock();
        let was_gone = matches!(*belief, Belief::Gone { .. });
        *belief = Belief::There { silences: 0 };
        was_gone
    }

    /// It was silent. Whether it is left alone from now on.
    pub(super) fn was_silent(&self, now: DateTime<Utc>) -> bool {
        let mut belief = self.lock();
        match *belief {
            // The question that went through has set when the next one may.
            Belief::Gone { .. } => false,
            Belief::There { silences } if silences + 1 < SILENCES_MAX => {
                *belief = Belief::There {
                    silences: silences + 1,
                };
                false
            }
            Belief::There { .. } => {
                *belief = Belief::Gone {
                    probe_at: now + PAUSE,
                };
                true
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Belief> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::seconds(seconds)
    }

    fn gone() -> Breaker {
        let breaker = Breaker::default();
        let opened: Vec<_> = (0..5).map(|_| breaker.was_silent(at(0))).collect();
        assert_eq!(opened, [false, false, false, false, true]);
        breaker
    }

    #[test]
    fn an_answer_in_between_begins_the_count_anew() {
        let breaker = Breaker::default();
        for _ in 0..4 {
            breaker.was_silent(at(0));
        }
        assert!(!breaker.has_answered());
        for _ in 0..4 {
            assert!(!breaker.was_silent(at(0)));
        }
        assert!(breaker.lets_through(at(0)));
        assert!(breaker.was_silent(at(0)));
    }

    #[test]
    fn one_question_a_pause_finds_out_whether_it_is_back() {
        let breaker = gone();
        assert!(!breaker.lets_through(at(9)));
        assert!(breaker.lets_through(at(10)));
        assert!(!breaker.lets_through(at(10)));
        assert!(!breaker.was_silent(at(15)));
        assert!(!breaker.lets_through(at(19)));
        assert!(breaker.lets_through(at(20)));
        assert!(breaker.has_answered());
        assert!(breaker.lets_through(at(20)) && breaker.lets_through(at(20)));
    }
}
