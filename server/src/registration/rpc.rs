mod joinings;
mod paper;
mod placement;
mod refused;

use std::sync::Arc;

use jamsostek_proto::v1::{
    self as wire, CancelRegistrationRequest, CancelRegistrationResponse,
    ConfirmRegistrationRequest, ConfirmRegistrationResponse, DecideJoiningRequest,
    DecideJoiningResponse, GetRegistrationRequest, GetRegistrationResponse, ListJoiningsRequest,
    ListJoiningsResponse, ProveIdentityRequest, ProveIdentityResponse, StartRegistrationRequest,
    StartRegistrationResponse, SubmitEmploymentRequest, SubmitEmploymentResponse, registration,
    registration_service_server::{RegistrationService, RegistrationServiceServer},
};
use tonic::{Request, Response, Status};

use super::{Error, Registrations, Stated, next_step, rules::State, stand::Shown};
use crate::{
    caller::{Caller, Peer},
    db,
    employer::{Claimed, Named},
    page,
    participant::Business,
    refusal::{Fields, timestamp},
    wire::warnings,
};

/// The list whose page tokens these are.
const JOININGS: &str = "registration.joinings";

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

    async fn prove_identity(
        &self,
        request: Request<ProveIdentityRequest>,
    ) -> Result<Response<ProveIdentityResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (id, proofs) = paper::proofs(request.into_inner())?;
        let shown = self.registrations.prove(&caller, id, &proofs).await?;
        Ok(Response::new(ProveIdentityResponse {
            registration: Some(self.wire(shown)?),
        }))
    }

    async fn list_joinings(
        &self,
        request: Request<ListJoiningsRequest>,
    ) -> Result<Response<ListJoiningsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let seal = &self.registrations.seal;
        let mut fields = Fields::default();
        let size = page::size(&mut fields, request.page_size);
        let after = page::after(&mut fields, seal, JOININGS, &request.page_token);
        fields.check()?;
        let after = after.as_deref().and_then(page::moment_and_id);
        let found = self.registrations.joinings(&caller, after, size + 1).await;
        let mut found = found?;
        let more = page::cut(&mut found, size);
        let next = found.last().filter(|_| more).map(|it| {
            let row = &it.joining;
            let place = format!("{}|{}", row.asked_at.to_rfc3339(), row.registration_id);
            page::token(seal, JOININGS, &place)
        });
        Ok(Response::new(ListJoiningsResponse {
            joinings: found.into_iter().map(Into::into).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn decide_joining(
        &self,
        request: Request<DecideJoiningRequest>,
    ) -> Result<Response<DecideJoiningResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (id, accepted, reason) = paper::decision(request.get_ref())?;
        let decide = || {
            self.registrations
                .decide_joining(&caller, id, accepted, &reason)
        };
        let wish = db::retrying(decide).await?;
        Ok(Response::new(DecideJoiningResponse {
            joining: Some(wish.into()),
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
        let (employment, employee, placement) = match shown.work {
            Some(Stated::Business(work)) => (Some(employment(work)), None, None),
            Some(Stated::Employee(claimed)) => (None, Some(employee(claimed)), None),
            Some(Stated::Placement(placement)) => (None, None, Some(placement.into())),
            None => (None, None, None),
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
            placement,
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
            State::AwaitingProof => Self::AwaitingProof,
        }
    }
}
