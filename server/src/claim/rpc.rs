mod answer;
mod paper;

use std::sync::Arc;

use jamsostek_proto::v1::{
    ApproveClaimRequest, ApproveClaimResponse, CheckEligibilityRequest, CheckEligibilityResponse,
    GetClaimRequest, GetClaimResponse, ListClaimsRequest, ListClaimsResponse, RecordPayoutRequest,
    RecordPayoutResponse, RejectClaimRequest, RejectClaimResponse, SubmitClaimRequest,
    SubmitClaimResponse, TakeClaimRequest, TakeClaimResponse, WithdrawClaimRequest,
    WithdrawClaimResponse,
    claim_service_server::{ClaimService, ClaimServiceServer},
};
use tonic::{Code, Request, Response, Status};
use uuid::Uuid;

use super::{Claims, Error};
use crate::{
    caller::Caller,
    db, page,
    refusal::{Fields, Reason, id_taken, not_found, refuse, refuse_by_law, refuse_for_now},
};

/// The list whose page tokens these are.
const CLAIMS: &str = "claim.claims";
/// How long whoever met a silent bank may wait.
const BANK_WAIT: std::time::Duration = std::time::Duration::from_secs(60);

/// The claim service.
pub(crate) fn service(claims: Arc<Claims>) -> ClaimServiceServer<impl ClaimService> {
    ClaimServiceServer::new(Rpc { claims })
}

struct Rpc {
    claims: Arc<Claims>,
}

#[tonic::async_trait]
impl ClaimService for Rpc {
    async fn check_eligibility(
        &self,
        request: Request<CheckEligibilityRequest>,
    ) -> Result<Response<CheckEligibilityResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (named, cause) = paper::question(&request.into_inner())?;
        let checked = self.claims.check(&caller, named, cause).await?;
        let told = checked
            .assessment
            .told(&self.claims.policy, checked.years_without_yield);
        Ok(Response::new(CheckEligibilityResponse {
            eligibility: Some(told),
        }))
    }

    async fn submit_claim(
        &self,
        request: Request<SubmitClaimRequest>,
    ) -> Result<Response<SubmitClaimResponse>, Status> {
        let caller = Caller::of(&request)?;
        let application = paper::application(request.into_inner())?;
        let shown = db::retrying(|| self.claims.submit(&caller, &application)).await?;
        Ok(Response::new(SubmitClaimResponse {
            claim: Some(shown.into()),
        }))
    }

    async fn get_claim(
        &self,
        request: Request<GetClaimRequest>,
    ) -> Result<Response<GetClaimResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = claim_id(&request.get_ref().claim_id)?;
        let shown = self.claims.show(&caller, id).await?;
        Ok(Response::new(GetClaimResponse {
            claim: Some(shown.into()),
        }))
    }

    async fn list_claims(
        &self,
        request: Request<ListClaimsRequest>,
    ) -> Result<Response<ListClaimsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let seal = &self.claims.seal;
        let mut fields = Fields::default();
        let named = fields.optional_id("participant_id", &request.participant_id);
        let size = page::size(&mut fields, request.page_size);
        let after = page::after(&mut fields, seal, CLAIMS, &request.page_token);
        fields.check()?;
        let after = after.as_deref().and_then(page::moment_and_id);
        let mut claims = self.claims.list(&caller, named, after, size + 1).await?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let more = claims.len() > size;
        claims.truncate(size);
        let last = claims.last().filter(|_| more).map(|it| &it.claim);
        let place = last.map(|it| format!("{}|{}", it.submitted_at.to_rfc3339(), it.id));
        Ok(Response::new(ListClaimsResponse {
            next_page_token: place.map_or_else(String::new, |it| page::token(seal, CLAIMS, &it)),
            claims: claims.into_iter().map(Into::into).collect(),
        }))
    }

    async fn withdraw_claim(
        &self,
        request: Request<WithdrawClaimRequest>,
    ) -> Result<Response<WithdrawClaimResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = claim_id(&request.get_ref().claim_id)?;
        let shown = db::retrying(|| self.claims.withdraw(&caller, id)).await?;
        Ok(Response::new(WithdrawClaimResponse {
            claim: Some(shown.into()),
        }))
    }

    async fn take_claim(
        &self,
        request: Request<TakeClaimRequest>,
    ) -> Result<Response<TakeClaimResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = claim_id(&request.get_ref().claim_id)?;
        let shown = db::retrying(|| self.claims.take(&caller, id)).await?;
        Ok(Response::new(TakeClaimResponse {
            claim: Some(shown.into()),
        }))
    }

    async fn approve_claim(
        &self,
        request: Request<ApproveClaimRequest>,
    ) -> Result<Response<ApproveClaimResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = claim_id(&request.get_ref().claim_id)?;
        let shown = db::retrying(|| self.claims.approve(&caller, id)).await?;
        Ok(Response::new(ApproveClaimResponse {
            claim: Some(shown.into()),
        }))
    }

    async fn reject_claim(
        &self,
        request: Request<RejectClaimRequest>,
    ) -> Result<Response<RejectClaimResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (id, reason) = paper::rejection(&request.into_inner())?;
        let shown = db::retrying(|| self.claims.reject(&caller, id, &reason)).await?;
        Ok(Response::new(RejectClaimResponse {
            claim: Some(shown.into()),
        }))
    }

    async fn record_payout(
        &self,
        request: Request<RecordPayoutRequest>,
    ) -> Result<Response<RecordPayoutResponse>, Status> {
        let caller = Caller::of(&request)?;
        let notice = paper::notice(request.into_inner())?;
        let award = db::retrying(|| self.claims.record_payout(&caller, &notice)).await?;
        Ok(Response::new(RecordPayoutResponse {
            award: Some(award.into()),
        }))
    }
}

