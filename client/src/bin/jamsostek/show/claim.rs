//! Claims, and what the law says to them.

use jamsostek_client::{
    Claim, Eligibility,
    v1::{Award, eligibility_rule::Actor},
};
use serde_json::{Value, json};

use super::{moment, moment_json, or_null, programme, references_json};
use crate::{
    table::{self, Table},
    words::{plain, rupiah, sentence, short},
};

pub(crate) fn eligibility_json(told: &Eligibility) -> Value {
    let rules = told.rules.iter().map(|it| {
        let reference = it.reference.as_slice();
        json!({
            "rule": short(it.rule().as_str_name(), "RULE_"),
            "passed": it.passed,
            "explanation": it.explanation,
            "earliest_on": or_null(&it.earliest_on),
            "who_must_act": actor(it.who_must_act()),
            "what_to_do": or_null(&it.what_to_do),
            "references": references_json(reference),
        })
    });
    let lines = told.lines.iter().map(|it| {
        json!({
            "kind": short(it.kind().as_str_name(), "KIND_"),
            "amount_idr": it.amount_idr,
            "formula": it.formula,
            "membership_id": or_null(&it.membership_id),
            "references": references_json(&it.references),
        })
    });
    let documents = told.documents();
    let documents = documents.map(|it| short(it.as_str_name(), "DOCUMENT_"));
    json!({
        "eligible": told.eligible,
        "amount_idr": told.amount_idr,
        "earliest_on": or_null(&told.earliest_on),
        "requires_interview": told.requires_interview,
        "rules": rules.collect::<Vec<_>>(),
        "lines": lines.collect::<Vec<_>>(),
        "documents": documents.collect::<Vec<_>>(),
        "years_without_yield": told.years_without_yield,
        "policy_version": told.policy_version,
    })
}

fn actor(actor: Actor) -> Value {
    if actor == Actor::Unspecified {
        return Value::Null;
    }
    short(actor.as_str_name(), "ACTOR_").into()
}

pub(crate) fn eligibility_text(told: &Eligibility) -> String {
    let mut rules = Table::new(["", "rule", "why"]);
    for rule in &told.rules {
        let mark = if rule.passed { "ok" } else { "no" };
        let why = [&rule.explanation, &rule.what_to_do].map(|it| sentence(it));
        let why = why.join(" ");
        rules.row([
            mark.into(),
            plain(short(rule.rule().as_str_name(), "RULE_")),
            why,
        ]);
    }
    let mut shown = rules.shown();
    if told.eligible {
        let amount = rupiah(told.amount_idr);
        shown.push_str(&format!("\nA claim would be granted today: {amount}.\n"));
    } else if told.earliest_on.is_empty() {
        shown.push_str("\nA claim would not be granted: somebody must act first.\n");
    } else {
        let day = &told.earliest_on;
        shown.push_str(&format!("\nA claim would not be granted before {day}.\n"));
    }
    if told.requires_interview {
        shown.push_str("The amount needs an interview, and a second officer.\n");
    }
    let documents = told.documents();
    let documents: Vec<_> = documents
        .map(|it| plain(short(it.as_str_name(), "DOCUMENT_")))
        .collect();
    if !documents.is_empty() {
        let text = format!("Have at hand: {}.", documents.join(", "));
        shown.push_str(&table::wrapped(&text, table::WIDTH).join("\n"));
    }
    shown
}

fn award_json(award: &Award) -> Value {
    json!({
        "award_id": award.id,
        "state": short(award.state().as_str_name(), "STATE_"),
        "amount_idr": award.amount_idr,
        "approved_at": moment_json(award.approved_at.as_ref()),
        "settled_at": moment_json(award.settled_at.as_ref()),
        "bank_reference": or_null(&award.bank_reference),
        "failure": or_null(&award.failure),
        "policy_version": award.policy_version,
    })
}

pub(crate) fn claim_json(claim: &Claim) -> Value {
    let steps = claim.steps.iter().map(|it| {
        json!({
            "state": short(it.state().as_str_name(), "STATE_"),
            "what": it.what,
            "at": moment_json(it.at.as_ref()),
            "by": short(it.by().as_str_name(), "SUBJECT_"),
        })
    });
    json!({
        "claim_id": claim.id,
        "state": short(claim.state().as_str_name(), "STATE_"),
        "participant_id": claim.participant_id,
        "programme": programme(claim.programme()),
        "cause": short(claim.cause().as_str_name(), "CLAIM_CAUSE_"),
        "bank_code": claim.bank_code,
        "masked_account_number": claim.masked_account_number,
        "submitted_at": moment_json(claim.submitted_at.as_ref()),
        "due_on": claim.due_on,
        "held_until": moment_json(claim.held_until.as_ref()),
        "requires_interview": claim.requires_interview,
        "estimate_idr": claim.estimate_idr,
        "award": claim.award.as_ref().map(award_json),
        "steps": steps.collect::<Vec<_>>(),
        "reason": or_null(&claim.reason),
        "policy_version": claim.policy_version,
    })
}

pub(crate) fn claim_text(claim: &Claim) -> String {
    let state = plain(short(claim.state().as_str_name(), "STATE_"));
    let mut shown = format!(
        "The claim {} is {state}.\n\n  programme  {}\n  cause      {}\n  estimate   {}\n  account    {} {}\n  due on     {}\n",
        claim.id,
        programme(claim.programme()),
        plain(short(claim.cause().as_str_name(), "CLAIM_CAUSE_")),
        rupiah(claim.estimate_idr),
        claim.bank_code,
        claim.masked_account_number,
        claim.due_on,
    );
    if let Some(award) = &claim.award {
        let state = plain(short(award.state().as_str_name(), "STATE_"));
        let amount = rupiah(award.amount_idr);
        shown.push_str(&format!("  award      {amount}, {state}\n"));
    }
    let rest = [
        ("held until", moment(claim.held_until.as_ref())),
        ("reason    ", claim.reason.clone()),
    ];
    for (name, text) in rest.iter().filter(|it| !it.1.is_empty()) {
        shown.push_str(&format!("  {name} {text}\n"));
    }
    if !claim.steps.is_empty() {
        let mut steps = Table::new(["when", "what", "then"]);
        for step in &claim.steps {
            let then = plain(short(step.state().as_str_name(), "STATE_"));
            steps.row([moment(step.at.as_ref()), step.what.clone(), then]);
        }
        shown.push('\n');
        shown.push_str(&steps.shown());
    }
    shown
}

pub(crate) fn claims_table(claims: &[Claim]) -> String {
    let mut table = Table::new(["claim", "state", "due on", "amount"]).amounts(&[3]);
    for claim in claims {
        let award = claim.award.as_ref();
        let amount = award.map_or(claim.estimate_idr, |it| it.amount_idr);
        table.row([
            claim.id.clone(),
            plain(short(claim.state().as_str_name(), "STATE_")),
            claim.due_on.clone(),
            rupiah(amount),
        ]);
    }
    table.shown()
}
