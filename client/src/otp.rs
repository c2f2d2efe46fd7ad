//! Sends one-time codes and takes them back.

use jamsostek_proto::v1::{
    GetOtpDeliveryRequest, GetOtpDeliveryResponse, SendOtpRequest, SendOtpResponse,
    SendStepUpOtpRequest, SendStepUpOtpResponse, VerifyOtpRequest, VerifyOtpResponse,
    otp_service_client::OtpServiceClient,
};
use uuid::Uuid;

use crate::{Client, Error, retry::Repeat};

impl Client {
    /// Sends a code: again, or to sign in. The client never repeats this by itself, for it sends a message.
    pub async fn send_otp(&self, request: SendOtpRequest) -> Result<SendOtpResponse, Error> {
        self.call(Repeat::Never, request, |channel, request| async move {
            OtpServiceClient::new(channel).send_otp(request).await
        })
        .await
    }

    /// Sends the codes that a payout or a new contact needs, or one to the other contact on file instead of a code that has not come.
    /// The client never repeats this by itself, for it sends messages.
    pub async fn send_step_up_otp(
        &self,
        request: SendStepUpOtpRequest,
    ) -> Result<SendStepUpOtpResponse, Error> {
        self.call(Repeat::Never, request, |channel, request| async move {
            OtpServiceClient::new(channel)
                .send_step_up_otp(request)
                .await
        })
        .await
    }

    /// Takes a code back and answers with tokens, ready for [`Client::with_tokens`]. The client never repeats this by
    /// itself, for every try counts.
    pub async fn verify_otp(
        &self,
        challenge: Uuid,
        code: impl Into<String>,
    ) -> Result<VerifyOtpResponse, Error> {
        let request = VerifyOtpRequest {
            challenge_id: challenge.to_string(),
            code: code.into(),
        };
        self.call(Repeat::Never, request, |channel, request| async move {
            OtpServiceClient::new(channel).verify_otp(request).await
        })
        .await
    }

    /// Tells how far a code has come, and to which other contact one for a participant's act can go.
    pub async fn get_otp_delivery(&self, challenge: Uuid) -> Result<GetOtpDeliveryResponse, Error> {
        let request = GetOtpDeliveryRequest {
            challenge_id: challenge.to_string(),
        };
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut codes = OtpServiceClient::new(channel);
            codes.get_otp_delivery(request).await
        })
        .await
    }
}
