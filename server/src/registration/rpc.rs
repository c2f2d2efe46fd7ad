use std::sync::Arc;

use jamsostek_proto::v1::{
    self as wire, CancelRegistrationRequest, CancelRegistrationResponse,
    ConfirmRegistrationRequest, ConfirmRegistrationResponse, GetRegistrationRequest,
    GetRegistrationResponse, StartRegistrationRequest, StartRegistrationResponse,
    SubmitEmploymentRequest, SubmitEmploymentResponse, registration,
    registration_service_server::{RegistrationService, RegistrationServiceServer},
};
use tonic::{Code, Request, Response, Status};
use uuid::Uuid;

use super::{Application, Error, Registrations, Told, next_step, rules::State, steps::Shown};
use crate::{
    caller::{Caller, Peer},
    contribution, db,
    identity::{Contact, FullName, Nik},
    money::Money,
    participant::{Occupation, Work},
    refusal::{
        Fields, Reason, id_taken, not_found, refuse, refuse_by_law, refuse_for_now, timestamp,
    },
    session,
    wire::{category, programme, sector, warnings},
};

/// The most that a BPU can pay at once, and the steps below it.
const MONTHS_AT_ONCE: [i32; 4] = [1, 3, 6, 12];
/// An income above this is a slip of the finger.
const INCOME_MAX_IDR: i64 = 1_000_000_000_000;
const TITLE_LENGTH_MAX: usize = 100;

/// The registration service.
pub(crate) fn service(
    registrations: Arc<Registrations>,
) -> RegistrationServiceServer<impl RegistrationService> {
    RegistrationServiceServer::new(Rpc { registrations })
}

struct Rpc {
    registrations: Arc<Registrations>,
}

#[tonic::async_trait]
impl RegistrationService for Rpc {
    async fn start_registration(
        &self,
        request: Request<StartRegistrationRequest>,
    ) -> Result<Response<StartRegistrationResponse>, Status> {
        let peer = Peer::of(&request);
        let (application, repeatable) = application(request.into_inner(), peer)?;
        let shell = db::retrying(|| self.registrations.start(&application)).await?;
        let is_sandbox = self.registrations.is_sandbox;
        Ok(Response::new(StartRegistrationResponse {
            registration_id: shell.id.to_string(),
            challenge_id: shell.challenge.to_string(),
            masked_contact: shell.masked_contact,
            expires_at: Some(timestamp(shell.expires_at)),
            repeatable,
            next_steps: next_step::after_start(shell.challenge, is_sandbox),
        }))
    }

    async fn get_registration(
        &self,
        request: Request<GetRegistrationRequest>,
    ) -> Result<Response<GetRegistrationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = registration_id(&request.get_ref().registration_id)?;
        let shown = self.registrations.show(&caller, id).await?;
        Ok(Response::new(GetRegistrationResponse {
            registration: Some(self.wire(shown)),
        }))
    }

    async fn submit_employment(
        &self,
        request: Request<SubmitEmploymentRequest>,
    ) -> Result<Response<SubmitEmploymentResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (id, told) = told(request.into_inner())?;
        let shown = db::retrying(|| self.registrations.employ(&caller, id, &told)).await?;
        Ok(Response::new(SubmitEmploymentResponse {
            registration: Some(self.wire(shown)),
        }))
    }

    async fn confirm_registration(
        &self,
        request: Request<ConfirmRegistrationRequest>,
    ) -> Result<Response<ConfirmRegistrationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = registration_id(&request.get_ref().registration_id)?;
        let shown = db::retrying(|| self.registrations.confirm(&caller, id)).await?;
        Ok(Response::new(ConfirmRegistrationResponse {
            registration: Some(self.wire(shown)),
        }))
    }

    async fn cancel_registration(
        &self,
        request: Request<CancelRegistrationRequest>,
    ) -> Result<Response<CancelRegistrationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = registration_id(&request.get_ref().registration_id)?;
        let shown = db::retrying(|| self.registrations.cancel(&caller, id)).await?;
        Ok(Response::new(CancelRegistrationResponse {
            registration: Some(self.wire(shown)),
        }))
    }
}

fn registration_id(text: &str) -> Result<Uuid, Status> {
    let mut fields = Fields::default();
    let id = fields.id("registration_id", text);
    id.ok_or_else(|| fields.refusal())
}

