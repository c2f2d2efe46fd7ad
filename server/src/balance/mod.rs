//! The old-age savings (JHT) of a participant: what the ledger keeps, shown.

mod rpc;
mod store;

pub(crate) use rpc::service;

use std::sync::Arc;

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
    scheme::Segment,
    seal::Seal,
};

/// The balances.
pub(crate) struct Balances {
    pub db: Db,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub audit: Audit,
    /// Everybody's as they stand now: that is what people ask for, many at once.
    now: Coalesced<Uuid, Savings>,
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

impl Balances {
    /// Shows what `db` keeps.
    pub(crate) fn new(db: Db, seal: Seal, clock: Arc<dyn Clock>, audit: Audit) -> Self {
        let now = Coalesced::start({
            let db = db.clone();
            move |people: Vec<Uuid>| {
                let db = db.clone();
                async move { store::savings(db.reader(), &people, None).await }
            }
        });
        Self {
            db,
            seal,
            clock,
            audit,
            now,
        }
    }

    /// The balance at the end of `as_of`, or as it stands when no day is named.
    pub(crate) async fn on(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
        as_of: Option<NaiveDate>,
    ) -> Result<Balance, Error> {
        let person = caller.participant(named).ok_or(Error::NotFound)?;
        let savings = match as_of {
            None => self.now.get(person).await?,
            Some(_) => {
                let found = store::savings(self.db.reader(), &[person], as_of).await?;
                found.into_values().next()
            }
        };
        let savings = savings.ok_or(Error::NotFound)?;
        self.audit
            .read(self.clock.now(), caller, "GetBalance", person)
            .await?;
        let opened = savings.opened_on.map(|it| it.year());
        let today = self.clock.today();
        let as_of = as_of.unwrap_or(today);
        let over = as_of.min(today).year();
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
        let shown = |it: &Membership| it.covered_from.is_some() || it.work.segment() == Segment::Pu;
        if !memberships.iter().any(shown) {
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
