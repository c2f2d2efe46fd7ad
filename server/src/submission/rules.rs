//! What becomes of a row: facts in, plan or findings out. A row is judged as the call for its one employee would be.

mod hire;
mod said;

use hire::unusual;
pub(super) use said::{again, rejected, repeated};
use said::{not_employed, refused};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    facts::Facts,
    finding::{Finding, Findings},
    row::{Action, Kind, Row, Who},
};
use crate::{
    employer::{self, Tie, WageFinding},
    money::{Money, Month},
    participant::Known,
    policy::Policy,
    refusal::Reason,
    seal::{Datum, Seal},
};

/// Where and when rows are judged.
pub(super) struct Bench<'a> {
    pub policy: &'a Policy,
    pub seal: &'a Seal,
    pub unit: Uuid,
    pub month: Month,
    pub today: NaiveDate,
}

/// What is to be done about a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Another submission has brought it: here is its receipt, and whose membership it was about.
    Repeated {
        receipt: String,
        membership: Option<Uuid>,
    },
    /// Somebody is taken on: a newcomer, or the participant he is.
    Hire(Option<Uuid>),
    /// Somebody who waits for the employer's word gets it; his membership.
    Confirm(Uuid),
    /// A wage of the month.
    Wage { membership: Uuid, change: Change },
    /// Somebody leaves.
    Leave { membership: Uuid, person: Uuid },
    /// All is as it is; whose membership it is about.
    Nothing(Uuid),
}

/// What a wage says beside the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It goes on. That it was told for the month is kept, whatever becomes of the month before.
    None,
    Other,
    /// It is more than half above.
    Raised,
}

/// What was decided about a row.
pub(super) struct Decided {
    /// Nothing where the row is rejected.
    pub plan: Option<Plan>,
    /// The participant whom the row is about, where he is one already.
    pub person: Option<Uuid>,
    pub findings: Findings,
}

impl Bench<'_> {
    /// Decides on a row that is well-formed.
    pub(super) fn decide(&self, row: &Row, repeats: Option<i32>, facts: &Facts) -> Decided {
        let mut errors = row.unlawful(self.policy, self.month, self.today);
        errors.extend(repeats.map(repeated));
        let mut warnings = Vec::new();
        let plan = match &row.action {
            Action::Hire(worker) => {
                warnings.extend(unusual(worker, self.today));
                warnings.extend(self.low(row.kind(), "hire.wage_idr", worker.hire.wage));
                self.hire(worker, facts)
            }
            Action::TakeOver {
                kpj,
                full_name,
                hire,
            } => {
                warnings.extend(self.low(row.kind(), "hire.wage_idr", hire.wage));
                self.take_over(kpj, full_name, hire, facts)
            }
            Action::Wage {
                who,
                wage,
                back_pay,
            } => {
                warnings.extend(self.low(row.kind(), "wage_idr", *wage));
                self.wage(who, (*wage, *back_pay), facts)
            }
            Action::Leave { who, on } => self.leave(who, *on, facts),
        };
        let plan = match plan {
            Ok(plan) => Some(plan).filter(|_| errors.is_empty()),
            Err(more) => {
                errors.extend(more);
                None
            }
        };
        Decided {
            plan,
            person: self.person(row, facts),
            findings: Findings { errors, warnings },
        }
    }

    /// The participant whom a row is about.
    fn person(&self, row: &Row, facts: &Facts) -> Option<Uuid> {
        let active = |people: &[Known]| people.iter().find(|it| it.is_active).map(|it| it.id);
        let with_kpj = |kpj: &str| facts.with_kpj(kpj).map(|it| it.id);
        match &row.action {
            Action::Hire(worker) => active(facts.with_document(&worker.document.digest(self.seal))),
            Action::TakeOver { kpj, .. } => with_kpj(kpj),
            Action::Wage { who, .. } | Action::Leave { who, .. } => match who {
                Who::Kpj(kpj) => with_kpj(kpj),
                Who::Nik(nik) => {
                    active(facts.with_document(&self.seal.digest(Datum::Nik, nik.text())))
                }
            },
        }
    }

    fn wage(
        &self,
        who: &Who,
        (wage, back_pay): (Money, Money),
        facts: &Facts,
    ) -> Result<Plan, Vec<Finding>> {
        let worked = |tie: &&Tie| tie.ended_on.is_none_or(|it| it >= self.month.first_day());
        let tie = self.employed(who, facts).filter(worked).last();
        let tie = tie.ok_or_else(|| vec![not_employed(Kind::Wage, who)])?;
        let membership = tie.membership;
        let Some((month, before)) = facts.earned(membership) else {
            let change = Change::Other;
            return Ok(Plan::Wage { membership, change });
        };
        if month == self.month && (before.wage, before.back_pay) == (wage, back_pay) {
            return Ok(Plan::Nothing(membership));
        }
        let change = if wage.idr().saturating_mul(2) > before.wage.idr().saturating_mul(3) {
            Change::Raised
        } else if wage != before.wage || back_pay != Money::ZERO {
            Change::Other
        } else {
            Change::None
        };
        Ok(Plan::Wage { membership, change })
    }

    fn leave(&self, who: &Who, on: NaiveDate, facts: &Facts) -> Result<Plan, Vec<Finding>> {
        let tie = self.employed(who, facts).last();
        let tie = tie.ok_or_else(|| vec![not_employed(Kind::Leave, who)])?;
        match tie.ended_on {
            Some(known) if known == on => return Ok(Plan::Nothing(tie.membership)),
            Some(known) => {
                let ended = employer::Error::Ended { on: known };
                return Err(refused(Kind::Leave, "ended_on", ended));
            }
            None => {}
        }
        employer::check_last_day(tie.started_on, on, self.today)
            .map_err(|it| refused(Kind::Leave, "ended_on", it))?;
        Ok(Plan::Leave {
            membership: tie.membership,
            person: tie.participant,
        })
    }

    /// What somebody has at the unit by its word, what goes on last.
    fn employed<'a>(&self, who: &Who, facts: &'a Facts) -> impl Iterator<Item = &'a Tie> {
        let people: Vec<_> = match who {
            Who::Kpj(kpj) => facts.with_kpj(kpj).into_iter().collect(),
            Who::Nik(nik) => {
                let digest = self.seal.digest(Datum::Nik, nik.text());
                facts.with_document(&digest).iter().collect()
            }
        };
        let unit = self.unit;
        let ties = people.into_iter().flat_map(|it| facts.ties(it.id));
        let mut here: Vec<_> = ties.filter(|it| it.works_at(unit)).collect();
        // None is later than any day.
        here.sort_by_key(|it| (it.ended_on.is_none(), it.ended_on, it.membership));
        here.into_iter()
    }

    /// A warning of a wage below the lowest minimum wage of its year (C16).
    fn low(&self, kind: Kind, field: &str, wage: Money) -> Option<Finding> {
        let checked = employer::check_wage(self.policy, wage, self.month);
        let Ok(WageFinding::BelowLowestMinimum { minimum, .. }) = checked else {
            return None;
        };
        Some(Finding::new(
            format!("{}.{field}", kind.field()),
            Reason::WageBelowMinimum,
            format!("the wage of {wage} is below the lowest minimum wage of {minimum}"),
            [
                ("wageIdr", wage.idr().to_string()),
                ("lowestMinimumIdr", minimum.idr().to_string()),
            ],
        ))
    }
}
