mod credentials;
mod paper;
mod refused;

pub(crate) use refused::otp_refusal;

use std::sync::Arc;

use jamsostek_proto::v1::{
    CreateCredentialRequest, CreateCredentialResponse, GetOtpDeliveryRequest,
    GetOtpDeliveryResponse, IssueTokenRequest, IssueTokenResponse, ListCredentialsRequest,
    ListCredentialsResponse, RefreshTokenRequest, RefreshTokenResponse, RevokeCredentialRequest,
    RevokeCredentialResponse, RevokeTokenRequest, RevokeTokenResponse, SendOtpRequest,
    SendOtpResponse, SendStepUpOtpRequest, SendStepUpOtpResponse, VerifyOtpRequest,
    VerifyOtpResponse, WhoAmIRequest, WhoAmIResponse,
    get_otp_delivery_response::State,
    otp_service_server::{OtpService, OtpServiceServer},
    session_service_server::{SessionService, SessionServiceServer},
};
use tonic::{Request, Response, Status};

use super::{Sessions, codes::Sent, grants::Granted};
use crate::{
    caller::{Caller, Peer},
    db,
    notification::Delivery,
    refusal::{Fields, timestamp},
};

/// The session service.
pub(crate) fn session_service(
    sessions: Arc<Sessions>,
) -> SessionServiceServer<impl SessionService> {
    SessionServiceServer::new(Rpc { sessions })
}

/// The OTP service.
pub(crate) fn otp_service(sessions: Arc<Sessions>) -> OtpServiceServer<impl OtpService> {
    OtpServiceServer::new(Rpc { sessions })
}

struct Rpc {
    sessions: Arc<Sessions>,
}

#[tonic::async_trait]
impl SessionService for Rpc {
    async fn who_am_i(
        &self,
        request: Request<WhoAmIRequest>,
    ) -> Result<Response<WhoAmIResponse>, Status> {
        let caller = Caller::of(&request)?;
        Ok(Response::new(WhoAmIResponse {
            subject: caller.subject.into(),
            subject_id: caller.id.to_string(),
            scopes: caller.scopes,
            expires_at: Some(timestamp(caller.expires_at)),
        }))
    }

    async fn issue_token(
        &self,
        request: Request<IssueTokenRequest>,
    ) -> Result<Response<IssueTokenResponse>, Status> {
        let request = request.into_inner();
        let mut fields = Fields::default();
        let client = fields.id("client_id", &request.client_id);
        let Some(client) = client else {
            return Err(fields.refusal());
        };
        let (granted, caller) = self.sessions.issue(client, &request.client_secret).await?;
        Ok(Response::new(IssueTokenResponse {
            access_token: granted.access_token,
            access_expires_at: Some(timestamp(granted.expires_at)),
            subject: caller.subject.into(),
        }))
    }

    async fn refresh_token(
        &self,
        request: Request<RefreshTokenRequest>,
    ) -> Result<Response<RefreshTokenResponse>, Status> {
        let token = request.into_inner().refresh_token;
        let granted = db::retrying(|| self.sessions.refresh(&token)).await?;
        Ok(Response::new(RefreshTokenResponse {
            access_token: granted.access_token,
            access_expires_at: Some(timestamp(granted.expires_at)),
            refresh_token: granted.refresh_token,
            subject: granted.subject.into(),
            subject_id: granted.subject_id.to_string(),
        }))
    }

    async fn revoke_token(
        &self,
        request: Request<RevokeTokenRequest>,
    ) -> Result<Response<RevokeTokenResponse>, Status> {
        let token = request.into_inner().refresh_token;
        db::retrying(|| self.sessions.end(&token)).await?;
        Ok(Response::new(RevokeTokenResponse {}))
    }

    async fn create_credential(
        &self,
        request: Request<CreateCredentialRequest>,
    ) -> Result<Response<CreateCredentialResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (employer, new) = credentials::new_user(request.into_inner())?;
        let made = db::retrying(|| self.sessions.create_user(&caller, employer, &new)).await?;
        Ok(Response::new(CreateCredentialResponse {
            credential: Some(made.user.into()),
            client_secret: made.secret,
        }))
    }

    async fn list_credentials(
        &self,
        request: Request<ListCredentialsRequest>,
    ) -> Result<Response<ListCredentialsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let answer = credentials::list(&self.sessions, &caller, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn revoke_credential(
        &self,
        request: Request<RevokeCredentialRequest>,
    ) -> Result<Response<RevokeCredentialResponse>, Status> {
        let caller = Caller::of(&request)?;
        let mut fields = Fields::default();
        let Some(id) = fields.id("credential_id", &request.get_ref().credential_id) else {
            return Err(fields.refusal());
        };
        let user = db::retrying(|| self.sessions.revoke_user(&caller, id)).await?;
        Ok(Response::new(RevokeCredentialResponse {
            credential: Some(user.into()),
        }))
    }
}

