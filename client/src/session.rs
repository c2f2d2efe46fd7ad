//! Knows who calls.

use jamsostek_proto::v1::{
    CreateCredentialRequest, CreateCredentialResponse, Credential, IssueTokenResponse,
    ListCredentialsRequest, ListCredentialsResponse, RefreshTokenResponse, RevokeCredentialRequest,
    RevokeTokenRequest, WhoAmIRequest, WhoAmIResponse,
    session_service_client::SessionServiceClient,
};
use uuid::Uuid;

use crate::{Client, Error, retry::Repeat, tokens};

impl Client {
    /// Tells who the caller is.
    pub async fn who_am_i(&self) -> Result<WhoAmIResponse, Error> {
        self.call(Repeat::Safe, WhoAmIRequest {}, |channel, request| async move {
            SessionServiceClient::new(channel).who_am_i(request).await
        })
        .await
    }

    /// Gives a token for client credentials. [`Client::with_credentials`] does it when needed.
    pub async fn issue_token(
        &self,
        client_id: Uuid,
        client_secret: impl Into<String>,
    ) -> Result<IssueTokenResponse, Error> {
        tokens::issue(&self.route(), client_id, &client_secret.into()).await
    }

    /// Gives new tokens for a refresh token. [`Client::with_tokens`] does it when needed.
    pub async fn refresh_token(
        &self,
        refresh_token: impl Into<String>,
    ) -> Result<RefreshTokenResponse, Error> {
        tokens::refresh(&self.route(), refresh_token.into()).await
    }

    /// Creates client credentials for a user of an employer. The secret is told once: a repeat is refused with `ID_TAKEN`.
    pub async fn create_credential(
        &self,
        request: CreateCredentialRequest,
    ) -> Result<CreateCredentialResponse, Error> {
        self.call(Repeat::Never, request, |channel, request| async move {
            let mut sessions = SessionServiceClient::new(channel);
            sessions.create_credential(request).await
        })
        .await
    }

    /// Lists the credentials of an employer's users, a page at a time.
    pub async fn list_credentials(
        &self,
        request: ListCredentialsRequest,
    ) -> Result<ListCredentialsResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut sessions = SessionServiceClient::new(channel);
            sessions.list_credentials(request).await
        })
        .await
    }

    /// Ends credentials of an employer's user.
    pub async fn revoke_credential(&self, credential: Uuid) -> Result<Credential, Error> {
        let request = RevokeCredentialRequest {
            credential_id: credential.to_string(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut sessions = SessionServiceClient::new(channel);
                sessions.revoke_credential(request).await
            })
            .await?;
        answer
            .credential
            .ok_or_else(|| Error::lacking("credential"))
    }

    /// Ends the session of a refresh token.
    pub async fn revoke_token(&self, refresh_token: impl Into<String>) -> Result<(), Error> {
        let request = RevokeTokenRequest {
            refresh_token: refresh_token.into(),
        };
        self.anonymous()
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut sessions = SessionServiceClient::new(channel);
                sessions.revoke_token(request).await
            })
            .await?;
        Ok(())
    }
}
