//! Requests, from the contract's words to ours: every bad field is named at once.

use chrono::NaiveDate;
use jamsostek_proto::v1::{
    self as wire, ConfirmEmployeeRequest, DecideEmploymentRequest, DenyEmployeeRequest,
    RegisterEmployerRequest, ReportEmployeeRequest, ReportEmploymentEndRequest, ReportWagesRequest,
    SearchEmployersRequest, UpdateEmployerRequest, employee,
};
use tonic::Status;
use uuid::Uuid;

use super::super::{
    Changes, Hire, Npp, Papers, Payroll, Report, Standing, State, Unit, Wage, Wanted, rules,
};
use crate::{
    identity::{Contact, Document, FullName, Nik},
    money::{Money, Month},
    refusal::Fields,
    wire::{document, is_word, reason, risk_class, scale, words},
};

/// How many units one call states at most.
const UNITS_MAX: usize = 20;
/// How many wages one call reports at most.
const WAGES_MAX: usize = 100;
/// The highest wage that is taken for one: a thousand million, so that no sum of them overflows.
const WAGE_MAX: i64 = 1_000_000_000_000;
const NUMBER_LENGTH_MAX: usize = 30;

fn units(fields: &mut Fields, stated: Vec<wire::Unit>) -> Vec<Unit> {
    if stated.len() > UNITS_MAX {
        fields.reject("units", "must be at most twenty");
    }
    let mut units: Vec<Unit> = Vec::new();
    for (at, unit) in stated.into_iter().enumerate() {
        let npp = fields.take(&format!("units[{at}].npp"), Npp::parse(&unit.npp));
        let name = words(fields, &format!("units[{at}].name"), &unit.name);
        let class = risk_class(unit.risk_class);
        if class.is_none() {
            let field = format!("units[{at}].risk_class");
            fields.reject(&field, "must be a RISK_CLASS of the contract");
        }
        if let (Some(npp), Some(name), Some(risk_class)) = (npp, name, class) {
            if units.iter().any(|it| it.npp == npp) {
                fields.reject(&format!("units[{at}].npp"), "must not be named twice");
            }
            units.push(Unit {
                npp,
                name,
                risk_class,
            });
        }
    }
    units
}

pub(super) fn papers(request: RegisterEmployerRequest) -> Result<(Papers, bool), Status> {
    let mut fields = Fields::default();
    let id = fields.id_or_new("employer_id", &request.employer_id);
    let name = words(&mut fields, "name", &request.name);
    let city = words(&mut fields, "city", &request.city);
    let size = scale(request.scale);
    if size.is_none() {
        fields.reject("scale", "must be a SCALE of the contract");
    }
    let contact = fields.take("contact", Contact::parse(&request.contact));
    if request.units.is_empty() {
        fields.reject("units", "must be at least one");
    }
    let units = units(&mut fields, request.units);
    let (Some((id, repeatable)), Some(name), Some(city), Some(scale), Some(contact)) =
        (id, name, city, size, contact)
    else {
        return Err(fields.refusal());
    };
    fields.check()?;
    let papers = Papers {
        id,
        name,
        city,
        scale,
        labour_intensive: request.labour_intensive,
        contact,
        units,
    };
    Ok((papers, repeatable))
}

pub(super) fn changes(request: UpdateEmployerRequest) -> Result<(Option<Uuid>, Changes), Status> {
    let mut fields = Fields::default();
    let named = fields.optional_id("employer_id", &request.employer_id);
    let mut stated = |field: &str, text: &str| {
        (!text.is_empty())
            .then(|| words(&mut fields, field, text))
            .flatten()
    };
    let (name, city) = (stated("name", &request.name), stated("city", &request.city));
    let size = scale(request.scale);
    if size.is_none() && request.scale != 0 {
        fields.reject("scale", "must be a SCALE of the contract");
    }
    let contact = (!request.contact.is_empty())
        .then(|| fields.take("contact", Contact::parse(&request.contact)))
        .flatten();
    let units = units(&mut fields, request.units);
    fields.check()?;
    let changes = Changes {
        name,
        city,
        scale: size,
        labour_intensive: request.labour_intensive,
        contact,
        units,
    };
    Ok((named, changes))
}

pub(super) fn search(request: SearchEmployersRequest) -> Result<(String, String), Status> {
    let mut fields = Fields::default();
    if rules::name_key(&request.name).chars().count() < 3 {
        fields.reject("name", "must be at least 3 letters besides PT, CV and UD");
    }
    for (field, text) in [("name", &request.name), ("city", &request.city)] {
        if text.chars().count() > 100 {
            fields.reject(field, "must be at most 100 letters");
        }
    }
    fields.check()?;
    Ok((request.name, request.city))
}

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

fn hire(fields: &mut Fields, stated: Option<wire::Hire>) -> Option<Hire> {
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

fn wage(fields: &mut Fields, field: &str, idr: i64) -> Option<Money> {
    if !(1..=WAGE_MAX).contains(&idr) {
        fields.reject(
            field,
            "must be 1 to 1,000,000,000,000; who has left is reported as left",
        );
        return None;
    }
    Some(Money::new(idr))
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
    let paper = document(&mut fields, &request.nik, request.passport);
    let full_name = fields.take("full_name", FullName::parse(&request.full_name));
    let birth_date = fields.optional_day("birth_date", &request.birth_date);
    let mother_name = (!request.mother_name.is_empty())
        .then(|| fields.take("mother_name", FullName::parse(&request.mother_name)))
        .flatten();
    let contact = (!request.contact.is_empty())
        .then(|| fields.take("contact", Contact::parse(&request.contact)))
        .flatten();
    let hire = hire(&mut fields, request.hire);
    if let Some(Document::Passport(_)) = paper
        && birth_date.is_none()
    {
        fields.reject(
            "birth_date",
            "must be told: a passport's number states none",
        );
    }
    let (Some((id, repeatable)), Some(npp), Some(document), Some(full_name), Some(hire)) =
        (id, npp, paper, full_name, hire)
    else {
        return Err(fields.refusal());
    };
    fields.check()?;
    let report = Report {
        id,
        npp,
        document,
        full_name,
        birth_date,
        mother_name,
        contact,
        hire,
    };
    Ok((report, repeatable))
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
        if !(0..=WAGE_MAX).contains(&stated.back_pay_idr) {
            fields.reject(&field("back_pay_idr"), "must be 0 to 1,000,000,000,000");
        }
        if let (Some(membership), Some(wage)) = (membership, amount) {
            if wages.iter().any(|it| it.membership == membership) {
                fields.reject(&field("membership_id"), "must not be named twice");
            }
            wages.push(Wage {
                membership,
                wage,
                back_pay: Money::new(stated.back_pay_idr),
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
