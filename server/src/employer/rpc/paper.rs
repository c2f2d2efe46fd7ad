//! Requests about employees, from the contract's words to ours: every bad field is named at once.

use chrono::NaiveDate;
use jamsostek_proto::v1::{
    self as wire, ConfirmEmployeeRequest, DecideEmploymentRequest, DenyEmployeeRequest, HireRow,
    ReportEmployeeRequest, ReportEmploymentEndRequest, ReportWagesRequest, employee,
};
use tonic::Status;
use uuid::Uuid;

use super::super::{Hire, Npp, Payroll, Report, Standing, State, Wage, Wanted, Worker};
use crate::{
    identity::{Contact, Document, FullName, Nik},
    money::{Money, Month},
    refusal::Fields,
    wire::{document, is_word, reason},
};

/// How many wages one call reports at most.
const WAGES_MAX: usize = 100;
/// The highest wage that is taken for one: a thousand million, so that no sum of them overflows.
pub(crate) const WAGE_MAX: i64 = 1_000_000_000_000;
const NUMBER_LENGTH_MAX: usize = 30;

pub(super) fn wanted(fields: &mut Fields, employer: &str, npp: &str, state: i32) -> Wanted {
    let state = match employee::State::try_from(state) {
        Ok(employee::State::Unspecified) => None,
        Ok(employee::State::AwaitingEmployer) => Some(Standing::Is(State::AwaitingEmployer)),
        Ok(employee::State::AwaitingOfficer) => Some(Standing::Is(State::AwaitingOfficer)),
        Ok(employee::State::Active) => Some(Standing::Is(State::Active)),
        Ok(employee::State::Rejected) => Some(Standing::Is(State::Rejected)),
        Ok(employee::State::Ended) => Some(Standing::Ended),
        Err(_) => {
            fields.reject("state", "must be a STATE of the contract");
            None
        }
    };
    Wanted {
        employer: fields.optional_id("employer_id", employer),
        npp: (!npp.is_empty())
            .then(|| fields.take("npp", Npp::parse(npp)))
            .flatten(),
        state,
    }
}

/// Reads what an employer says of somebody's work.
pub(crate) fn hire(fields: &mut Fields, stated: Option<wire::Hire>) -> Option<Hire> {
    let Some(stated) = stated else {
        fields.reject("hire", "must be told");
        return None;
    };
    let started_on = fields.day("hire.started_on", &stated.started_on);
    let contract_ends_on = fields.optional_day("hire.contract_ends_on", &stated.contract_ends_on);
    let wage = wage(fields, "hire.wage_idr", stated.wage_idr);
    let number = employee_number(fields, "hire.employee_number", stated.employee_number);
    Some(Hire {
        started_on: started_on?,
        contract_ends_on,
        wage: wage?,
        employee_number: number?,
        in_jkn: stated.in_jkn,
    })
}

/// Reads a wage.
pub(crate) fn wage(fields: &mut Fields, field: &str, idr: i64) -> Option<Money> {
    if !(1..=WAGE_MAX).contains(&idr) {
        fields.reject(
            field,
            "must be 1 to 1,000,000,000,000; who has left is reported as left",
        );
        return None;
    }
    Some(Money::new(idr))
}

/// Reads back pay; none where it is malformed, which is told.
pub(crate) fn back_pay(fields: &mut Fields, field: &str, idr: i64) -> Money {
    if !(0..=WAGE_MAX).contains(&idr) {
        fields.reject(field, "must be 0 to 1,000,000,000,000");
        return Money::ZERO;
    }
    Money::new(idr)
}

/// Reads the number that an employer knows somebody by; empty where he has none.
pub(crate) fn employee_number(fields: &mut Fields, field: &str, number: String) -> Option<String> {
    if !number.is_empty() && !is_word(&number, NUMBER_LENGTH_MAX, b"-./_") {
        fields.reject(field, "must be at most 30 letters, digits and - . / _");
        return None;
    }
    Some(number)
}

pub(super) fn report(request: ReportEmployeeRequest) -> Result<(Report, bool), Status> {
    let mut fields = Fields::default();
    let id = fields.id_or_new("report_id", &request.report_id);
    let npp = fields.take("npp", Npp::parse(&request.npp));
    let stated = HireRow {
        nik: request.nik,
        passport: request.passport,
        full_name: request.full_name,
        birth_date: request.birth_date,
        mother_name: request.mother_name,
        contact: request.contact,
        hire: request.hire,
    };
    let worker = worker(&mut fields, stated);
    let (Some((id, repeatable)), Some(npp), Some(worker)) = (id, npp, worker) else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok((Report { id, npp, worker }, repeatable))
}

