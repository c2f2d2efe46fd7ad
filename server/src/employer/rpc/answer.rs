//! Employers and employees, from our words to the contract's.

use jamsostek_proto::v1::{self as wire, employee};

use super::super::{Employee, Employer, LowWage, Standing, State, Unit, rules, store::Found};
use crate::refusal::timestamp;

impl From<Employer> for wire::Employer {
    fn from(employer: Employer) -> Self {
        let Employer {
            papers,
            scale_in_force,
            checked,
            registered_at,
        } = employer;
        Self {
            id: papers.id.to_string(),
            scale: wire::Scale::from(papers.scale).into(),
            labour_intensive: papers.labour_intensive,
            masked_contact: papers.contact.masked(),
            units: papers.units.into_iter().map(Into::into).collect(),
            checked,
            registered_at: Some(timestamp(registered_at)),
            programmes: rules::programmes_of(scale_in_force)
                .into_iter()
                .map(|it| wire::Programme::from(it).into())
                .collect(),
            name: papers.name,
            city: papers.city,
        }
    }
}

impl From<Unit> for wire::Unit {
    fn from(unit: Unit) -> Self {
        Self {
            npp: unit.npp.text().to_owned(),
            name: unit.name,
            risk_class: wire::RiskClass::from(unit.risk_class).into(),
        }
    }
}

impl From<Found> for wire::FoundUnit {
    fn from(found: Found) -> Self {
        Self {
            npp: found.npp,
            employer_name: found.employer_name,
            unit_name: found.unit_name,
            city: found.city,
        }
    }
}

impl From<Standing> for employee::State {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Is(State::AwaitingEmployer) => Self::AwaitingEmployer,
            Standing::Is(State::AwaitingOfficer) => Self::AwaitingOfficer,
            Standing::Is(State::Active) => Self::Active,
            Standing::Is(State::Rejected) => Self::Rejected,
            Standing::Ended => Self::Ended,
        }
    }
}

impl From<Employee> for wire::Employee {
    fn from(employee: Employee) -> Self {
        let day = |it: Option<chrono::NaiveDate>| it.map_or_else(String::new, |it| it.to_string());
        let row = employee.employment;
        Self {
            membership_id: row.membership_id.to_string(),
            state: employee::State::from(employee.standing).into(),
            npp: employee.npp,
            unlisted_employer: [row.stated_employer, row.stated_city]
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
            full_name: employee.full_name,
            masked_nik: employee.masked_nik,
            kpj: employee.kpj,
            employee_number: row.employee_number,
            started_on: day(row.started_on),
            contract_ends_on: day(row.contract_ends_on),
            covered_from: day(employee.covered_from),
            ended_on: day(employee.ended_on),
            wage_idr: employee.wage.idr(),
            identity_state: wire::IdentityState::from(employee.identity).into(),
            asked_at: Some(timestamp(row.asked_at)),
            reason: row.reason,
            wage_warning: employee.low_wage.map(Into::into),
        }
    }
}

impl From<LowWage> for wire::WageWarning {
    fn from(low: LowWage) -> Self {
        Self {
            membership_id: low.membership.to_string(),
            wage_idr: low.wage.idr(),
            lowest_minimum_idr: low.minimum.idr(),
            reference: Some(low.reference.into()),
        }
    }
}