fn application(
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

fn told(request: SubmitEmploymentRequest) -> Result<(Uuid, Told), Status> {
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
        if !(2..=TITLE_LENGTH_MAX).contains(&title.chars().count()) {
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
    if !(1..=INCOME_MAX_IDR).contains(&employment.income_idr) {
        fields.reject(
            "employment.income_idr",
            "must be above zero, in whole rupiah",
        );
    }
    if !MONTHS_AT_ONCE.contains(&employment.months) {
        fields.reject("employment.months", "must be 1, 3, 6 or 12");
    }
    let programmes: Option<Vec<_>> = employment
        .programmes
        .iter()
        .map(|it| programme(*it))
        .collect();
    let mut programmes = programmes.unwrap_or_default();
    programmes.sort_unstable();
    programmes.dedup();
    if programmes.len() != employment.programmes.len() || programmes.is_empty() {
        fields.reject(
            "employment.programmes",
            "must name programmes of the contract, each once",
        );
    }
    Some(Work {
        occupations,
        category: category?,
        income: Money::new(employment.income_idr),
        programmes,
        months: u32::try_from(employment.months).ok()?,
        paid_by_state: employment.paid_by_state,
    })
}

impl Rpc {
    fn wire(&self, shown: Shown) -> wire::Registration {
        let next_steps = next_step::from(&shown, self.registrations.is_sandbox);
        let identity_state = match shown.row.identity_state.as_str() {
            "matched" => wire::IdentityState::Matched,
            "refused" => wire::IdentityState::Refused,
            _ => wire::IdentityState::Declared,
        };
        let (participant_id, kpj) = shown
            .participant
            .map(|(id, kpj)| (id.to_string(), kpj))
            .unwrap_or_default();
        let row = &shown.row;
        wire::Registration {
            id: row.id.to_string(),
            state: registration::State::from(shown.state).into(),
            segment: wire::Segment::Bpu.into(),
            masked_contact: shown.masked_contact,
            started_at: Some(timestamp(row.started_at)),
            expires_at: Some(timestamp(row.expires_at)),
            full_name: row.full_name.clone(),
            birth_date: row.birth_date.map_or_else(String::new, |it| it.to_string()),
            sex: row.sex().map_or(wire::Sex::Unspecified, Into::into).into(),
            warnings: warnings(&row.warnings),
            identity_state: identity_state.into(),
            employment: shown.work.map(employment),
            bill_id: row.bill_id.map_or_else(String::new, |it| it.to_string()),
            payment_code: shown.payment.map(|it| it.payment_code).unwrap_or_default(),
            participant_id,
            kpj,
            next_steps,
        }
    }
}

fn employment(work: Work) -> wire::Employment {
    let occupations = work.occupations.iter().map(|it| wire::Occupation {
        title: it.title.clone(),
        sector: wire::Sector::from(it.sector).into(),
    });
    let programmes = work
        .programmes
        .iter()
        .map(|&it| wire::Programme::from(it).into());
    wire::Employment {
        occupations: occupations.collect(),
        category: wire::BpuCategory::from(work.category).into(),
        income_idr: work.income.idr(),
        programmes: programmes.collect(),
        months: i32::try_from(work.months).unwrap_or(0),
        paid_by_state: work.paid_by_state,
        mother_name: String::new(),
    }
}

impl From<State> for registration::State {
    fn from(state: State) -> Self {
        match state {
            State::AwaitingOtp => Self::AwaitingOtp,
            State::AwaitingEmployment => Self::AwaitingEmployment,
            State::AwaitingConfirmation => Self::AwaitingConfirmation,
            State::AwaitingPayment => Self::AwaitingPayment,
            State::Active => Self::Active,
            State::Stopped => Self::Stopped,
            State::Cancelled => Self::Cancelled,
            State::Expired => Self::Expired,
            State::Held => Self::Held,
        }
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let no = |reason| refuse(Code::FailedPrecondition, reason, message.clone(), []);
        let with = |reason, key, value: String| {
            refuse(
                Code::FailedPrecondition,
                reason,
                message.clone(),
                [(key, value)],
            )
        };
        match error {
            Error::NotFound => not_found(),
            Error::IdTaken => id_taken(),
            Error::Cancelled => no(Reason::RegistrationCancelled),
            Error::Expired => no(Reason::RegistrationExpired),
            Error::WrongState(state) => with(Reason::WrongState, "state", state.name().to_owned()),
            Error::OfficerNeeded => no(Reason::OfficerNeeded),
            Error::BirthDateNeeded => no(Reason::BirthDateNeeded),
            Error::TooYoung { age, minimum, law } => {
                let numbers = [
                    ("age", age.to_string()),
                    ("minimumAge", minimum.to_string()),
                ];
                refuse_by_law(Reason::TooYoung, message, law, numbers)
            }
            Error::TooOld { age, maximum, law } => {
                let numbers = [
                    ("age", age.to_string()),
                    ("maximumAge", maximum.to_string()),
                ];
                refuse_by_law(Reason::TooOld, message, law, numbers)
            }
            Error::QuestionsSpent { retry_after } => refuse_for_now(
                Code::ResourceExhausted,
                Reason::RegisterQuestionsSpent,
                message,
                retry_after,
                [("retryAfterSeconds", retry_after.as_secs().to_string())],
            ),
            Error::RegisterUnavailable => refuse_for_now(
                Code::Unavailable,
                Reason::RegisterUnavailable,
                message,
                std::time::Duration::from_secs(60),
                [],
            ),
            Error::Mismatch(fields) => with(Reason::IdentityMismatch, "fields", fields),
            Error::Deceased => no(Reason::IdentityDeceased),
            Error::IdentityRefused(verdict) => with(Reason::IdentityRefused, "verdict", verdict),
            Error::Law(refused) => contribution::law_refusal(refused),
            Error::Otp(error) => session::otp_refusal(error),
            Error::Store(error) => error.into(),
        }
    }
}
