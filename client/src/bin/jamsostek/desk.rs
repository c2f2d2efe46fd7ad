//! Where a command works: the connection, whoever is signed in, and what is kept.

use std::time::{Duration, Instant};

use jamsostek_client::{
    Client, ErrorReason, Language, Options, Tokens, Uuid,
    v1::{RefreshTokenResponse, Subject, VerifyOtpResponse},
};
use tokio::sync::{Mutex, OnceCell};

use crate::{
    args::{Globals, Lang},
    failure::{Exit, Failure},
    state::{Session, State, Store},
    words::short,
};

/// How long an access token lives, by the contract.
pub(crate) const ACCESS_SECONDS: i64 = 300;
/// When a new one is bought: well before.
const FRESH: Duration = Duration::from_secs(240);

/// What every command works with.
pub(crate) struct Desk {
    pub(crate) globals: Globals,
    pub(crate) store: Store,
    connection: OnceCell<Client>,
    /// Whoever is signed in, and since when the token is held.
    signed_in: Mutex<Option<(Client, Instant)>>,
}

/// A session just renewed.
pub(crate) struct Renewed {
    pub(crate) client: Client,
    pub(crate) tokens: Tokens,
}

impl Desk {
    pub(crate) fn open(globals: Globals) -> Result<Self, Failure> {
        let store = Store::of(&globals.server, globals.state_dir.clone())?;
        Ok(Self {
            globals,
            store,
            connection: OnceCell::new(),
            signed_in: Mutex::new(None),
        })
    }

    pub(crate) fn state(&self) -> Result<State, Failure> {
        self.store.read()
    }

    pub(crate) fn keep(&self, change: impl FnOnce(&mut State)) -> Result<(), Failure> {
        self.store.change(&self.store.turn()?, change)
    }

    /// A client that speaks for nobody.
    pub(crate) async fn nobody(&self) -> Result<Client, Failure> {
        let connected = self.connection.get_or_try_init(|| self.connect()).await?;
        Ok(connected.clone())
    }

    async fn connect(&self) -> Result<Client, Failure> {
        let Globals {
            server,
            ca,
            lang,
            timeout_seconds,
            ..
        } = &self.globals;
        if !server.starts_with("http://") && !server.starts_with("https://") {
            return Err(Failure::usage(
                format!("{server} is no address of a server."),
                "Write it as http://HOST:PORT, or https://HOST:PORT for TLS.",
            ));
        }
        let mut options =
            Options::new(server.as_str()).deadline(Duration::from_secs(*timeout_seconds));
        options = options.language(match lang {
            Lang::En => Language::English,
            Lang::Id => Language::Indonesian,
        });
        options = match ca {
            None if !server.starts_with("https:") => options,
            Some(_) if !server.starts_with("https:") => {
                return Err(Failure::usage(
                    format!(
                        "{server} is called in the clear, where no authority (--ca) vouches for anybody."
                    ),
                    "Call it with https://, or leave out --ca and JAMSOSTEK_CA.",
                ));
            }
            None => options.system_certificates(),
            Some(file) => options.ca_certificate(std::fs::read(file).map_err(|error| {
                Failure::usage(
                    format!("{} cannot be read: {error}.", file.display()),
                    "Name a PEM file with --ca.",
                )
            })?),
        };
        Ok(Client::connect(options).await?)
    }

    /// A client that speaks for whoever is signed in: the client credentials that were given, else the session that is kept.
    pub(crate) async fn caller(&self) -> Result<Client, Failure> {
        if let Some((id, secret)) = self.credentials()? {
            return Ok(self.nobody().await?.with_credentials(id, secret));
        }
        let mut signed_in = self.signed_in.lock().await;
        if let Some((client, since)) = signed_in.as_ref()
            && since.elapsed() < FRESH
        {
            return Ok(client.clone());
        }
        let client = self.renew().await?.client;
        *signed_in = Some((client.clone(), Instant::now()));
        Ok(client)
    }

    /// Buys new tokens, for instance because the caller became somebody else.
    pub(crate) async fn caller_anew(&self) -> Result<Client, Failure> {
        *self.signed_in.lock().await = None;
        self.caller().await
    }

    /// Buys tokens with the refresh token, and keeps the next one before anything else: it serves once.
    pub(crate) async fn renew(&self) -> Result<Renewed, Failure> {
        if self.store.read()?.session.is_none() {
            return Err(not_signed_in());
        }
        let nobody = self.nobody().await?;
        // Two commands at once would both spend the same token; the second one waits and spends the first one's next.
        let turn = self.store.turn()?;
        let Some(session) = self.store.read()?.session else {
            return Err(not_signed_in());
        };
        let answer = match nobody.refresh_token(session.refresh_token).await {
            Ok(answer) => answer,
            Err(error) => {
                if error.reason() == Some(ErrorReason::SessionEnded) {
                    self.store.change(&turn, |state| state.session = None)?;
                }
                return Err(error.into());
            }
        };
        self.store
            .change(&turn, |state| state.session = Some(answer.session()))?;
        let tokens = Tokens::from(answer);
        let client = nobody.with_token(tokens.access_token.clone());
        Ok(Renewed { client, tokens })
    }

    /// Signs in whoever brought a code back.
    pub(crate) async fn sign_in(
        &self,
        answer: VerifyOtpResponse,
        change: impl FnOnce(&mut State),
    ) -> Result<(), Failure> {
        self.keep(|state| {
            state.session = Some(answer.session());
            change(state);
        })?;
        let nobody = self.nobody().await?;
        let client = nobody.with_token(answer.access_token);
        *self.signed_in.lock().await = Some((client, Instant::now()));
        Ok(())
    }

    /// The client credentials, where any were given.
    pub(crate) fn credentials(&self) -> Result<Option<(Uuid, String)>, Failure> {
        let Some(id) = self.globals.client_id else {
            return Ok(None);
        };
        let secret = self.globals.client_secret()?;
        Ok(Some((id, secret)))
    }
}

pub(crate) fn not_signed_in() -> Failure {
    Failure::here(
        Exit::NotSignedIn,
        "Nobody is signed in.",
        "Sign in with `jamsostek sign-in`, or set JAMSOSTEK_CLIENT_ID and JAMSOSTEK_CLIENT_SECRET.",
    )
}

/// An answer that brings a session.
pub(crate) trait Brings {
    fn session(&self) -> Session;
}

impl Brings for VerifyOtpResponse {
    fn session(&self) -> Session {
        session(&self.refresh_token, self.subject())
    }
}

impl Brings for RefreshTokenResponse {
    fn session(&self) -> Session {
        session(&self.refresh_token, self.subject())
    }
}

fn session(refresh_token: &str, subject: Subject) -> Session {
    Session {
        refresh_token: refresh_token.to_owned(),
        subject: short(subject.as_str_name(), "SUBJECT_").to_owned(),
    }
}
