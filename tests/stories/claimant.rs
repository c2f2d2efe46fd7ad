//! What people do who claim their savings.

use jamsostek_client::{
    Claim, ClaimCause, Client, Eligibility, Error, Programme, Uuid,
    v1::{
        BankAccount, EndBusinessRequest, EndBusinessResponse, PayoutAct, SendStepUpOtpRequest,
        SubmitClaimRequest, send_step_up_otp_request::Act,
    },
};

use crate::{
    person::Person,
    town::{Town, id},
};

/// A claim that is about to be submitted.
#[derive(Clone)]
pub struct Filled {
    pub form: SubmitClaimRequest,
}

impl Person {
    /// An account of his own.
    pub fn account(&self) -> BankAccount {
        self.account_with("1230004567")
    }

    /// An account of his own with this number.
    pub fn account_with(&self, number: &str) -> BankAccount {
        BankAccount {
            bank_code: "008".into(),
            account_number: number.into(),
            holder_name: self.name.clone(),
        }
    }

    /// Ends his business on `day`; today when empty.
    pub async fn ends_business(&self, day: &str) -> Result<EndBusinessResponse, Error> {
        let request = EndBusinessRequest {
            membership_id: self.membership().await.to_string(),
            ended_on: day.into(),
        };
        self.client.end_business(request).await
    }

    /// Asks what the law says.
    pub async fn checks(&self, cause: ClaimCause) -> Eligibility {
        let told = self.client.check_eligibility(None, Programme::Jht, cause);
        told.await.expect("what the law says")
    }

    /// Fills a claim in and brings the code for it back.
    pub async fn fills_in(&self, cause: ClaimCause, account: BankAccount) -> Filled {
        let filled = self.asks_for_a_payout_code(cause, account).await;
        let code = self.reads_the_code().await;
        assert_eq!(code.len(), 8, "money is behind it");
        let challenge = id(&filled.form.challenge_id);
        let verified = self.client.anonymous().verify_otp(challenge, code).await;
        assert_eq!(verified.expect("it is right").access_token, "");
        filled
    }

    /// Fills a claim in and has the code for it sent.
    pub async fn asks_for_a_payout_code(&self, cause: ClaimCause, account: BankAccount) -> Filled {
        let claim = Uuid::now_v7().to_string();
        let act = PayoutAct {
            claim_id: claim.clone(),
            account: Some(account.clone()),
        };
        let request = SendStepUpOtpRequest {
            act: Some(Act::Payout(act)),
            ..Default::default()
        };
        let sent = self.client.send_step_up_otp(request).await.expect("a code");
        Filled {
            form: SubmitClaimRequest {
                claim_id: claim,
                programme: Programme::Jht.into(),
                cause: cause.into(),
                account: Some(account),
                challenge_id: sent.codes[0].challenge_id.clone(),
                kpj: String::new(),
            },
        }
    }

    /// Claims his savings because his business has ended.
    pub async fn claims(&self) -> Claim {
        self.claims_to(self.account()).await
    }

    /// The same, to this account.
    pub async fn claims_to(&self, account: BankAccount) -> Claim {
        let filled = self.fills_in(ClaimCause::BusinessEnd, account).await;
        filled.submitted_by(self).await.expect("a claim")
    }

    /// Looks where a claim stands.
    pub async fn follows(&self, claim: &Claim) -> Claim {
        let found = self.client.get_claim(id(&claim.id)).await;
        found.expect("the claim")
    }
}

impl Filled {
    pub async fn submitted_by(&self, person: &Person) -> Result<Claim, Error> {
        person.client.submit_claim(self.form.clone()).await
    }
}

impl Town {
    /// Somebody whose business ended a month ago, on 10 March 2026, and who has saved for a month.
    pub async fn stopped(&self) -> Person {
        let budi = self.participant().await;
        budi.ends_business("").await.expect("it ends");
        self.moves_to("2026-04-10T02:00:00Z");
        budi
    }

    /// An officer takes a claim and approves it.
    pub async fn approves(&self, claim: &Claim) -> Claim {
        let officer = self.officer();
        takes(&officer, claim).await;
        let approved = officer.approve_claim(id(&claim.id)).await;
        approved.expect("it is approved")
    }
}

pub async fn takes(officer: &Client, claim: &Claim) -> Claim {
    let taken = officer.take_claim(id(&claim.id)).await;
    taken.expect("it is taken")
}
