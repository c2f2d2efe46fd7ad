//! What the law would say today.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Claims, Error, store};
use crate::{
    benefit::{self, Assessment, Cause, Facts},
    caller::Caller,
    ledger::{self, Account, Kept},
    money::Money,
    participant::{self, Membership, Participant},
};

/// What the law says, and the years whose yield is not posted.
pub(crate) struct Checked {
    pub assessment: Assessment,
    pub years_without_yield: Vec<i32>,
}

impl Claims {
    /// Whether a claim would be granted today. Keeps nothing.
    pub(crate) async fn check(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
        cause: Cause,
    ) -> Result<Checked, Error> {
        let id = caller.participant(named).ok_or(Error::NotFound)?;
        let reader = self.db.reader();
        let person = participant::active(reader, id)
            .await?
            .ok_or(Error::NotFound)?;
        let now = self.clock.now();
        self.audit.read(now, caller, "CheckEligibility", id).await?;
        let open = store::open_claim(reader, id).await?;
        self.assess(reader, &person, cause, open.is_some()).await
    }

    /// What the law says to a claim of `person` today.
    pub(super) async fn assess(
        &self,
        connection: &impl ConnectionTrait,
        person: &Participant,
        cause: Cause,
        has_open_claim: bool,
    ) -> Result<Checked, Error> {
        let today = self.clock.today();
        let memberships = participant::memberships(connection, person.id).await?;
        let accounts: Vec<_> = memberships
            .iter()
            .flat_map(|it| [Account::Jht(it.id), Account::Credit(it.id)])
            .collect();
        let kept = ledger::kept(connection, &accounts).await?;
        let facts = Facts {
            cause,
            today,
            birth_date: Some(person.birth_date),
            accounts: memberships.iter().map(|it| account(it, &kept)).collect(),
            identity_is_proven: person.identity()?.is_proven(),
            has_open_claim,
        };
        Ok(Checked {
            assessment: benefit::assess(&self.policy, &facts)?,
            years_without_yield: years(&memberships, &kept, today),
        })
    }
}

fn account(membership: &Membership, kept: &BTreeMap<Uuid, Kept>) -> benefit::Account {
    let in_account =
        |account: Account| kept.get(&account.id()).map_or(Money::ZERO, |it| it.balance);
    benefit::Account {
        membership: Some(membership.id),
        balance: in_account(Account::Jht(membership.id)),
        credit: in_account(Account::Credit(membership.id)),
        ended_on: membership.ended_on,
        // Only people without a wage have memberships so far.
        was_employed: false,
    }
}

/// The years that are over since the first account opened: no yield is posted by this version.
fn years(memberships: &[Membership], kept: &BTreeMap<Uuid, Kept>, today: NaiveDate) -> Vec<i32> {
    let opened = memberships
        .iter()
        .filter_map(|it| kept.get(&Account::Jht(it.id).id()))
        .map(|it| it.opened_on.year());
    opened
        .min()
        .map_or_else(Vec::new, |it| (it..today.year()).collect())
}
