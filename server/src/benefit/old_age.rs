//! Old-age savings (JHT) paid in full: at the pension age, or a month after work has ended (C19).

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Assessment, Cause, Document, Finding, Line, LineKind, Rule, WhoMustAct};
use crate::{
    identity::birthday,
    money::{Money, months_after},
    policy::{NoParameter, Policy, Reference},
    scheme::Segment,
};

/// What is saved under one membership.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// None where facts are only stated.
    pub membership: Option<Uuid>,
    pub balance: Money,
    /// What was paid too much, or ahead for months that do not come.
    pub credit: Money,
    /// The last day of work, which may be still to come; none while nobody knows it.
    pub ended_on: Option<NaiveDate>,
    /// What the work was: a business of one's own, for an employer, or abroad.
    pub segment: Segment,
}

impl Account {
    /// What could be paid out of it for `cause` once all rules are fulfilled (C19): credit goes on to the next month while there is one.
    /// Where the end of the work is the cause, what it will be once the end has come; at the pension age what there is on `today`.
    fn payable(&self, cause: Cause, today: NaiveDate) -> (Money, Money) {
        match cause {
            Cause::Retirement if self.ended_on.is_some_and(|it| it < today) => {
                (self.balance, self.credit)
            }
            Cause::Retirement => (self.balance, Money::ZERO),
            Cause::BusinessEnd | Cause::Resignation | Cause::Dismissal | Cause::ContractEnd => {
                if self.ended_on.is_some() && rests_on(self.segment, cause) {
                    (self.balance, self.credit)
                } else {
                    (Money::ZERO, Money::ZERO)
                }
            }
        }
    }

    fn pays_for(&self, cause: Cause, today: NaiveDate) -> bool {
        let (balance, credit) = self.payable(cause, today);
        balance > Money::ZERO || credit > Money::ZERO
    }
}

/// Whether `cause` ends work of this kind. Work abroad is for a contract, which ends by itself or by the way home.
const fn rests_on(segment: Segment, cause: Cause) -> bool {
    match segment {
        Segment::Bpu => matches!(cause, Cause::BusinessEnd),
        Segment::Pu => matches!(
            cause,
            Cause::Resignation | Cause::Dismissal | Cause::ContractEnd
        ),
        Segment::Pmi => matches!(cause, Cause::ContractEnd),
    }
}

/// The facts of a case.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub cause: Cause,
    /// The day of the claim.
    pub today: NaiveDate,
    pub birth_date: Option<NaiveDate>,
    pub accounts: Vec<Account>,
    pub identity_is_proven: bool,
    pub has_open_claim: bool,
}

/// What the law says to a case.
pub(crate) fn assess(policy: &Policy, facts: &Facts) -> Result<Assessment, NoParameter> {
    let lines = lines(policy, facts)?;
    let amount: Money = lines.iter().map(|it| it.amount).sum();
    let mut findings = vec![held(policy, facts)?];
    match facts.cause {
        Cause::Retirement => findings.push(pension_age(policy, facts)?),
        Cause::BusinessEnd | Cause::Resignation | Cause::Dismissal | Cause::ContractEnd => {
            findings.push(work_ended(policy, facts)?);
            findings.push(waiting_period(policy, facts)?);
        }
    }
    findings.push(identity(policy, facts)?);
    findings.push(no_open_claim(policy, facts)?);
    let limit = policy.jht_online_limit.on(facts.today)?;
    Ok(Assessment {
        findings,
        documents: documents(policy, facts, amount)?,
        requires_interview: amount > limit.value,
        interview_reference: limit.reference.clone(),
        lines,
    })
}

/// The day on which savings can be claimed that rest on work that ended on `ended_on`: the law of that day says so.
fn claimable_on(
    policy: &Policy,
    ended_on: NaiveDate,
) -> Result<(NaiveDate, Reference), NoParameter> {
    let waiting = policy.jht_waiting_months.on(ended_on)?;
    let day = months_after(ended_on, waiting.value);
    Ok((day, waiting.reference.clone()))
}

