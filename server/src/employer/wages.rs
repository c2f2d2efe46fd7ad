//! The wages of a month.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Employers, Error, LowWage, Payroll, Wage, rules, store, take_on::own_place};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db,
    event::{self, Event},
    money::Month,
    participant,
};

impl Employers {
    /// Keeps the wages of a month: all, or none when one is wrong. How many say something new, and which are low.
    pub(crate) async fn report_wages(
        &self,
        caller: &Caller,
        payroll: &Payroll,
    ) -> Result<(usize, Vec<LowWage>), Error> {
        let now = self.clock.now();
        if payroll.month > Month::of(self.clock.today()) {
            return Err(Error::Day {
                field: "month",
                problem: "must not be in the future",
            });
        }
        let transaction = self.db.begin_write().await?;
        let place = own_place(&transaction, caller, &payroll.npp).await?;
        let place = place.ok_or(Error::NotFound)?;
        let ids: Vec<_> = payroll.wages.iter().map(|it| it.membership).collect();
        let here = store::at_unit(&transaction, place.id, &ids).await?;
        if here.len() < ids.len() {
            return Err(Error::NotFound);
        }
        let low = self.check_wages(payroll)?;
        let known = store::latest_wages(&transaction, &ids, payroll.month).await?;
        let latest: BTreeMap<_, _> = known
            .into_iter()
            .map(|(month, wage)| (wage.membership, (month, wage)))
            .collect();
        let is_news = |it: &&Wage| latest.get(&it.membership) != Some(&(payroll.month, **it));
        let news: Vec<_> = payroll.wages.iter().filter(is_news).copied().collect();
        if news.is_empty() {
            return Ok((0, low));
        }
        let (seal, by) = (&self.seal, caller.actor_id());
        self.keep_wages(&transaction, now, (place.id, payroll.month), &news, by)
            .await?;
        audit::wrote(
            &transaction,
            seal,
            now,
            caller.into(),
            "ReportWages",
            place.id,
        )
        .await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok((news.len(), low))
    }

    /// Keeps what is new of the wages of a month at a unit.
    pub(crate) async fn keep_wages(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (unit, month): (Uuid, Month),
        news: &[Wage],
        by: Uuid,
    ) -> Result<(), db::Error> {
        let seal = &self.seal;
        store::insert_wages(connection, seal, now, month, news, by).await?;
        // A correction of an old month is not what he earns now.
        let ids: Vec<_> = news.iter().map(|it| it.membership).collect();
        let today = Month::of(day_of(now));
        let now_earned: Vec<_> = store::latest_wages(connection, &ids, today)
            .await?
            .into_iter()
            .map(|(_, it)| (it.membership, it.wage))
            .collect();
        participant::change_wages(connection, &now_earned).await?;
        let reported = Event {
            kind: "wages.reported",
            subject: unit,
            participant: None,
            facts: serde_json::json!({ "month": month.to_string(), "employees": news.len() }),
        };
        event::record(connection, seal, now, [reported]).await
    }

    /// Every bad row at once; where there is none, the low wages.
    fn check_wages(&self, payroll: &Payroll) -> Result<Vec<LowWage>, Error> {
        let (mut bad, mut low) = (Vec::new(), Vec::new());
        for (at, it) in payroll.wages.iter().enumerate() {
            match rules::check_wage(&self.policy, it.wage, payroll.month) {
                Ok(finding) => low.extend(finding.low(it.membership, it.wage)),
                Err(rules::Refused::NoParameter(missing)) => return Err(missing.into()),
                Err(refused @ rules::Refused::NoWage) => bad.push((at, refused.to_string())),
                Err(rules::Refused::WageBelowFloor { floor, .. }) => {
                    bad.push((at, format!("must be at least the floor of {floor}")));
                }
            }
        }
        if bad.is_empty() {
            Ok(low)
        } else {
            Err(Error::BadWages(bad))
        }
    }
}
