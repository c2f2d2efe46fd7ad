//! The door of every call: who asks, may such a caller call this rpc, how long may it take, and did it end well.

mod deadline;

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::{sync::Semaphore, time::Instant};
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};
use tracing::Instrument;
use uuid::Uuid;

pub(crate) use deadline::DEADLINE_MAX;
use deadline::{deadline, too_late};

use super::token::{Tokens, Unreadable};
use crate::{
    audit::Audit,
    caller::{Caller, Rules},
    clock::Clock,
    db, metrics,
    refusal::{Reason, broken, refuse, refuse_for_now},
};

/// How long whoever is turned away may wait before coming again.
const OVERLOAD_WAIT: Duration = Duration::from_secs(1);

/// Puts the gate before a service.
#[derive(Clone)]
pub(crate) struct GateLayer(Arc<Parts>);

struct Parts {
    rules: Rules,
    tokens: Tokens,
    audit: Audit,
    clock: Arc<dyn Clock>,
    calls_max: usize,
    /// A permit for each call that may still be opened.
    free: Semaphore,
}

impl GateLayer {
    pub(crate) fn new(
        rules: Rules,
        tokens: Tokens,
        audit: Audit,
        clock: Arc<dyn Clock>,
        calls_max: usize,
    ) -> Self {
        Self(Arc::new(Parts {
            rules,
            tokens,
            audit,
            clock,
            calls_max,
            free: Semaphore::new(calls_max),
        }))
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate {
            inner,
            parts: self.0.clone(),
        }
    }
}

/// A service behind the gate.
#[derive(Clone)]
pub(crate) struct Gate<S> {
    inner: S,
    parts: Arc<Parts>,
}

type Answering<E> = Pin<Box<dyn Future<Output = Result<http::Response<Body>, E>> + Send>>;

impl<S> Service<http::Request<Body>> for Gate<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    type Response = http::Response<Body>;
    type Error = S::Error;
    type Future = Answering<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        // The clone takes the readiness that was polled; the fresh one waits for its own.
        let fresh = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, fresh);
        let parts = self.parts.clone();
        let rpc = request.uri().path().trim_start_matches('/').to_owned();
        let span = tracing::info_span!("call", rpc, caller = tracing::field::Empty);
        Box::pin(pass(parts, inner, request, rpc).instrument(span))
    }
}

async fn pass<S>(
    parts: Arc<Parts>,
    mut inner: S,
    request: http::Request<Body>,
    rpc: String,
) -> Result<http::Response<Body>, S::Error>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>>,
{
    let others = rpc.starts_with("grpc.");
    // Health and reflection are answered whatever goes on: a house that is busy is alive.
    let place = if others {
        None
    } else {
        match parts.free.try_acquire() {
            Ok(place) => Some(place),
            Err(_) => {
                metrics::turned_away();
                return Ok(overloaded(parts.calls_max).into_http());
            }
        }
    };
    let began = Instant::now();
    let _open = metrics::call_opened();
    // The body of a request is not `Sync`, so only its head is looked at across an await.
    let (head, body) = request.into_parts();
    let caller = match parts.admit(head.uri.path(), &head.headers).await {
        Ok(caller) => caller,
        Err(refusal) => {
            tracing::info!(code = ?refusal.code(), "refused");
            return Ok(refusal.into_http());
        }
    };
    let mut request = http::Request::from_parts(head, body);
    if let Some(caller) = &caller {
        tracing::Span::current().record("caller", caller.subject.as_str_name());
        request.extensions_mut().insert(caller.clone());
    }
    let deadline = match deadline(request.headers()) {
        Ok(deadline) => deadline,
        Err(refusal) => return Ok(refusal.into_http()),
    };
    let call = AssertUnwindSafe(inner.call(request)).catch_unwind();
    let answer = if others {
        Ok(call.await)
    } else {
        let ends_at = Instant::now() + deadline;
        db::for_a_call(ends_at, tokio::time::timeout_at(ends_at, call)).await
    };
    let response = match answer {
        Ok(Ok(response)) => response?,
        Ok(Err(_)) => {
            // What the panic said may hold personal data; where it happened, the panic hook has told.
            let error_id = Uuid::now_v7();
            tracing::error!(error.id = %error_id, "a call panicked");
            broken(error_id).into_http()
        }
        Err(_) => too_late(deadline).into_http(),
    };
    let response = parts.record(caller.as_ref(), &rpc, response).await;
    metrics::call_answered(&rpc, code_of(&response), began.elapsed());
    drop(place);
    Ok(response)
}

impl Parts {
    /// Who asks, and whether such a caller may, before anything is looked up.
    async fn admit(&self, path: &str, headers: &http::HeaderMap) -> Result<Option<Caller>, Status> {
        let Some(rule) = self.rules.of(path) else {
            return Err(Status::unimplemented("no such rpc"));
        };
        if rule.is_open() {
            // No token is read where none is needed: an old one in a client's metadata must not keep it from refreshing.
            return Ok(None);
        }
        let caller = self.caller(headers)?;
        if let Err(refusal) = rule.admit(caller.as_ref()) {
            if let Some(caller) = &caller {
                self.keep_denial(caller, path).await?;
            }
            return Err(refusal);
        }
        Ok(caller)
    }

    fn caller(&self, headers: &http::HeaderMap) -> Result<Option<Caller>, Status> {
        let Some(header) = headers.get(http::header::AUTHORIZATION) else {
            return Ok(None);
        };
        let unreadable = |reason, message: &str| refuse(Code::Unauthenticated, reason, message, []);
        let token = header
            .to_str()
            .ok()
            .and_then(|it| it.strip_prefix("Bearer "));
        let token = token.ok_or_else(|| {
            unreadable(
                Reason::TokenInvalid,
                "authorization must be: Bearer, a space, the token",
            )
        })?;
        match self.tokens.read(token, self.clock.now()) {
            Ok(caller) => Ok(Some(caller)),
            Err(Unreadable::Invalid) => Err(unreadable(
                Reason::TokenInvalid,
                "the token is not one of ours",
            )),
            Err(Unreadable::Expired) => Err(unreadable(
                Reason::TokenExpired,
                "the token has ended; refresh it",
            )),
        }
    }

    /// Tells the log how it ended, and the audit when an object was not theirs.
    async fn record(
        &self,
        caller: Option<&Caller>,
        rpc: &str,
        response: http::Response<Body>,
    ) -> http::Response<Body> {
        let code = code_of(&response);
        if code == Code::Ok {
            tracing::debug!("answered");
            return response;
        }
        tracing::info!(?code, "refused");
        if code == Code::NotFound
            && let Some(caller) = caller
            && let Err(refusal) = self.keep_denial(caller, rpc).await
        {
            return refusal.into_http();
        }
        response
    }

    async fn keep_denial(&self, caller: &Caller, rpc: &str) -> Result<(), Status> {
        let rpc = rpc.rsplit('/').next().unwrap_or(rpc);
        Ok(self.audit.denied(self.clock.now(), caller, rpc).await?)
    }
}

/// How a call ended. One that was answered says so in its trailers.
fn code_of(response: &http::Response<Body>) -> Code {
    Status::from_header_map(response.headers()).map_or(Code::Ok, |it| it.code())
}

fn overloaded(calls_max: usize) -> Status {
    refuse_for_now(
        Code::Unavailable,
        Reason::Overloaded,
        "too many calls are open; come again in a moment",
        OVERLOAD_WAIT,
        [("callsMax", calls_max.to_string())],
    )
}
