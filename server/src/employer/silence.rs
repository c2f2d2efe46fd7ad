//! An employer who says nothing of somebody who named him: he is told again, and at last an officer decides (C5).

use std::collections::BTreeSet;

use chrono::Duration;

use super::{Employers, Error, State, store, tell::tell_each};
use crate::{
    db,
    event::{self, Event},
    notification::Wording,
    participant,
};

/// How many workers one transaction looks after.
const ROUND: u64 = 100;

impl Employers {
    /// Tells employers who are silent again, and brings those who stay silent before an officer; how many workers it was about.
    pub(crate) async fn mind_the_silent(&self) -> Result<usize, Error> {
        let today = self.clock.today();
        let policy = &self.policy;
        let days = |days: u32| Duration::days(days.into());
        let first = days(policy.pu_silent_employer_first_notice_days.on(today)?.value);
        let second = days(
            policy
                .pu_silent_employer_second_notice_days
                .on(today)?
                .value,
        );
        let last = days(policy.pu_silent_employer_officer_days.on(today)?.value);
        let mut minded = self.bring_before_an_officer(last).await?;
        for (since, notices) in [(second, 3), (first, 2)] {
            minded += self.tell_again(since, notices).await?;
        }
        Ok(minded)
    }

    async fn tell_again(&self, since: Duration, notices: i32) -> Result<usize, Error> {
        let now = self.clock.now();
        if store::silent(self.db.reader(), now - since, notices, 1)
            .await?
            .is_empty()
        {
            return Ok(0);
        }
        let transaction = self.db.begin_write().await?;
        let silent = store::silent(&transaction, now - since, notices, ROUND).await?;
        let ids: Vec<_> = silent.iter().map(|it| it.membership_id).collect();
        store::told_again(&transaction, &ids, notices).await?;
        // One letter, however many wait at a unit.
        let units: BTreeSet<_> = silent.iter().filter_map(|it| it.unit_id).collect();
        let text = Wording::EmployeeWaits.text();
        let texts: Vec<_> = units.into_iter().map(|it| (it, text.clone())).collect();
        tell_each(&transaction, &self.seal, now, &texts).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(silent.len())
    }

    async fn bring_before_an_officer(&self, since: Duration) -> Result<usize, Error> {
        let now = self.clock.now();
        if store::silent(self.db.reader(), now - since, i32::MAX, 1)
            .await?
            .is_empty()
        {
            return Ok(0);
        }
        let transaction = self.db.begin_write().await?;
        let silent = store::silent(&transaction, now - since, i32::MAX, ROUND).await?;
        let ids: Vec<_> = silent.iter().map(|it| it.membership_id).collect();
        let why = ("EMPLOYER_SILENT", None);
        store::turn(&transaction, &ids, State::AwaitingOfficer, why).await?;
        let text = Wording::EmploymentUnanswered.text();
        let people: BTreeSet<_> = silent.iter().map(|it| it.participant_id).collect();
        let texts: Vec<_> = people.into_iter().map(|it| (it, text.clone())).collect();
        participant::tell_each(&transaction, &self.seal, now, &texts).await?;
        let events = silent.iter().map(|row| Event {
            kind: "employment.unanswered",
            subject: row.membership_id,
            participant: Some(row.participant_id),
            facts: serde_json::json!({}),
        });
        event::record(&transaction, &self.seal, now, events).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(silent.len())
    }
}
