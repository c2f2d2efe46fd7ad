//! What the law says, from our words to the contract's.

use jamsostek_proto::v1::{self as wire, benefit_line, eligibility_rule};

use super::super::{Assessment, Cause, Document, Finding, Line, LineKind, Rule, WhoMustAct};
use crate::policy::Policy;

impl From<Cause> for wire::ClaimCause {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Retirement => Self::Retirement,
            Cause::BusinessEnd => Self::BusinessEnd,
            Cause::Resignation => Self::Resignation,
            Cause::Dismissal => Self::Dismissal,
            Cause::ContractEnd => Self::ContractEnd,
        }
    }
}

impl Assessment {
    /// As the contract tells it.
    pub(crate) fn told(self, policy: &Policy, years_without_yield: Vec<i32>) -> wire::Eligibility {
        wire::Eligibility {
            eligible: self.is_eligible(),
            earliest_on: self
                .earliest_on()
                .map_or_else(String::new, |it| it.to_string()),
            amount_idr: self.amount().idr(),
            rules: self.findings.into_iter().map(Into::into).collect(),
            lines: self.lines.into_iter().map(Into::into).collect(),
            documents: self
                .documents
                .into_iter()
                .map(|it| wire::Document::from(it).into())
                .collect(),
            requires_interview: self.requires_interview,
            interview_reference: Some(self.interview_reference.into()),
            years_without_yield,
            policy_version: policy.version().to_owned(),
        }
    }
}

impl Rule {
    /// The contract's name of it.
    pub(crate) fn name(self) -> &'static str {
        eligibility_rule::Rule::from(self).as_str_name()
    }
}

impl From<Rule> for eligibility_rule::Rule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::JhtHeld => Self::JhtHeld,
            Rule::PensionAge => Self::PensionAge,
            Rule::WorkEnded => Self::WorkEnded,
            Rule::WaitingPeriod => Self::WaitingPeriod,
            Rule::IdentityProven => Self::IdentityProven,
            Rule::NoOpenClaim => Self::NoOpenClaim,
        }
    }
}

impl From<WhoMustAct> for eligibility_rule::Actor {
    fn from(who: WhoMustAct) -> Self {
        match who {
            WhoMustAct::Nobody => Self::Unspecified,
            WhoMustAct::Participant => Self::Participant,
            WhoMustAct::Employer => Self::Employer,
            WhoMustAct::Officer => Self::Officer,
            WhoMustAct::Time => Self::Time,
        }
    }
}

impl From<Finding> for wire::EligibilityRule {
    fn from(finding: Finding) -> Self {
        Self {
            rule: eligibility_rule::Rule::from(finding.rule).into(),
            passed: finding.passed,
            explanation: finding.explanation,
            reference: Some(finding.reference.into()),
            earliest_on: finding
                .earliest_on
                .map_or_else(String::new, |it| it.to_string()),
            who_must_act: eligibility_rule::Actor::from(finding.who_must_act).into(),
            what_to_do: finding.what_to_do.to_owned(),
        }
    }
}

impl From<Line> for wire::BenefitLine {
    fn from(line: Line) -> Self {
        let kind = match line.kind {
            LineKind::JhtBalance => benefit_line::Kind::JhtBalance,
            LineKind::Credit => benefit_line::Kind::Credit,
        };
        Self {
            kind: kind.into(),
            amount_idr: line.amount.idr(),
            formula: line.formula,
            membership_id: line
                .membership
                .map_or_else(String::new, |it| it.to_string()),
            references: line.references.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Document> for wire::Document {
    fn from(document: Document) -> Self {
        match document {
            Document::Card => Self::Card,
            Document::IdentityCard => Self::IdentityCard,
            Document::FamilyCard => Self::FamilyCard,
            Document::BankBook => Self::BankBook,
            Document::EndOfWork => Self::EndOfWork,
            Document::TaxNumber => Self::TaxNumber,
        }
    }
}
