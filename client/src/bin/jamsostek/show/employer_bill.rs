//! What an employer owes for a month of a unit.

use jamsostek_client::v1::{
    EmployeeContribution, EmployerBill, EmployerBillRow, Payer, employer_bill::State,
};
use serde_json::{Value, json};

use super::{lines_json, moment_json, or_null, programme};
use crate::{
    table::Table,
    words::{plain, rupiah, short},
};

fn state(bill: &EmployerBill) -> &'static str {
    short(bill.state().as_str_name(), "STATE_")
}

fn payer(payer: Payer) -> &'static str {
    short(payer.as_str_name(), "PAYER_")
}

pub(crate) fn employer_bill_json(bill: &EmployerBill) -> Value {
    let lines = bill.lines.iter().map(|it| {
        json!({
            "programme": programme(it.programme()),
            "payer": payer(it.payer()),
            "amount_idr": it.amount_idr,
        })
    });
    json!({
        "bill_id": bill.id,
        "state": state(bill),
        "npp": bill.npp,
        "month": bill.month,
        "payment_code": or_null(&bill.payment_code),
        "employees": bill.employees,
        "total_idr": bill.total_idr,
        "payable_idr": bill.payable_idr,
        "due_on": or_null(&bill.due_on),
        "paid_on": or_null(&bill.paid_on),
        "lines": lines.collect::<Vec<_>>(),
        "jkp_idr": bill.jkp_idr,
        "penalty_idr": bill.penalty_idr,
        "risk_class": short(bill.risk_class().as_str_name(), "RISK_CLASS_"),
        "labour_intensive": bill.labour_intensive,
        "policy_version": bill.policy_version,
        "issued_at": moment_json(bill.issued_at.as_ref()),
    })
}

pub(crate) fn employer_bill_text(bill: &EmployerBill) -> String {
    let (month, npp) = (&bill.month, &bill.npp);
    let head = format!(
        "The bill of {npp} for {month} is {}.\n  bill          {}\n",
        plain(state(bill)),
        bill.id
    );
    if bill.state() == State::Computing {
        let next = format!(
            "Each employee is being computed: `jamsostek employer bill show {}` tells when.",
            bill.id
        );
        return format!("{head}\n{next}\n");
    }
    let mut lines = Table::new(["for", "borne by", "amount"]).amounts(&[2]);
    for line in &bill.lines {
        let by = plain(payer(line.payer()));
        let amount = rupiah(line.amount_idr);
        lines.row([programme(line.programme()).to_owned(), by, amount]);
    }
    if bill.penalty_idr > 0 {
        let amount = rupiah(bill.penalty_idr);
        lines.row(["penalty".to_owned(), "employer".to_owned(), amount]);
    }
    let mut shown = format!(
        "{}\n{head}  employees     {}\n  total         {}\n  to pay        {}\n  payment code  {}\n  due on        {}\n",
        lines.shown(),
        bill.employees,
        rupiah(bill.total_idr),
        rupiah(bill.payable_idr),
        bill.payment_code,
        bill.due_on,
    );
    if !bill.paid_on.is_empty() {
        shown.push_str(&format!("  paid on       {}\n", bill.paid_on));
    }
    shown
}

pub(crate) fn employer_bills_table(bills: &[EmployerBill]) -> String {
    let mut table = Table::new(["bill", "month", "state", "to pay"]).amounts(&[3]);
    for it in bills {
        let state = plain(state(it));
        let payable = rupiah(it.payable_idr);
        table.row([it.id.clone(), it.month.clone(), state, payable]);
    }
    table.shown()
}

/// What employer and worker pay for an employee.
pub(crate) fn shares_json(shares: &[EmployeeContribution]) -> Value {
    let share = |part: &EmployeeContribution| {
        let line = part.line.iter().cloned().collect::<Vec<_>>();
        json!({ "payer": payer(part.payer()), "line": lines_json(&line)[0] })
    };
    shares.iter().map(share).collect()
}

pub(crate) fn shares_table(shares: &[EmployeeContribution]) -> String {
    let mut table = Table::new(["month", "for", "pays", "amount", "how"]).amounts(&[3]);
    for share in shares {
        let Some(line) = &share.line else { continue };
        table.row([
            line.contribution_month.clone(),
            programme(line.programme()).to_owned(),
            plain(payer(share.payer())),
            rupiah(line.amount_idr),
            line.formula.clone(),
        ]);
    }
    table.shown()
}

pub(crate) fn employer_bill_rows_json(rows: &[EmployerBillRow]) -> Value {
    let row = |it: &EmployerBillRow| {
        json!({
            "membership_id": it.membership_id,
            "month": it.month,
            "wage_idr": it.wage_idr,
            "total_idr": it.total_idr,
            "contributions": shares_json(&it.contributions),
            "allocated": it.allocated,
        })
    };
    rows.iter().map(row).collect()
}

pub(crate) fn employer_bill_rows_table(rows: &[EmployerBillRow]) -> String {
    let mut table = Table::new(["membership", "month", "wage", "total"]).amounts(&[2, 3]);
    for it in rows {
        let amounts = [it.wage_idr, it.total_idr].map(rupiah);
        let [wage, total] = amounts;
        table.row([it.membership_id.clone(), it.month.clone(), wage, total]);
    }
    table.shown()
}
