//! The connection, whom it speaks for, and the one way every call takes.

use std::{future::Future, time::Duration};

use jamsostek_proto::v1::ErrorReason;
use tokio::time::Instant;
use tonic::{Request, Response, Status, transport::Channel};
use uuid::Uuid;

use crate::{
    Error, Language, Options, Tokens,
    options::DEADLINE_MAX,
    retry::{self, Repeat, Route},
    tokens::{self, Caller},
};

/// A connection to the service, speaking for somebody or nobody. Cheap to clone; clones share connection and tokens.
#[derive(Clone, Debug)]
pub struct Client {
    channel: Channel,
    deadline: Duration,
    language: Option<Language>,
    caller: Caller,
}

impl Client {
    /// Connects. The client speaks for nobody yet. A connection that breaks later is made again by itself.
    pub async fn connect(options: Options) -> Result<Self, Error> {
        Ok(Self {
            channel: options.connect().await?,
            deadline: options.deadline,
            language: options.language,
            caller: Caller::Anonymous,
        })
    }

    /// The same connection, speaking for nobody.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        self.speaking_for(Caller::Anonymous)
    }

    /// The same connection, speaking for whom `access_token` speaks, as long as it is good.
    #[must_use]
    pub fn with_token(&self, access_token: impl Into<String>) -> Self {
        self.with_tokens(Tokens {
            access_token: access_token.into(),
            ..Tokens::default()
        })
    }

    /// The same connection, speaking for whom `tokens` speak, and refreshing them when they end. All clones of the new
    /// client refresh together, once. Hold each refresh token in one client only: it serves once.
    #[must_use]
    pub fn with_tokens(&self, tokens: impl Into<Tokens>) -> Self {
        self.speaking_for(Caller::with_tokens(tokens.into()))
    }

    /// The same connection, speaking for the holder of client credentials. The token is fetched with the first call.
    #[must_use]
    pub fn with_credentials(&self, client_id: Uuid, secret: impl Into<String>) -> Self {
        self.speaking_for(Caller::with_credentials(client_id, secret.into()))
    }

    /// The same connection and caller, with another deadline for each call; an hour at most.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        Self {
            deadline: deadline.min(DEADLINE_MAX),
            ..self.clone()
        }
    }

    /// The same connection and caller, with refusals told in another language.
    #[must_use]
    pub fn with_language(&self, language: Language) -> Self {
        Self {
            language: Some(language),
            ..self.clone()
        }
    }

    /// The tokens held now; `None` when anonymous, or before the first call with credentials. They change when they are
    /// refreshed: ask again rather than keep them.
    #[must_use]
    pub fn tokens(&self) -> Option<Tokens> {
        self.caller.tokens()
    }

    /// Fetches new tokens now rather than when they end, and answers with them: a registrant who became a participant
    /// speaks as one from then on. `None` when there is neither a refresh token nor a credential.
    pub async fn renew_tokens(&self) -> Result<Option<Tokens>, Error> {
        let ended = self.tokens().map(|it| it.access_token);
        self.caller.renew(&self.route(), ended.as_deref()).await
    }

    /// The connection itself, for what the contract does not say: health, reflection, malformed requests in tests.
    /// Nothing is added to calls made on it: no token, no deadline, no repeats.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    fn speaking_for(&self, caller: Caller) -> Self {
        Self {
            caller,
            ..self.clone()
        }
    }

    /// The way of a call that starts now, as nobody.
    pub(crate) fn route(&self) -> Route {
        Route {
            channel: self.channel(),
            deadline: Instant::now() + self.deadline,
            language: self.language,
            authorization: None,
        }
    }

    /// Calls `method`: as whom the client speaks, with a new token when the old one has ended, and again where that is
    /// safe. A call refused for its token was not begun, so every method may be sent again with a new one.
    pub(crate) async fn call<Q, A, F, Fut>(
        &self,
        repeat: Repeat,
        message: Q,
        method: F,
    ) -> Result<A, Error>
    where
        Q: Clone,
        F: Fn(Channel, Request<Q>) -> Fut,
        Fut: Future<Output = Result<Response<A>, Status>>,
    {
        let nobody = self.route();
        let Some(access_token) = self.caller.access_token(&nobody).await? else {
            return retry::send(&nobody, repeat, &message, &method).await;
        };
        let mut route = nobody.clone();
        route.authorization = Some(tokens::bearer(&access_token)?);
        let ended = match retry::send(&route, repeat, &message, &method).await {
            Err(error) if error.reason() == Some(ErrorReason::TokenExpired) => error,
            answer => return answer,
        };
        let Some(fresh) = self.caller.renew(&nobody, Some(&access_token)).await? else {
            return Err(ended);
        };
        route.authorization = Some(tokens::bearer(&fresh.access_token)?);
        retry::send(&route, repeat, &message, &method).await
    }
}
