//! Requests, from the contract's words to ours: every bad field is named at once.

use jamsostek_proto::v1::{
    self as wire, DecideJoiningRequest, ProveIdentityRequest, StartRegistrationRequest,
    SubmitEmploymentRequest, prove_identity_request,
};
use tonic::{Code, Status};
use uuid::Uuid;

use super::super::{Application, Proofs, Second, Stated, Told};
use crate::{
    caller::Peer,
    employer::{self, Claimed, Named, Npp},
    identity::{Contact, Document, FullName},
    participant::{Business, Occupation},
    refusal::{Fields, Reason, refuse},
    scheme::Segment,
    wire::{category, document, income, programmes, reason, sector, words},
};

/// The most that a BPU can pay at once, and the steps below it.
const MONTHS_AT_ONCE: [i32; 4] = [1, 3, 6, 12];
const TITLE_LENGTH_MAX: usize = 100;

pub(super) fn registration_id(text: &str) -> Result<Uuid, Status> {
    let mut fields = Fields::default();
    let id = fields.id("registration_id", text);
    id.ok_or_else(|| fields.refusal())
}

pub(super) fn application(
    request: StartRegistrationRequest,
    peer: Peer,
) -> Result<(Application, bool), Status> {
    let mut fields = Fields::default();
    let id = fields.id_or_new("registration_id", &request.registration_id);
    let segment = wire::Segment::try_from(request.segment).unwrap_or(wire::Segment::Unspecified);
    let segment = match segment {
        wire::Segment::Pu => Some(Segment::Pu),
        wire::Segment::Bpu => Some(Segment::Bpu),
        wire::Segment::Pmi => Some(Segment::Pmi),
        wire::Segment::Unspecified => {
            fields.reject("segment", "must be a SEGMENT of the contract");
            None
        }
    };
    let paper = document(&mut fields, &request.nik, request.passport);
    let full_name = fields.take("full_name", FullName::parse(&request.full_name));
    let contact = fields.take("contact", Contact::parse(&request.contact));
    let birth_date = fields.optional_day("birth_date", &request.birth_date);
    if !request.consent {
        fields.reject("consent", "must be true: the person accepts the terms");
    }
    let (Some((id, repeatable)), Some(segment), Some(document), Some(full_name), Some(contact)) =
        (id, segment, paper, full_name, contact)
    else {
        return Err(fields.refusal());
    };
    fields.check()?;
    if matches!(document, Document::Passport(_)) && segment != Segment::Pu {
        let name = wire::Segment::from(segment).as_str_name().to_owned();
        let message = "only foreigners who work for an employer register with a passport";
        let metadata = [("segment", name)];
        return Err(refuse(
            Code::FailedPrecondition,
            Reason::NikNeeded,
            message,
            metadata,
        ));
    }
    let application = Application {
        id,
        segment,
        document,
        full_name,
        contact,
        birth_date,
        peer,
    };
    Ok((application, repeatable))
}

pub(super) fn proofs(request: ProveIdentityRequest) -> Result<(Uuid, Proofs), Status> {
    let mut fields = Fields::default();
    let id = fields.id("registration_id", &request.registration_id);
    let kpj = request.kpj;
    if kpj.len() != 11 || !kpj.bytes().all(|it| it.is_ascii_digit()) {
        fields.reject("kpj", "must be 11 digits");
    }
    let second = match request.second {
        Some(prove_identity_request::Second::MotherName(name)) => {
            let name = fields.take("mother_name", FullName::parse(&name));
            name.map(Second::Mother)
        }
        Some(prove_identity_request::Second::Npp(npp)) => {
            fields.take("npp", Npp::parse(&npp)).map(Second::Npp)
        }
        None => {
            fields.reject("mother_name", "must be told, or else npp");
            None
        }
    };
    let (Some(id), Some(second)) = (id, second) else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok((id, Proofs { kpj, second }))
}

pub(super) fn decision(request: &DecideJoiningRequest) -> Result<(Uuid, bool, String), Status> {
    let mut fields = Fields::default();
    let id = fields.id("registration_id", &request.registration_id);
    let why = reason(&mut fields, "reason", &request.reason);
    let Some(id) = id else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok((id, request.accepted, why))
}

