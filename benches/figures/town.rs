//! The people who call, and what they call for.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use jamsostek_proto::v1::{
    GetBalanceRequest, IssueTokenRequest, RefreshTokenRequest, WhoAmIRequest,
    balance_service_client::BalanceServiceClient, session_service_client::SessionServiceClient,
};
use tonic::{Request, transport::Channel};

use crate::{load, payment::Due, registration::register};

const GATEWAY: (&str, &str) = ("00000000-0000-7000-8000-000000000001", "sandbox-gateway");
/// How many prepare the town at once.
const HANDS: usize = 16;
/// How many participants ask for their balances in turn.
const READERS: usize = 64;

type Answered = Pin<Box<dyn Future<Output = bool> + Send>>;

/// A caller, ready to call again and again.
pub type Call = Box<dyn FnMut() -> Answered + Send>;

/// A service with people in it.
pub struct Town {
    pub channels: Vec<Channel>,
    pub memberships: Vec<String>,
    pub contacts: Vec<String>,
    refresh_tokens: Vec<String>,
    born: Arc<AtomicUsize>,
    pub due: Arc<Due>,
}

/// Who am I, all day long.
pub fn echo(channels: &[Channel], token: &str) -> impl Fn(usize) -> Call {
    move |number| {
        let sessions = SessionServiceClient::new(channel(channels, number));
        let token = token.to_owned();
        caller(move || {
            let (mut sessions, request) = (sessions.clone(), with(&token, WhoAmIRequest {}));
            Box::pin(async move {
                sessions.who_am_i(request).await.expect("an echo");
                true
            })
        })
    }
}

impl Town {
    /// Registers the first people.
    pub async fn founded(address: &str, people: usize) -> Self {
        let mut town = Self {
            channels: load::connect(address).await,
            memberships: Vec::new(),
            contacts: Vec::new(),
            refresh_tokens: Vec::new(),
            born: Arc::new(AtomicUsize::new(people)),
            due: Arc::default(),
        };
        let token = town.gateway_token().await;
        let all = (0..people).collect();
        let registered = each(&town.channels, all, move |channel, number| {
            let token = token.clone();
            async move { register(channel, &token, number).await }
        });
        for active in registered.await {
            town.memberships.push(active.membership);
            town.contacts.push(active.contact);
            if town.refresh_tokens.len() < READERS {
                town.refresh_tokens.push(active.refresh_token);
            }
        }
        town
    }

    /// A fresh token of the payment gateway.
    pub async fn gateway_token(&self) -> String {
        self.issue(GATEWAY).await
    }

    pub async fn issue(&self, (client_id, client_secret): (&str, &str)) -> String {
        let request = IssueTokenRequest {
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
        };
        let mut sessions = SessionServiceClient::new(channel(&self.channels, 0));
        sessions
            .issue_token(request)
            .await
            .expect("a token")
            .into_inner()
            .access_token
    }

    /// Fresh tokens of some participants.
    pub async fn tokens(&mut self) -> Vec<String> {
        let mut sessions = SessionServiceClient::new(channel(&self.channels, 0));
        let mut tokens = Vec::new();
        for refresh_token in &mut self.refresh_tokens {
            let request = RefreshTokenRequest {
                refresh_token: refresh_token.clone(),
            };
            let answer = sessions
                .refresh_token(request)
                .await
                .expect("a token")
                .into_inner();
            *refresh_token = answer.refresh_token;
            tokens.push(answer.access_token);
        }
        tokens
    }

    /// Participants look at their own balances.
    pub fn balance(&self, tokens: &[String]) -> impl Fn(usize) -> Call {
        move |number| {
            let balances = BalanceServiceClient::new(channel(&self.channels, number));
            let token = tokens[number % tokens.len()].clone();
            caller(move || {
                let request = with(&token, GetBalanceRequest::default());
                let mut balances = balances.clone();
                Box::pin(async move {
                    let answer = balances.get_balance(request).await.expect("a balance");
                    assert!(answer.into_inner().balance_idr > 0);
                    true
                })
            })
        }
    }

    /// People walk the whole road, code and payment included.
    pub fn registration(&self, token: &str) -> impl Fn(usize) -> Call {
        move |number| {
            let channel = channel(&self.channels, number);
            let (token, born) = (token.to_owned(), self.born.clone());
            caller(move || {
                let (channel, token) = (channel.clone(), token.clone());
                let number = born.fetch_add(1, Ordering::Relaxed);
                Box::pin(async move {
                    register(channel, &token, number).await;
                    true
                })
            })
        }
    }
}

/// What `work` makes of each of them, with some hands at once.
pub async fn each<T, R, F>(
    channels: &[Channel],
    all: Vec<T>,
    work: impl Fn(Channel, T) -> F + Clone + Send + 'static,
) -> Vec<R>
where
    T: Send + 'static,
    R: Send + 'static,
    F: Future<Output = R> + Send,
{
    let waiting = Arc::new(Mutex::new(all));
    let hands: Vec<_> = (0..HANDS)
        .map(|hand| {
            let (channel, waiting) = (channel(channels, hand), waiting.clone());
            let work = work.clone();
            tokio::spawn(async move {
                let mut done = Vec::new();
                let next = || waiting.lock().expect("not poisoned").pop();
                while let Some(next) = next() {
                    done.push(work(channel.clone(), next).await);
                }
                done
            })
        })
        .collect();
    let mut done = Vec::new();
    for hand in hands {
        done.extend(hand.await.expect("it is done"));
    }
    done
}

pub fn caller(call: impl FnMut() -> Answered + Send + 'static) -> Call {
    Box::new(call)
}

pub fn channel(channels: &[Channel], number: usize) -> Channel {
    channels[number % channels.len()].clone()
}

pub fn with<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let value = format!("Bearer {token}").parse().expect("a token");
    request.metadata_mut().insert("authorization", value);
    request
}
