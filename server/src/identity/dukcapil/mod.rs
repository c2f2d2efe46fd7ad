//! The population register itself (Dukcapil), asked over HTTP by its protocol CALL_VERIFY_BY_ELEMEN.
//!
//! Start at [`Dukcapil::ask`]: what is remembered is not asked again; a register that was silent five times is left alone for a
//! while; `wire` puts the question, `answer` reads what comes back.

mod answer;
mod breaker;
mod settings;
mod store;
mod wire;

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;

pub use settings::RegisterSettings;
pub(crate) use settings::address;
pub(crate) use store::{forget, verify};

use super::{Answer, Heard, Question, Register, Verdict};
use crate::{
    clock::Clock,
    db::{self, Db},
    metrics,
    seal::{Datum, Seal},
};
use answer::Silence;
use breaker::Breaker;
use wire::Wire;

/// How long a yes is remembered.
const YES_LASTS: Duration = Duration::hours(24);
/// How long a no is remembered: not for long, since people have their data mended at the register and come again.
const NO_LASTS: Duration = Duration::hours(1);
/// From how many questions left on somebody should buy more.
const QUOTA_LOW: i64 = 1_000;

/// The register, and what is remembered of it.
pub(crate) struct Dukcapil {
    db: Db,
    seal: Seal,
    clock: Arc<dyn Clock>,
    wire: Wire,
    breaker: Breaker,
    /// Whether it was told that the quota is low, so that it is told once.
    quota_is_low: AtomicBool,
}

impl Dukcapil {
    /// The register that `settings` name; nothing is asked yet.
    pub(crate) fn new(
        db: Db,
        seal: Seal,
        clock: Arc<dyn Clock>,
        settings: &RegisterSettings,
    ) -> Result<Self, String> {
        Ok(Self {
            db,
            seal,
            clock,
            wire: Wire::new(settings)?,
            breaker: Breaker::default(),
            quota_is_low: AtomicBool::new(false),
        })
    }

    /// A keyed digest of the whole question, and of where and how strictly it is asked: another register may answer otherwise.
    fn digest(&self, question: &Question) -> Uuid {
        let whole = json!([self.wire.place(), self.wire.elements(question)]).to_string();
        let digest = self.seal.digest(Datum::RegisterQuestion, &whole);
        let half: [u8; 16] = digest[..16].try_into().expect("a digest has 32 bytes");
        Uuid::from_bytes(half)
    }

    async fn answer(&self, question: &Question) -> Heard {
        let (now, digest) = (self.clock.now(), self.digest(question));
        match store::remembered(self.db.reader(), &self.seal, digest, now).await {
            Ok(Some(verdict)) => {
                metrics::register_remembered();
                return Heard {
                    verdict,
                    was_put: false,
                };
            }
            Ok(None) => {}
            Err(error) => {
                // What it says now could be kept no better than this was read.
                tracing::error!(
                    error = &error as &dyn Error,
                    "the register's answers cannot be read"
                );
                return NOT_PUT;
            }
        }
        if !self.breaker.lets_through(now) {
            metrics::register_spared();
            return NOT_PUT;
        }
        match self.put(question).await {
            Ok(verdict) => {
                self.remember(digest, &verdict).await;
                Heard {
                    verdict,
                    was_put: true,
                }
            }
            Err(silence) => Heard {
                verdict: Verdict::Unavailable,
                was_put: silence.may_have_cost(),
            },
        }
    }

    /// Puts the question, and learns from how it went whether the register is there.
    async fn put(&self, question: &Question) -> Result<Verdict, Silence> {
        let said = self.wire.put(question).await;
        let outcome = match said {
            Ok(said) => {
                if let Some(left) = said.quota_left {
                    self.tell_quota(left);
                }
                said.outcome
            }
            Err(silence) => Err(silence),
        };
        match &outcome {
            Err(silence) if silence.is_absence() => {
                if self.breaker.was_silent(self.clock.now()) {
                    metrics::register_is_left_alone(true);
                    tracing::error!(
                        "the register was silent too often; it is left alone for a while"
                    );
                }
            }
            Ok(_) | Err(_) => {
                if self.breaker.has_answered() {
                    metrics::register_is_left_alone(false);
                    tracing::info!("the register answers again");
                }
            }
        }
        if let Err(silence) = &outcome {
            metrics::register_silent(silence.name());
            tracing::warn!(
                kind = silence.name(),
                status = silence.status(),
                "the register gave no answer"
            );
        }
        outcome
    }

    async fn remember(&self, digest: Uuid, verdict: &Verdict) {
        let now = self.clock.now();
        let lasts = if *verdict == Verdict::Matched {
            YES_LASTS
        } else {
            NO_LASTS
        };
        let keeping = || self.keep(digest, verdict, now + lasts);
        // The answer is good whether it is kept or not; the next question would only cost once more.
        if let Err(error) = db::retrying(keeping).await {
            tracing::error!(
                error = &error as &dyn Error,
                "the register's answer could not be kept"
            );
        }
    }

    async fn keep(
        &self,
        digest: Uuid,
        verdict: &Verdict,
        expires_at: DateTime<Utc>,
    ) -> Result<(), db::Error> {
        let transaction = self.db.begin_write().await?;
        store::keep(&transaction, &self.seal, digest, verdict, expires_at).await?;
        Ok(transaction.commit().await?)
    }

    fn tell_quota(&self, left: i64) {
        metrics::register_quota(left);
        let is_low = left < QUOTA_LOW;
        let was_low = self.quota_is_low.swap(is_low, Ordering::Relaxed);
        if is_low && !was_low {
            tracing::warn!(
                questions.left = left,
                "few questions to the register are left"
            );
        }
    }
}

/// Nobody was asked.
const NOT_PUT: Heard = Heard {
    verdict: Verdict::Unavailable,
    was_put: false,
};

impl Register for Dukcapil {
    fn ask<'a>(&'a self, question: &'a Question) -> Answer<'a> {
        Box::pin(self.answer(question))
    }
}
