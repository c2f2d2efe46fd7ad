//! Tells the law's numbers.

use chrono::NaiveDate;
use futures_util::stream::Stream;
use jamsostek_proto::v1::{
    Eligibility, EvaluateBenefitRequest, GetParameterRequest, GetParameterResponse,
    ListParametersRequest, ListParametersResponse, Parameter,
    policy_service_client::PolicyServiceClient,
};

use crate::{Client, Error, pages, retry::Repeat};

impl Client {
    /// Tells what a parameter, such as `bpu/jkm_contribution`, is on a day, and why; today where `None`.
    pub async fn get_parameter(
        &self,
        name: impl Into<String>,
        day: Option<NaiveDate>,
    ) -> Result<GetParameterResponse, Error> {
        let request = GetParameterRequest {
            name: name.into(),
            day: day.map_or_else(String::new, |it| it.to_string()),
        };
        self.call(Repeat::Safe, request, |channel, request| async move {
            PolicyServiceClient::new(channel)
                .get_parameter(request)
                .await
        })
        .await
    }

    /// Lists one page of the parameters, by name.
    pub async fn list_parameters(
        &self,
        request: ListParametersRequest,
    ) -> Result<ListParametersResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut policy = PolicyServiceClient::new(channel);
            policy.list_parameters(request).await
        })
        .await
    }

    /// All parameters, by name, each with all its values.
    pub fn parameters(
        &self,
    ) -> impl Stream<Item = Result<Parameter, Error>> + Send + Unpin + use<> {
        let client = self.clone();
        pages::items(move |page_token| {
            let client = client.clone();
            async move {
                let request = ListParametersRequest {
                    page_size: 0,
                    page_token,
                };
                let page = client.list_parameters(request).await?;
                Ok((page.parameters, page.next_page_token))
            }
        })
    }

    /// Computes what a benefit would be from stated facts.
    pub async fn evaluate_benefit(
        &self,
        request: EvaluateBenefitRequest,
    ) -> Result<Eligibility, Error> {
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                PolicyServiceClient::new(channel)
                    .evaluate_benefit(request)
                    .await
            })
            .await?;
        answer
            .eligibility
            .ok_or_else(|| Error::lacking("eligibility"))
    }
}
