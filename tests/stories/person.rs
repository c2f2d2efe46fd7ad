//! The people on the stage, who do only what the client lets them.

use std::sync::Arc;

use jamsostek_client::{
    Bill, BpuCategory, Client, Employment, Error, Occupation, Payment, Programme, Registration,
    Sector, Segment,
    v1::{
        EmployeeStatement, OtpPurpose, Passport, Placement, RecordPaymentRequest, SendOtpRequest,
        SendOtpResponse, StartRegistrationRequest, StartRegistrationResponse,
        SubmitEmploymentRequest, VerifyOtpResponse,
    },
};
use jamsostek_server::{Workers, clock::Clock};
use uuid::Uuid;

use crate::town::{Still, Town, id, run, timestamp};

/// What the self-employed of these stories pay: trade, IDR 2,500,000 a month, JKK + JKM + JHT.
pub const MARCH: i64 = 84_800;
/// The same after PP 50/2025 takes half off JKK and JKM.
pub const APRIL: i64 = 68_400;
/// What of it is old-age savings.
pub const SAVED: i64 = 52_000;

/// Somebody with an e-KTP, a contact and a client.
#[derive(Clone)]
pub struct Person {
    /// Speaks for nobody until a code has come back.
    pub client: Client,
    pub nik: String,
    pub name: String,
    pub contact: String,
    /// His passport, where he is a foreigner; then he has no NIK.
    pub passport: Option<Passport>,
    /// The birth date as told; empty when the NIK's is meant.
    pub birth_date: String,
    pub work: Employment,
    /// Whom he works for, where he has an employer.
    pub employee: Option<EmployeeStatement>,
    /// Where he will work, where he goes abroad.
    pub placement: Option<Placement>,
    /// The registration, once started.
    pub registration: Uuid,
    /// The code that was sent last.
    pub challenge: Uuid,
    /// Whoever delivers the messages.
    pub workers: Workers,
}

/// Whoever takes money for the scheme.
#[derive(Clone)]
pub struct Gateway {
    pub client: Client,
    pub clock: Arc<Still>,
}

impl Person {
    /// What this person writes into the first form.
    pub fn form(&self) -> StartRegistrationRequest {
        StartRegistrationRequest {
            registration_id: self.registration.to_string(),
            segment: match (&self.employee, &self.placement) {
                (Some(_), _) => Segment::Pu.into(),
                (None, Some(_)) => Segment::Pmi.into(),
                (None, None) => Segment::Bpu.into(),
            },
            nik: self.nik.clone(),
            full_name: self.name.clone(),
            contact: self.contact.clone(),
            birth_date: self.birth_date.clone(),
            consent: true,
            passport: self.passport.clone(),
        }
    }

    /// Starts a new registration.
    pub async fn starts(&mut self) -> Result<StartRegistrationResponse, Error> {
        self.registration = Uuid::now_v7();
        let started = self
            .client
            .anonymous()
            .start_registration(self.form())
            .await?;
        self.challenge = id(&started.challenge_id);
        Ok(started)
    }

    /// The newest code among this person's messages.
    pub async fn reads_the_code(&self) -> String {
        run(&self.workers).await;
        let messages = self
            .client
            .anonymous()
            .list_messages(self.contact.clone())
            .await;
        let mut messages = messages.expect("messages").into_iter();
        let code = messages.find(|it| !it.code.is_empty());
        code.expect("a message with a code").code
    }

    /// What was written to this person, newest first.
    pub async fn reads_messages(&self) -> Vec<String> {
        run(&self.workers).await;
        let client = self.client.anonymous();
        let messages = client.list_messages(self.contact.clone()).await;
        let texts = messages.expect("messages").into_iter().map(|it| it.text);
        texts.collect()
    }

    /// Brings the newest code back and speaks for himself from then on.
    pub async fn confirms_the_code(&mut self) -> Result<VerifyOtpResponse, Error> {
        let code = self.reads_the_code().await;
        let tokens = self.tries(&code).await?;
        self.client = self.client.with_tokens(tokens.clone());
        Ok(tokens)
    }

    /// Tries a code.
    pub async fn tries(&self, code: &str) -> Result<VerifyOtpResponse, Error> {
        self.client
            .anonymous()
            .verify_otp(self.challenge, code)
            .await
    }

