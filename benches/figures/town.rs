//! The people who call, and what they call for.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use jamsostek_proto::v1::{
    BpuCategory, ConfirmRegistrationRequest, Employment, GetBalanceRequest, GetOtpDeliveryRequest,
    IssueBillRequest, IssueTokenRequest, ListMessagesRequest, LookUpBillRequest, Occupation,
    Programme, RecordPaymentRequest, RefreshTokenRequest, Sector, Segment,
    StartRegistrationRequest, SubmitEmploymentRequest, VerifyOtpRequest, WhoAmIRequest,
    balance_service_client::BalanceServiceClient,
    contribution_service_client::ContributionServiceClient, get_otp_delivery_response::State,
    look_up_bill_request::By, otp_service_client::OtpServiceClient, payment::Disposition,
    registration_service_client::RegistrationServiceClient,
    sandbox_service_client::SandboxServiceClient, session_service_client::SessionServiceClient,
};
use tonic::{Request, transport::Channel};
use uuid::Uuid;

use crate::load;

/// The operation whose floor is taken apart.
pub const PAYMENT: &str = "RecordPayment";

const GATEWAY: (&str, &str) = ("00000000-0000-7000-8000-000000000001", "sandbox-gateway");
const OFFICER: (&str, &str) = ("00000000-0000-7000-8000-000000000002", "sandbox-officer");
/// How many months a bill is for; each payment is for one of them.
const MONTHS: usize = 3;
/// How many prepare the town at once.
const HANDS: usize = 16;
/// How many participants ask for their balances in turn.
const READERS: usize = 64;

type Answered = Pin<Box<dyn Future<Output = bool> + Send>>;

/// A service with people in it.
pub struct Town {
    pub channels: Vec<Channel>,
    memberships: Vec<String>,
    refresh_tokens: Vec<String>,
    born: Arc<AtomicUsize>,
    due: Arc<Due>,
}

/// Payments that are still to be made: payment code and amount.
#[derive(Default)]
struct Due {
    payments: Vec<(String, i64)>,
    next: AtomicUsize,
}

/// Somebody who has walked the whole road.
struct Active {
    membership: String,
    refresh_token: String,
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

/// A caller, ready to call again and again.
type Call = Box<dyn FnMut() -> Answered + Send>;

fn caller(call: impl FnMut() -> Answered + Send + 'static) -> Call {
    Box::new(call)
}

impl Town {
    /// Registers the first people.
    pub async fn founded(address: &str, people: usize) -> Self {
        let mut town = Self {
            channels: load::connect(address).await,
            memberships: Vec::new(),
            refresh_tokens: Vec::new(),
            born: Arc::default(),
            due: Arc::default(),
        };
        let token = town.gateway_token().await;
        let hands: Vec<_> = (0..HANDS)
            .map(|hand| {
                let channel = channel(&town.channels, hand);
                let (token, born) = (token.clone(), town.born.clone());
                tokio::spawn(async move {
                    let mut done = Vec::new();
                    for _ in 0..people.div_ceil(HANDS) {
                        let number = born.fetch_add(1, Ordering::Relaxed);
                        done.push(register(channel.clone(), &token, number).await);
                    }
                    done
                })
            })
            .collect();
        for hand in hands {
            for active in hand.await.expect("everybody is registered") {
                town.memberships.push(active.membership);
                if town.refresh_tokens.len() < READERS {
                    town.refresh_tokens.push(active.refresh_token);
                }
            }
        }
        town
    }

    /// A fresh token of the payment gateway.
    pub async fn gateway_token(&self) -> String {
        self.issue(GATEWAY).await
    }

