//! A unit is reminded of a bill that is soon due and still open, once.

use chrono::{Days, Duration};

use super::super::{Contributions, Error, store};
use crate::{db, employer, notification::Wording};

/// How long before a bill is due its unit is reminded, as others are of their months.
const BEFORE_DUE: Days = Days::new(3);
/// How long a bill is out before anybody is reminded of it: that it is computed was told on the day it was.
const SINCE: Duration = Duration::days(1);
/// How many bills one transaction reminds of.
const ROUND: u64 = 100;

impl Contributions {
    /// Reminds of bills that are soon due, a hundred a round, so that nothing else has to wait; how many there were.
    pub(crate) async fn remind_employers(&self) -> Result<usize, Error> {
        db::retrying(|| self.remind_units()).await
    }

    async fn remind_units(&self) -> Result<usize, Error> {
        let (now, today) = (self.clock.now(), self.clock.today());
        let soon = store::SoonDue {
            from: today,
            until: today + BEFORE_DUE,
            issued_before: now - SINCE,
        };
        // Without a look no reader would be spared a writer's lock, several times a second.
        if !store::is_anything_due(self.db.reader(), soon).await? {
            return Ok(0);
        }
        let transaction = self.db.begin_write().await?;
        let bills = store::take_due(&transaction, soon, now, ROUND).await?;
        let texts: Vec<_> = bills
            .iter()
            .map(|it| {
                let wording = Wording::EmployerBillDue {
                    month: it.month,
                    payment_code: &it.payment_code,
                    due_on: it.due_on,
                };
                (it.unit, wording.text())
            })
            .collect();
        employer::tell_each(&transaction, &self.seal, now, &texts).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(bills.len())
    }
}
