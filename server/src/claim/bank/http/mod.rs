//! A bank over HTTP, as `docs/bank.md` has it. It is believed what it says in so many words, about this very payout, and nothing else:
//! whatever is not understood is silence, so that nothing is paid twice and nothing is given back that was paid.

mod answer;
mod place;

pub use place::BankAt;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Serialize;

use self::answer::{Heard, Transfer};
use super::{Answer, Bank, Fate, Holder, Instruction};
use crate::{bank_account::BankAccount, identity::FullName, metrics};

/// The biggest answer that is read; ours are a few hundred bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1_024;

/// What an adapter says besides a status, where it is the bank and not something in between that speaks.
const TRANSFER_NOT_FOUND: &str = "TRANSFER_NOT_FOUND";
const ACCOUNT_NOT_FOUND: &str = "ACCOUNT_NOT_FOUND";
const REFERENCE_TAKEN: &str = "REFERENCE_TAKEN";

/// The bank at the other end of HTTP.
pub(crate) struct HttpBank {
    at: BankAt,
    client: reqwest::Client,
}

/// What an answer was: its status, and its body where it was not too big.
struct Said {
    status: StatusCode,
    body: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    amount_idr: i64,
    bank_code: &'a str,
    account_number: &'a str,
    holder_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    bank_code: &'a str,
    account_number: &'a str,
}

impl HttpBank {
    /// Makes ready to speak with the bank; no connection is opened yet.
    pub(crate) fn new(at: BankAt) -> Result<Self, reqwest::Error> {
        // Whoever has installed one before has installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("jamsostekd/", env!("CARGO_PKG_VERSION")))
            .timeout(at.timeout)
            // Nobody sends us, and with us the token, anywhere else; neither does a variable of the environment.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // When it is told again is decided in payout.rs alone.
            .retry(reqwest::retry::never())
            .build()?;
        Ok(Self { at, client })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, self.at.url_of(path));
        request.header(reqwest::header::AUTHORIZATION, self.at.token.clone())
    }

    fn transfer(&self, method: Method, instruction: &Instruction) -> RequestBuilder {
        self.request(method, &format!("v1/transfers/{}", instruction.reference))
    }

    async fn take(&self, instruction: &Instruction) -> Fate {
        let account = &instruction.account;
        let told = Told {
            amount_idr: instruction.amount.idr(),
            bank_code: account.bank_code(),
            account_number: account.number(),
            holder_name: account.holder().text(),
        };
        let request = self.transfer(Method::PUT, instruction).json(&told);
        match self.said(request).await {
            None => Fate::Silent,
            Some(said) if said.status.is_success() => fate_of(&said, instruction),
            Some(said) if said.is_error(StatusCode::CONFLICT, REFERENCE_TAKEN) => {
                metrics::bank_defect("content");
                Fate::Disputed
            }
            Some(said) => said.not_understood(Fate::Silent),
        }
    }

    async fn ask(&self, instruction: &Instruction) -> Fate {
        match self.said(self.transfer(Method::GET, instruction)).await {
            None => Fate::Silent,
            Some(said) if said.status == StatusCode::OK => fate_of(&said, instruction),
            // Anything in between can say 404: only the bank says what it has not found.
            Some(said) if said.is_error(StatusCode::NOT_FOUND, TRANSFER_NOT_FOUND) => Fate::Unheard,
            Some(said) => said.not_understood(Fate::Silent),
        }
    }

    async fn look(&self, account: &BankAccount) -> Holder {
        let asked = Asked {
            bank_code: account.bank_code(),
            account_number: account.number(),
        };
        let request = self
            .request(Method::POST, "v1/accounts:lookup")
            .json(&asked);
        match self.said(request).await {
            None => Holder::Silent,
            Some(said) if said.status == StatusCode::OK => {
                let name = answer::holder(&said.body);
                match name.and_then(|it| FullName::parse(&it).ok()) {
                    Some(name) => Holder::Known(name),
                    None => said.not_understood(Holder::Silent),
                }
            }
            Some(said) if said.is_error(StatusCode::NOT_FOUND, ACCOUNT_NOT_FOUND) => {
                Holder::NoSuchAccount
            }
            Some(said) => said.not_understood(Holder::Silent),
        }
    }

    /// The answer, if one came in time and was not too big.
    async fn said(&self, request: RequestBuilder) -> Option<Said> {
        let told = async {
            let mut response = request.send().await?;
            let (status, mut body) = (response.status(), Vec::new());
            while let Some(chunk) = response.chunk().await? {
                if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                    // It is no answer of ours; the status alone is not believed either.
                    return Ok(Said {
                        status,
                        body: Vec::new(),
                    });
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Said { status, body })
        };
        match told.await {
            Ok(said) => Some(said),
            Err(error) => {
                let error: reqwest::Error = error;
                let error = error.without_url();
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the bank is silent"
                );
                None
            }
        }
    }
}

impl Said {
    /// Whether it is this status, and the bank itself says why.
    fn is_error(&self, status: StatusCode, error: &str) -> bool {
        self.status == status && answer::error(&self.body).is_some_and(|it| it == error)
    }

    /// What it is taken for. Its body is told to nobody: it may hold somebody's data.
    fn not_understood<T>(&self, silence: T) -> T {
        let status = self.status.as_u16();
        // A bank that says it is away, or too busy, is as silent as one that says nothing.
        if self.status.is_server_error() || self.status == StatusCode::TOO_MANY_REQUESTS {
            tracing::warn!(status, "the bank says that it cannot answer");
        } else {
            metrics::bank_defect(if self.status.is_success() {
                "answer"
            } else {
                "status"
            });
            tracing::error!(status, "the bank's answer is not understood");
        }
        silence
    }
}

/// What the bank says of `instruction`.
fn fate_of(said: &Said, instruction: &Instruction) -> Fate {
    let Some(transfer) = Transfer::read(&said.body) else {
        return said.not_understood(Fate::Silent);
    };
    match transfer.about(instruction) {
        Heard::OfIt(fate) => fate,
        Heard::OfAnother => {
            metrics::bank_defect("content");
            Fate::Disputed
        }
    }
}

impl Bank for HttpBank {
    fn holder<'a>(&'a self, account: &'a BankAccount) -> Answer<'a, Holder> {
        Box::pin(self.look(account))
    }

    fn instruct<'a>(&'a self, instruction: &'a Instruction) -> Answer<'a, Fate> {
        Box::pin(self.take(instruction))
    }

    fn fate<'a>(&'a self, instruction: &'a Instruction) -> Answer<'a, Fate> {
        Box::pin(self.ask(instruction))
    }
}
