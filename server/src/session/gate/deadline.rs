//! How long a call may take: what its caller says, within bounds.

use std::time::Duration;

use tonic::{Code, Status};

use crate::refusal::{Reason, refuse};

/// How long a call may take when the caller does not say.
const DEADLINE_DEFAULT: Duration = Duration::from_secs(10);
/// How long a call may take whatever the caller says.
pub(crate) const DEADLINE_MAX: Duration = Duration::from_secs(30);
/// A call with less than this left is not begun.
const DEADLINE_MIN: Duration = Duration::from_millis(50);
/// What is kept back for the way home, so that the answer is ours and not a cut connection.
const DEADLINE_MARGIN: Duration = Duration::from_millis(20);

/// How long this call may take.
pub(super) fn deadline(headers: &http::HeaderMap) -> Result<Duration, Status> {
    let asked = headers.get("grpc-timeout").and_then(|it| it.to_str().ok());
    let asked = asked.map_or(Some(DEADLINE_DEFAULT), read_timeout);
    let asked = asked.unwrap_or(DEADLINE_DEFAULT).min(DEADLINE_MAX);
    if asked < DEADLINE_MIN {
        return Err(too_late(asked));
    }
    Ok(asked - DEADLINE_MARGIN)
}

pub(super) fn too_late(deadline: Duration) -> Status {
    refuse(
        Code::DeadlineExceeded,
        Reason::Deadline,
        "the call did not end in time",
        [("deadlineMilliseconds", deadline.as_millis().to_string())],
    )
}

/// Reads `grpc-timeout`: up to eight digits and a unit.
fn read_timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3_600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}
