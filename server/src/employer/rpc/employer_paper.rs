//! Requests about employers themselves, from the contract's words to ours: every bad field is named at once.

use jamsostek_proto::v1::{
    self as wire, RegisterEmployerRequest, SearchEmployersRequest, UpdateEmployerRequest,
};
use tonic::Status;
use uuid::Uuid;

use super::super::{Changes, Npp, Papers, Unit, rules};
use crate::{
    identity::Contact,
    refusal::Fields,
    wire::{risk_class, scale, words},
};

/// How many units one call states at most.
const UNITS_MAX: usize = 20;

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
