//! Reminders: a month is due, or cover is about to end because three months are unpaid.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Contributions, Error, rules, store};
use crate::{
    db,
    money::Month,
    participant::{self, Membership},
};

/// How long before a month is due its payer is reminded.
const BEFORE_DUE: Days = Days::new(3);
/// How long before cover ends.
const BEFORE_LAPSE: Days = Days::new(7);
/// How many memberships one transaction reminds.
const ROUND: u64 = 100;

/// What somebody is reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Due(NaiveDate),
    Lapse(NaiveDate),
}

impl Contributions {
    /// Reminds those whose day it is, once a day; how many. Whoever was reminded of a month is not reminded of it again, whichever
    /// process looks.
    pub(crate) async fn remind(&self) -> Result<usize, Error> {
        let today = self.clock.today();
        let looked = *self.lock_reminded();
        if looked == Some(today) {
            return Ok(0);
        }
        let this_month = Month::of(today);
        let mut reminded = 0;
        let (due, _) = rules::due_on(&self.policy, this_month)?;
        if (due - BEFORE_DUE..=due).contains(&today) {
            let before = this_month.months_before(1);
            reminded += self.remind_paid_through(before, Kind::Due(due)).await?;
        }
        let lapse_months = self
            .policy
            .bpu_lapse_months
            .on(this_month.first_day())?
            .value;
        let last_paid = this_month.months_before(lapse_months);
        let ends = participant::cover_ends(last_paid, lapse_months);
        if today >= ends - BEFORE_LAPSE {
            reminded += self
                .remind_paid_through(last_paid, Kind::Lapse(ends))
                .await?;
        }
        *self.lock_reminded() = Some(today);
        Ok(reminded)
    }

    fn lock_reminded(&self) -> std::sync::MutexGuard<'_, Option<NaiveDate>> {
        self.reminded
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Reminds all who are paid through `month`, a hundred a transaction.
    async fn remind_paid_through(&self, month: Month, kind: Kind) -> Result<usize, Error> {
        let (mut after, mut reminded) = (Uuid::nil(), 0);
        loop {
            let now = self.clock.now();
            let transaction = self.db.begin_write().await?;
            let held = participant::hold_paid_through(&transaction, month, after, ROUND).await?;
            let Some(last) = held.last().map(|it| it.id) else {
                return Ok(reminded);
            };
            let ids: Vec<_> = held.iter().map(|it| it.id).collect();
            let news = store::insert_reminders(&transaction, &ids, month, kind.code(), now).await?;
            let texts = held.iter().filter(|it| news.contains(&it.id));
            let texts: Vec<_> = texts.map(|it| (it.participant_id, kind.text(it))).collect();
            participant::tell_each(&transaction, &self.seal, now, &texts).await?;
            transaction.commit().await.map_err(db::Error::from)?;
            reminded += news.len();
            after = last;
        }
    }
}

impl Kind {
    const fn code(self) -> &'static str {
        match self {
            Self::Due(_) => "due",
            Self::Lapse(_) => "lapse",
        }
    }

    fn text(self, membership: &Membership) -> String {
        let paid = membership
            .paid_through
            .map_or_else(String::new, |it| it.to_string());
        match self {
            Self::Due(day) => format!(
                "Iuran Jamsostek Anda (terbayar s.d. {paid}) jatuh tempo {day}. / Your contribution, paid through {paid}, is due on {day}."
            ),
            Self::Lapse(day) => format!(
                "Perlindungan Jamsostek Anda berakhir {day} bila iuran (terbayar s.d. {paid}) tidak dibayar. / Your cover ends on {day} unless \
                 you pay; paid through {paid}."
            ),
        }
    }
}
