//! Repeats what is safe to repeat, said by method and not by guess.
//!
//! A call is repeated on `UNAVAILABLE` and `ABORTED`, at most five times in all, with growing random pauses, within its
//! deadline, and not before the service's own `RetryInfo`. One that nobody has looked at, because its connection was just then
//! closed, is repeated whatever it does: the service closes connections that have grown old.

use std::{collections::hash_map::RandomState, future::Future, hash::BuildHasher, time::Duration};

use tokio::time::{Instant, sleep, timeout_at};
use tonic::{
    Code, Request, Response, Status,
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};
use uuid::Uuid;

use crate::{Error, Language};

/// How often a call is tried at most.
const TRIES_MAX: u32 = 5;
/// The first pause is at most this long; each later one twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// No pause of our own is longer.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// tonic cuts a call off by a clock of its own that may run ahead of ours by its rounding.
const ROUNDING: Duration = Duration::from_millis(10);

/// Whether a method may be sent again when nobody knows if it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It reads, or doing it twice is doing it once.
    Safe,
    /// It sends a message or counts as a try.
    Never,
}

/// The way of one call: where, until when, as whom and in which language.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) channel: Channel,
    pub(crate) deadline: Instant,
    pub(crate) language: Option<Language>,
    pub(crate) authorization: Option<MetadataValue<Ascii>>,
}

/// Gives the thing that a request makes an id, unless the caller did, so that the request may be repeated.
pub(crate) fn name(id: &mut String) {
    if id.is_empty() {
        *id = Uuid::now_v7().to_string();
    }
}

/// Sends `message` until it is answered, as often as `repeat` and the route's deadline allow.
pub(crate) async fn send<Q, A, F, Fut>(
    route: &Route,
    repeat: Repeat,
    message: &Q,
    method: &F,
) -> Result<A, Error>
where
    Q: Clone,
    F: Fn(Channel, Request<Q>) -> Fut,
    Fut: Future<Output = Result<Response<A>, Status>>,
{
    let mut tries = 0;
    loop {
        let error = match attempt(route, message.clone(), method).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        tries += 1;
        let Some(pause) = pause_after(&error, repeat, tries) else {
            return Err(error);
        };
        // The pause may be any number that the service has sent: it is compared, and never added to a moment.
        if pause >= route.deadline.saturating_duration_since(Instant::now()) {
            return Err(error);
        }
        sleep(pause).await;
    }
}

async fn attempt<Q, A, F, Fut>(route: &Route, message: Q, method: &F) -> Result<A, Error>
where
    F: Fn(Channel, Request<Q>) -> Fut,
    Fut: Future<Output = Result<Response<A>, Status>>,
{
    let mut request = Request::new(message);
    let left = route.deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Error::out_of_time());
    }
    request.set_timeout(left);
    if let Some(language) = route.language {
        let tag = MetadataValue::from_static(language.tag());
        request.metadata_mut().insert("accept-language", tag);
    }
    if let Some(authorization) = &route.authorization {
        let metadata = request.metadata_mut();
        metadata.insert("authorization", authorization.clone());
    }
    match timeout_at(route.deadline, method(route.channel.clone(), request)).await {
        Ok(Ok(answer)) => Ok(answer.into_inner()),
        // tonic says CANCELLED when time runs out on this side.
        Ok(Err(status))
            if status.code() == Code::Cancelled && Instant::now() + ROUNDING >= route.deadline =>
        {
            Err(Error::out_of_time())
        }
        Ok(Err(status)) => Err(status.into()),
        Err(_) => Err(Error::out_of_time()),
    }
}

/// How long to wait before the next try, or `None` when there is none.
fn pause_after(error: &Error, repeat: Repeat, tries: u32) -> Option<Duration> {
    let passing = matches!(error.code(), Code::Unavailable | Code::Aborted);
    let may_be_repeated = passing && repeat == Repeat::Safe;
    if tries >= TRIES_MAX || !(may_be_repeated || error.is_of_a_call_nobody_looked_at()) {
        return None;
    }
    let longest = FIRST_PAUSE.saturating_mul(1 << (tries - 1)).min(PAUSE_MAX);
    let asked = error.refusal().and_then(|refusal| refusal.retry_after);
    Some(random_up_to(longest).max(asked.unwrap_or_default()))
}

/// Full jitter. The standard library's seeds for hash maps are random enough to keep clients apart.
fn random_up_to(longest: Duration) -> Duration {
    let parts = RandomState::new().hash_one(()) % 1_001;
    longest.mul_f64(f64::from(u16::try_from(parts).unwrap_or(1_000)) / 1_000.0)
}

#[cfg(test)]
mod tests {
    use jamsostek_proto::v1::ErrorReason;

    use super::*;

    fn unavailable() -> Error {
        Status::unavailable("nobody there").into()
    }

    #[test]
    fn a_safe_call_is_tried_five_times() {
        let pauses = (1..=TRIES_MAX).map(|it| pause_after(&unavailable(), Repeat::Safe, it));

        let pauses: Vec<_> = pauses.collect();
        assert!(pauses[..4].iter().all(Option::is_some));
        assert_eq!(pauses[4], None);
    }

    #[test]
    fn a_pause_is_never_longer_than_its_turn_allows() {
        for tries in 1..TRIES_MAX {
            let longest = Duration::from_millis(20 << (tries - 1));
            let pause = pause_after(&unavailable(), Repeat::Safe, tries).expect("a pause");
            assert!(pause <= longest, "{pause:?} after {tries}");
        }
    }

    #[test]
    fn a_message_is_never_sent_twice() {
        assert_eq!(pause_after(&unavailable(), Repeat::Never, 1), None);
    }

    fn refused(reason: ErrorReason, retry_after: Option<Duration>) -> Error {
        Error::Refused(Box::new(crate::Refusal {
            reason,
            code: Code::Unavailable,
            message: String::new(),
            localized: None,
            metadata: Default::default(),
            violations: Vec::new(),
            retry_after,
            help: Vec::new(),
        }))
    }

    #[test]
    fn what_the_service_asks_to_wait_is_waited() {
        let asked = Duration::from_secs(3);
        let error = refused(ErrorReason::StoreUnavailable, Some(asked));
        assert_eq!(pause_after(&error, Repeat::Safe, 1), Some(asked));
    }

    #[test]
    fn what_will_not_pass_is_not_repeated() {
        for status in [
            Status::not_found("gone"),
            Status::internal("broken"),
            Status::deadline_exceeded("late"),
        ] {
            assert_eq!(pause_after(&status.into(), Repeat::Safe, 1), None);
        }
    }
}
