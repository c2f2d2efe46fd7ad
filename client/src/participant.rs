//! Knows the participants.

use jamsostek_proto::v1::{
    GetParticipantRequest, Participant, UpdateContactRequest,
    participant_service_client::ParticipantServiceClient,
};
use uuid::Uuid;

use crate::{Client, Error, retry::Repeat};

impl Client {
    /// Tells who a participant is and what covers him today; `None` is the caller himself.
    pub async fn get_participant(&self, participant: Option<Uuid>) -> Result<Participant, Error> {
        let request = GetParticipantRequest {
            participant_id: participant.map_or_else(String::new, |it| it.to_string()),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut participants = ParticipantServiceClient::new(channel);
                participants.get_participant(request).await
            })
            .await?;
        answer
            .participant
            .ok_or_else(|| Error::lacking("participant"))
    }

    /// Changes a contact, once the codes to the old and to the new one have come back.
    pub async fn update_contact(
        &self,
        request: UpdateContactRequest,
    ) -> Result<Participant, Error> {
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut participants = ParticipantServiceClient::new(channel);
                participants.update_contact(request).await
            })
            .await?;
        answer
            .participant
            .ok_or_else(|| Error::lacking("participant"))
    }
}
