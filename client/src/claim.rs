//! Takes claims, decides them and pays them.

use futures_util::stream::Stream;
use jamsostek_proto::v1::{
    ApproveClaimRequest, Award, CheckEligibilityRequest, Claim, ClaimCause, Eligibility,
    GetClaimRequest, ListClaimsRequest, ListClaimsResponse, Programme, RecordPayoutRequest,
    RejectClaimRequest, SubmitClaimRequest, TakeClaimRequest, WithdrawClaimRequest,
    claim_service_client::ClaimServiceClient,
};
use uuid::Uuid;

use crate::{Client, Error, pages, retry::Repeat};

/// A call about one claim that answers with the claim.
macro_rules! about_one_claim {
    ($(#[$doc:meta])* $name:ident, $request:ident) => {
        $(#[$doc])*
        pub async fn $name(&self, claim: Uuid) -> Result<Claim, Error> {
            let request = $request {
                claim_id: claim.to_string(),
            };
            let answer = self
                .call(Repeat::Safe, request, |channel, request| async move {
                    ClaimServiceClient::new(channel).$name(request).await
                })
                .await?;
            answer.claim.ok_or_else(|| Error::lacking("claim"))
        }
    };
}

impl Client {
    /// Tells whether a JHT claim would be granted today, rule by rule; `None` is the caller himself.
    pub async fn check_eligibility(
        &self,
        participant: Option<Uuid>,
        programme: Programme,
        cause: ClaimCause,
    ) -> Result<Eligibility, Error> {
        let request = CheckEligibilityRequest {
            participant_id: participant.map_or_else(String::new, |it| it.to_string()),
            programme: programme.into(),
            cause: cause.into(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                ClaimServiceClient::new(channel)
                    .check_eligibility(request)
                    .await
            })
            .await?;
        answer
            .eligibility
            .ok_or_else(|| Error::lacking("eligibility"))
    }

    /// Submits a claim, under the id that its code was asked for with.
    pub async fn submit_claim(&self, request: SubmitClaimRequest) -> Result<Claim, Error> {
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                ClaimServiceClient::new(channel).submit_claim(request).await
            })
            .await?;
        answer.claim.ok_or_else(|| Error::lacking("claim"))
    }

    about_one_claim!(
        /// Tells where a claim stands, step by step.
        get_claim,
        GetClaimRequest
    );
    about_one_claim!(
        /// Takes a claim back.
        withdraw_claim,
        WithdrawClaimRequest
    );
    about_one_claim!(
        /// Takes a claim into an officer's hands.
        take_claim,
        TakeClaimRequest
    );
    about_one_claim!(
        /// Approves a claim; above the limit two officers do it.
        approve_claim,
        ApproveClaimRequest
    );

    /// Rejects a claim and says why.
    pub async fn reject_claim(
        &self,
        claim: Uuid,
        reason: impl Into<String>,
    ) -> Result<Claim, Error> {
        let request = RejectClaimRequest {
            claim_id: claim.to_string(),
            reason: reason.into(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                ClaimServiceClient::new(channel).reject_claim(request).await
            })
            .await?;
        answer.claim.ok_or_else(|| Error::lacking("claim"))
    }

    /// Lists one page of claims.
    pub async fn list_claims(
        &self,
        request: ListClaimsRequest,
    ) -> Result<ListClaimsResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            ClaimServiceClient::new(channel).list_claims(request).await
        })
        .await
    }

    /// Lists claims as a stream; `None` is the caller himself, or, for an officer, those that wait for one.
    pub fn claims(
        &self,
        participant: Option<Uuid>,
    ) -> impl Stream<Item = Result<Claim, Error>> + Send + Unpin + 'static {
        let (client, participant) = (
            self.clone(),
            participant.map_or_else(String::new, |it| it.to_string()),
        );
        pages::items(move |page_token| {
            let request = ListClaimsRequest {
                participant_id: participant.clone(),
                page_token,
                ..Default::default()
            };
            let client = client.clone();
            async move {
                let page = client.list_claims(request).await?;
                Ok((page.claims, page.next_page_token))
            }
        })
    }

    /// Reports what became of a payout.
    pub async fn record_payout(&self, request: RecordPayoutRequest) -> Result<Award, Error> {
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                ClaimServiceClient::new(channel)
                    .record_payout(request)
                    .await
            })
            .await?;
        answer.award.ok_or_else(|| Error::lacking("award"))
    }
}
