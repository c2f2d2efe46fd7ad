//! Units' bills, between the contract's words and ours.

use jamsostek_proto::v1::{
    self as wire, IssueEmployerBillRequest, IssueEmployerBillResponse, ListEmployerBillRowsRequest,
    ListEmployerBillRowsResponse, ListEmployerBillsRequest, ListEmployerBillsResponse, bill,
    employer_bill, jkp_part,
};
use tonic::Status;

use super::super::{
    Contributions,
    employers::{Price, State, UnitBillShown, UnitRow},
    rules::pu::{JkpPart, JkpSource, Line},
};
use crate::{
    caller::Caller,
    db,
    employer::Npp,
    money::{Money, Month},
    page,
    refusal::{Fields, timestamp},
    scheme::{Payer, Programme},
};

/// The lists whose page tokens these are.
const BILLS: &str = "contribution.unit_bills";
const ROWS: &str = "contribution.unit_rows";

pub(super) async fn issue(
    contributions: &Contributions,
    caller: &Caller,
    request: &IssueEmployerBillRequest,
) -> Result<IssueEmployerBillResponse, Status> {
    let mut fields = Fields::default();
    let id = fields.id_or_new("bill_id", &request.bill_id);
    let npp = fields.take("npp", Npp::parse(&request.npp));
    let month = request.month.parse::<Month>().ok();
    if month.is_none() {
        fields.reject("month", "must be a month as YYYY-MM");
    }
    let (Some((id, repeatable)), Some(npp), Some(month)) = (id, npp, month) else {
        return Err(fields.refusal());
    };
    let bill = db::retrying(|| contributions.issue_for_unit(caller, id, &npp, month)).await?;
    Ok(IssueEmployerBillResponse {
        bill: Some(bill.into()),
        repeatable,
    })
}

pub(super) async fn list(
    contributions: &Contributions,
    caller: &Caller,
    request: &ListEmployerBillsRequest,
) -> Result<ListEmployerBillsResponse, Status> {
    let seal = &contributions.seal;
    let mut fields = Fields::default();
    let npp = fields.take("npp", Npp::parse(&request.npp));
    let size = page::size(&mut fields, request.page_size);
    let before = page::after(&mut fields, seal, BILLS, &request.page_token);
    let Some(npp) = npp else {
        return Err(fields.refusal());
    };
    fields.check()?;
    let before = before.and_then(|it| it.parse().ok());
    let mut bills = contributions
        .unit_bills(caller, &npp, before, size + 1)
        .await?;
    let more = page::cut(&mut bills, size);
    let last = bills.last().filter(|_| more);
    Ok(ListEmployerBillsResponse {
        next_page_token: last.map_or_else(String::new, |it| {
            page::token(seal, BILLS, &it.bill.month.to_string())
        }),
        bills: bills.into_iter().map(Into::into).collect(),
    })
}

pub(super) async fn rows(
    contributions: &Contributions,
    caller: &Caller,
    request: &ListEmployerBillRowsRequest,
) -> Result<ListEmployerBillRowsResponse, Status> {
    let seal = &contributions.seal;
    let mut fields = Fields::default();
    let id = fields.id("bill_id", &request.bill_id);
    let size = page::size(&mut fields, request.page_size);
    let after = page::after(&mut fields, seal, ROWS, &request.page_token);
    let Some(id) = id else {
        return Err(fields.refusal());
    };
    fields.check()?;
    let after = after.and_then(|it| it.parse().ok());
    let (mut rows, prices) = contributions.unit_rows(caller, id, after, size + 1).await?;
    let more = page::cut(&mut rows, size);
    let last = rows.last().filter(|_| more);
    Ok(ListEmployerBillRowsResponse {
        next_page_token: last.map_or_else(String::new, |it| {
            page::token(seal, ROWS, &it.id.to_string())
        }),
        rows: rows.iter().map(|it| row(it, &prices[&it.month])).collect(),
    })
}

