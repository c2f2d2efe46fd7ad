//! People who sign in with a code and claim their savings. Codes and claims are used up, so that they go round by round.

use std::sync::{Arc, Mutex};

use jamsostek_proto::v1::{
    BankAccount, CheckEligibilityRequest, ClaimCause, OtpPurpose, PayoutAct, Programme,
    SendOtpRequest, SendStepUpOtpRequest, SetClockRequest, SubmitClaimRequest, VerifyOtpRequest,
    WithdrawClaimRequest, claim_service_client::ClaimServiceClient,
    otp_service_client::OtpServiceClient, sandbox_service_client::SandboxServiceClient,
    send_step_up_otp_request::Act, set_clock_request::To,
};
use tonic::transport::Channel;
use uuid::Uuid;

use crate::{
    registration::{NAME, code_sent_to},
    town::{Call, Town, caller, channel, each, with},
};

/// The operations whose floors are taken apart.
pub const VERIFICATION: &str = "VerifyOtp";
pub const CLAIM: &str = "SubmitClaim";

/// Two codes are sent to a contact in each round, and five a day.
const BETWEEN_ROUNDS: i64 = 12 * 3_600;
/// How long until the next code to the same contact.
const BETWEEN_CODES: i64 = 61;

/// What is still to be done, shared by those who do it.
pub type Pool<T> = Arc<Mutex<Vec<T>>>;

/// Somebody who has read a code.
pub struct Coded {
    contact: String,
    request: VerifyOtpRequest,
}

/// Somebody who is signed in.
pub struct SignedIn {
    contact: String,
    token: String,
}

/// Somebody who has filled a claim in.
pub struct Filled {
    token: String,
    request: SubmitClaimRequest,
}

impl Town {
    /// Participants ask what they would get.
    pub fn eligibility(&self, tokens: &[String]) -> impl Fn(usize) -> Call {
        move |number| {
            let claims = ClaimServiceClient::new(channel(&self.channels, number));
            let token = tokens[number % tokens.len()].clone();
            caller(move || {
                let request = CheckEligibilityRequest {
                    programme: Programme::Jht.into(),
                    cause: ClaimCause::Retirement.into(),
                    ..Default::default()
                };
                let (mut claims, request) = (claims.clone(), with(&token, request));
                Box::pin(async move {
                    let told = claims.check_eligibility(request).await.expect("told");
                    let told = told.into_inner().eligibility.expect("told");
                    assert!(told.eligible && told.amount_idr > 0);
                    true
                })
            })
        }
    }

    /// So many people ask for a code to sign in with, and read it.
    pub async fn asks_to_sign_in(&self, people: usize) -> Pool<Coded> {
        self.waits(BETWEEN_ROUNDS).await;
        let contacts = self.contacts.iter().take(people).cloned().collect();
        let coded = each(
            &self.channels,
            contacts,
            |channel, contact: String| async move {
                let request = SendOtpRequest {
                    purpose: OtpPurpose::SignIn.into(),
                    contact: contact.clone(),
                    ..Default::default()
                };
                let mut codes = OtpServiceClient::new(channel.clone());
                let sent = codes.send_otp(request).await.expect("a code").into_inner();
                Coded {
                    request: brings_back(channel, sent.challenge_id, &contact).await,
                    contact,
                }
            },
        );
        Arc::new(Mutex::new(coded.await))
    }

    /// They bring it back, and are signed in.
    pub fn verification(
        &self,
        coded: &Pool<Coded>,
        signed_in: &Pool<SignedIn>,
    ) -> impl Fn(usize) -> Call {
        move |number| {
            let codes = OtpServiceClient::new(channel(&self.channels, number));
            let (coded, signed_in) = (coded.clone(), signed_in.clone());
            caller(move || {
                let (mut codes, next, signed_in) = (codes.clone(), pop(&coded), signed_in.clone());
                Box::pin(async move {
                    let Some(Coded { contact, request }) = next else {
                        return false;
                    };
                    let verified = codes.verify_otp(request).await.expect("it is right");
                    let token = verified.into_inner().access_token;
                    assert!(!token.is_empty());
                    let mut signed_in = signed_in.lock().expect("not poisoned");
                    signed_in.push(SignedIn { contact, token });
                    true
                })
            })
        }
    }

