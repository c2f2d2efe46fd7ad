//! What the law would say today.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Claims, Error, store};
use crate::{
    benefit::{self, Assessment, Cause, Facts},
    caller::Caller,
    db,
    ledger::{self, Account, Kept},
    money::Money,
    participant::{self, Membership, Participant},
    policy::{NoParameter, Policy},
};

/// What a claim rests on.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub person: Participant,
    pub has_open_claim: bool,
    memberships: Vec<Membership>,
    kept: BTreeMap<Uuid, Kept>,
}

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
        let case = self.cases.get(id).await?.ok_or(Error::NotFound)?;
        let now = self.clock.now();
        self.audit.read(now, caller, "CheckEligibility", id).await?;
        self.assess(&case, cause)
    }

    /// What the law says to a claim of this cause today.
    pub(super) fn assess(&self, case: &Case, cause: Cause) -> Result<Checked, Error> {
        let today = self.clock.today();
        let accounts = case.memberships.iter();
        let accounts = accounts.map(|it| account(&self.policy, (it, today), &case.kept));
        let facts = Facts {
            cause,
            today,
            birth_date: Some(case.person.birth_date),
            accounts: accounts.collect::<Result<_, _>>()?,
            identity_is_proven: case.person.identity()?.is_proven(),
            has_open_claim: case.has_open_claim,
        };
        Ok(Checked {
            assessment: benefit::assess(&self.policy, &facts)?,
            years_without_yield: years(&case.memberships, &case.kept, today),
        })
    }
}

impl Case {
    /// What a claim of `person` rests on who has no other open.
    pub(super) async fn of(
        connection: &impl ConnectionTrait,
        person: Participant,
    ) -> Result<Self, db::Error> {
        let memberships = participant::memberships(connection, person.id).await?;
        Ok(Self {
            kept: ledger::kept(connection, &accounts(&memberships)).await?,
            has_open_claim: false,
            memberships,
            person,
        })
    }
}

/// The cases of those of `people` who are participants. Four statements, however many ask.
pub(super) async fn cases(
    connection: &impl ConnectionTrait,
    people: &[Uuid],
) -> Result<HashMap<Uuid, Case>, db::Error> {
    let found = participant::active_among(connection, people).await?;
    let open = store::open_claims(connection, people).await?;
    let memberships = participant::memberships_among(connection, people).await?;
    let kept = ledger::kept(connection, &accounts(&memberships)).await?;
    let mut cases: HashMap<_, _> = found
        .into_iter()
        .map(|person| {
            let case = Case {
                has_open_claim: open.iter().any(|(of, _)| *of == person.id),
                memberships: Vec::new(),
                kept: BTreeMap::new(),
                person,
            };
            (case.person.id, case)
        })
        .collect();
    for membership in memberships {
        let Some(case) = cases.get_mut(&membership.participant_id) else {
            continue;
        };
        for account in accounts(std::slice::from_ref(&membership)) {
            let id = account.id();
            case.kept.extend(kept.get(&id).map(|it| (id, *it)));
        }
        case.memberships.push(membership);
    }
    Ok(cases)
}

/// The accounts that a claim pays out of.
fn accounts(memberships: &[Membership]) -> Vec<Account> {
    memberships
        .iter()
        .flat_map(|it| [Account::Jht(it.id), Account::Credit(it.id)])
        .collect()
}

fn account(
    policy: &Policy,
    (membership, today): (&Membership, NaiveDate),
    kept: &BTreeMap<Uuid, Kept>,
) -> Result<benefit::Account, NoParameter> {
    let in_account =
        |account: Account| kept.get(&account.id()).map_or(Money::ZERO, |it| it.balance);
    Ok(benefit::Account {
        membership: Some(membership.id),
        balance: in_account(Account::Jht(membership.id)),
        credit: in_account(Account::Credit(membership.id)),
        ended_on: participant::last_day_of_work(policy, membership, today)?,
        segment: membership.work.segment(),
    })
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
