//! The last acts: her business ends, and her savings are paid.

use std::time::Duration;

use jamsostek_client::{
    Claim, ClaimCause, Client, Eligibility, Programme, Uuid,
    v1::{
        ApproveClaimRequest, BankAccount, CheckEligibilityRequest, EndBusinessRequest,
        GetBalanceRequest, GetClaimRequest, PayoutAct, SendStepUpOtpRequest, SetClockRequest,
        SubmitClaimRequest, TakeClaimRequest, VerifyOtpRequest, claim::State,
        send_step_up_otp_request::Act, set_clock_request::To,
    },
};
use prost_types::Timestamp;
use tokio::time::sleep;

use crate::{
    Outcome,
    guide::{As, Tour, step, tell},
    person::Person,
};

/// The officer whom every sandbox knows.
const OFFICER_ID: &str = "00000000-0000-7000-8000-000000000002";
const OFFICER_SECRET: &str = "sandbox-officer";

impl Tour {
    pub async fn ends_her_business(&self, member: &Client) -> Outcome<()> {
        step("8. She stops selling, and a month goes by");
        let participant = member.get_participant(None).await?;
        let request = EndBusinessRequest {
            membership_id: participant.memberships[0].id.clone(),
            ended_on: String::new(),
        };
        self.show("ContributionService/EndBusiness", As::Member, &request)?;
        let end = member.end_business(request).await?;
        tell(format!(
            "Her last day is {}; from {} she can claim.",
            end.ended_on, end.claimable_on
        ));

        let early = self.checks(member).await?;
        tell_rules(&early);
        // Noon in Jakarta of that day.
        self.moves_to(&format!("{}T05:00:00Z", end.claimable_on))
            .await
    }

    pub async fn claims_her_savings(&self, siti: &Person, member: &Client) -> Outcome<Claim> {
        step("9. She claims her savings");
        tell_rules(&self.checks(member).await?);

        let account = BankAccount {
            bank_code: "008".to_owned(),
            account_number: "1230004567".to_owned(),
            holder_name: siti.full_name.clone(),
        };
        let claim_id = Uuid::now_v7().to_string();
        let act = PayoutAct {
            claim_id: claim_id.clone(),
            account: Some(account.clone()),
        };
        let request = SendStepUpOtpRequest {
            act: Some(Act::Payout(act)),
            ..SendStepUpOtpRequest::default()
        };
        self.show("OtpService/SendStepUpOtp", As::Member, &request)?;
        let sent = member.send_step_up_otp(request).await?;
        let challenge_id = sent.codes[0].challenge_id.clone();
        let code = self.reads_code(siti, 3).await?;
        let request = VerifyOtpRequest {
            challenge_id: challenge_id.clone(),
            code: code.clone(),
        };
        self.show("OtpService/VerifyOtp", As::Nobody, &request)?;
        member.verify_otp(challenge_id.parse()?, code).await?;

        let request = SubmitClaimRequest {
            claim_id,
            programme: Programme::Jht.into(),
            cause: ClaimCause::BusinessEnd.into(),
            account: Some(account),
            challenge_id,
            kpj: String::new(),
        };
        self.show("ClaimService/SubmitClaim", As::Member, &request)?;
        let claim = member.submit_claim(request).await?;
        tell(format!(
            "{}: IDR {} to {}, by {} at the latest.",
            claim.state().as_str_name(),
            claim.estimate_idr,
            claim.masked_account_number,
            claim.due_on
        ));
        Ok(claim)
    }

    pub async fn is_paid(&self, member: &Client, claim: &Claim) -> Outcome<()> {
        step("10. An officer approves, and the bank pays");
        let officer = self
            .client
            .with_credentials(OFFICER_ID.parse()?, OFFICER_SECRET);
        let (id, claim_id) = (claim.id.parse()?, claim.id.clone());
        let request = TakeClaimRequest {
            claim_id: claim_id.clone(),
        };
        self.show("ClaimService/TakeClaim", As::Officer, &request)?;
        officer.take_claim(id).await?;
        let request = ApproveClaimRequest {
            claim_id: claim_id.clone(),
        };
        self.show("ClaimService/ApproveClaim", As::Officer, &request)?;
        officer.approve_claim(id).await?;

        self.show(
            "ClaimService/GetClaim",
            As::Member,
            &GetClaimRequest { claim_id },
        )?;
        let paid = self.once_closed(member, id).await?;
        for it in &paid.steps {
            let by = it.by().as_str_name();
            tell(format!("{}: {} ({by})", it.what, it.state().as_str_name()));
        }
        let award = paid.award.ok_or("a paid claim has an award")?;
        tell(format!(
            "IDR {} paid as {}.",
            award.amount_idr, award.bank_reference
        ));

        let request = GetBalanceRequest::default();
        self.show("BalanceService/GetBalance", As::Member, &request)?;
        let balance = member.get_balance(None, None).await?;
        tell(format!("What is left: IDR {}", balance.balance_idr));
        Ok(())
    }

    async fn checks(&self, member: &Client) -> Outcome<Eligibility> {
        let request = CheckEligibilityRequest {
            participant_id: String::new(),
            programme: Programme::Jht.into(),
            cause: ClaimCause::BusinessEnd.into(),
        };
        self.show("ClaimService/CheckEligibility", As::Member, &request)?;
        let told = member.check_eligibility(None, Programme::Jht, ClaimCause::BusinessEnd);
        Ok(told.await?)
    }

    /// Moves the sandbox's clock ahead to `moment`.
    pub async fn moves_to(&self, moment: &str) -> Outcome<()> {
        let moment: Timestamp = moment.parse()?;
        let request = SetClockRequest {
            to: Some(To::Now(moment)),
        };
        self.show("SandboxService/SetClock", As::Nobody, &request)?;
        let moved = self.client.set_clock(moment).await?;
        tell(format!(
            "The sandbox's clock is moved: it is {}.",
            moved.today
        ));
        Ok(())
    }

    async fn once_closed(&self, member: &Client, claim: Uuid) -> Outcome<Claim> {
        for _ in 0..50 {
            let found = member.get_claim(claim).await?;
            if found.state() == State::Closed {
                return Ok(found);
            }
            sleep(Duration::from_millis(200)).await;
        }
        Err("the bank did not pay".into())
    }
}

fn tell_rules(told: &Eligibility) {
    for rule in &told.rules {
        let passed = if rule.passed { "yes" } else { "no" };
        let what_to_do = format!(" {}", rule.what_to_do);
        tell(format!(
            "{passed}: {}.{}",
            rule.explanation,
            what_to_do.trim_end()
        ));
    }
}
