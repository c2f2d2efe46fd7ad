//! The guide: shows each call as the grpcurl command that does the same, and makes those that several acts need.

use std::time::Duration;

use jamsostek_client::{
    Client, Options, Registration,
    v1::{ListMessagesRequest, SetClockRequest, VerifyOtpRequest, set_clock_request::To},
};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use tokio::time::sleep;

use crate::{Outcome, person::Person};

/// Whose token goes along.
#[derive(Clone, Copy)]
pub enum As {
    Nobody,
    Member,
    Gateway,
    Officer,
    Employer,
}

pub struct Tour {
    pub client: Client,
    address: String,
    contract: DescriptorPool,
}

impl Tour {
    pub async fn to(endpoint: &str) -> Outcome<Self> {
        Ok(Self {
            client: Client::connect(Options::new(endpoint)).await?,
            address: endpoint.rsplit('/').next().unwrap_or(endpoint).to_owned(),
            contract: DescriptorPool::decode(jamsostek_proto::DESCRIPTORS)?,
        })
    }

    /// Moves the sandbox's clock ahead, so that nobody has to wait.
    pub async fn lets_time_pass(&self, seconds: i64) -> Outcome<()> {
        let request = SetClockRequest {
            to: Some(To::AdvanceSeconds(seconds)),
        };
        self.show("SandboxService/SetClock", As::Nobody, &request)?;
        self.client.advance_clock(seconds).await?;
        tell(format!("{seconds} seconds go by at once."));
        Ok(())
    }

    /// The latest code to somebody, once there are `expected`.
    pub async fn reads_code(&self, person: &Person, expected: usize) -> Outcome<String> {
        let request = ListMessagesRequest {
            contact: person.contact.clone(),
        };
        self.show("SandboxService/ListMessages", As::Nobody, &request)?;
        for _ in 0..50 {
            let mut messages = self.client.list_messages(&person.contact).await?;
            messages.retain(|it| !it.code.is_empty());
            if messages.len() >= expected {
                tell(format!("The phone shows: {}", messages[0].text));
                return Ok(messages.swap_remove(0).code);
            }
            sleep(Duration::from_millis(200)).await;
        }
        Err("the code did not arrive".into())
    }

    /// A client that speaks for whoever got the code.
    pub async fn brings_back(&self, challenge: &str, code: &str) -> Outcome<Client> {
        let request = VerifyOtpRequest {
            challenge_id: challenge.to_owned(),
            code: code.to_owned(),
        };
        self.show("OtpService/VerifyOtp", As::Nobody, &request)?;
        let answer = self.client.verify_otp(challenge.parse()?, code).await?;
        let subject = answer.subject().as_str_name();
        tell(format!("Speaks for {subject} {}.", answer.subject_id));
        tell("Its accessToken is $TOKEN from here on, its refreshToken $REFRESH_TOKEN.");
        Ok(self.client.with_tokens(answer))
    }

    /// Prints a call as the grpcurl command that does the same.
    pub fn show(&self, rpc: &str, caller: As, request: &impl Message) -> Outcome<()> {
        let (service, method) = rpc.split_once('/').ok_or("an rpc is Service/Method")?;
        let service = format!("jamsostek.v1.{service}");
        let found = self.contract.get_service_by_name(&service);
        let found = found.and_then(|it| it.methods().find(|it| it.name() == method));
        let input = found.ok_or("the contract has no such rpc")?.input();
        let request = DynamicMessage::decode(input, request.encode_to_vec().as_slice())?;
        let json = serde_json::to_string(&request)?
            .replace('\'', r"'\''")
            .replace("$REFRESH_TOKEN", "'$REFRESH_TOKEN'");
        let token = match caller {
            As::Nobody => "",
            As::Member => "-H \"authorization: Bearer $TOKEN\" ",
            As::Gateway => "-H \"authorization: Bearer $GATEWAY_TOKEN\" ",
            As::Employer => "-H \"authorization: Bearer $EMPLOYER_TOKEN\" ",
            As::Officer => "-H \"authorization: Bearer $OFFICER_TOKEN\" ",
        };
        let address = &self.address;
        println!("\n$ grpcurl -plaintext {token}-d '{json}' {address} {service}/{method}");
        Ok(())
    }
}

pub fn step(title: &str) {
    println!("\n=== {title}");
}

pub fn tell(words: impl AsRef<str>) {
    println!("  {}", words.as_ref());
}

pub fn tell_state(registration: &Registration) {
    tell(format!(
        "The registration is {}.",
        registration.state().as_str_name()
    ));
    if let Some(next) = registration.next_steps.first() {
        tell(format!("Next: {} ({})", next.explanation, next.rpc));
    }
}
