//! Whom a client speaks for, and how it goes on doing so when a token ends.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, Utc};
use jamsostek_proto::v1::{
    IssueTokenRequest, IssueTokenResponse, RefreshTokenRequest, RefreshTokenResponse,
    VerifyOtpResponse, session_service_client::SessionServiceClient,
};
use prost_types::Timestamp;
use tokio::{sync::Mutex, time::timeout_at};
use tonic::{
    Status,
    metadata::{Ascii, MetadataValue},
};
use uuid::Uuid;

use crate::{
    Error,
    retry::{self, Repeat, Route},
};

/// Proves who calls. Comes from `VerifyOtp`, `RefreshToken` or `IssueToken`, each of whose answers converts into it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Goes along with every call.
    pub access_token: String,
    /// When the access token ends. Only for people to see: the client goes by the service's clock, not by its own.
    pub access_expires_at: Option<DateTime<Utc>>,
    /// Buys the next tokens, once. Without it the client stops speaking for somebody when the access token ends.
    pub refresh_token: Option<String>,
}

/// Whom a client speaks for. Clones share the tokens.
#[derive(Clone, Default)]
pub(crate) enum Caller {
    #[default]
    Anonymous,
    Known(Arc<Known>),
}

/// Somebody with tokens, or with the means to get them.
pub(crate) struct Known {
    tokens: RwLock<Option<Tokens>>,
    credentials: Option<(Uuid, String)>,
    /// Held while tokens are fetched, so that many calls that find the token ended fetch one new one.
    renewal: Mutex<()>,
}

impl Caller {
    pub(crate) fn with_tokens(tokens: Tokens) -> Self {
        Self::known(Some(tokens), None)
    }

    pub(crate) fn with_credentials(client_id: Uuid, secret: String) -> Self {
        Self::known(None, Some((client_id, secret)))
    }

    fn known(tokens: Option<Tokens>, credentials: Option<(Uuid, String)>) -> Self {
        Self::Known(Arc::new(Known {
            tokens: RwLock::new(tokens),
            credentials,
            renewal: Mutex::new(()),
        }))
    }

    /// The tokens held now, if any.
    pub(crate) fn tokens(&self) -> Option<Tokens> {
        match self {
            Self::Anonymous => None,
            Self::Known(known) => known.tokens(),
        }
    }

    /// The access token to call with; fetched first, when there are only credentials so far.
    pub(crate) async fn access_token(&self, route: &Route) -> Result<Option<String>, Error> {
        let Self::Known(known) = self else {
            return Ok(None);
        };
        let tokens = match known.tokens() {
            Some(tokens) => Some(tokens),
            None => known.renew(route, None).await?,
        };
        Ok(tokens.map(|it| it.access_token))
    }

    /// Tokens in place of those with the access token `ended`; `None` when there is no way to get any.
    pub(crate) async fn renew(
        &self,
        route: &Route,
        ended: Option<&str>,
    ) -> Result<Option<Tokens>, Error> {
        match self {
            Self::Anonymous => Ok(None),
            Self::Known(known) => known.renew(route, ended).await,
        }
    }
}

impl Known {
    fn tokens(&self) -> Option<Tokens> {
        let tokens = self.tokens.read().unwrap_or_else(PoisonError::into_inner);
        tokens.clone()
    }

    /// Fetches tokens, unless another call did while this one waited its turn.
    async fn renew(&self, route: &Route, ended: Option<&str>) -> Result<Option<Tokens>, Error> {
        let turn = timeout_at(route.deadline, self.renewal.lock()).await;
        let _turn = turn.map_err(|_| Error::out_of_time())?;
        let held = self.tokens();
        if held.as_ref().map(|it| it.access_token.as_str()) != ended {
            return Ok(held);
        }
        let refresh_token = held.and_then(|it| it.refresh_token);
        let fresh: Tokens = match (&self.credentials, refresh_token) {
            (Some((client_id, secret)), _) => issue(route, *client_id, secret).await?.into(),
            (None, Some(refresh_token)) => refresh(route, refresh_token).await?.into(),
            (None, None) => return Ok(None),
        };
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        *tokens = Some(fresh.clone());
        Ok(Some(fresh))
    }
}

/// Gives a token for client credentials. Repeating it only makes one more token.
pub(crate) async fn issue(
    route: &Route,
    client_id: Uuid,
    secret: &str,
) -> Result<IssueTokenResponse, Error> {
    let request = IssueTokenRequest {
        client_id: client_id.to_string(),
        client_secret: secret.to_owned(),
    };
    retry::send(
        route,
        Repeat::Safe,
        &request,
        &|channel, request| async move {
            SessionServiceClient::new(channel)
                .issue_token(request)
                .await
        },
    )
    .await
}

/// Gives new tokens. Safe to repeat: the service answers the same for 30 seconds.
pub(crate) async fn refresh(
    route: &Route,
    refresh_token: String,
) -> Result<RefreshTokenResponse, Error> {
    let request = RefreshTokenRequest { refresh_token };
    retry::send(
        route,
        Repeat::Safe,
        &request,
        &|channel, request| async move {
            let mut sessions = SessionServiceClient::new(channel);
            sessions.refresh_token(request).await
        },
    )
    .await
}

/// The metadata that carries an access token.
pub(crate) fn bearer(access_token: &str) -> Result<MetadataValue<Ascii>, Error> {
    let mut value: MetadataValue<Ascii> =
        format!("Bearer {access_token}").parse().map_err(|_| {
            Error::Transport(Status::invalid_argument(
                "the access token has characters that no token has",
            ))
        })?;
    value.set_sensitive(true);
    Ok(value)
}

fn instant(timestamp: Option<Timestamp>) -> Option<DateTime<Utc>> {
    let Timestamp { seconds, nanos } = timestamp?;
    DateTime::from_timestamp(seconds, u32::try_from(nanos).ok()?)
}

impl From<VerifyOtpResponse> for Tokens {
    fn from(answer: VerifyOtpResponse) -> Self {
        Self {
            access_token: answer.access_token,
            access_expires_at: instant(answer.access_expires_at),
            refresh_token: Some(answer.refresh_token),
        }
    }
}

impl From<RefreshTokenResponse> for Tokens {
    fn from(answer: RefreshTokenResponse) -> Self {
        Self {
            access_token: answer.access_token,
            access_expires_at: instant(answer.access_expires_at),
            refresh_token: Some(answer.refresh_token),
        }
    }
}

impl From<IssueTokenResponse> for Tokens {
    fn from(answer: IssueTokenResponse) -> Self {
        Self {
            access_token: answer.access_token,
            access_expires_at: instant(answer.access_expires_at),
            refresh_token: None,
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("access_expires_at", &self.access_expires_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("Anonymous"),
            Self::Known(_) => f.write_str("Known(…)"),
        }
    }
}
