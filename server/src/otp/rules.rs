use chrono::{DateTime, Duration, Utc};

use super::{Challenge, Draw, Error};
use crate::{
    incoming::peer_of,
    quota::{Count, Quota, hex},
    seal::{Datum, Seal},
};

/// How long a code is good: ASVS 6.5.5 allows ten minutes, phones need less.
pub(super) const LIFETIME: Duration = Duration::seconds(300);
/// How long until the next code to the same contact.
pub(super) const COOL_DOWN: Duration = Duration::seconds(60);
/// How many tries a code has.
pub(super) const TRIES_MAX: i64 = 5;

const COOL: &str = "otp.cool";
const CONTACT_BURST: &str = "otp.contact10m";
const CONTACT_DAY: &str = "otp.contact24h";

/// How many codes may be sent and missed. The sandbox is generous where one person plays many.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    per_peer_hour: i64,
    per_prefix_hour: i64,
    per_day: i64,
}

impl Limits {
    /// Production's figures.
    pub const PRODUCTION: Self = Self {
        per_peer_hour: 10,
        per_prefix_hour: 100,
        per_day: 50_000,
    };
    /// The sandbox's: a thousand times production's where many people share one machine.
    pub const SANDBOX: Self = Self {
        per_peer_hour: 10_000,
        per_prefix_hour: 100_000,
        per_day: 50_000_000,
    };

    /// What one code more counts against. Never against a NIK alone: anybody could lock a NIK out.
    pub(super) fn of_sending(&self, seal: &Seal, draw: &Draw, contact: &[u8]) -> Vec<Quota> {
        let contact = hex(contact);
        let quota = |key: String, limit, window| Quota { key, limit, window };
        let mut quotas = vec![
            quota(format!("{COOL}:{contact}"), 1, COOL_DOWN),
            quota(
                format!("{CONTACT_BURST}:{contact}"),
                3,
                Duration::minutes(10),
            ),
            quota(format!("{CONTACT_DAY}:{contact}"), 5, Duration::hours(24)),
            quota("otp.day".to_owned(), self.per_day, Duration::hours(24)),
        ];
        if let Some(nik) = &draw.document_digest {
            let key = format!("otp.pair24h:{}:{contact}", hex(nik));
            quotas.push(quota(key, 5, Duration::hours(24)));
        }
        if let Some(address) = draw.peer.0 {
            let peer = seal.digest(Datum::Peer, &peer_of(address).to_string());
            let key = format!("otp.peer1h:{}", hex(&peer));
            quotas.push(quota(key, self.per_peer_hour, Duration::hours(1)));
        }
        if let Some(prefix) = draw.contact.prefix() {
            let key = format!("otp.prefix1h:{prefix}");
            quotas.push(quota(key, self.per_prefix_hour, Duration::hours(1)));
        }
        quotas
    }

    /// What one wrong code counts against, over all codes to the same contact.
    pub(super) fn of_failing(&self, challenge: &Challenge) -> Vec<Quota> {
        let [hour, day] = failure_keys(challenge);
        vec![
            Quota {
                key: hour,
                limit: 10,
                window: Duration::hours(1),
            },
            Quota {
                key: day,
                limit: 25,
                window: Duration::hours(24),
            },
        ]
    }
}

pub(super) fn failure_keys(challenge: &Challenge) -> [String; 2] {
    let contact = hex(&challenge.contact_digest);
    [
        format!("otp.failed1h:{contact}"),
        format!("otp.failed24h:{contact}"),
    ]
}

/// How many more may be sent to the contact, or why not even this one.
pub(super) fn check_sends(counts: &[Count], now: DateTime<Utc>) -> Result<i64, Error> {
    let sends_left = counts
        .iter()
        .filter(|it| it.key.starts_with(CONTACT_BURST) || it.key.starts_with(CONTACT_DAY))
        .map(|it| it.left)
        .min()
        .unwrap_or(0);
    let spent = |it: &&Count| it.left < 0 && !it.key.starts_with(COOL);
    let longest = counts.iter().filter(spent).max_by_key(|it| it.ends_at);
    if let Some(longest) = longest {
        let retry_after = longest.wait(now);
        return Err(Error::SendLimit { retry_after });
    }
    if let Some(cooling) = counts
        .iter()
        .find(|it| it.key.starts_with(COOL) && it.left < 0)
    {
        return Err(Error::TooSoon {
            retry_after: cooling.wait(now),
            // This one was counted and is rolled back.
            sends_left: sends_left + 1,
        });
    }
    Ok(sends_left)
}

