//! Requests, from the contract's words to ours: every bad field is named at once.

use jamsostek_proto::v1::{self as wire, StartRegistrationRequest, SubmitEmploymentRequest};
use tonic::{Code, Status};
use uuid::Uuid;

use super::super::{Application, Told};
use crate::{
    caller::Peer,
    identity::{Contact, FullName, Nik},
    participant::{Occupation, Work},
    refusal::{Fields, Reason, refuse},
    wire::{category, income, programmes, sector},
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
    if segment == wire::Segment::Unspecified {
        fields.reject("segment", "must be a SEGMENT of the contract");
    }
    let nik = fields.take("nik", Nik::parse(&request.nik));
    let full_name = fields.take("full_name", FullName::parse(&request.full_name));
    let contact = fields.take("contact", Contact::parse(&request.contact));
    let birth_date = fields.optional_day("birth_date", &request.birth_date);
    if !request.consent {
        fields.reject("consent", "must be true: the person accepts the terms");
    }
    let (Some((id, repeatable)), Some(nik), Some(full_name), Some(contact)) =
        (id, nik, full_name, contact)
    else {
        return Err(fields.refusal());
    };
    fields.check()?;
    if segment != wire::Segment::Bpu {
        let name = segment.as_str_name().to_owned();
        let message = "only people without a wage (BPU) can register so far";
        let metadata = [("segment", name)];
        return Err(refuse(
            Code::FailedPrecondition,
            Reason::SegmentNotServed,
            message,
            metadata,
        ));
    }
    let application = Application {
        id,
        nik,
        full_name,
        contact,
        birth_date,
        peer,
    };
    Ok((application, repeatable))
}

pub(super) fn told(request: SubmitEmploymentRequest) -> Result<(Uuid, Told), Status> {
    let mut fields = Fields::default();
    let id = fields.id("registration_id", &request.registration_id);
    let birth_date = fields.optional_day("birth_date", &request.birth_date);
    let Some(employment) = request.employment else {
        fields.reject("employment", "must be told");
        return Err(fields.refusal());
    };
    let mother_name = (!employment.mother_name.is_empty())
        .then(|| {
            fields.take(
                "employment.mother_name",
                FullName::parse(&employment.mother_name),
            )
        })
        .flatten();
    let work = work(&mut fields, employment);
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

fn work(fields: &mut Fields, employment: wire::Employment) -> Option<Work> {
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
    Some(Work {
        occupations,
        category: category?,
        income: income?,
        programmes: programmes?,
        months: u32::try_from(employment.months).ok()?,
        paid_by_state: employment.paid_by_state,
    })
}