pub(super) fn told(request: SubmitEmploymentRequest) -> Result<(Uuid, Told), Status> {
    let mut fields = Fields::default();
    let id = fields.id("registration_id", &request.registration_id);
    let birth_date = fields.optional_day("birth_date", &request.birth_date);
    let (work, mother_name) = match (request.employment, request.employee, request.placement) {
        (Some(employment), None, None) => {
            let mother = mother(
                &mut fields,
                "employment.mother_name",
                &employment.mother_name,
            );
            (work(&mut fields, employment).map(Stated::Business), mother)
        }
        (None, Some(employee), None) => {
            let mother = mother(&mut fields, "employee.mother_name", &employee.mother_name);
            (claimed(&mut fields, employee).map(Stated::Employee), mother)
        }
        (None, None, Some(placement)) => {
            let mother = mother(&mut fields, "placement.mother_name", &placement.mother_name);
            let told = super::placement::placement(&mut fields, placement);
            (told.map(Stated::Placement), mother)
        }
        _ => {
            fields.reject(
                "employment",
                "must be told, or else employee, or else placement, and nothing besides",
            );
            return Err(fields.refusal());
        }
    };
    let (Some(id), Some(work)) = (id, work) else {
        return Err(fields.refusal());
    };
    fields.check()?;
    let told = Told {
        work,
        mother_name,
        birth_date,
    };
    Ok((id, told))
}

fn mother(fields: &mut Fields, field: &str, name: &str) -> Option<FullName> {
    (!name.is_empty())
        .then(|| fields.take(field, FullName::parse(name)))
        .flatten()
}

fn claimed(fields: &mut Fields, employee: wire::EmployeeStatement) -> Option<Claimed> {
    let at = match (employee.npp.is_empty(), employee.unlisted_employer) {
        (false, None) => fields
            .take("employee.npp", Npp::parse(&employee.npp))
            .map(Named::Unit),
        (true, Some(unlisted)) => {
            let name = words(fields, "employee.unlisted_employer.name", &unlisted.name);
            let city = words(fields, "employee.unlisted_employer.city", &unlisted.city);
            name.zip(city)
                .map(|(name, city)| Named::Unlisted { name, city })
        }
        _ => {
            fields.reject(
                "employee.npp",
                "must name the unit, or else unlisted_employer, and not both",
            );
            None
        }
    };
    let field = "employee.employee_number";
    let employee_number = employer::employee_number(fields, field, employee.employee_number);
    let started_on = fields.day("employee.started_on", &employee.started_on);
    Some(Claimed {
        at: at?,
        started_on: started_on?,
        employee_number: employee_number?,
    })
}

fn work(fields: &mut Fields, employment: wire::Employment) -> Option<Business> {
    if !(1..=2).contains(&employment.occupations.len()) {
        fields.reject("employment.occupations", "must be one or two");
    }
    let mut occupations = Vec::new();
    for (at, occupation) in employment.occupations.into_iter().enumerate() {
        let title = occupation
            .title
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let length = title.chars().count();
        if !(2..=TITLE_LENGTH_MAX).contains(&length) || title.chars().any(char::is_control) {
            let field = format!("employment.occupations[{at}].title");
            fields.reject(&field, "must be 2 to 100 letters");
        }
        match sector(occupation.sector) {
            Some(sector) => occupations.push(Occupation { title, sector }),
            None => {
                let field = format!("employment.occupations[{at}].sector");
                fields.reject(&field, "must be a SECTOR of the contract");
            }
        }
    }
    let category = category(employment.category);
    if category.is_none() {
        fields.reject(
            "employment.category",
            "must be a BPU_CATEGORY of the contract",
        );
    }
    let income = income(fields, "employment.income_idr", employment.income_idr);
    if !MONTHS_AT_ONCE.contains(&employment.months) {
        fields.reject("employment.months", "must be 1, 3, 6 or 12");
    }
    let programmes = programmes(fields, "employment.programmes", &employment.programmes);
    Some(Business {
        occupations,
        category: category?,
        income: income?,
        programmes: programmes?,
        months: u32::try_from(employment.months).ok()?,
        paid_by_state: employment.paid_by_state,
    })
}
