//! Knows the participants.

use chrono::NaiveDate;
use jamsostek_proto::v1::{
    GetParticipantRequest, Membership, Participant, ReportDepartureRequest, ReportReturnRequest,
    UpdateContactRequest, participant_service_client::ParticipantServiceClient,
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

    /// Reports that a migrant worker embarked on `day`; his membership after it. The same day may be reported again.
    ///
    /// ```no_run
    /// # async fn example(budi: jamsostek_client::Client, membership: jamsostek_client::Uuid) -> Result<(), Box<dyn std::error::Error>> {
    /// let gone = budi.report_departure(membership, "2026-03-20".parse()?).await?;
    /// println!("the contract ends on {}", gone.journey.unwrap_or_default().contract_ends_on);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn report_departure(
        &self,
        membership: Uuid,
        day: NaiveDate,
    ) -> Result<Membership, Error> {
        let request = ReportDepartureRequest {
            membership_id: membership.to_string(),
            departed_on: day.to_string(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut participants = ParticipantServiceClient::new(channel);
                participants.report_departure(request).await
            })
            .await?;
        answer
            .membership
            .ok_or_else(|| Error::lacking("membership"))
    }

    /// Reports that a migrant worker arrived back on `day`; his membership after it. The same day may be reported again.
    ///
    /// ```no_run
    /// # async fn example(budi: jamsostek_client::Client, membership: jamsostek_client::Uuid) -> Result<(), Box<dyn std::error::Error>> {
    /// let back = budi.report_return(membership, "2028-02-20".parse()?).await?;
    /// println!("{:?}", back.state());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn report_return(
        &self,
        membership: Uuid,
        day: NaiveDate,
    ) -> Result<Membership, Error> {
        let request = ReportReturnRequest {
            membership_id: membership.to_string(),
            returned_on: day.to_string(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut participants = ParticipantServiceClient::new(channel);
                participants.report_return(request).await
            })
            .await?;
        answer
            .membership
            .ok_or_else(|| Error::lacking("membership"))
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
