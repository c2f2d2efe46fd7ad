//! A client of jamsostek, Indonesia's worker social security as a gRPC service.
//!
//! # Connecting
//!
//! [`Client::connect`] takes [`Options`]; every rpc is a method of [`Client`], named as in the contract. A client is
//! cheap to clone, and clones share one connection.
//!
//! ```no_run
//! use jamsostek_client::{Client, Options};
//!
//! # async fn example() -> Result<(), jamsostek_client::Error> {
//! let client = Client::connect(Options::new("http://127.0.0.1:50051")).await?;
//! println!("policy {}", client.get_server_info().await?.policy_version);
//! # Ok(())
//! # }
//! ```
//!
//! # Speaking for somebody
//!
//! A client is anonymous at first. [`Client::with_tokens`] makes one that speaks for whoever brought a code back,
//! [`Client::with_credentials`] one that speaks for a service or an officer. Both go on by themselves when the access
//! token ends: the service says `TOKEN_EXPIRED`, the client fetches one new token for all its clones and repeats the call.
//! [`Client::with_token`] stops there.
//!
//! ```no_run
//! # async fn example(client: jamsostek_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let challenge = "019ab3c4-0000-7000-8000-000000000001".parse()?;
//! let budi = client.with_tokens(client.verify_otp(challenge, "123456").await?);
//! println!("speaks for {:?}", budi.who_am_i().await?.subject());
//! # Ok(())
//! # }
//! ```
//!
//! # Units
//!
//! Amounts are whole rupiah (`…_idr`), months `YYYY-MM`, days `YYYY-MM-DD` in Jakarta, instants UTC. Numbers of months are 1, 3,
//! 6 or 12 when registering and 1 to 12 on a bill; a reason that an officer gives has 3 to 500 letters.
//!
//! # Time
//!
//! A call ends within its deadline, 10 seconds unless [`Options::deadline`] or [`Client::with_deadline`] say otherwise, an hour at most,
//! repeats and token included. The service is told, so that it stops too. What ran out of time has [`Error::code`]
//! `DeadlineExceeded`.
//!
//! # Doing it again
//!
//! On `UNAVAILABLE` and `ABORTED` the client repeats a call up to four times, where doing it twice is doing it once: for
//! every method but [`Client::send_otp`], [`Client::send_step_up_otp`], [`Client::verify_otp`] and [`Client::advance_clock`]. To repeat a [`Client::start_registration`] or
//! [`Client::issue_bill`] across a crash of your own, make its id with [`Uuid::now_v7`] and keep it before calling.
//!
//! # The command line
//!
//! With the feature `cli` the package has the program `jamsostek`, and [`Options`] the roots that this machine trusts.
//!
//! # What goes wrong
//!
//! [`Error`] tells apart the service's refusal, silence, and what this client does not understand. A [`Refusal`] has a
//! [`reason`](Refusal::reason) to decide by, numbers, bad fields, and the law it rests on. Which refusals a method knows, and
//! in which order they are checked, is told in the contract at its rpc; see the `*_server` traits of [`v1`] or the `.proto` files.
//!
//! ```no_run
//! use jamsostek_client::{Error, ErrorReason};
//!
//! # async fn example(client: jamsostek_client::Client, challenge: uuid::Uuid) -> Result<(), Error> {
//! match client.verify_otp(challenge, "123456").await {
//!     Ok(answer) => println!("speaks for {}", answer.subject_id),
//!     Err(Error::Refused(refusal)) if refusal.reason == ErrorReason::OtpWrong => {
//!         println!("{} tries left", refusal.metadata["triesLeft"]);
//!     }
//!     Err(other) => return Err(other),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What a person may be shown is in [`Refusal::localized`]: whole sentences with their numbers, in Indonesian, or in the language that
//! [`Options::language`] or [`Client::with_language`] asks for.
//!
//! ```no_run
//! use jamsostek_client::{Client, Language};
//!
//! # async fn example(client: Client, challenge: uuid::Uuid) -> Result<(), jamsostek_client::Error> {
//! let client = client.with_language(Language::English);
//! if let Err(error) = client.verify_otp(challenge, "123456").await {
//!     // "The code does not match. Tries left: 4. Check the latest message that we sent."
//!     let told = error.refusal().and_then(|it| it.localized.as_ref());
//!     println!("{}", told.map_or("Please try again later.", |it| it.text.as_str()));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # The services, one by one
//!
//! Registering:
//!
//! ```no_run
//! use jamsostek_client::v1::{Segment, StartRegistrationRequest};
//!
//! # async fn example(client: jamsostek_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let started = client
//!     .start_registration(StartRegistrationRequest {
//!         segment: Segment::Bpu.into(),
//!         nik: "3174010101900001".into(),
//!         full_name: "Budi Santoso".into(),
//!         contact: "+6281234567890".into(),
//!         consent: true,
//!         ..Default::default()
//!     })
//!     .await?;
//! println!("a code went to {}", started.masked_contact);
//! # Ok(())
//! # }
//! ```
//!
//! Signing in:
//!
//! ```no_run
//! use jamsostek_client::v1::{OtpPurpose, SendOtpRequest};
//!
//! # async fn example(client: jamsostek_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let sent = client
//!     .send_otp(SendOtpRequest {
//!         purpose: OtpPurpose::SignIn.into(),
//!         contact: "+6281234567890".into(),
//!         ..Default::default()
//!     })
//!     .await?;
//! let budi = client.with_tokens(client.verify_otp(sent.challenge_id.parse()?, "123456").await?);
//! let participant = budi.get_participant(None).await?;
//! println!("{} {}", participant.kpj, participant.full_name);
//! # Ok(())
//! # }
//! ```
//!
//! Paying, as the gateway does:
//!
//! ```no_run
//! use jamsostek_client::v1::{RecordPaymentRequest, look_up_bill_request::By};
//! use std::time::SystemTime;
//!
//! # async fn example(client: jamsostek_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let gateway = client.with_credentials("00000000-0000-7000-8000-000000000001".parse()?, "sandbox-gateway");
//! let bill = gateway.look_up_bill(By::PaymentCode("8810000000012".into())).await?.bill.ok_or("no bill")?;
//! let payment = gateway
//!     .record_payment(RecordPaymentRequest {
//!         gateway_payment_id: "bank-77".into(),
//!         payment_code: bill.payment_code,
//!         amount_idr: bill.payable_idr,
//!         paid_at: Some(SystemTime::now().into()),
//!         channel: "BANK".into(),
//!     })
//!     .await?;
//! println!("{:?} for {:?}", payment.disposition(), payment.months_paid);
//! # Ok(())
//! # }
//! ```
//!
//! Saving, and the law's numbers, as streams:
//!
//! ```no_run
//! use futures_util::TryStreamExt;
//!
//! # async fn example(budi: jamsostek_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! println!("IDR {}", budi.get_balance(None, None).await?.balance_idr);
//! let mut lines = budi.statement_lines(None);
//! while let Some(line) = lines.try_next().await? {
//!     println!("{} {}", line.day, line.amount_idr);
//! }
//! let parameters: Vec<_> = budi.parameters().try_collect().await?;
//! println!("{} parameters", parameters.len());
//! # Ok(())
//! # }
//! ```
//!
//! Claiming old-age savings: what is missing is told before anything is asked for.
//!
//! ```no_run
//! use jamsostek_client::{ClaimCause, Programme, Uuid};
//! use jamsostek_client::v1::{BankAccount, PayoutAct, SendStepUpOtpRequest, SubmitClaimRequest, send_step_up_otp_request::Act};
//!
//! # async fn example(budi: jamsostek_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let told = budi.check_eligibility(None, Programme::Jht, ClaimCause::Retirement).await?;
//! for rule in told.rules.iter().filter(|it| !it.passed) {
//!     println!("{} {}", rule.explanation, rule.what_to_do);
//! }
//! let account = BankAccount {
//!     bank_code: "008".into(),
//!     account_number: "1230004567".into(),
//!     holder_name: "Budi Santoso".into(),
//! };
//! let claim_id = Uuid::now_v7().to_string();
//! let act = PayoutAct { claim_id: claim_id.clone(), account: Some(account.clone()) };
//! let sent = budi
//!     .send_step_up_otp(SendStepUpOtpRequest { act: Some(Act::Payout(act)), ..Default::default() })
//!     .await?;
//! let challenge_id = sent.codes[0].challenge_id.clone();
//! budi.verify_otp(challenge_id.parse()?, "12345678").await?;
//! let claim = budi
//!     .submit_claim(SubmitClaimRequest {
//!         claim_id,
//!         programme: Programme::Jht.into(),
//!         cause: ClaimCause::Retirement.into(),
//!         account: Some(account),
//!         challenge_id,
//!         kpj: String::new(),
//!     })
//!     .await?;
//! println!("{:?}, paid by {}", claim.state(), claim.due_on);
//! # Ok(())
//! # }
//! ```
//!
//! Telling what became of a message, as the carrier does that took it:
//!
//! ```no_run
//! use jamsostek_client::v1::DeliveryFate;
//!
//! # async fn example(client: jamsostek_client::Client, message: uuid::Uuid) -> Result<(), Box<dyn std::error::Error>> {
//! let carrier = client.with_credentials("00000000-0000-7000-8000-000000000008".parse()?, "sandbox-carrier");
//! carrier.record_delivery(message, DeliveryFate::Delivered).await?;
//! # Ok(())
//! # }
//! ```
//!
//! In the sandbox, reading the code that was sent:
//!
//! ```no_run
//! # async fn example(client: jamsostek_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let code = client.list_messages("+6281234567890").await?.swap_remove(0).code;
//! println!("{} people to try, code {code}", client.list_people().await?.len());
//! # Ok(())
//! # }
//! ```

mod balance;
mod claim;
mod client;
mod contribution;
mod employer;
mod employer_bill;
mod error;
mod message;
mod options;
mod otp;
mod pages;
mod participant;
mod policy;
mod registration;
mod retry;
mod sandbox;
mod server;
mod session;
mod submission;
mod tokens;

pub use chrono::NaiveDate;
pub use futures_util::stream::Stream;
/// The contract's messages and enums, as generated.
pub use jamsostek_proto::v1;
pub use jamsostek_proto::v1::{
    Bill, BpuCategory, Claim, ClaimCause, Eligibility, Employment, ErrorReason, Occupation,
    Participant, Payment, Programme, Registration, Sector, Segment, StatementLine, Subject,
};
pub use tonic::Code;
pub use uuid::Uuid;

pub use client::Client;
pub use error::{Error, FieldViolation, Localized, Refusal};
pub use options::{Language, Options};
pub use submission::Submissions;
pub use tokens::Tokens;