    async fn issue(&self, (client_id, client_secret): (&str, &str)) -> String {
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

    /// Everybody is billed for the next months, if too few payments are due.
    pub async fn issues_bills(&mut self) {
        let left = self
            .due
            .payments
            .len()
            .saturating_sub(self.due.next.load(Ordering::Relaxed));
        if left * 3 > self.memberships.len() * MONTHS * 2 {
            return;
        }
        let token = self.issue(OFFICER).await;
        let waiting = Arc::new(Mutex::new(self.memberships.clone()));
        let hands: Vec<_> = (0..HANDS)
            .map(|hand| {
                let mut contributions =
                    ContributionServiceClient::new(channel(&self.channels, hand));
                let (token, waiting) = (token.clone(), waiting.clone());
                tokio::spawn(async move {
                    let mut months = vec![Vec::new(); MONTHS];
                    let next = || waiting.lock().expect("not poisoned").pop();
                    while let Some(membership_id) = next() {
                        let request = IssueBillRequest {
                            bill_id: Uuid::now_v7().to_string(),
                            membership_id,
                            months: i32::try_from(MONTHS).expect("few"),
                        };
                        let bill = contributions.issue_bill(with(&token, request)).await;
                        let bill = bill.expect("a bill").into_inner().bill.expect("a bill");
                        let mut names: Vec<_> = bill
                            .lines
                            .iter()
                            .map(|it| it.contribution_month.clone())
                            .collect();
                        names.sort_unstable();
                        names.dedup();
                        for (at, name) in names.iter().enumerate() {
                            let lines = bill.lines.iter();
                            let lines = lines.filter(|it| it.contribution_month == *name);
                            let amount = lines.map(|it| it.amount_idr).sum();
                            months[at].push((bill.payment_code.clone(), amount));
                        }
                    }
                    months
                })
            })
            .collect();
        // First everybody's first month: no two payments of one person are on their way at once.
        let mut months = vec![Vec::new(); MONTHS];
        for hand in hands {
            for (at, payments) in hand.await.expect("bills").into_iter().enumerate() {
                months[at].extend(payments);
            }
        }
        self.due = Arc::new(Due {
            payments: months.concat(),
            next: AtomicUsize::new(0),
        });
    }

    /// The gateway reports payments, each of another person for one month that is due.
    pub fn payment(&self, token: &str) -> impl Fn(usize) -> Call {
        move |number| {
            let contributions = ContributionServiceClient::new(channel(&self.channels, number));
            let (token, due) = (token.to_owned(), self.due.clone());
            caller(move || {
                let next = due.next.fetch_add(1, Ordering::Relaxed);
                let Some((payment_code, amount_idr)) = due.payments.get(next).cloned() else {
                    return Box::pin(async { false });
                };
                let request = with(&token, notice(payment_code, amount_idr));
                let mut contributions = contributions.clone();
                Box::pin(async move {
                    let answer = contributions.record_payment(request).await.expect("taken");
                    let payment = answer.into_inner().payment.expect("a payment");
                    assert_eq!(payment.disposition(), Disposition::Applied);
                    assert_eq!(payment.months_paid.len(), 1);
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

/// The whole road of one person.
async fn register(channel: Channel, gateway: &str, number: usize) -> Active {
    let mut registrations = RegistrationServiceClient::new(channel.clone());
    let mut contributions = ContributionServiceClient::new(channel.clone());
    let contact = format!("+6285{number:09}");
    let form = StartRegistrationRequest {
        registration_id: Uuid::now_v7().to_string(),
        segment: Segment::Bpu.into(),
        nik: nik(number),
        full_name: "Rahmat Hidayat".into(),
        contact: contact.clone(),
        birth_date: String::new(),
        consent: true,
    };
    let started = registrations
        .start_registration(form)
        .await
        .expect("started")
        .into_inner();
    let request = VerifyOtpRequest {
        code: code_sent_to(channel.clone(), &started.challenge_id, &contact).await,
        challenge_id: started.challenge_id,
    };
    let verified = OtpServiceClient::new(channel).verify_otp(request).await;
    let verified = verified.expect("verified").into_inner();
    let token = verified.access_token;

    let registration_id = started.registration_id;
    let work = SubmitEmploymentRequest {
        registration_id: registration_id.clone(),
        employment: Some(work()),
        birth_date: String::new(),
    };
    registrations
        .submit_employment(with(&token, work))
        .await
        .expect("the work is taken");
    let confirm = ConfirmRegistrationRequest { registration_id };
    let confirmed = registrations
        .confirm_registration(with(&token, confirm))
        .await;
    let confirmed = confirmed.expect("confirmed").into_inner();
    let payment_code = confirmed.registration.expect("a registration").payment_code;

    let inquiry = LookUpBillRequest {
        by: Some(By::PaymentCode(payment_code.clone())),
    };
    let bill = contributions.look_up_bill(with(gateway, inquiry)).await;
    let bill = bill.expect("a bill").into_inner().bill.expect("a bill");
    let request = with(gateway, notice(payment_code, bill.payable_idr));
    let paid = contributions
        .record_payment(request)
        .await
        .expect("taken")
        .into_inner();
    let paid = paid.payment.expect("a payment");
    assert_eq!(paid.disposition(), Disposition::Applied);
    Active {
        membership: bill.membership_id,
        refresh_token: verified.refresh_token,
    }
}

/// The code, as soon as the sandbox's sender has handed it over.
async fn code_sent_to(channel: Channel, challenge_id: &str, contact: &str) -> String {
    let mut codes = OtpServiceClient::new(channel.clone());
    loop {
        let request = GetOtpDeliveryRequest {
            challenge_id: challenge_id.to_owned(),
        };
        let delivery = codes
            .get_otp_delivery(request)
            .await
            .expect("a state")
            .into_inner();
        if delivery.state() == State::Sent {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let request = ListMessagesRequest {
        contact: contact.to_owned(),
    };
    let messages = SandboxServiceClient::new(channel)
        .list_messages(request)
        .await;
    messages
        .expect("messages")
        .into_inner()
        .messages
        .swap_remove(0)
        .code
}

fn nik(number: usize) -> String {
    let (day, serial) = (number / 9_999 % 28 + 1, number % 9_999 + 1);
    format!("317405{day:02}0785{serial:04}")
}

fn work() -> Employment {
    Employment {
        occupations: vec![Occupation {
            title: "Warung".into(),
            sector: Sector::Trade.into(),
        }],
        category: BpuCategory::SelfEmployed.into(),
        income_idr: 2_500_000,
        programmes: [Programme::Jkk, Programme::Jkm, Programme::Jht]
            .map(Into::into)
            .to_vec(),
        months: 1,
        paid_by_state: false,
        mother_name: String::new(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server that is measured goes by the machine's clock"
)]
fn notice(payment_code: String, amount_idr: i64) -> RecordPaymentRequest {
    RecordPaymentRequest {
        gateway_payment_id: Uuid::now_v7().to_string(),
        payment_code,
        amount_idr,
        paid_at: Some(SystemTime::now().into()),
        channel: "BANK".into(),
    }
}

fn channel(channels: &[Channel], number: usize) -> Channel {
    channels[number % channels.len()].clone()
}

fn with<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let value = format!("Bearer {token}").parse().expect("a token");
    request.metadata_mut().insert("authorization", value);
    request
}
