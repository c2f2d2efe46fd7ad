//! Somebody begins here: a newcomer, a participant, or somebody who waits for his employer's word.

use chrono::NaiveDate;

use super::{Bench, Plan, said::refused};
use crate::{
    employer::{self, Hire, Tie, Worker},
    identity::{FullName, IdentityState, agreed_name},
    participant::Known,
    refusal::Reason,
    submission::{facts::Facts, finding::Finding, row::Kind},
};

impl Bench<'_> {
    pub(super) fn hire(&self, worker: &Worker, facts: &Facts) -> Result<Plan, Vec<Finding>> {
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

    pub(super) fn take_over(
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
}

/// The field by which whoever begins here is known.
const fn number_field(kind: Kind) -> &'static str {
    match kind {
        Kind::TakeOver => "kpj",
        Kind::Hire | Kind::Wage | Kind::Leave | Kind::Nothing => "nik",
    }
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
pub(super) fn unusual(worker: &Worker, today: NaiveDate) -> Vec<Finding> {
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
