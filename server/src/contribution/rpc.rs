use std::sync::Arc;

use jamsostek_proto::v1::{
    self as wire, AllocatePaymentRequest, AllocatePaymentResponse, DecideIdentityRequest,
    DecideIdentityResponse, EndBusinessRequest, EndBusinessResponse, ExtendCoverRequest,
    ExtendCoverResponse, GetBillRequest, GetBillResponse, GetEmployerBillRequest,
    GetEmployerBillResponse, GetPaymentRequest, GetPaymentResponse, IssueBillRequest,
    IssueBillResponse, IssueEmployerBillRequest, IssueEmployerBillResponse,
    ListEmployerBillRowsRequest, ListEmployerBillRowsResponse, ListEmployerBillsRequest,
    ListEmployerBillsResponse, ListSuspenseRequest, ListSuspenseResponse, LookUpBillRequest,
    LookUpBillResponse, QuoteContributionRequest, QuoteContributionResponse, RecordPaymentRequest,
    RecordPaymentResponse, ReturnPaymentRequest, ReturnPaymentResponse,
    contribution_service_server::{ContributionService, ContributionServiceServer},
};
use tonic::{Request, Response, Status};
use uuid::Uuid;

mod answer;
mod employers;
mod paper;
mod quote;
mod refused;

pub(crate) use refused::{contract_refusal, law_refusal};

use super::{Contributions, look_up::LookedUp};
use crate::{caller::Caller, db, page, refusal::Fields, wire::reason as wire_reason};

/// The list whose page tokens these are.
const SUSPENSE: &str = "contribution.suspense";

/// The contribution service.
pub(crate) fn service(
    contributions: Arc<Contributions>,
) -> ContributionServiceServer<impl ContributionService> {
    ContributionServiceServer::new(Rpc { contributions })
}

struct Rpc {
    contributions: Arc<Contributions>,
}

#[tonic::async_trait]
impl ContributionService for Rpc {
    async fn quote_contribution(
        &self,
        request: Request<QuoteContributionRequest>,
    ) -> Result<Response<QuoteContributionResponse>, Status> {
        let answer = quote::answer(&self.contributions, request.get_ref())?;
        Ok(Response::new(answer))
    }

