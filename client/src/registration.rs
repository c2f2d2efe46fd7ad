//! Registers people.

use jamsostek_proto::v1::{
    CancelRegistrationRequest, ConfirmRegistrationRequest, GetRegistrationRequest, Registration,
    StartRegistrationRequest, StartRegistrationResponse, SubmitEmploymentRequest,
    registration_service_client::RegistrationServiceClient,
};
use uuid::Uuid;

use crate::{
    Client, Error,
    retry::{self, Repeat},
};

impl Client {
    /// Starts a registration and sends a one-time code to its contact. An empty `registration_id` is filled.
    pub async fn start_registration(
        &self,
        mut request: StartRegistrationRequest,
    ) -> Result<StartRegistrationResponse, Error> {
        retry::name(&mut request.registration_id);
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut registrations = RegistrationServiceClient::new(channel);
            registrations.start_registration(request).await
        })
        .await
    }

    /// Tells where a registration stands and what to do next.
    pub async fn get_registration(&self, registration: Uuid) -> Result<Registration, Error> {
        let request = GetRegistrationRequest {
            registration_id: registration.to_string(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut registrations = RegistrationServiceClient::new(channel);
                registrations.get_registration(request).await
            })
            .await?;
        found(answer.registration)
    }

    /// Takes what the person works as, earns and chooses. Telling the same again changes nothing; but when the population
    /// register does not answer, the client does not ask again by itself, for questions to it are counted.
    pub async fn submit_employment(
        &self,
        request: SubmitEmploymentRequest,
    ) -> Result<Registration, Error> {
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut registrations = RegistrationServiceClient::new(channel);
                registrations.submit_employment(request).await
            })
            .await?;
        found(answer.registration)
    }

    /// Confirms what was said and issues the first bill.
    pub async fn confirm_registration(&self, registration: Uuid) -> Result<Registration, Error> {
        let request = ConfirmRegistrationRequest {
            registration_id: registration.to_string(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut registrations = RegistrationServiceClient::new(channel);
                registrations.confirm_registration(request).await
            })
            .await?;
        found(answer.registration)
    }

    /// Takes a registration back before it is active.
    pub async fn cancel_registration(&self, registration: Uuid) -> Result<Registration, Error> {
        let request = CancelRegistrationRequest {
            registration_id: registration.to_string(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut registrations = RegistrationServiceClient::new(channel);
                registrations.cancel_registration(request).await
            })
            .await?;
        found(answer.registration)
    }
}

fn found(registration: Option<Registration>) -> Result<Registration, Error> {
    registration.ok_or_else(|| Error::lacking("registration"))
}
