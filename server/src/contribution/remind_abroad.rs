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

/// A membership as it was read, which may have failed.
type Read = Result<Membership, db::Error>;

/// What ends, when, and whose it is.
type Ending = ((Phase, NaiveDate), Uuid);

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
            Some((last, _)) => looked.after = *last,
            None => looked.is_done = true,
        }
        // Kept first: whatever is wrong with this page, those behind it are reminded today, and those on it are looked at again tomorrow.
        *self.lock_looked() = looked;
        let count = page.len();
        self.remind_of_ends(today, page).await?;
        Ok(count)
    }

    fn lock_looked(&self) -> MutexGuard<'_, Looked> {
        self.looked_abroad
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The part of the way that ends soon, with its last day, and whose it is; nothing where none does.
    fn ending(&self, today: NaiveDate, read: Read) -> Result<Option<Ending>, Error> {
        let membership = read?;
        let Some(abroad) = membership.abroad() else {
            return Ok(None);
        };
        let ends = participant::ends_soon(&abroad, today, &self.policy)?;
        Ok(ends.map(|it| (it, membership.participant_id)))
    }

    async fn remind_of_ends(&self, today: NaiveDate, page: Vec<(Uuid, Read)>) -> Result<(), Error> {
        let mut ends: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, read) in page {
            match self.ending(today, read) {
                Ok(Some((end, person))) => ends.entry(end).or_default().push((id, person)),
                Ok(None) => {}
                // One that cannot be reckoned keeps nobody else from being reminded.
                Err(error) => tracing::error!(
                    membership = %id,
                    error = &error as &dyn std::error::Error,
                    "it cannot be reckoned when a migrant worker's cover ends; he is not reminded"
                ),
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
