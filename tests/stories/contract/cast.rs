//! Everybody who calls, and what one of them owns.

use jamsostek_client::{Client, Subject};
use uuid::Uuid;

use crate::{
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
    callers: Vec<(Subject, String)>,
}

impl Cast {
    pub async fn gather(town: &Town) -> Self {
        let mut owner = town.person();
        let bill = owner.has_a_bill().await;
        let registrant = access_token(&owner.client).await;
        let gateway = town.gateway();
        gateway.pays(&bill.payment_code, bill.payable_idr).await;
        owner.becomes_a_participant().await;
        let unknown = gateway.pays("999999999999", 10_000).await;

        let mut applicant = town.person();
        applicant.has_a_bill().await;
        let stranger = town.participant().await;
        let callers = vec![
            (Subject::Registrant, access_token(&applicant.client).await),
            (Subject::Participant, access_token(&stranger.client).await),
            (Subject::Officer, access_token(&town.officer()).await),
            (Subject::Service, access_token(&gateway.client).await),
        ];
        let me = owner.client.get_participant(None).await.expect("the owner");
        Self {
            owner_as_registrant: town.client.with_token(registrant),
            participant: id(&me.id),
            membership: id(&me.memberships[0].id),
            bill: id(&bill.id),
            suspended: id(&unknown.id),
            owner,
            callers,
        }
    }

    /// A token of each kind. No employer's user has one yet.
    pub fn callers(&self) -> impl Iterator<Item = (Subject, &str)> {
        self.callers
            .iter()
            .map(|(subject, token)| (*subject, token.as_str()))
    }

    /// What the owner has of this kind.
    pub fn owned(&self, object: &str) -> Uuid {
        match object {
            "OBJECT_REGISTRATION" => self.owner.registration,
            "OBJECT_PARTICIPANT" => self.participant,
            "OBJECT_MEMBERSHIP" => self.membership,
            "OBJECT_BILL" => self.bill,
            "OBJECT_PAYMENT" => self.suspended,
            "OBJECT_CHALLENGE" => self.owner.challenge,
            other => panic!("the owner has no {other}: give him one"),
        }
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
