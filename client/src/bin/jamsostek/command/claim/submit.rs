//! Submitting a claim, with the code that stands for this claim and this account.

use clap::Args;
use jamsostek_client::{
    ErrorReason, Uuid,
    v1::{
        BankAccount, PayoutAct, SendOtpResponse, SendStepUpOtpRequest, SubmitClaimRequest,
        send_step_up_otp_request::Act,
    },
};
use serde_json::json;

use super::What;
use crate::{
    answer::Answer,
    ask::{self, Ask},
    command::otp::{Code, sent_json, take_back},
    desk::Desk,
    failure::{Exit, Failure},
    show::{claim_json, claim_text, eligibility_json, eligibility_text},
    state::{PendingClaim, Purpose, SentCode},
};

/// Submits a claim: sends the code for it, takes the code back, submits.
///
/// In a script run it once without a code and once more with it, and with the same account both times.
#[derive(Args)]
pub(crate) struct Submit {
    #[command(flatten)]
    what: What,
    /// The bank's code for transfers: 3 digits
    #[arg(long, value_name = "CODE")]
    bank: Option<String>,
    /// The account number, in the participant's own name
    #[arg(
        long,
        env = "JAMSOSTEK_ACCOUNT",
        hide_env_values = true,
        value_name = "NUMBER"
    )]
    account: Option<String>,
    /// The holder's name as the bank has it
    #[arg(
        long,
        env = "JAMSOSTEK_HOLDER",
        hide_env_values = true,
        value_name = "NAME"
    )]
    holder: Option<String>,
    /// The participant number, needed where the code goes to an e-mail address
    #[arg(long)]
    kpj: Option<String>,
    #[command(flatten)]
    code: Code,
}

impl Submit {
    pub(crate) async fn run(mut self, desk: &Desk) -> Result<Answer, Failure> {
        let account = self.account()?;
        let state = desk.state()?;
        let (pending, given) = (state.claim, self.code.code.take());
        // A code for something else must not be tried with the digits of this one.
        let sent = state.code.map(|it| it.challenge_id);
        let is_on_its_way = |claim: &PendingClaim| sent.as_ref() == Some(&claim.challenge_id);
        let claim = match pending {
            Some(claim) if claim.proven => claim,
            Some(claim) if given.is_some() && is_on_its_way(&claim) => {
                take_back(desk, given).await?;
                claim
            }
            _ if given.is_some() => {
                return Err(Failure::usage(
                    "No code for a claim is on its way.",
                    "Run this without a code first.",
                ));
            }
            pending => match self.sends(desk, &account, pending).await? {
                Sent::Back(claim) => claim,
                Sent::Told(answer) => return Ok(answer),
            },
        };
        self.submits(desk, account, claim).await
    }

    fn account(&mut self) -> Result<BankAccount, Failure> {
        let mut ask = Ask::default();
        let bank_code = ask.need(self.bank.take(), "--bank", "Bank, its code of 3 digits")?;
        let account_number = ask.need(self.account.take(), "--account", "Account number")?;
        let holder_name = ask.need(self.holder.take(), "--holder", "Its holder")?;
        ask.done()?;
        Ok(BankAccount {
            bank_code,
            account_number,
            holder_name,
        })
    }

    /// Sends the code, if the law would grant the claim at all, and takes it back where somebody can be asked.
    async fn sends(
        &self,
        desk: &Desk,
        account: &BankAccount,
        pending: Option<PendingClaim>,
    ) -> Result<Sent, Failure> {
        let (programme, cause) = (self.what.programme(), self.what.cause());
        let caller = desk.caller().await?;
        let told = caller.check_eligibility(None, programme, cause).await?;
        if !told.eligible {
            let json = json!({ "claim": null, "eligibility": eligibility_json(&told) });
            let answer = Answer::new(eligibility_text(&told), json);
            return Ok(Sent::Told(answer.ending(Exit::Refused)));
        }
        let claim_id = pending.map_or_else(|| Uuid::now_v7().to_string(), |it| it.claim_id);
        let act = PayoutAct {
            claim_id: claim_id.clone(),
            account: Some(account.clone()),
        };
        let request = SendStepUpOtpRequest {
            act: Some(Act::Payout(act)),
            ..SendStepUpOtpRequest::default()
        };
        let codes = caller.send_step_up_otp(request).await?.codes;
        let sent = codes.into_iter().next();
        let sent = sent.ok_or_else(|| Failure::strange("no code was sent"))?;
        let mut claim = PendingClaim {
            claim_id,
            challenge_id: sent.challenge_id.clone(),
            proven: false,
        };
        keep(desk, &claim, &sent)?;
        ask::tell(&format!("A code goes to {}.", sent.masked_contact));
        if take_back(desk, None).await?.is_some() {
            // Another one may have been asked for meanwhile.
            claim = desk.state()?.claim.unwrap_or(claim);
            return Ok(Sent::Back(claim));
        }
        let mut json = sent_json(&sent);
        json["claim"] = json!({ "claim_id": claim.claim_id, "state": "AWAITING_OTP" });
        let text = "Run this again with --code CODE, and the same account.";
        Ok(Sent::Told(Answer::new(text, json)))
    }

    async fn submits(
        &self,
        desk: &Desk,
        account: BankAccount,
        claim: PendingClaim,
    ) -> Result<Answer, Failure> {
        let request = SubmitClaimRequest {
            claim_id: claim.claim_id,
            programme: self.what.programme().into(),
            cause: self.what.cause().into(),
            account: Some(account),
            challenge_id: claim.challenge_id,
            kpj: self.kpj.clone().unwrap_or_default(),
        };
        let submitted = desk.caller().await?.submit_claim(request).await;
        // With the code gone another one is needed, and with the id taken another claim.
        let over = match &submitted {
            Ok(_) => true,
            Err(error) => [ErrorReason::PayoutCodeNeeded, ErrorReason::IdTaken]
                .map(Some)
                .contains(&error.reason()),
        };
        if over {
            desk.keep(|state| state.claim = None)?;
        }
        let claim = submitted?;
        let json = json!({ "claim": claim_json(&claim) });
        Ok(Answer::new(claim_text(&claim), json))
    }
}

/// What became of the code.
enum Sent {
    /// It came back.
    Back(PendingClaim),
    /// It is told what to do next.
    Told(Answer),
}

fn keep(desk: &Desk, claim: &PendingClaim, sent: &SendOtpResponse) -> Result<(), Failure> {
    desk.keep(|state| {
        state.code = Some(SentCode {
            challenge_id: sent.challenge_id.clone(),
            purpose: Purpose::Payout,
            masked_contact: sent.masked_contact.clone(),
        });
        state.claim = Some(claim.clone());
    })
}
