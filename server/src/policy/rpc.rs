use std::sync::Arc;

use jamsostek_proto::v1::{
    self as wire, GetParameterRequest, GetParameterResponse, ListParametersRequest,
    ListParametersResponse,
    policy_service_server::{PolicyService, PolicyServiceServer},
};
use tonic::{Request, Response, Status};

use super::{
    NoParameter, Policy,
    file::{Listed, ListedValue},
};
use crate::{
    clock::Clock,
    page,
    refusal::{Fields, not_found},
    seal::Seal,
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
