//! What migrant workers (PMI) pay for: a contract in stages, and months that are added to it.
//!
//! A stage is to them what a month is to others: it is paid whole or not at all, in its order, and the rest is credit. Each has its
//! bill; what a bill's stages cost is the law's to say on the day they are asked for.

mod book;
mod extend;
mod pay;
mod show;

pub(super) use book::book;
pub(super) use pay::spendings;
pub(super) use show::payable;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Bill, Error, Settled,
    rules::pmi::{self, LineKind},
    settle::Coming,
    store,
};
use crate::{
    clock::day_of,
    money::{Money, Month},
    participant::{self, Membership, Placement, Travel, Work},
    policy::{NoParameter, Policy, Reference},
    scheme::Programme,
    seal::Seal,
};

/// What is paid whole or not at all, in the order in which it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Cover before work.
    BeforeWork,
    /// Cover during and after work, for the contract.
    Contract,
    /// Months added to the contract.
    Extension,
}

/// One line of a stage.
#[derive(Clone, Debug)]
pub(crate) struct StageLine {
    pub stage: Stage,
    /// None where one price covers JKK and JKM together.
    pub programme: Option<Programme>,
    pub amount: Money,
    pub formula: String,
    pub references: Vec<Reference>,
}

/// What money buys of a bill: the lines of whole stages, or nothing.
#[derive(Clone, Debug)]
pub(super) struct Purchase {
    pub(super) bill: Uuid,
    /// For how many months the bill asks.
    pub(super) months: u32,
    pub(super) lines: Vec<StageLine>,
}

/// What a bill asks a migrant worker for.
#[derive(Clone, Copy, Debug)]
enum Asked {
    /// The contract that he told.
    Contract,
    /// So many months more.
    Extension(u32),
}

impl Bill {
    /// Whether it asks for stages, so that it is a migrant worker's.
    pub(super) fn is_by_stage(&self) -> bool {
        !self.stages.is_empty()
    }

    fn asked(&self) -> Asked {
        let extends = |it: &StageLine| it.stage == Stage::Extension;
        if self.stages.iter().any(extends) {
            Asked::Extension(self.months)
        } else {
            Asked::Contract
        }
    }
}

impl Purchase {
    /// What `money` pays for of `lines`, of which the stages `paid` are paid.
    fn of(bill: &Bill, lines: &[StageLine], paid: &[Stage], money: Money) -> Self {
        let mut left = money;
        let mut bought = Vec::new();
        for stage in open_stages(lines, paid) {
            let Some(rest) = left.checked_sub(price_of(lines, stage)) else {
                break;
            };
            if rest < Money::ZERO {
                break;
            }
            left = rest;
            bought.push(stage);
        }
        let lines = lines.iter().filter(|it| bought.contains(&it.stage));
        Self {
            lines: lines.cloned().collect(),
            ..Self::nothing(bill)
        }
    }

    fn nothing(bill: &Bill) -> Self {
        Self {
            bill: bill.id,
            months: bill.months,
            lines: Vec::new(),
        }
    }

    /// What comes of it when `coming` pays for it.
    fn settled(&self, coming: &Coming) -> Settled {
        let applied: Money = self.lines.iter().map(|it| it.amount).sum();
        Settled {
            applied,
            credited_idr: coming.amount.idr() - applied.idr(),
            months: Vec::new(),
        }
    }

    fn holds(&self, stage: Stage) -> bool {
        self.lines.iter().any(|it| it.stage == stage)
    }

    /// Since when something covers him and how far he has paid, after it was paid on `day`.
    fn moves(&self, held: &Membership, day: NaiveDate) -> (NaiveDate, Travel) {
        let mut travel = held.travel;
        if self.holds(Stage::Contract) {
            travel.contract_paid_on = Some(day);
        }
        if self.holds(Stage::Extension) {
            travel.extended_months += self.months;
        }
        (held.covered_from.unwrap_or(day), travel)
    }
}

/// The stages of `lines` that are not among `paid`, in their order.
fn open_stages(lines: &[StageLine], paid: &[Stage]) -> Vec<Stage> {
    let mut stages: Vec<_> = lines.iter().map(|it| it.stage).collect();
    stages.sort_unstable();
    stages.dedup();
    stages.retain(|it| !paid.contains(it));
    stages
}

fn price_of(lines: &[StageLine], stage: Stage) -> Money {
    let lines = lines.iter().filter(|it| it.stage == stage);
    lines.map(|it| it.amount).sum()
}

