//! Everybody who calls, and what one of them owns.

use jamsostek_client::{ClaimCause, Client, Subject};
use serde_json::{Value, json};
use uuid::Uuid;

use super::descriptors::Rpc;
use crate::{
    company::Company,
    person::Person,
    town::{Town, id},
};

/// Everybody who calls: an owner of one of everything, and strangers.
pub struct Cast {
    owner: Person,
    owner_as_registrant: Client,
    participant: Uuid,
    membership: Uuid,
    bill: Uuid,
    /// Money of the owner's that an officer can still decide about.
    suspended: Uuid,
    claim: Uuid,
    award: Uuid,
    company: Company,
    /// Somebody who waits for the company, and whom a stranger must not find.
    employee: Uuid,
    unit_bill: Uuid,
    /// One of the company's whose rows are still to come.
    submission: Uuid,
    /// One that was sent to the owner.
    message: Uuid,
    callers: Vec<(Subject, String)>,
    /// The services, by what they may do.
    services: Vec<(&'static str, String)>,
}

impl Cast {
    pub async fn gather(town: &Town) -> Self {
        let mut owner = town.person();
        // At the pension age his savings are his, and his business goes on.
        owner.birth_date = "1970-03-10".into();
        let bill = owner.has_a_bill().await;
        let registrant = access_token(&owner.client).await;
        let gateway = town.gateway();
        gateway.pays(&bill.payment_code, bill.payable_idr).await;
        owner.becomes_a_participant().await;
        let unknown = gateway.pays("999999999999", 10_000).await;
        // To an account about which the bank takes its time: everything about it can still be asked and told.
        town.waits(61);
        let account = owner.account_with("9000000004");
        let filled = owner.fills_in(ClaimCause::Retirement, account).await;
        let claim = filled.submitted_by(&owner).await.expect("a claim");
        let award = town.approves(&claim).await.award.expect("an award");
        town.lets_the_workers_run().await;

        let mut applicant = town.person();
        applicant.has_a_bill().await;
        let stranger = town.participant().await;
        let company = town.company("JK00OWNR").await;
        let employee = town.employee_of(&company).await;
        let reported = company.report_of(&town.person(), "2026-03-01");
        let reported = company.client.report_employee(reported).await;
        reported.expect("an employee");
        let unit_bill = company.bill(town, "2026-03").await;
        let submission = company.declares("2026-03", 2, 10_000_000).await;
        let other = town.company("JK00OTHR").await;
        let callers = vec![
            (Subject::Employer, access_token(&other.client).await),
            (Subject::Registrant, access_token(&applicant.client).await),
            (Subject::Participant, access_token(&stranger.client).await),
            (Subject::Officer, access_token(&town.officer()).await),
        ];
        let services = vec![
            ("payments.write", access_token(&gateway.client).await),
            ("claims.payout", access_token(&town.bank()).await),
            ("employers.write", access_token(&town.registrar()).await),
            ("messages.deliver", access_token(&town.carrier()).await),
        ];
        let me = owner.client.get_participant(None).await.expect("the owner");
        let messages = town.client.list_messages(&owner.contact).await;
        let messages = messages.expect("messages");
        Self {
            owner_as_registrant: town.client.with_token(registrant),
            participant: id(&me.id),
            membership: id(&me.memberships[0].id),
            bill: id(&bill.id),
            suspended: id(&unknown.id),
            claim: id(&claim.id),
            award: id(&award.id),
            company,
            employee,
            unit_bill: id(&unit_bill.id),
            submission: id(&submission.id),
            message: id(&messages[0].message_id),
            owner,
            callers,
            services,
        }
    }

    /// A token of each kind; the service's allows `scope`, if any does.
    pub fn callers(&self, scope: &str) -> impl Iterator<Item = (Subject, &str)> {
        let mut services = self.services.iter();
        let service = services.find(|it| it.0 == scope);
        let service = service.unwrap_or(&self.services[0]).1.as_str();
        self.callers
            .iter()
            .map(|(subject, token)| (*subject, token.as_str()))
            .chain([(Subject::Service, service)])
    }

    /// What the owner has of this kind.
    pub fn owned(&self, rpc: &Rpc, object: &str) -> Value {
        if object == "OBJECT_UNIT" {
            return json!(self.company.npp);
        }
        let of_employer = rpc.name.contains("EmployerService");
        json!(match object {
            "OBJECT_MEMBERSHIP" if of_employer => self.employee,
            "OBJECT_EMPLOYER" => self.company.id,
            "OBJECT_EMPLOYER_BILL" => self.unit_bill,
            "OBJECT_CREDENTIAL" => self.company.credential,
            "OBJECT_REGISTRATION" => self.owner.registration,
            "OBJECT_PARTICIPANT" => self.participant,
            "OBJECT_MEMBERSHIP" => self.membership,
            "OBJECT_BILL" => self.bill,
            "OBJECT_PAYMENT" => self.suspended,
            "OBJECT_CHALLENGE" => self.owner.challenge,
            "OBJECT_CLAIM" => self.claim,
            "OBJECT_AWARD" => self.award,
            "OBJECT_MESSAGE" => self.message,
            "OBJECT_SUBMISSION" => self.submission,
            other => panic!("the owner has no {other}: give him one"),
        })
    }

    /// All that a stranger could have changed.
    pub async fn owners_things(&self, town: &Town) -> String {
        let me = &self.owner.client;
        let registration = self
            .owner_as_registrant
            .get_registration(self.owner.registration);
        let dump = (
            registration.await.expect("the registration"),
            me.get_participant(None).await.expect("the participant"),
            me.get_balance(None, None).await.expect("the balance"),
            me.get_bill(self.bill).await.expect("the bill"),
            me.get_claim(self.claim).await.expect("the claim"),
            self.company.employees().await,
            self.company
                .client
                .get_submission(self.submission)
                .await
                .expect("the submission"),
            town.officer()
                .get_payment(self.suspended)
                .await
                .expect("the payment"),
        );
        format!("{dump:#?}")
    }
}

pub async fn access_token(client: &Client) -> String {
    if let Some(tokens) = client.tokens() {
        return tokens.access_token;
    }
    let tokens = client.renew_tokens().await.expect("a token");
    tokens.expect("credentials").access_token
}