fn claim_id(text: &str) -> Result<Uuid, Status> {
    let mut fields = Fields::default();
    let id = fields.id("claim_id", text);
    id.ok_or_else(|| fields.refusal())
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let no = |reason| refuse(Code::FailedPrecondition, reason, message.clone(), []);
        match error {
            Error::NotFound => not_found(),
            Error::IdTaken => id_taken(),
            Error::PayoutCodeNeeded => no(Reason::PayoutCodeNeeded),
            Error::KpjNeeded => no(Reason::KpjNeeded),
            Error::BankUnavailable => refuse_for_now(
                Code::Unavailable,
                Reason::BankUnavailable,
                message,
                BANK_WAIT,
                [],
            ),
            Error::AccountUnknown => no(Reason::AccountUnknown),
            Error::HolderDiffers {
                missing,
                masked_holder,
            } => refuse(
                Code::FailedPrecondition,
                Reason::AccountHolderDiffers,
                message,
                [("missingWords", missing), ("maskedHolder", masked_holder)],
            ),
            Error::ClaimOpen { claim } => refuse(
                Code::AlreadyExists,
                Reason::ClaimOpen,
                message,
                [("claimId", claim.to_string())],
            ),
            Error::NotEligible {
                rules,
                earliest_on: None,
                law,
            } => refuse_by_law(Reason::NotEligible, message, law, [("rules", rules)]),
            Error::NotEligible {
                rules,
                earliest_on: Some(day),
                law,
            } => {
                let numbers = [("rules", rules), ("earliestOn", day.to_string())];
                refuse_by_law(Reason::NotEligible, message, law, numbers)
            }
            Error::WrongState(state) => refuse(
                Code::FailedPrecondition,
                Reason::WrongState,
                message,
                [("state", state.to_owned())],
            ),
            Error::OtherOfficer => no(Reason::OtherOfficer),
            Error::NoParameter(missing) => missing.into(),
            Error::Store(error) => error.into(),
        }
    }
}
