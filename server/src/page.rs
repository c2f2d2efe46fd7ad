//! Pages of long lists: where the next one begins, signed, so that nobody can make one up.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{refusal::Fields, seal::Seal};

/// How many things a page holds when the caller does not say.
const SIZE_DEFAULT: u64 = 50;
/// How many it holds at most.
const SIZE_MAX: u64 = 100;

/// Reads `page_size`.
pub(crate) fn size(fields: &mut Fields, page_size: i32) -> u64 {
    match u64::try_from(page_size) {
        Ok(0) => SIZE_DEFAULT,
        Ok(size @ 1..=SIZE_MAX) => size,
        Ok(_) | Err(_) => {
            fields.reject("page_size", "must be 1 to 100");
            SIZE_DEFAULT
        }
    }
}

/// Cuts a list of one more than `size` down to it; whether there was more.
pub(crate) fn cut<T>(list: &mut Vec<T>, size: u64) -> bool {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = list.len() > size;
    list.truncate(size);
    more
}

/// The token of the page of `list` that begins after `last`.
pub(crate) fn token(seal: &Seal, list: &str, last: &str) -> String {
    let signature = seal.sign(list, last.as_bytes());
    URL_SAFE_NO_PAD.encode([&signature, last.as_bytes()].concat())
}

/// Reads a place `day|id`, as lists by day write theirs.
pub(crate) fn day_and_id(place: &str) -> Option<(NaiveDate, Uuid)> {
    let (day, id) = place.split_once('|')?;
    Some((day.parse().ok()?, id.parse().ok()?))
}

/// Reads a place `moment|id`, as lists by moment write theirs.
pub(crate) fn moment_and_id(place: &str) -> Option<(DateTime<Utc>, Uuid)> {
    let (moment, id) = place.split_once('|')?;
    Some((moment.parse().ok()?, id.parse().ok()?))
}

/// Reads `page_token`: where the page before ended.
pub(crate) fn after(
    fields: &mut Fields,
    seal: &Seal,
    list: &str,
    page_token: &str,
) -> Option<String> {
    if page_token.is_empty() {
        return None;
    }
    let last = URL_SAFE_NO_PAD.decode(page_token).ok().and_then(|bytes| {
        let (signature, last) = bytes.split_at_checked(32)?;
        seal.signed(list, last, signature)
            .then(|| String::from_utf8(last.to_vec()).ok())
            .flatten()
    });
    if last.is_none() {
        fields.reject(
            "page_token",
            "must be the next_page_token of the page before",
        );
    }
    last
}