/// The placement that a membership is for.
pub(super) fn placement(membership: &Membership) -> Result<&Placement, Error> {
    match &membership.work {
        Work::Placement(placement) => Ok(placement),
        Work::Business(_) | Work::Employment(_) => Err(Error::NotAPlacement {
            segment: membership.work.segment(),
        }),
    }
}

/// Whether a placement can be priced on that day.
pub(crate) fn check_placement(
    policy: &Policy,
    placement: &Placement,
    day: NaiveDate,
) -> Result<(), pmi::Refused> {
    pmi::check(policy, &terms(placement), day)
}

fn terms(placement: &Placement) -> pmi::Terms {
    pmi::Terms {
        route: placement.route,
        contract_months: placement.contract_months,
        jht_monthly: placement.jht_monthly,
    }
}

/// What is asked for costs on `day`.
fn priced(
    policy: &Policy,
    placement: &Placement,
    asked: Asked,
    day: NaiveDate,
) -> Result<Vec<StageLine>, pmi::Refused> {
    let (lines, with_savings) = match asked {
        Asked::Contract => (pmi::quote(policy, &terms(placement), day)?, Stage::Contract),
        Asked::Extension(months) => (
            pmi::extension(policy, months, placement.jht_monthly, day)?,
            Stage::Extension,
        ),
    };
    let lines = lines.into_iter().map(|it| staged(it, with_savings));
    Ok(lines.collect())
}

/// What a contract costs by the law of `day`.
pub(super) fn quote(
    policy: &Policy,
    terms: &pmi::Terms,
    day: NaiveDate,
) -> Result<Vec<StageLine>, pmi::Refused> {
    let lines = pmi::quote(policy, terms, day)?;
    let lines = lines.into_iter().map(|it| staged(it, Stage::Contract));
    Ok(lines.collect())
}

/// A line in the stage in which it is paid; savings come with `with_savings`.
fn staged(line: pmi::Line, with_savings: Stage) -> StageLine {
    let (stage, programme) = match line.kind {
        LineKind::BeforeWork => (Stage::BeforeWork, None),
        LineKind::Contract => (Stage::Contract, None),
        LineKind::Extension => (Stage::Extension, None),
        LineKind::Jht => (with_savings, Some(Programme::Jht)),
    };
    StageLine {
        stage,
        programme,
        amount: line.amount,
        formula: line.formula,
        references: line.references,
    }
}

/// A bill, good to the end of this month.
fn draw_up(
    seal: &Seal,
    policy: &Policy,
    (id, membership): (Uuid, Uuid),
    (placement, asked): (&Placement, Asked),
    today: NaiveDate,
) -> Result<Bill, pmi::Refused> {
    let stages = priced(policy, placement, asked, today)?;
    Ok(Bill {
        id,
        membership,
        payment_code: super::issue::payment_code(seal),
        first_month: Month::of(today),
        months: match asked {
            Asked::Contract => placement.contract_months,
            Asked::Extension(months) => months,
        },
        total: stages.iter().map(|it| it.amount).sum(),
        // Nothing is late: no cover begins before it is paid.
        due_on: today,
        valid_through: Month::of(today).last_day(),
        policy_version: policy.version().to_owned(),
        lines: Vec::new(),
        stages,
    })
}

/// Issues the bill of a placement's contract, in the caller's transaction.
pub(crate) async fn issue_contract(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    policy: &Policy,
    now: DateTime<Utc>,
    membership: Uuid,
    placement: &Placement,
) -> Result<Bill, Error> {
    let (ids, asked) = ((Uuid::now_v7(), membership), (placement, Asked::Contract));
    let bill = draw_up(seal, policy, ids, asked, day_of(now))?;
    store::insert_bill(connection, seal, &bill, now).await?;
    Ok(bill)
}

/// The last day on which something of `membership` can still be bought; none before the departure.
fn last_day(policy: &Policy, membership: &Membership) -> Result<Option<NaiveDate>, NoParameter> {
    let journey = membership.abroad().and_then(|it| it.journey);
    match journey {
        Some(journey) => participant::work_ends_on(policy, &journey),
        None => Ok(None),
    }
}

/// Whether cover during work is over on `day`, so that nothing can be bought any more.
pub(super) fn is_over(
    policy: &Policy,
    membership: &Membership,
    day: NaiveDate,
) -> Result<bool, NoParameter> {
    Ok(last_day(policy, membership)?.is_some_and(|it| day > it))
}

#[cfg(test)]
mod tests;
