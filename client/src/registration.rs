//! Registers people.

use futures_util::stream::Stream;
use jamsostek_proto::v1::{
    CancelRegistrationRequest, ConfirmRegistrationRequest, DecideJoiningRequest,
    GetRegistrationRequest, Joining, ListJoiningsRequest, ProveIdentityRequest, Registration,
    StartRegistrationRequest, StartRegistrationResponse, SubmitEmploymentRequest,
    registration_service_client::RegistrationServiceClient,
};
use uuid::Uuid;

use crate::{
    Client, Error, pages,
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

    /// Proves that the participant whose NIK or passport was told is the registrant, by his KPJ and one thing more. A try is counted:
    /// the client never repeats it by itself.
    ///
    /// ```no_run
    /// # async fn prove(client: jamsostek_client::Client, registration: uuid::Uuid) -> Result<(), jamsostek_client::Error> {
    /// use jamsostek_client::v1::{ProveIdentityRequest, prove_identity_request::Second};
    ///
    /// let proofs = ProveIdentityRequest {
    ///     registration_id: registration.to_string(),
    ///     kpj: "12345678901".into(),
    ///     second: Some(Second::MotherName("Siti Aminah".into())),
    /// };
    /// client.prove_identity(proofs).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn prove_identity(
        &self,
        request: ProveIdentityRequest,
    ) -> Result<Registration, Error> {
        let answer = self
            .call(Repeat::Never, request, |channel, request| async move {
                let mut registrations = RegistrationServiceClient::new(channel);
                registrations.prove_identity(request).await
            })
            .await?;
        found(answer.registration)
    }

    /// Those whom only an officer can help to open the account of the participant they say they are, who wait longest first.
    pub fn joinings(&self) -> impl Stream<Item = Result<Joining, Error>> + Send + Unpin + 'static {
        let client = self.clone();
        pages::items(move |page_token| {
            let client = client.clone();
            async move {
                let request = ListJoiningsRequest {
                    page_size: 0,
                    page_token,
                };
                let answer = client
                    .call(Repeat::Safe, request, |channel, request| async move {
                        let mut registrations = RegistrationServiceClient::new(channel);
                        registrations.list_joinings(request).await
                    })
                    .await?;
                Ok((answer.joinings, answer.next_page_token))
            }
        })
    }

    /// Decides whether a registrant is the participant he says he is. It takes two officers to accept.
    pub async fn decide_joining(
        &self,
        registration: Uuid,
        accepted: bool,
        reason: impl Into<String>,
    ) -> Result<Joining, Error> {
        let request = DecideJoiningRequest {
            registration_id: registration.to_string(),
            accepted,
            reason: reason.into(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut registrations = RegistrationServiceClient::new(channel);
                registrations.decide_joining(request).await
            })
            .await?;
        answer.joining.ok_or_else(|| Error::lacking("joining"))
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
