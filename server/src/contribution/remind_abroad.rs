//! A migrant worker is reminded before what covers him ends, while he can still do something about it.

use std::{
    collections::BTreeMap,
    sync::{MutexGuard, PoisonError},
};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Contributions, Error, store};
use crate::{
    db,
    money::Month,
    notification::Wording,
    participant::{self, Membership, Phase},
};

/// How many memberships one round looks at.
const ROUND: u64 = 100;

/// How far this process has looked today.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Looked {
    day: Option<NaiveDate>,
    /// Behind which membership.
    after: Uuid,
    is_done: bool,
}

impl Contributions {
    /// Reminds those whose cover ends soon, a hundred a round; how many were looked at. When it ends follows from the way of each, so
    /// that all who are abroad are looked at, once a day. Whoever was reminded of an end is not reminded of it again, whichever process
    /// looks.
    pub(crate) async fn remind_abroad(&self) -> Result<usize, Error> {
        let today = self.clock.today();
        let mut looked = *self.lock_looked();
        if looked.day != Some(today) {
            looked = Looked {
                day: Some(today),
                ..Looked::default()
            };
        }
        if looked.is_done {
            return Ok(0);
        }
        let page = participant::on_the_way(self.db.reader(), looked.after, ROUND).await?;
        match page.last() {
            Some(last) => looked.after = last.id,
            None => looked.is_done = true,
        }
        self.remind_of_ends(today, &page).await?;
        *self.lock_looked() = looked;
        Ok(page.len())
    }

    fn lock_looked(&self) -> MutexGuard<'_, Looked> {
        self.looked_abroad
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn remind_of_ends(&self, today: NaiveDate, page: &[Membership]) -> Result<(), Error> {
        let mut ends: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for it in page {
            let Some(abroad) = it.abroad() else { continue };
            if let Some((phase, day)) = participant::ends_soon(&abroad, today, &self.policy)? {
                let ids = (it.id, it.participant_id);
                ends.entry((phase, day)).or_default().push(ids);
            }
        }
        if ends.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        for ((phase, ends_on), people) in ends {
            let (kind, wording) = match phase {
                Phase::Before => ("before_work", Wording::CoverBeforeWorkEnds { ends_on }),
                Phase::During | Phase::After => ("abroad", Wording::CoverAbroadEnds { ends_on }),
            };
            let ids: Vec<_> = people.iter().map(|it| it.0).collect();
            let month = Month::of(ends_on);
            let news = store::insert_reminders(&transaction, &ids, month, kind, now).await?;
            let text = wording.text();
            let told = people.iter().filter(|it| news.contains(&it.0));
            let texts: Vec<_> = told.map(|it| (it.1, text.clone())).collect();
            participant::tell_each(&transaction, &self.seal, now, &texts).await?;
        }
        Ok(transaction.commit().await.map_err(db::Error::from)?)
    }
}