    /// They fill a claim in, each to an account of his own, and bring the code for it back.
    pub async fn fills_in(&self, signed_in: &Pool<SignedIn>) -> Pool<Filled> {
        self.waits(BETWEEN_CODES).await;
        let people = std::mem::take(&mut *signed_in.lock().expect("not poisoned"));
        Arc::new(Mutex::new(each(&self.channels, people, fill_in).await))
    }

    /// They submit it.
    pub fn claim(&self, filled: &Pool<Filled>, submitted: &Pool<Filled>) -> impl Fn(usize) -> Call {
        move |number| {
            let claims = ClaimServiceClient::new(channel(&self.channels, number));
            let (filled, submitted) = (filled.clone(), submitted.clone());
            caller(move || {
                let (mut claims, next, submitted) =
                    (claims.clone(), pop(&filled), submitted.clone());
                Box::pin(async move {
                    let Some(next) = next else {
                        return false;
                    };
                    let request = with(&next.token, next.request.clone());
                    claims.submit_claim(request).await.expect("a claim");
                    submitted.lock().expect("not poisoned").push(next);
                    true
                })
            })
        }
    }

    /// They think better of it, so that they can claim again.
    pub async fn withdraw(&self, submitted: &Pool<Filled>) {
        let all = std::mem::take(&mut *submitted.lock().expect("not poisoned"));
        each(&self.channels, all, |channel, it: Filled| async move {
            let request = WithdrawClaimRequest {
                claim_id: it.request.claim_id,
            };
            let mut claims = ClaimServiceClient::new(channel);
            let withdrawn = claims.withdraw_claim(with(&it.token, request)).await;
            withdrawn.expect("it is withdrawn");
        })
        .await;
    }

    async fn waits(&self, seconds: i64) {
        let request = SetClockRequest {
            to: Some(To::AdvanceSeconds(seconds)),
        };
        let mut sandbox = SandboxServiceClient::new(channel(&self.channels, 0));
        sandbox.set_clock(request).await.expect("it is later");
    }
}

async fn fill_in(channel: Channel, SignedIn { contact, token }: SignedIn) -> Filled {
    let account = BankAccount {
        bank_code: "008".into(),
        account_number: "1230004567".into(),
        holder_name: NAME.into(),
    };
    let claim_id = Uuid::now_v7().to_string();
    let act = PayoutAct {
        claim_id: claim_id.clone(),
        account: Some(account.clone()),
    };
    let request = SendStepUpOtpRequest {
        act: Some(Act::Payout(act)),
        ..Default::default()
    };
    let mut codes = OtpServiceClient::new(channel.clone());
    let sent = codes.send_step_up_otp(with(&token, request)).await;
    let challenge_id = sent
        .expect("a code")
        .into_inner()
        .codes
        .swap_remove(0)
        .challenge_id;
    let request = brings_back(channel, challenge_id.clone(), &contact).await;
    codes.verify_otp(request).await.expect("it is right");
    let request = SubmitClaimRequest {
        claim_id,
        programme: Programme::Jht.into(),
        cause: ClaimCause::Retirement.into(),
        account: Some(account),
        challenge_id,
        kpj: String::new(),
    };
    Filled { token, request }
}

async fn brings_back(channel: Channel, challenge_id: String, contact: &str) -> VerifyOtpRequest {
    VerifyOtpRequest {
        code: code_sent_to(channel, &challenge_id, contact).await,
        challenge_id,
    }
}

fn pop<T>(pool: &Pool<T>) -> Option<T> {
    pool.lock().expect("not poisoned").pop()
}
