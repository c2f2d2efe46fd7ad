//! What becomes of a row: facts in, plan or findings out. A row is judged as the call for its one employee would be.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    facts::Facts,
    finding::{Finding, Findings},
    row::{Action, Kind, Row, Who, against},
    store::Taken,
};
use crate::{
    employer::{self, Hire, Tie, WageFinding, Worker},
    identity::{FullName, IdentityState, agreed_name},
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

    fn hire(&self, worker: &Worker, facts: &Facts) -> Result<Plan, Vec<Finding>> {
        let people = facts.with_document(&worker.document.digest(self.seal));
        let named = agreed_name(worker.full_name.text());
        let active = people.iter().find(|it| it.is_active);
        for person in people {
            let waiting = facts
                .ties(person.id)
                .iter()
                .find(|it| it.waits_at(self.unit));
            let same = agreed_name(&person.full_name) == named;
            if let Some(waiting) = waiting.filter(|_| same) {
                check_acceptable(Kind::Hire, person, active)?;
                let others = active.map_or(&[][..], |it| facts.ties(it.id));
                return self.confirm(Kind::Hire, waiting, others, &worker.hire);
            }
        }
        let Some(known) = active else {
            return Ok(Plan::Hire(None));
        };
        if agreed_name(&known.full_name) != named {
            return Err(refused(
                Kind::Hire,
                "full_name",
                employer::Error::NameDiffers,
            ));
        }
        self.known(Kind::Hire, known, &worker.hire, facts)
    }

    fn take_over(
        &self,
        kpj: &str,
        full_name: &FullName,
        hire: &Hire,
        facts: &Facts,
    ) -> Result<Plan, Vec<Finding>> {
        let named = agreed_name(full_name.text());
        let known = facts.with_kpj(kpj);
        // A number that nobody has and a name that is another's are told alike: nobody tries numbers here.
        match known.filter(|it| it.is_active && agreed_name(&it.full_name) == named) {
            Some(known) => self.known(Kind::TakeOver, known, hire, facts),
            None => Err(vec![Finding::new(
                "taken_over.kpj",
                Reason::ParticipantUnknown,
                "no participant has this KPJ and this name",
                [],
            )]),
        }
    }

    /// Somebody who is a participant already is taken on: nobody works for one employer twice.
    fn known(
        &self,
        kind: Kind,
        known: &Known,
        hire: &Hire,
        facts: &Facts,
    ) -> Result<Plan, Vec<Finding>> {
        let ties = facts.ties(known.id);
        check_acceptable(kind, known, Some(known))?;
        if let Some(waiting) = ties.iter().find(|it| it.waits_at(self.unit)) {
            return self.confirm(kind, waiting, ties, hire);
        }
        self.check_not_here(kind, ties, self.covered_from(kind, hire)?)?;
        Ok(Plan::Hire(Some(known.id)))
    }

    /// The employer's word for somebody who waits for it.
    fn confirm(
        &self,
        kind: Kind,
        waiting: &Tie,
        ties: &[Tie],
        hire: &Hire,
    ) -> Result<Plan, Vec<Finding>> {
        let reported = self.covered_from(kind, hire)?;
        let from = waiting.covered_from.map_or(reported, |it| it.min(reported));
        let is_other = |it: &&Tie| it.membership != waiting.membership;
        let others: Vec<_> = ties.iter().filter(is_other).copied().collect();
        self.check_not_here(kind, &others, from)?;
        Ok(Plan::Confirm(waiting.membership))
    }

    fn covered_from(&self, kind: Kind, hire: &Hire) -> Result<NaiveDate, Vec<Finding>> {
        let from = employer::covered_from(self.policy, hire.started_on, self.today);
        from.map_err(|it| refused(kind, "hire.started_on", it.into()))
    }

    /// Nobody works for one employer twice.
    fn check_not_here(
        &self,
        kind: Kind,
        ties: &[Tie],
        from: NaiveDate,
    ) -> Result<(), Vec<Finding>> {
        match ties.iter().find(|it| it.covers_from(from)) {
            None => Ok(()),
            Some(Tie { membership, .. }) => {
                let membership = *membership;
                let known = employer::Error::EmployeeKnown { membership };
                Err(refused(kind, number_field(kind), known))
            }
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

/// Decides on a row under whose name another was taken: the same words are told as they stand, others are not taken.
pub(super) fn again(taken: &Taken, content_digest: &[u8]) -> Decided {
    if taken.content_digest == content_digest {
        return Decided {
            plan: Some(Plan::Repeated {
                receipt: taken.receipt.clone(),
                membership: taken.membership,
            }),
            person: None,
            findings: Findings::default(),
        };
    }
    rejected(vec![ref_taken(&taken.receipt)])
}

/// A row that is not taken.
pub(super) fn rejected(errors: Vec<Finding>) -> Decided {
    Decided {
        plan: None,
        person: None,
        findings: Findings {
            errors,
            warnings: Vec::new(),
        },
    }
}

/// The field by which whoever begins here is known.
const fn number_field(kind: Kind) -> &'static str {
    match kind {
        Kind::TakeOver => "kpj",
        Kind::Hire | Kind::Wage | Kind::Leave | Kind::Nothing => "nik",
    }
}

fn refused(kind: Kind, field: &str, refusal: employer::Error) -> Vec<Finding> {
    against([refusal], kind.field(), field)
}

/// Whether the register has not said no to somebody who waits, and nobody else with his NIK is a participant.
fn check_acceptable(
    kind: Kind,
    person: &Known,
    active: Option<&Known>,
) -> Result<(), Vec<Finding>> {
    let wrong = |state| {
        let refusal = employer::Error::WrongState { state };
        Err(refused(kind, number_field(kind), refusal))
    };
    if person.identity == IdentityState::Refused {
        return wrong("IDENTITY_STATE_REFUSED");
    }
    if active.is_some_and(|it| it.id != person.id) {
        return wrong("NIK_TAKEN");
    }
    Ok(())
}

/// What is unusual about a NIK; it is taken nevertheless.
fn unusual(worker: &Worker, today: NaiveDate) -> Vec<Finding> {
    let warnings = worker.document.warnings(worker.birth_date, today);
    let of = |code: &str| {
        Finding::new(
            "hired.nik",
            Reason::NikUnusual,
            "the NIK is taken, and looks unusual",
            [("warning", code.to_owned())],
        )
    };
    warnings.iter().map(|it| of(it.code())).collect()
}

fn not_employed(kind: Kind, who: &Who) -> Finding {
    let field = match who {
        Who::Nik(_) => "nik",
        Who::Kpj(_) => "kpj",
    };
    Finding::new(
        format!("{}.{field}", kind.field()),
        Reason::NotEmployed,
        "nobody with this number works at the unit",
        [],
    )
}

/// An earlier row of the submission says it already.
pub(super) fn repeated(earlier: i32) -> Finding {
    Finding::new(
        "",
        Reason::RowRepeated,
        format!("the row {earlier} is about the same person, or has the same name"),
        [("rowNumber", earlier.to_string())],
    )
}

fn ref_taken(receipt: &str) -> Finding {
    Finding::new(
        "row_ref",
        Reason::RowRefTaken,
        "another row with this name was taken for the same month",
        [("receiptNumber", receipt.to_owned())],
    )
}
