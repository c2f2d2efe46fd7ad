//! Reminders: a month is due, or cover is about to end because three months are unpaid.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Contributions, Error, rules, store};
use crate::{db, money::Month, notification::Wording, participant};

/// How long before a month is due its payer is reminded.
const BEFORE_DUE: Days = Days::new(3);
/// How long before cover ends.
const BEFORE_LAPSE: Days = Days::new(7);
/// How many memberships one transaction reminds.
const ROUND: u64 = 100;

/// What somebody is reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Due(NaiveDate),
    Lapse(NaiveDate),
}

/// How far this process has reminded people today.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    day: Option<NaiveDate>,
    /// Which of the day's kinds.
    kind: usize,
    /// Behind which membership.
    after: Uuid,
}

impl Contributions {
    /// Reminds those whose day it is, a hundred a round, so that nothing else has to wait; how many were looked at. Whoever was reminded
    /// of a month is not reminded of it again, whichever process looks.
    pub(crate) async fn remind(&self) -> Result<usize, Error> {
        let today = self.clock.today();
        let mut progress = *self.lock_reminded();
        if progress.day != Some(today) {
            progress = Progress {
                day: Some(today),
                ..Progress::default()
            };
        }
        let kinds = self.kinds(today)?;
        let Some(&(month, kind)) = kinds.get(progress.kind) else {
            *self.lock_reminded() = progress;
            return Ok(0);
        };
        let (looked, last) = self
            .remind_paid_through(today, (month, kind), progress.after)
            .await?;
        match last {
            Some(last) => progress.after = last,
            None => {
                progress.kind += 1;
                progress.after = Uuid::nil();
            }
        }
        *self.lock_reminded() = progress;
        Ok(looked)
    }

    /// What people are reminded of on `today`, and through which month those are paid.
    fn kinds(&self, today: NaiveDate) -> Result<Vec<(Month, Kind)>, Error> {
        let this_month = Month::of(today);
        let mut kinds = Vec::new();
        let (due, _) = rules::due_on(&self.policy, this_month)?;
        if (due - BEFORE_DUE..=due).contains(&today) {
            kinds.push((this_month.months_before(1), Kind::Due(due)));
        }
        let lapse_months = self
            .policy
            .bpu_lapse_months
            .on(this_month.first_day())?
            .value;
        let last_paid = this_month.months_before(lapse_months);
        let ends = participant::cover_ends(last_paid, lapse_months);
        if today >= ends - BEFORE_LAPSE {
            kinds.push((last_paid, Kind::Lapse(ends)));
        }
        Ok(kinds)
    }

    fn lock_reminded(&self) -> std::sync::MutexGuard<'_, Progress> {
        self.reminded
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Reminds a page of those who are paid through `month`; how many there were, and the last of them.
    async fn remind_paid_through(
        &self,
        today: NaiveDate,
        (month, kind): (Month, Kind),
        after: Uuid,
    ) -> Result<(usize, Option<Uuid>), Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = participant::hold_paid_through(&transaction, month, today, after, ROUND).await?;
        let Some(last) = held.last().map(|it| it.id) else {
            return Ok((0, None));
        };
        let ids: Vec<_> = held.iter().map(|it| it.id).collect();
        let news = store::insert_reminders(&transaction, &ids, month, kind.code(), now).await?;
        let text = kind.wording(month).text();
        let texts = held.iter().filter(|it| news.contains(&it.id));
        let texts: Vec<_> = texts.map(|it| (it.participant_id, text.clone())).collect();
        participant::tell_each(&transaction, &self.seal, now, &texts).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok((held.len(), Some(last)))
    }
}

impl Kind {
    const fn code(self) -> &'static str {
        match self {
            Self::Due(_) => "due",
            Self::Lapse(_) => "lapse",
        }
    }

    /// What whoever is paid through a month is told.
    const fn wording(self, paid_through: Month) -> Wording<'static> {
        match self {
            Self::Due(due_on) => Wording::ContributionDue {
                paid_through,
                due_on,
            },
            Self::Lapse(ends_on) => Wording::CoverEnds {
                paid_through,
                ends_on,
            },
        }
    }
}