/// The accounts that the cause opens: at the pension age all; else those whose work ended long enough ago (C19).
fn opened<'a>(policy: &Policy, facts: &'a Facts) -> Result<Vec<&'a Account>, NoParameter> {
    let mut opened = Vec::new();
    for account in paying(facts) {
        let is_open = match (facts.cause, account.ended_on) {
            (Cause::Retirement, _) | (_, None) => true,
            (_, Some(ended_on)) => claimable_on(policy, ended_on)?.0 <= facts.today,
        };
        if is_open {
            opened.push(account);
        }
    }
    Ok(opened)
}

/// The accounts in which there is something that the cause can pay.
fn paying(facts: &Facts) -> impl Iterator<Item = &Account> {
    facts
        .accounts
        .iter()
        .filter(|it| it.pays_for(facts.cause, facts.today))
}

fn lines(policy: &Policy, facts: &Facts) -> Result<Vec<Line>, NoParameter> {
    let reference = &policy.jht_pension_age.on(facts.today)?.reference;
    let mut lines = Vec::new();
    for account in opened(policy, facts)? {
        let line = |kind, amount: Money, what: &str| Line {
            kind,
            membership: account.membership,
            amount,
            formula: format!("{what} on {}: {amount}", facts.today),
            references: vec![reference.clone()],
        };
        let (balance, credit) = account.payable(facts.cause, facts.today);
        if balance > Money::ZERO {
            let what = "balance of the old-age account";
            lines.push(line(LineKind::JhtBalance, balance, what));
        }
        if credit > Money::ZERO {
            let what = "paid for no month that came";
            lines.push(line(LineKind::Credit, credit, what));
        }
    }
    Ok(lines)
}

fn held(policy: &Policy, facts: &Facts) -> Result<Finding, NoParameter> {
    let reference = &policy.jht_pension_age.on(facts.today)?.reference;
    // Before the work has ended, what is saved under it is what there will be.
    let ends = facts.cause == Cause::Retirement || work_ends(facts).is_some();
    let there: Money = facts
        .accounts
        .iter()
        .map(|it| {
            if ends {
                it.payable(facts.cause, facts.today)
            } else {
                (it.balance, Money::ZERO)
            }
        })
        .flat_map(|(balance, credit)| [balance, credit])
        .sum();
    let told = format!("{there} rupiah are saved");
    Ok(Finding::of(Rule::JhtHeld, told, reference).unless(
        there > Money::ZERO,
        WhoMustAct::Participant,
        "Nothing is saved that could be paid; choose JHT and pay contributions.",
    ))
}

/// When the first of the cause's work ends in which there is something to pay; else the first of all of it.
fn work_ends(facts: &Facts) -> Option<NaiveDate> {
    let ends =
        |accounts: &mut dyn Iterator<Item = &Account>| accounts.filter_map(|it| it.ended_on).min();
    ends(&mut paying(facts)).or_else(|| {
        let mut of_its_kind = facts
            .accounts
            .iter()
            .filter(|it| rests_on(it.segment, facts.cause));
        ends(&mut of_its_kind)
    })
}

fn pension_age(policy: &Policy, facts: &Facts) -> Result<Finding, NoParameter> {
    let age = policy.jht_pension_age.on(facts.today)?;
    let Some(born) = facts.birth_date else {
        let told = "the birth date is not known".to_owned();
        return Ok(Finding::of(Rule::PensionAge, told, &age.reference)
            .missing(WhoMustAct::Participant, "State the birth date."));
    };
    let day = birthday(born, age.value);
    let told = format!("born on {born}; {} years are complete on {day}", age.value);
    Ok(Finding::of(Rule::PensionAge, told, &age.reference).fulfilled_on(day, facts.today))
}

