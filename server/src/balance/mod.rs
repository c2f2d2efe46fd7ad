//! The old-age savings (JHT) of a participant: what the ledger keeps, shown.

mod rpc;

pub(crate) use rpc::service;

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use crate::{
    audit::Audit,
    caller::Caller,
    clock::Clock,
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
    /// The balance at the end of `as_of`; today's when none is named.
    pub(crate) async fn on(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
        as_of: Option<NaiveDate>,
    ) -> Result<Balance, Error> {
        let as_of = as_of.unwrap_or_else(|| self.clock.today());
        let (_, accounts) = self.accounts(caller, named, "GetBalance").await?;
        let balances = ledger::balances_on(self.db.reader(), &accounts, as_of).await?;
        let opened = balances.iter().map(|it| it.2.year()).min();
        Ok(Balance {
            as_of,
            total: balances.iter().map(|it| it.1).sum(),
            // No yield is posted by this version, so every year that is over waits for its own.
            years_without_yield: opened.map_or_else(Vec::new, |it| (it..as_of.year()).collect()),
            accounts: balances.iter().map(|it| (it.0, it.1)).collect(),
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
        let (memberships, accounts) = self.accounts(caller, named, "ListStatementLines").await?;
        let reader = self.db.reader();
        let lines = ledger::movements(reader, &accounts, before, limit).await?;
        Ok((memberships, lines))
    }

    async fn accounts(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
        rpc: &'static str,
    ) -> Result<(Vec<Membership>, Vec<Account>), Error> {
        let person = caller.participant(named).ok_or(Error::NotFound)?;
        let memberships = participant::memberships(self.db.reader(), person).await?;
        if !memberships.iter().any(|it| it.paid_through.is_some()) {
            return Err(Error::NotFound);
        }
        self.audit
            .read(self.clock.now(), caller, rpc, person)
            .await?;
        let accounts = memberships.iter().map(|it| Account::Jht(it.id)).collect();
        Ok((memberships, accounts))
    }
}
