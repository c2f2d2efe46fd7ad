//! The old-age savings (JHT) of a participant: what the ledger keeps, shown.

mod rpc;
mod store;

pub(crate) use rpc::service;

use std::{collections::HashMap, sync::Arc};

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use crate::{
    audit::Audit,
    caller::Caller,
    clock::Clock,
    coalesce::Coalesced,
    db::{self, Db},
    ledger::{self, Account, Movement},
    money::Money,
    participant::{self, Membership},
    seal::Seal,
};

/// The balances.
pub(crate) struct Balances {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub audit: Audit,
    savings: Coalesced<(Uuid, NaiveDate), Savings>,
}

/// What somebody has saved on a day.
#[derive(Clone, Debug, Default)]
struct Savings {
    /// Each membership's, oldest first.
    accounts: Vec<(Uuid, Money)>,
    /// When the first account opened.
    opened_on: Option<NaiveDate>,
}

/// A balance on a day.
pub(crate) struct Balance {
    pub as_of: NaiveDate,
    pub total: Money,
    /// Each membership's, oldest first.
    pub accounts: Vec<(Uuid, Money)>,
    /// Years that are over and whose yield is not posted.
    pub years_without_yield: Vec<i32>,
}

/// Why there is no balance.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no such participant")]
    NotFound,
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Reads what many have saved, each on a day: one statement a day, and nearly all ask for today.
async fn load(
    db: Db,
    asked: Vec<(Uuid, NaiveDate)>,
) -> Result<HashMap<(Uuid, NaiveDate), Savings>, db::Error> {
    let mut days: HashMap<NaiveDate, Vec<Uuid>> = HashMap::new();
    for (person, day) in asked {
        days.entry(day).or_default().push(person);
    }
    let mut found = HashMap::new();
    for (day, people) in days {
        let savings = store::savings(db.reader(), &people, day).await?;
        found.extend(savings.into_iter().map(|(person, it)| ((person, day), it)));
    }
    Ok(found)
}

impl Balances {
    /// Shows what `db` keeps.
    pub(crate) fn new(db: Db, seal: Seal, clock: Arc<dyn Clock>, audit: Audit) -> Self {
        let savings = Coalesced::start({
            let db = db.clone();
            move |asked| load(db.clone(), asked)
        });
        Self {
            db,
            seal,
            clock,
            audit,
            savings,
        }
    }

    /// The balance at the end of `as_of`; today's when none is named.
    pub(crate) async fn on(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
        as_of: Option<NaiveDate>,
    ) -> Result<Balance, Error> {
        let as_of = as_of.unwrap_or_else(|| self.clock.today());
        let person = caller.participant(named).ok_or(Error::NotFound)?;
        let savings = self.savings.get((person, as_of)).await?;
        let savings = savings.ok_or(Error::NotFound)?;
        self.audit
            .read(self.clock.now(), caller, "GetBalance", person)
            .await?;
        let opened = savings.opened_on.map(|it| it.year());
        let over = as_of.min(self.clock.today()).year();
        Ok(Balance {
            as_of,
            total: savings.accounts.iter().map(|it| it.1).sum(),
            // No yield is posted by this version, so every year that is over waits for its own.
            years_without_yield: opened.map_or_else(Vec::new, |it| (it..over).collect()),
            accounts: savings.accounts,
        })
    }

    /// What moved the balance, newest first, from before `place` on.
    pub(crate) async fn lines(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
        before: Option<(NaiveDate, Uuid)>,
        limit: usize,
    ) -> Result<(Vec<Membership>, Vec<Movement>), Error> {
        let person = caller.participant(named).ok_or(Error::NotFound)?;
        let reader = self.db.reader();
        let memberships = participant::memberships(reader, person).await?;
        if !memberships.iter().any(|it| it.paid_through.is_some()) {
            return Err(Error::NotFound);
        }
        self.audit
            .read(self.clock.now(), caller, "ListStatementLines", person)
            .await?;
        let accounts: Vec<_> = memberships.iter().map(|it| Account::Jht(it.id)).collect();
        let lines = ledger::movements(reader, &accounts, before, limit).await?;
        Ok((memberships, lines))
    }
}