    /// Asks for the code of the registration again.
    pub async fn asks_again(&mut self) -> Result<SendOtpResponse, Error> {
        let request = SendOtpRequest {
            purpose: OtpPurpose::Register.into(),
            resend_of: self.challenge.to_string(),
            ..Default::default()
        };
        let sent = self.client.anonymous().send_otp(request).await?;
        self.challenge = id(&sent.challenge_id);
        Ok(sent)
    }

    /// Asks for a code to sign in with.
    pub async fn asks_to_sign_in(&mut self, kpj: &str) -> Result<SendOtpResponse, Error> {
        let request = SendOtpRequest {
            purpose: OtpPurpose::SignIn.into(),
            contact: self.contact.clone(),
            kpj: kpj.into(),
            ..Default::default()
        };
        let sent = self.client.anonymous().send_otp(request).await?;
        self.challenge = id(&sent.challenge_id);
        Ok(sent)
    }

    /// Tells the work.
    pub async fn tells_work(&self) -> Result<Registration, Error> {
        let is_bpu = self.employee.is_none() && self.placement.is_none();
        let request = SubmitEmploymentRequest {
            registration_id: self.registration.to_string(),
            employment: is_bpu.then(|| self.work.clone()),
            employee: self.employee.clone(),
            placement: self.placement.clone(),
            birth_date: String::new(),
        };
        self.client.submit_employment(request).await
    }

    /// Confirms what was told.
    pub async fn confirms(&self) -> Result<Registration, Error> {
        self.client.confirm_registration(self.registration).await
    }

    /// Looks where the registration stands.
    pub async fn looks(&self) -> Registration {
        let found = self.client.get_registration(self.registration).await;
        found.expect("the registration")
    }

    /// Walks to where the work is asked for.
    pub async fn has_an_account(&mut self) {
        self.starts().await.expect("a registration");
        self.confirms_the_code().await.expect("tokens");
    }

    /// Walks to where money is asked for; the first bill.
    pub async fn has_a_bill(&mut self) -> Bill {
        self.has_an_account().await;
        self.tells_work().await.expect("the work is taken");
        let confirmed = self.confirms().await.expect("a bill");
        let bill = self.client.get_bill(id(&confirmed.bill_id)).await;
        bill.expect("the first bill")
    }

    /// Walks the whole road and speaks as a participant; the first payment.
    pub async fn is_active(&mut self, town: &Town) -> Payment {
        let bill = self.has_a_bill().await;
        let paid = town
            .gateway()
            .pays(&bill.payment_code, bill.payable_idr)
            .await;
        self.becomes_a_participant().await;
        paid
    }

    /// Turns a registrant's tokens into a participant's.
    pub async fn becomes_a_participant(&self) {
        self.client.renew_tokens().await.expect("new tokens");
    }

    /// His one membership.
    pub async fn membership(&self) -> Uuid {
        let me = self.client.get_participant(None).await.expect("himself");
        id(&me.memberships[0].id)
    }

    /// What he has saved by now.
    pub async fn balance(&self) -> i64 {
        let balance = self.client.get_balance(None, None).await;
        balance.expect("a balance").balance_idr
    }
}

impl Gateway {
    /// A notice of money paid just now.
    pub fn notice(&self, payment_code: &str, amount_idr: i64) -> RecordPaymentRequest {
        RecordPaymentRequest {
            gateway_payment_id: Uuid::now_v7().to_string(),
            payment_code: payment_code.into(),
            amount_idr,
            paid_at: Some(timestamp(self.clock.now())),
            channel: "BANK".into(),
        }
    }

    /// Takes money and says so.
    pub async fn pays(&self, payment_code: &str, amount_idr: i64) -> Payment {
        self.reports(self.notice(payment_code, amount_idr)).await
    }

    /// Reports money that it took.
    pub async fn reports(&self, notice: RecordPaymentRequest) -> Payment {
        self.client.record_payment(notice).await.expect("a payment")
    }
}

/// Work that costs [`MARCH`] in March 2026.
pub fn work() -> Employment {
    Employment {
        occupations: vec![Occupation {
            title: "Warung".into(),
            sector: Sector::Trade.into(),
        }],
        category: BpuCategory::SelfEmployed.into(),
        income_idr: 2_500_000,
        programmes: programmes([Programme::Jkk, Programme::Jkm, Programme::Jht]),
        months: 1,
        paid_by_state: false,
        mother_name: String::new(),
    }
}

pub fn programmes<const N: usize>(programmes: [Programme; N]) -> Vec<i32> {
    programmes.map(Into::into).to_vec()
}