    async fn issue_bill(
        &self,
        request: Request<IssueBillRequest>,
    ) -> Result<Response<IssueBillResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let mut fields = Fields::default();
        let id = fields.id_or_new("bill_id", &request.bill_id);
        let membership = fields.id("membership_id", &request.membership_id);
        let months = paper::months(&mut fields, request.months);
        let (Some((id, repeatable)), Some(membership), Some(months)) = (id, membership, months)
        else {
            return Err(fields.refusal());
        };
        let issued =
            db::retrying(|| self.contributions.issue(&caller, id, membership, months)).await?;
        Ok(Response::new(IssueBillResponse {
            bill: Some(issued.into()),
            repeatable,
        }))
    }

    async fn get_bill(
        &self,
        request: Request<GetBillRequest>,
    ) -> Result<Response<GetBillResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = one_id("bill_id", &request.get_ref().bill_id)?;
        let bill = self.contributions.show_bill(&caller, id).await?;
        Ok(Response::new(GetBillResponse {
            bill: Some(bill.into()),
        }))
    }

    async fn issue_employer_bill(
        &self,
        request: Request<IssueEmployerBillRequest>,
    ) -> Result<Response<IssueEmployerBillResponse>, Status> {
        let caller = Caller::of(&request)?;
        let answer = employers::issue(&self.contributions, &caller, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn get_employer_bill(
        &self,
        request: Request<GetEmployerBillRequest>,
    ) -> Result<Response<GetEmployerBillResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = one_id("bill_id", &request.get_ref().bill_id)?;
        let bill = self.contributions.show_unit_bill(&caller, id).await?;
        Ok(Response::new(GetEmployerBillResponse {
            bill: Some(bill.into()),
        }))
    }

    async fn list_employer_bills(
        &self,
        request: Request<ListEmployerBillsRequest>,
    ) -> Result<Response<ListEmployerBillsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let answer = employers::list(&self.contributions, &caller, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn list_employer_bill_rows(
        &self,
        request: Request<ListEmployerBillRowsRequest>,
    ) -> Result<Response<ListEmployerBillRowsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let answer = employers::rows(&self.contributions, &caller, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn look_up_bill(
        &self,
        request: Request<LookUpBillRequest>,
    ) -> Result<Response<LookUpBillResponse>, Status> {
        let caller = Caller::of(&request)?;
        let key = paper::key(request.into_inner())?;
        let (mut bill, masked_name) =
            match db::retrying(|| self.contributions.look_up(&caller, &key)).await? {
                LookedUp::Membership(bill, name) => (wire::Bill::from(*bill), name),
                LookedUp::Unit(bill) => (employers::to_pay(*bill), String::new()),
            };
        bill.lines.clear();
        Ok(Response::new(LookUpBillResponse {
            bill: Some(bill),
            masked_name,
        }))
    }

    async fn extend_cover(
        &self,
        request: Request<ExtendCoverRequest>,
    ) -> Result<Response<ExtendCoverResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (id, repeatable, membership, months) = paper::extension(request.get_ref())?;
        let bill = db::retrying(|| self.contributions.extend(&caller, id, membership, months));
        Ok(Response::new(ExtendCoverResponse {
            bill: Some(bill.await?.into()),
            repeatable,
        }))
    }

    async fn end_business(
        &self,
        request: Request<EndBusinessRequest>,
    ) -> Result<Response<EndBusinessResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (membership, on) = paper::end(request.get_ref())?;
        let end = db::retrying(|| self.contributions.end(&caller, membership, on)).await?;
        Ok(Response::new(EndBusinessResponse {
            ended_on: end.on.to_string(),
            credited_idr: end.credited.idr(),
            claimable_on: end.claimable_on.to_string(),
        }))
    }

    async fn decide_identity(
        &self,
        request: Request<DecideIdentityRequest>,
    ) -> Result<Response<DecideIdentityResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let mut fields = Fields::default();
        let membership = fields.id("membership_id", &request.membership_id);
        let reason = wire_reason(&mut fields, "reason", &request.reason);
        let Some(membership) = membership else {
            return Err(fields.refusal());
        };
        fields.check()?;
        let decided = db::retrying(|| {
            self.contributions
                .decide_identity(&caller, membership, request.accepted, &reason)
        });
        Ok(Response::new(DecideIdentityResponse {
            identity_state: wire::IdentityState::from(decided.await?).into(),
        }))
    }

    async fn record_payment(
        &self,
        request: Request<RecordPaymentRequest>,
    ) -> Result<Response<RecordPaymentResponse>, Status> {
        let caller = Caller::of(&request)?;
        let now = self.contributions.clock.now();
        let notice = paper::notice(request.into_inner(), &caller, now)?;
        let payment = db::retrying(|| self.contributions.record(&notice)).await?;
        Ok(Response::new(RecordPaymentResponse {
            payment: Some(payment.into()),
        }))
    }

    async fn get_payment(
        &self,
        request: Request<GetPaymentRequest>,
    ) -> Result<Response<GetPaymentResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = one_id("payment_id", &request.get_ref().payment_id)?;
        let payment = self.contributions.show_payment(&caller, id).await?;
        Ok(Response::new(GetPaymentResponse {
            payment: Some(payment.into()),
        }))
    }

    async fn list_suspense(
        &self,
        request: Request<ListSuspenseRequest>,
    ) -> Result<Response<ListSuspenseResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let seal = &self.contributions.seal;
        let mut fields = Fields::default();
        let size = page::size(&mut fields, request.page_size);
        let after = page::after(&mut fields, seal, SUSPENSE, &request.page_token);
        fields.check()?;
        let after = after.as_deref().and_then(page::day_and_id);
        let mut payments = self
            .contributions
            .suspended(&caller, after, size + 1)
            .await?;
        let more = payments.len() > usize::try_from(size).unwrap_or(usize::MAX);
        if more {
            payments.pop();
        }
        let last = payments.last().filter(|_| more);
        let place = last.map(|it| format!("{}|{}", it.0, it.1.id));
        Ok(Response::new(ListSuspenseResponse {
            next_page_token: place.map_or_else(String::new, |it| page::token(seal, SUSPENSE, &it)),
            payments: payments.into_iter().map(|it| it.1.into()).collect(),
        }))
    }

    async fn allocate_payment(
        &self,
        request: Request<AllocatePaymentRequest>,
    ) -> Result<Response<AllocatePaymentResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let mut fields = Fields::default();
        let id = fields.id("payment_id", &request.payment_id);
        let home = paper::home(&mut fields, request.home.as_ref());
        let reason = wire_reason(&mut fields, "reason", &request.reason);
        let (Some(id), Some(home)) = (id, home) else {
            return Err(fields.refusal());
        };
        fields.check()?;
        let contributions = &self.contributions;
        let payment = db::retrying(|| contributions.allocate(&caller, id, &home, &reason)).await?;
        Ok(Response::new(AllocatePaymentResponse {
            payment: Some(payment.into()),
        }))
    }

    async fn return_payment(
        &self,
        request: Request<ReturnPaymentRequest>,
    ) -> Result<Response<ReturnPaymentResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let mut fields = Fields::default();
        let id = fields.id("payment_id", &request.payment_id);
        let reason = wire_reason(&mut fields, "reason", &request.reason);
        let Some(id) = id else {
            return Err(fields.refusal());
        };
        fields.check()?;
        let payment = db::retrying(|| self.contributions.give_back(&caller, id, &reason)).await?;
        Ok(Response::new(ReturnPaymentResponse {
            payment: Some(payment.into()),
        }))
    }
}

fn one_id(field: &str, text: &str) -> Result<Uuid, Status> {
    let mut fields = Fields::default();
    match fields.id(field, text) {
        Some(id) => Ok(id),
        None => Err(fields.refusal()),
    }
}
