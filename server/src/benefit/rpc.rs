mod answer;

use std::sync::Arc;

use jamsostek_proto::v1::{
    self as wire, EvaluateBenefitRequest, EvaluateBenefitResponse, GetParameterRequest,
    GetParameterResponse, ListParametersRequest, ListParametersResponse,
    policy_service_server::{PolicyService, PolicyServiceServer},
};
use tonic::{Code, Request, Response, Status};

use super::{Account, Cause, Facts, assess};
use crate::{
    clock::Clock,
    money::Money,
    page,
    policy::{Listed, ListedValue, NoParameter, Policy},
    refusal::{Fields, Reason, not_found, refuse},
    scheme::{Programme, Segment},
    seal::Seal,
    wire::{AMOUNT_MAX_IDR, programme},
};

/// The list whose page tokens these are.
const PARAMETERS: &str = "policy.parameters";

/// The policy service.
pub(crate) fn service(
    policy: Arc<Policy>,
    clock: Arc<dyn Clock>,
    seal: Seal,
) -> PolicyServiceServer<impl PolicyService> {
    PolicyServiceServer::new(Rpc {
        policy,
        clock,
        seal,
    })
}

struct Rpc {
    policy: Arc<Policy>,
    clock: Arc<dyn Clock>,
    seal: Seal,
}

#[tonic::async_trait]
impl PolicyService for Rpc {
    async fn get_parameter(
        &self,
        request: Request<GetParameterRequest>,
    ) -> Result<Response<GetParameterResponse>, Status> {
        let request = request.into_inner();
        let mut fields = Fields::default();
        let day = fields.optional_day("day", &request.day);
        fields.check()?;
        let day = day.unwrap_or_else(|| self.clock.today());
        let mut all = self.policy.catalogue().iter();
        let listed = all
            .find(|it| it.name == request.name)
            .ok_or_else(not_found)?;
        let value = listed.values.iter().rev().find(|it| it.from <= day);
        let value = value.filter(|it| it.value.is_some()).ok_or(NoParameter {
            parameter: listed.name,
            day,
        })?;
        Ok(Response::new(GetParameterResponse {
            parameter: Some(parameter(listed, std::slice::from_ref(value))),
            policy_version: self.policy.version().to_owned(),
        }))
    }

    async fn list_parameters(
        &self,
        request: Request<ListParametersRequest>,
    ) -> Result<Response<ListParametersResponse>, Status> {
        let request = request.into_inner();
        let mut fields = Fields::default();
        let size = page::size(&mut fields, request.page_size);
        let after = page::after(&mut fields, &self.seal, PARAMETERS, &request.page_token);
        fields.check()?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let after = after.unwrap_or_default();
        let mut rest = self
            .policy
            .catalogue()
            .iter()
            .filter(|it| it.name > after.as_str());
        let listed: Vec<_> = rest.by_ref().take(size).collect();
        let last = listed.last().filter(|_| rest.next().is_some());
        Ok(Response::new(ListParametersResponse {
            next_page_token: last.map_or_else(String::new, |it| {
                page::token(&self.seal, PARAMETERS, it.name)
            }),
            parameters: listed.iter().map(|it| parameter(it, &it.values)).collect(),
            policy_version: self.policy.version().to_owned(),
        }))
    }

    async fn evaluate_benefit(
        &self,
        request: Request<EvaluateBenefitRequest>,
    ) -> Result<Response<EvaluateBenefitResponse>, Status> {
        let facts = stated(request.into_inner(), &*self.clock)?;
        let found = assess(&self.policy, &facts)?;
        Ok(Response::new(EvaluateBenefitResponse {
            eligibility: Some(found.told(&self.policy, Vec::new())),
        }))
    }
}

/// The facts of a case that somebody only states.
fn stated(request: EvaluateBenefitRequest, clock: &dyn Clock) -> Result<Facts, Status> {
    let mut fields = Fields::default();
    let asked = programme_of(&mut fields, request.programme);
    let cause = cause(&mut fields, request.cause);
    let birth_date = fields.optional_day("birth_date", &request.birth_date);
    let ended_on = fields.optional_day("ended_on", &request.ended_on);
    let claimed_on = fields.optional_day("claimed_on", &request.claimed_on);
    if !(0..=AMOUNT_MAX_IDR).contains(&request.balance_idr) {
        fields.reject("balance_idr", "must be 0 to 1,000,000,000,000 rupiah");
    }
    let (Some(asked), Some(cause)) = (asked, cause) else {
        return Err(fields.refusal());
    };
    fields.check()?;
    only_old_age(asked)?;
    let account = Account {
        membership: None,
        balance: Money::new(request.balance_idr),
        credit: Money::ZERO,
        ended_on,
        segment: match cause {
            Cause::BusinessEnd | Cause::Retirement => Segment::Bpu,
            Cause::Resignation | Cause::Dismissal | Cause::ContractEnd => Segment::Pu,
        },
    };
    Ok(Facts {
        cause,
        today: claimed_on.unwrap_or_else(|| clock.today()),
        birth_date,
        accounts: vec![account],
        identity_is_proven: true,
        has_open_claim: false,
    })
}

/// Reads the programme of a benefit.
pub(crate) fn programme_of(fields: &mut Fields, number: i32) -> Option<Programme> {
    let read = programme(number);
    if read.is_none() {
        fields.reject("programme", "must be a PROGRAMME of the contract");
    }
    read
}

/// Refuses every programme but JHT by name: its benefits are not served yet.
pub(crate) fn only_old_age(programme: Programme) -> Result<(), Status> {
    if programme == Programme::Jht {
        return Ok(());
    }
    let message = format!("benefits of {} are not served yet", programme.code());
    let name = wire::Programme::from(programme).as_str_name();
    Err(refuse(
        Code::FailedPrecondition,
        Reason::ProgrammeNotServed,
        message,
        [("programme", name.to_owned())],
    ))
}

/// Reads why a benefit is due.
pub(crate) fn cause(fields: &mut Fields, number: i32) -> Option<Cause> {
    let read = match wire::ClaimCause::try_from(number) {
        Ok(wire::ClaimCause::Retirement) => Some(Cause::Retirement),
        Ok(wire::ClaimCause::BusinessEnd) => Some(Cause::BusinessEnd),
        Ok(wire::ClaimCause::Resignation) => Some(Cause::Resignation),
        Ok(wire::ClaimCause::Dismissal) => Some(Cause::Dismissal),
        Ok(wire::ClaimCause::ContractEnd) => Some(Cause::ContractEnd),
        Ok(wire::ClaimCause::Unspecified) | Err(_) => None,
    };
    if read.is_none() {
        fields.reject("cause", "must be a CLAIM_CAUSE of the contract");
    }
    read
}

fn parameter(listed: &Listed, values: &[ListedValue]) -> wire::Parameter {
    let value = |it: &ListedValue| wire::ParameterValue {
        from: it.from.to_string(),
        value: it.value.clone().unwrap_or_default(),
        reference: Some(it.reference.clone().into()),
        verified: it.verified.to_string(),
        confidence: it.confidence.clone(),
    };
    wire::Parameter {
        name: listed.name.to_owned(),
        description: listed.description.clone(),
        unit: listed.unit.clone(),
        values: values.iter().map(value).collect(),
    }
}