#[tonic::async_trait]
impl OtpService for Rpc {
    async fn send_otp(
        &self,
        request: Request<SendOtpRequest>,
    ) -> Result<Response<SendOtpResponse>, Status> {
        let peer = Peer::of(&request);
        let request = request.into_inner();
        let mut fields = Fields::default();
        let id = fields.id_or_new("challenge_id", &request.challenge_id);
        let wish = paper::wish(&mut fields, &request);
        let (Some((id, _)), Some(wish)) = (id, wish) else {
            return Err(fields.refusal());
        };
        fields.check()?;
        let sent = db::retrying(|| self.sessions.send(id, &wish, peer)).await?;
        Ok(Response::new(sent.into()))
    }

    async fn send_step_up_otp(
        &self,
        request: Request<SendStepUpOtpRequest>,
    ) -> Result<Response<SendStepUpOtpResponse>, Status> {
        let (caller, peer) = (Caller::of(&request)?, Peer::of(&request));
        let request = request.into_inner();
        let mut fields = Fields::default();
        let id = fields.id_or_new("challenge_id", &request.challenge_id);
        let instead_of = fields.optional_id("instead_of", &request.instead_of);
        let act = paper::act(&mut fields, request.act);
        let (Some((id, _)), Some(act)) = (id, act) else {
            return Err(fields.refusal());
        };
        fields.check()?;
        let ids = (id, instead_of);
        let sent = db::retrying(|| self.sessions.step_up(&caller, ids, &act, peer)).await?;
        Ok(Response::new(SendStepUpOtpResponse {
            codes: sent.into_iter().map(Into::into).collect(),
        }))
    }

    async fn verify_otp(
        &self,
        request: Request<VerifyOtpRequest>,
    ) -> Result<Response<VerifyOtpResponse>, Status> {
        let request = request.into_inner();
        let mut fields = Fields::default();
        let id = fields.id("challenge_id", &request.challenge_id);
        let length_fits = matches!(request.code.len(), 6 | 8);
        if !length_fits || !request.code.bytes().all(|it| it.is_ascii_digit()) {
            fields.reject("code", "must be 6 or 8 digits");
        }
        let Some(id) = id else {
            return Err(fields.refusal());
        };
        fields.check()?;
        // Not repeated on contention: a repeat would count a second try.
        let granted = self.sessions.verify(id, &request.code).await?;
        Ok(Response::new(
            granted.map_or_else(Default::default, Into::into),
        ))
    }

    async fn get_otp_delivery(
        &self,
        request: Request<GetOtpDeliveryRequest>,
    ) -> Result<Response<GetOtpDeliveryResponse>, Status> {
        let mut fields = Fields::default();
        let Some(id) = fields.id("challenge_id", &request.get_ref().challenge_id) else {
            return Err(fields.refusal());
        };
        let way = self.sessions.delivery(id).await?;
        Ok(Response::new(GetOtpDeliveryResponse {
            state: State::from(way.delivery).into(),
            masked_contact: way.masked_contact,
            other_masked_contact: way.other_masked_contact.unwrap_or_default(),
        }))
    }
}

impl From<Delivery> for State {
    fn from(delivery: Delivery) -> Self {
        match delivery {
            Delivery::Queued => Self::Queued,
            Delivery::Sent => Self::Sent,
            Delivery::Unconfirmed => Self::Unconfirmed,
            Delivery::Delivered => Self::Delivered,
            Delivery::Failed => Self::Failed,
        }
    }
}

impl From<Sent> for SendOtpResponse {
    fn from(sent: Sent) -> Self {
        Self {
            challenge_id: sent.challenge.to_string(),
            masked_contact: sent.masked_contact,
            expires_at: Some(timestamp(sent.expires_at)),
            resend_at: Some(timestamp(sent.resend_at)),
            sends_left: i32::try_from(sent.sends_left).unwrap_or(0),
        }
    }
}

impl From<Granted> for VerifyOtpResponse {
    fn from(granted: Granted) -> Self {
        Self {
            access_token: granted.access_token,
            access_expires_at: Some(timestamp(granted.expires_at)),
            refresh_token: granted.refresh_token,
            subject: granted.subject.into(),
            subject_id: granted.subject_id.to_string(),
        }
    }
}
