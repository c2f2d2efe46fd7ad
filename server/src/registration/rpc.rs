mod paper;

use std::sync::Arc;

use jamsostek_proto::v1::{
    self as wire, CancelRegistrationRequest, CancelRegistrationResponse,
    ConfirmRegistrationRequest, ConfirmRegistrationResponse, GetRegistrationRequest,
    GetRegistrationResponse, StartRegistrationRequest, StartRegistrationResponse,
    SubmitEmploymentRequest, SubmitEmploymentResponse, registration,
    registration_service_server::{RegistrationService, RegistrationServiceServer},
};
use tonic::{Code, Request, Response, Status};

use super::{Error, Registrations, Stated, next_step, rules::State, steps::Shown};
use crate::{
    caller::{Caller, Peer},
    contribution, db,
    employer::{Claimed, Named},
    participant::Business,
    refusal::{
        Fields, Reason, id_taken, not_found, refuse, refuse_by_law, refuse_for_now, timestamp,
    },
    scheme::Segment,
    session,
    wire::warnings,
};

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
        let (application, repeatable) = paper::application(request.into_inner(), peer)?;
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
        let id = paper::registration_id(&request.get_ref().registration_id)?;
        let shown = self.registrations.show(&caller, id).await?;
        Ok(Response::new(GetRegistrationResponse {
            registration: Some(self.wire(shown)?),
        }))
    }

    async fn submit_employment(
        &self,
        request: Request<SubmitEmploymentRequest>,
    ) -> Result<Response<SubmitEmploymentResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (id, told) = paper::told(request.into_inner())?;
        let shown = db::retrying(|| self.registrations.employ(&caller, id, &told)).await?;
        Ok(Response::new(SubmitEmploymentResponse {
            registration: Some(self.wire(shown)?),
        }))
    }

    async fn confirm_registration(
        &self,
        request: Request<ConfirmRegistrationRequest>,
    ) -> Result<Response<ConfirmRegistrationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = paper::registration_id(&request.get_ref().registration_id)?;
        let shown = db::retrying(|| self.registrations.confirm(&caller, id)).await?;
        Ok(Response::new(ConfirmRegistrationResponse {
            registration: Some(self.wire(shown)?),
        }))
    }

    async fn cancel_registration(
        &self,
        request: Request<CancelRegistrationRequest>,
    ) -> Result<Response<CancelRegistrationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = paper::registration_id(&request.get_ref().registration_id)?;
        let shown = db::retrying(|| self.registrations.cancel(&caller, id)).await?;
        Ok(Response::new(CancelRegistrationResponse {
            registration: Some(self.wire(shown)?),
        }))
    }
}

impl Rpc {
    fn wire(&self, shown: Shown) -> Result<wire::Registration, Status> {
        let next_steps = next_step::from(&shown, self.registrations.is_sandbox);
        let (participant_id, kpj) = shown
            .participant
            .map(|(id, kpj)| (id.to_string(), kpj))
            .unwrap_or_default();
        let row = &shown.row;
        let segment = wire::Segment::from(row.segment().map_err(Error::from)?);
        let (employment, employee) = match shown.work {
            Some(Stated::Business(work)) => (Some(employment(work)), None),
            Some(Stated::Employee(claimed)) => (None, Some(employee(claimed))),
            None => (None, None),
        };
        Ok(wire::Registration {
            id: row.id.to_string(),
            state: registration::State::from(shown.state).into(),
            segment: segment.into(),
            masked_contact: shown.masked_contact,
            started_at: Some(timestamp(row.started_at)),
            expires_at: Some(timestamp(row.expires_at)),
            full_name: row.full_name.clone(),
            birth_date: row.birth_date.map_or_else(String::new, |it| it.to_string()),
            sex: row.sex().map_or(wire::Sex::Unspecified, Into::into).into(),
            warnings: warnings(&row.warnings),
            identity_state: wire::IdentityState::from(shown.identity).into(),
            employment,
            employee,
            bill_id: row.bill_id.map_or_else(String::new, |it| it.to_string()),
            payment_code: shown.payment.map(|it| it.payment_code).unwrap_or_default(),
            participant_id,
            kpj,
            next_steps,
        })
    }
}

fn employee(claimed: Claimed) -> wire::EmployeeStatement {
    let (npp, unlisted_employer) = match claimed.at {
        Named::Unit(npp) => (npp.text().to_owned(), None),
        Named::Unlisted { name, city } => {
            (String::new(), Some(wire::UnlistedEmployer { name, city }))
        }
    };
    wire::EmployeeStatement {
        npp,
        unlisted_employer,
        started_on: claimed.started_on.to_string(),
        employee_number: claimed.employee_number,
        mother_name: String::new(),
    }
}

fn employment(work: Business) -> wire::Employment {
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
            State::AwaitingIdentity => Self::AwaitingIdentity,
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
            Error::OtherSegment { segment } => {
                let mut fields = Fields::default();
                let field = match segment {
                    Segment::Bpu => "employment",
                    Segment::Pu => "employee",
                };
                fields.reject(field, "must be told, and nothing else: it is what the registration's segment works as");
                fields.refusal()
            }
            Error::StartsLater => {
                let mut fields = Fields::default();
                fields.reject("employee.started_on", "must not be in the future");
                fields.refusal()
            }
            Error::EmployerUnknown { npp } => with(Reason::EmployerUnknown, "npp", npp),
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
            Error::Mismatch(fields) => with(Reason::IdentityMismatch, "fields", fields),
            Error::Deceased => no(Reason::IdentityDeceased),
            Error::IdentityRefused(verdict) => with(Reason::IdentityRefused, "verdict", verdict),
            Error::Law(refused) => contribution::law_refusal(refused),
            Error::Otp(error) => session::otp_refusal(error),
            Error::Store(error) => error.into(),
        }
    }
}