/// Reads what an employer says of somebody who works for him.
pub(crate) fn worker(fields: &mut Fields, stated: HireRow) -> Option<Worker> {
    let paper = document(fields, &stated.nik, stated.passport);
    let full_name = fields.take("full_name", FullName::parse(&stated.full_name));
    let birth_date = fields.optional_day("birth_date", &stated.birth_date);
    let mother_name = (!stated.mother_name.is_empty())
        .then(|| fields.take("mother_name", FullName::parse(&stated.mother_name)))
        .flatten();
    let contact = (!stated.contact.is_empty())
        .then(|| fields.take("contact", Contact::parse(&stated.contact)))
        .flatten();
    let hire = hire(fields, stated.hire);
    if let Some(Document::Passport(_)) = paper
        && birth_date.is_none()
    {
        fields.reject(
            "birth_date",
            "must be told: a passport's number states none",
        );
    }
    Some(Worker {
        document: paper?,
        full_name: full_name?,
        birth_date,
        mother_name,
        contact,
        hire: hire?,
    })
}

pub(super) fn confirmation(request: ConfirmEmployeeRequest) -> Result<(Uuid, Nik, Hire), Status> {
    let mut fields = Fields::default();
    let membership = fields.id("membership_id", &request.membership_id);
    let nik = fields.take("nik", Nik::parse(&request.nik));
    let hire = hire(&mut fields, request.hire);
    let (Some(membership), Some(nik), Some(hire)) = (membership, nik, hire) else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok((membership, nik, hire))
}

pub(super) fn denial(request: &DenyEmployeeRequest) -> Result<(Uuid, String), Status> {
    let mut fields = Fields::default();
    let membership = fields.id("membership_id", &request.membership_id);
    let why = reason(&mut fields, "reason", &request.reason);
    let Some(membership) = membership else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok((membership, why))
}

pub(super) fn end(request: &ReportEmploymentEndRequest) -> Result<(Uuid, NaiveDate), Status> {
    let mut fields = Fields::default();
    let membership = fields.id("membership_id", &request.membership_id);
    let on = fields.day("ended_on", &request.ended_on);
    let (Some(membership), Some(on)) = (membership, on) else {
        return Err(fields.refusal());
    };
    Ok((membership, on))
}

pub(super) fn payroll(request: &ReportWagesRequest) -> Result<Payroll, Status> {
    let mut fields = Fields::default();
    let npp = fields.take("npp", Npp::parse(&request.npp));
    let month = request.month.parse::<Month>().ok();
    if month.is_none() {
        fields.reject("month", "must be a month as YYYY-MM");
    }
    if !(1..=WAGES_MAX).contains(&request.wages.len()) {
        fields.reject("wages", "must be one to a hundred");
    }
    let mut wages: Vec<Wage> = Vec::new();
    for (at, stated) in request.wages.iter().enumerate() {
        let field = |name: &str| format!("wages[{at}].{name}");
        let membership = fields.id(&field("membership_id"), &stated.membership_id);
        let amount = wage(&mut fields, &field("wage_idr"), stated.wage_idr);
        let back_pay = back_pay(&mut fields, &field("back_pay_idr"), stated.back_pay_idr);
        if let (Some(membership), Some(wage)) = (membership, amount) {
            if wages.iter().any(|it| it.membership == membership) {
                fields.reject(&field("membership_id"), "must not be named twice");
            }
            wages.push(Wage {
                membership,
                wage,
                back_pay,
            });
        }
    }
    let (Some(npp), Some(month)) = (npp, month) else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok(Payroll { npp, month, wages })
}

type Decision = (Uuid, String, Option<(Option<Npp>, Hire)>);

pub(super) fn decision(request: DecideEmploymentRequest) -> Result<Decision, Status> {
    let mut fields = Fields::default();
    let membership = fields.id("membership_id", &request.membership_id);
    let why = reason(&mut fields, "reason", &request.reason);
    let npp = (!request.npp.is_empty())
        .then(|| fields.take("npp", Npp::parse(&request.npp)))
        .flatten();
    let accepted = if request.accepted {
        hire(&mut fields, request.hire).map(|it| (npp, it))
    } else {
        if request.hire.is_some() || npp.is_some() {
            fields.reject("hire", "must be left out where it is not accepted");
        }
        None
    };
    let Some(membership) = membership else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok((membership, why, accepted))
}