fn work_ended(policy: &Policy, facts: &Facts) -> Result<Finding, NoParameter> {
    let reference = &policy.jht_waiting_months.on(facts.today)?.reference;
    let ends = work_ends(facts);
    let told = ends.map_or_else(
        || "no membership has ended".to_owned(),
        |it| format!("the work ends on {it}"),
    );
    let (who, what) = who_ends(facts);
    Ok(Finding::of(Rule::WorkEnded, told, reference).unless(ends.is_some(), who, what))
}

/// Who must act so that the work ends, and how.
fn who_ends(facts: &Facts) -> (WhoMustAct, &'static str) {
    let is_abroad = |it: &Account| it.segment == Segment::Pmi;
    let rests = |it: &&Account| rests_on(it.segment, facts.cause);
    let mut resting = facts.accounts.iter().filter(rests).peekable();
    if resting.peek().is_none() && facts.accounts.iter().any(is_abroad) {
        let what = "Work abroad ends by its contract or by the way home: claim for the cause CONTRACT_END.";
        return (WhoMustAct::Participant, what);
    }
    if resting.peek().is_some() && resting.all(is_abroad) {
        let what = "Report the departure, and the return too if it comes before the end of the contract: \
                    ParticipantService.ReportDeparture, ParticipantService.ReportReturn.";
        return (WhoMustAct::Participant, what);
    }
    if facts.cause == Cause::BusinessEnd {
        let what = "Tell the end of the business: ContributionService.EndBusiness.";
        return (WhoMustAct::Participant, what);
    }
    let what = "The employer must report the end of employment.";
    (WhoMustAct::Employer, what)
}

fn waiting_period(policy: &Policy, facts: &Facts) -> Result<Finding, NoParameter> {
    // The account that opens first decides when something can be paid.
    let Some(ended_on) = work_ends(facts) else {
        let reference = &policy.jht_waiting_months.on(facts.today)?.reference;
        let told = "it begins on the last day of work".to_owned();
        return Ok(Finding::of(Rule::WaitingPeriod, told, reference)
            .missing(WhoMustAct::Participant, "End the work first."));
    };
    let (day, reference) = claimable_on(policy, ended_on)?;
    let told = format!("the work ended on {ended_on}; JHT can be claimed from {day}");
    Ok(Finding::of(Rule::WaitingPeriod, told, &reference).fulfilled_on(day, facts.today))
}

fn identity(policy: &Policy, facts: &Facts) -> Result<Finding, NoParameter> {
    let reference = &policy.jht_pension_age.on(facts.today)?.reference;
    let told = if facts.identity_is_proven {
        "the population register, or an officer, has confirmed who it is"
    } else {
        "nobody has confirmed yet who it is"
    };
    Ok(
        Finding::of(Rule::IdentityProven, told.to_owned(), reference).unless(
            facts.identity_is_proven,
            WhoMustAct::Officer,
            "An officer must see the papers.",
        ),
    )
}

fn no_open_claim(policy: &Policy, facts: &Facts) -> Result<Finding, NoParameter> {
    let reference = &policy.jht_pension_age.on(facts.today)?.reference;
    let told = if facts.has_open_claim {
        "a claim for JHT is open"
    } else {
        "no claim for JHT is open"
    };
    Ok(
        Finding::of(Rule::NoOpenClaim, told.to_owned(), reference).unless(
            !facts.has_open_claim,
            WhoMustAct::Participant,
            "Wait until it is decided, or withdraw it.",
        ),
    )
}

fn documents(policy: &Policy, facts: &Facts, amount: Money) -> Result<Vec<Document>, NoParameter> {
    let mut documents = vec![Document::Card, Document::IdentityCard, Document::BankBook];
    if facts.cause != Cause::Retirement {
        documents.extend([Document::FamilyCard, Document::EndOfWork]);
    }
    if amount > policy.jht_tax_number_above.on(facts.today)?.value {
        documents.push(Document::TaxNumber);
    }
    Ok(documents)
}

#[cfg(test)]
mod tests;