/// Whether the contact missed too often, whatever this code says.
pub(super) fn check_failures(counts: &[Count], now: DateTime<Utc>) -> Result<(), Error> {
    let spent = counts.iter().filter(|it| it.left < 0);
    match spent.max_by_key(|it| it.ends_at) {
        Some(longest) => Err(Error::Locked {
            retry_after: Some(longest.wait(now)),
        }),
        None => Ok(()),
    }
}

/// Why a challenge takes no try, in the order of the contract.
pub(super) fn why_not_tried(challenge: Option<&Challenge>, now: DateTime<Utc>) -> Error {
    let Some(challenge) = challenge else {
        return Error::NotFound;
    };
    if challenge.used_at.is_some() {
        return Error::Used;
    }
    if i64::from(challenge.tries) >= TRIES_MAX {
        return Error::Locked { retry_after: None };
    }
    if challenge.superseded_at.is_some() {
        return Error::Superseded;
    }
    debug_assert!(challenge.expires_at <= now, "a good challenge is tried");
    Error::Expired
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{caller::Peer, identity::Contact, otp::Purpose};

    fn count(key: &str, left: i64, ends_in: i64) -> Count {
        let now: DateTime<Utc> = "2026-03-01T00:00:00Z".parse().expect("a moment");
        Count {
            key: key.to_owned(),
            left,
            ends_at: now + Duration::seconds(ends_in),
        }
    }

    #[test]
    fn a_code_counts_against_its_contact_pair_peer_block_and_day_and_never_against_a_nik_alone() {
        let seal = Seal::ephemeral();
        let draw = Draw {
            id: Uuid::nil(),
            purpose: Purpose::Register,
            subject: None,
            kpj_named: false,
            document_digest: Some(vec![1]),
            contact: Contact::parse("+6281234567890").expect("a number"),
            peer: Peer(Some("2001:db8::1".parse().expect("an address"))),
            content_digest: Vec::new(),
        };

        let quotas = Limits::PRODUCTION.of_sending(&seal, &draw, &[2]);

        let told: Vec<_> = quotas
            .iter()
            .map(|it| {
                let kind = it.key.split(':').next().expect("a kind");
                (kind, it.limit, it.window.num_minutes())
            })
            .collect();
        assert_eq!(
            told,
            [
                ("otp.cool", 1, 1),
                ("otp.contact10m", 3, 10),
                ("otp.contact24h", 5, 24 * 60),
                ("otp.day", 50_000, 24 * 60),
                ("otp.pair24h", 5, 24 * 60),
                ("otp.peer1h", 10, 60),
                ("otp.prefix1h", 100, 60),
            ]
        );
        let with_nik = quotas.iter().filter(|it| it.key.contains(":01"));
        assert!(with_nik.clone().all(|it| it.key.ends_with(":02")) && with_nik.count() == 1);
    }

    #[test]
    fn a_spent_quota_is_told_before_the_cool_down_and_with_the_longest_wait() {
        let now = "2026-03-01T00:00:00Z".parse().expect("a moment");
        let counts = [
            count("otp.cool:a", -1, 42),
            count("otp.contact10m:a", -1, 500),
            count("otp.contact24h:a", -1, 5_400),
        ];
        let refused = check_sends(&counts, now);
        assert!(
            matches!(refused, Err(Error::SendLimit { retry_after }) if retry_after.as_secs() == 5_400)
        );
        let counts = [
            count("otp.cool:a", -1, 42),
            count("otp.contact10m:a", 1, 500),
        ];
        let refused = check_sends(&counts, now);
        assert!(matches!(
            refused,
            Err(Error::TooSoon { retry_after, sends_left: 2 }) if retry_after.as_secs() == 42
        ));
    }
}
