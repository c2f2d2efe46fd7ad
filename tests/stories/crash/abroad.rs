//! Somebody pays for a contract abroad and for months added to it, or finds all of it done.

use jamsostek_client::{
    Client, Error, Segment, Tokens, Uuid,
    v1::{
        ExtendCoverRequest, Placement, RecordPaymentRequest, StartRegistrationRequest,
        SubmitEmploymentRequest, registration::State,
    },
};

use super::roads::code_after;
use crate::{
    migrant::by_himself,
    town::{credential, id},
};

/// What somebody keeps who goes abroad, so that he can repeat it.
#[derive(Clone)]
pub struct Abroad {
    form: StartRegistrationRequest,
    placement: Placement,
    challenge: Option<String>,
    tokens: Option<Tokens>,
    notice: Option<RecordPaymentRequest>,
    bill: Uuid,
    added: Option<RecordPaymentRequest>,
}

impl Abroad {
    /// Somebody who has sent nothing yet.
    pub fn of(number: usize, today: &str) -> Self {
        Self {
            form: StartRegistrationRequest {
                registration_id: Uuid::now_v7().to_string(),
                segment: Segment::Pmi.into(),
                nik: format!("317404120590{:04}", number + 1),
                full_name: "Siti Aminah".into(),
                contact: format!("+62814{number:08}"),
                consent: true,
                ..StartRegistrationRequest::default()
            },
            placement: Placement {
                departs_on: today.to_owned(),
                ..by_himself(6)
            },
            challenge: None,
            tokens: None,
            notice: None,
            bill: Uuid::now_v7(),
            added: None,
        }
    }

    /// Goes all the way; what was answered before is as it was.
    pub async fn leaves(mut self, client: &Client, keeps: impl Fn(&Self)) -> Result<(), Error> {
        let started = client.start_registration(self.form.clone()).await?;
        let challenge = started.challenge_id;
        if let Some(known) = &self.challenge {
            assert_eq!(*known, challenge);
        }
        let first = self.challenge.replace(challenge.clone()).is_none();
        keeps(&self);
        let tokens = match self.tokens.clone() {
            Some(tokens) => tokens,
            None if first => {
                let code = code_after(client, &self.form.contact, 0).await?;
                let tokens = client.verify_otp(id(&challenge), code).await?;
                client.with_tokens(tokens).tokens().expect("his tokens")
            }
            // Whether his code has left, nobody knows: it does not leave twice.
            None => return Ok(()),
        };
        self.tokens = Some(tokens.clone());
        keeps(&self);
        let person = client.with_tokens(tokens);
        let participant = self.becomes_active(client, &person, &keeps).await?;
        self.adds_months(client, participant, &keeps).await
    }

    /// Takes one step after the other, from wherever it stands; the participant.
    async fn becomes_active(
        &mut self,
        client: &Client,
        person: &Client,
        keeps: impl Fn(&Self),
    ) -> Result<Uuid, Error> {
        let registration = id(&self.form.registration_id);
        loop {
            let found = person.get_registration(registration).await?;
            keeps(self);
            match found.state() {
                State::AwaitingEmployment => {
                    let work = SubmitEmploymentRequest {
                        registration_id: registration.to_string(),
                        placement: Some(self.placement.clone()),
                        ..SubmitEmploymentRequest::default()
                    };
                    person.submit_employment(work).await?;
                }
                State::AwaitingConfirmation => {
                    person.confirm_registration(registration).await?;
                }
                State::AwaitingPayment => {
                    let bill = person.get_bill(id(&found.bill_id)).await?;
                    let notice = RecordPaymentRequest {
                        gateway_payment_id: Uuid::now_v7().to_string(),
                        payment_code: bill.payment_code,
                        amount_idr: bill.total_idr,
                        paid_at: found.started_at,
                        channel: "BANK".into(),
                    };
                    let notice = self.notice.get_or_insert(notice).clone();
                    keeps(self);
                    pays(client, notice).await?;
                }
                State::Active => return Ok(id(&found.participant_id)),
                other @ (State::Unspecified
                | State::AwaitingOtp
                | State::AwaitingProof
                | State::AwaitingIdentity
                | State::Stopped
                | State::Cancelled
                | State::Expired
                | State::Held) => panic!("not on the road: {other:?}"),
            }
        }
    }

    async fn adds_months(
        &mut self,
        client: &Client,
        participant: Uuid,
        keeps: impl Fn(&Self),
    ) -> Result<(), Error> {
        let contract = self.notice.clone().expect("it was paid");
        pays(client, contract.clone()).await?;
        let officer = client.with_credentials(credential(2), "sandbox-officer");
        let sees = async || officer.get_participant(Some(participant)).await;
        let request = ExtendCoverRequest {
            bill_id: self.bill.to_string(),
            membership_id: sees().await?.memberships[0].id.clone(),
            months: 2,
        };
        let bill = officer.extend_cover(request).await?.bill.expect("a bill");
        let notice = RecordPaymentRequest {
            gateway_payment_id: Uuid::now_v7().to_string(),
            payment_code: bill.payment_code,
            amount_idr: bill.total_idr,
            ..contract
        };
        let notice = self.added.get_or_insert(notice).clone();
        keeps(self);
        pays(client, notice).await?;
        let journey = sees().await?.memberships[0].journey.clone();
        assert_eq!(journey.expect("a journey").extended_months, 2);
        keeps(self);
        Ok(())
    }
}

/// Money comes in, whole, however often it is told of.
async fn pays(client: &Client, notice: RecordPaymentRequest) -> Result<(), Error> {
    let gateway = client.with_credentials(credential(1), "sandbox-gateway");
    let paid = gateway.record_payment(notice.clone()).await?;
    assert_eq!(
        (paid.applied_idr, paid.credited_idr),
        (notice.amount_idr, 0)
    );
    Ok(())
}
