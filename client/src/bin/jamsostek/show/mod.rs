//! The contract's messages as tables for people and as JSON for scripts.
//!
//! JSON names fields as the contract does; amounts are integers, and names of states, programmes and the like stand without
//! what all of their kind begin with: `"ACTIVE"`, `"JHT"`.

mod claim;
mod employer;
mod employer_bill;
mod person;

use chrono::{DateTime, SecondsFormat, Utc};
use jamsostek_client::{
    Bill, Programme,
    v1::{AmountLine, Reference, Segment, Stage},
};
use serde_json::{Value, json};

use crate::{
    table::Table,
    words::{plain, rupiah, short},
};

pub(crate) use claim::{claim_json, claim_text, claims_table, eligibility_json, eligibility_text};
pub(crate) use employer::{
    employee_json, employee_text, employees_table, employer_json, employer_text,
};
pub(crate) use employer_bill::{
    employer_bill_json, employer_bill_rows_json, employer_bill_rows_table, employer_bill_text,
    employer_bills_table, shares_json, shares_table,
};
pub(crate) use person::{
    coverage_text, participant_json, participant_text, registration_json, registration_text,
};

/// A moment of the contract, in UTC; empty where there is none.
pub(crate) fn moment(timestamp: Option<&prost_types::Timestamp>) -> String {
    let moment = timestamp.and_then(|it| DateTime::from_timestamp(it.seconds, 0));
    moment.map_or_else(String::new, |it: DateTime<Utc>| {
        it.to_rfc3339_opts(SecondsFormat::Secs, true)
    })
}

/// An empty text as what JSON has for nothing.
pub(crate) fn or_null(text: &str) -> Value {
    if text.is_empty() {
        Value::Null
    } else {
        text.into()
    }
}

/// A name of the contract, shortened, where it names anything.
pub(crate) fn known(short: &str) -> Value {
    or_null(if short == "UNSPECIFIED" { "" } else { short })
}

pub(crate) fn moment_json(timestamp: Option<&prost_types::Timestamp>) -> Value {
    or_null(&moment(timestamp))
}

pub(crate) fn programme(programme: Programme) -> &'static str {
    short(programme.as_str_name(), "PROGRAMME_")
}

pub(crate) fn programmes(programmes: impl Iterator<Item = Programme>) -> Vec<&'static str> {
    programmes.map(programme).collect()
}

pub(crate) fn segment(segment: Segment) -> &'static str {
    short(segment.as_str_name(), "SEGMENT_")
}

pub(crate) fn references_json(references: &[Reference]) -> Value {
    let references = references.iter();
    references
        .map(|it| json!({ "title": it.title, "href": it.href }))
        .collect()
}

pub(crate) fn lines_json(lines: &[AmountLine]) -> Value {
    let line = |it: &AmountLine| {
        json!({
            "contribution_month": or_null(&it.contribution_month),
            "programme": known(programme(it.programme())),
            "stage": known(short(it.stage().as_str_name(), "STAGE_")),
            "amount_idr": it.amount_idr,
            "discount_idr": it.discount_idr,
            "formula": it.formula,
            "references": references_json(&it.references),
        })
    };
    lines.iter().map(line).collect()
}

/// What a sum is made of: by month, or by stage where somebody goes abroad.
pub(crate) fn lines_table(lines: &[AmountLine]) -> String {
    let by_stage = lines.iter().any(|it| it.stage() != Stage::Unspecified);
    let when = if by_stage { "stage" } else { "month" };
    let mut table = Table::new([when, "for", "amount", "how"]).amounts(&[2]);
    for line in lines {
        let when = if by_stage {
            plain(short(line.stage().as_str_name(), "STAGE_"))
        } else {
            line.contribution_month.clone()
        };
        // One price covers both, and no text splits it.
        let what = if line.programme() == Programme::Unspecified {
            "JKK, JKM"
        } else {
            programme(line.programme())
        };
        let amount = rupiah(line.amount_idr);
        table.row([when, what.to_owned(), amount, line.formula.clone()]);
    }
    table.shown()
}

pub(crate) fn bill_json(bill: &Bill) -> Value {
    json!({
        "bill_id": bill.id,
        "state": short(bill.state().as_str_name(), "STATE_"),
        "membership_id": bill.membership_id,
        "payment_code": bill.payment_code,
        "first_month": bill.first_month,
        "months": bill.months,
        "total_idr": bill.total_idr,
        "payable_idr": bill.payable_idr,
        "next_stage_idr": bill.next_stage_idr,
        "due_on": bill.due_on,
        "valid_through": bill.valid_through,
        "lines": lines_json(&bill.lines),
        "policy_version": bill.policy_version,
    })
}

pub(crate) fn bill_text(bill: &Bill) -> String {
    let state = plain(short(bill.state().as_str_name(), "STATE_"));
    let by_stage = bill.lines.iter().any(|it| it.stage() != Stage::Unspecified);
    let months = match bill.months {
        months if by_stage => format!("{months} month(s) abroad"),
        1 => bill.first_month.clone(),
        months => format!("{} and {} more", bill.first_month, months - 1),
    };
    // A stage may be paid by itself.
    let stage = match bill.next_stage_idr {
        part if part > 0 && part < bill.payable_idr => {
            format!("  or at first   {}\n", rupiah(part))
        }
        _ => String::new(),
    };
    format!(
        "{}\nThe bill for {months} is {state}.\n\n  to pay        {}\n{stage}  payment code  {}\n  due on        {}\n  good through  {}\n",
        lines_table(&bill.lines),
        rupiah(bill.payable_idr),
        bill.payment_code,
        bill.due_on,
        bill.valid_through,
    )
}