/// A row with its formulas, as the law of its month gives them again.
fn row(row: &UnitRow, Price { tariff, .. }: &Price<'_>) -> wire::EmployerBillRow {
    let shares = tariff.assess(row.wage, row.worker);
    let (lines, jkp) = (shares.lines(tariff), shares.jkp_parts(tariff));
    wire::EmployerBillRow {
        membership_id: row.membership.to_string(),
        month: row.month.to_string(),
        wage_idr: row.wage.idr(),
        total_idr: row.shares.total().idr(),
        contributions: lines.into_iter().map(|it| line(it, row.month)).collect(),
        allocated: row.is_allocated,
        jkp_parts: jkp.into_iter().map(Into::into).collect(),
    }
}

pub(super) fn line(line: Line, month: Month) -> wire::EmployeeContribution {
    wire::EmployeeContribution {
        payer: wire::Payer::from(line.payer).into(),
        line: Some(wire::AmountLine {
            contribution_month: month.to_string(),
            programme: wire::Programme::from(line.programme).into(),
            amount_idr: line.amount.idr(),
            discount_idr: line.discount.idr(),
            formula: line.formula,
            references: line.references.into_iter().map(Into::into).collect(),
            stage: wire::Stage::Unspecified.into(),
        }),
    }
}

impl From<JkpPart> for wire::JkpPart {
    fn from(part: JkpPart) -> Self {
        let source = match part.source {
            JkpSource::Jkk => jkp_part::Source::Jkk,
            JkpSource::Jkm => jkp_part::Source::Jkm,
            JkpSource::State => jkp_part::Source::State,
        };
        Self {
            source: source.into(),
            amount_idr: part.amount.idr(),
            formula: part.formula,
            references: part.references.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Payer> for wire::Payer {
    fn from(payer: Payer) -> Self {
        match payer {
            Payer::Employer => Self::Employer,
            Payer::Worker => Self::Worker,
        }
    }
}

impl From<State> for employer_bill::State {
    fn from(state: State) -> Self {
        match state {
            State::Computing => Self::Computing,
            State::Open => Self::Open,
            State::Allocating => Self::Allocating,
            State::Paid => Self::Paid,
        }
    }
}

fn sum(&(programme, payer, amount): &(Programme, Payer, Money)) -> wire::EmployerBillLine {
    wire::EmployerBillLine {
        programme: wire::Programme::from(programme).into(),
        payer: wire::Payer::from(payer).into(),
        amount_idr: amount.idr(),
    }
}

impl From<UnitBillShown> for wire::EmployerBill {
    fn from(shown: UnitBillShown) -> Self {
        let UnitBillShown {
            bill,
            npp,
            payable,
            lines,
            jkp,
        } = shown;
        let total = bill.total().idr();
        Self {
            id: bill.id.to_string(),
            state: employer_bill::State::from(bill.state).into(),
            npp,
            month: bill.month.to_string(),
            // Nobody pays what is not whole yet.
            payment_code: match bill.state {
                State::Computing => String::new(),
                State::Open | State::Allocating | State::Paid => bill.payment_code,
            },
            employees: bill.employees,
            total_idr: total,
            payable_idr: payable.idr(),
            due_on: bill.due_on.to_string(),
            paid_on: bill.paid_on.map_or_else(String::new, |it| it.to_string()),
            lines: lines.iter().map(sum).collect(),
            jkp_idr: jkp.idr(),
            penalty_idr: bill.penalty.idr(),
            risk_class: wire::RiskClass::from(bill.risk_class).into(),
            labour_intensive: bill.labour_intensive,
            policy_version: bill.policy_version,
            issued_at: Some(timestamp(bill.issued_at)),
        }
    }
}

/// A unit's bill as a gateway sees it.
pub(super) fn to_pay(shown: UnitBillShown) -> wire::Bill {
    let total_idr = shown.bill.total().idr();
    let state = match shown.bill.state {
        State::Computing | State::Open => bill::State::Open,
        State::Allocating | State::Paid => bill::State::Paid,
    };
    wire::Bill {
        id: shown.bill.id.to_string(),
        state: state.into(),
        membership_id: String::new(),
        payment_code: shown.bill.payment_code,
        first_month: shown.bill.month.to_string(),
        months: 1,
        total_idr,
        payable_idr: shown.payable.idr(),
        due_on: shown.bill.due_on.to_string(),
        valid_through: String::new(),
        lines: Vec::new(),
        policy_version: shown.bill.policy_version,
        npp: shown.npp,
        next_stage_idr: 0,
    }
}
