//! Employers, and who works for them.

use jamsostek_client::v1::{Employee, Employer};
use serde_json::{Value, json};

use super::{moment_json, or_null, programmes};
use crate::{
    table::Table,
    words::{plain, rupiah, short},
};

pub(crate) fn employer_json(employer: &Employer) -> Value {
    let units = employer.units.iter().map(|it| {
        json!({
            "npp": it.npp,
            "name": it.name,
            "risk_class": short(it.risk_class().as_str_name(), "RISK_CLASS_"),
        })
    });
    json!({
        "employer_id": employer.id,
        "name": employer.name,
        "city": employer.city,
        "scale": short(employer.scale().as_str_name(), "SCALE_"),
        "labour_intensive": employer.labour_intensive,
        "masked_contact": employer.masked_contact,
        "units": units.collect::<Vec<_>>(),
        "checked": employer.checked,
        "registered_at": moment_json(employer.registered_at.as_ref()),
        "programmes": programmes(employer.programmes()),
    })
}

pub(crate) fn employer_text(employer: &Employer) -> String {
    let checked = if employer.checked {
        "by an officer"
    } else {
        "not yet"
    };
    let mut units = Table::new(["NPP", "risk", "unit"]);
    for unit in &employer.units {
        let risk = plain(short(unit.risk_class().as_str_name(), "RISK_CLASS_"));
        units.row([unit.npp.clone(), risk, unit.name.clone()]);
    }
    format!(
        "{}, {}\n  scale       {}\n  programmes  {}\n  contact     {}\n  checked     {checked}\n\n{}",
        employer.name,
        employer.city,
        plain(short(employer.scale().as_str_name(), "SCALE_")),
        programmes(employer.programmes()).join(", "),
        employer.masked_contact,
        units.shown(),
    )
}

fn state(employee: &Employee) -> &'static str {
    short(employee.state().as_str_name(), "STATE_")
}

pub(crate) fn employee_json(employee: &Employee) -> Value {
    json!({
        "membership_id": employee.membership_id,
        "state": state(employee),
        "npp": or_null(&employee.npp),
        "unlisted_employer": or_null(&employee.unlisted_employer),
        "full_name": employee.full_name,
        "masked_nik": employee.masked_nik,
        "kpj": or_null(&employee.kpj),
        "employee_number": or_null(&employee.employee_number),
        "started_on": or_null(&employee.started_on),
        "contract_ends_on": or_null(&employee.contract_ends_on),
        "covered_from": or_null(&employee.covered_from),
        "ended_on": or_null(&employee.ended_on),
        "wage_idr": employee.wage_idr,
        "identity_state": short(employee.identity_state().as_str_name(), "IDENTITY_STATE_"),
        "asked_at": moment_json(employee.asked_at.as_ref()),
        "reason": or_null(&employee.reason),
    })
}

pub(crate) fn employee_text(employee: &Employee) -> String {
    let mut shown = format!(
        "{} is {}.\n  membership  {}\n",
        employee.full_name,
        plain(state(employee)),
        employee.membership_id,
    );
    let wage = match employee.wage_idr {
        0 => String::new(),
        wage => rupiah(wage),
    };
    let rest = [
        ("KPJ", &employee.kpj),
        ("NIK", &employee.masked_nik),
        ("unit", &employee.npp),
        ("number", &employee.employee_number),
        ("works from", &employee.started_on),
        ("cover from", &employee.covered_from),
        ("contract to", &employee.contract_ends_on),
        ("last day", &employee.ended_on),
        ("wage", &wage),
        ("reason", &employee.reason),
    ];
    for (name, text) in rest.iter().filter(|it| !it.1.is_empty()) {
        shown.push_str(&format!("  {name:<11} {text}\n"));
    }
    shown
}

pub(crate) fn employees_table(employees: &[Employee]) -> String {
    let mut table = Table::new(["membership", "state", "who"]);
    for it in employees {
        let who = match it.kpj.as_str() {
            "" => it.full_name.clone(),
            kpj => format!("{}, KPJ {kpj}", it.full_name),
        };
        table.row([it.membership_id.clone(), plain(state(it)), who]);
    }
    table.shown()
}
