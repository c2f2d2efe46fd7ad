//! Shows what only a sandbox may show.

use jamsostek_proto::v1::{
    FailNextRequest, ListMessagesRequest, ListPeopleRequest, Neighbour, SandboxAccount,
    SandboxMessage, SandboxPerson, SetClockRequest, SetClockResponse,
    sandbox_service_client::SandboxServiceClient, set_clock_request::To,
};

use prost_types::Timestamp;

use crate::{Client, Error, retry::Repeat};

impl Client {
    /// Lists the people whom the sandbox's population register knows, each with the story it tells.
    pub async fn list_people(&self) -> Result<Vec<SandboxPerson>, Error> {
        let request = ListPeopleRequest {};
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                SandboxServiceClient::new(channel)
                    .list_people(request)
                    .await
            })
            .await?;
        Ok(answer.people)
    }

    /// Lists the messages that the sandbox has sent to `contact`, newest first; to everybody when empty.
    pub async fn list_messages(
        &self,
        contact: impl Into<String>,
    ) -> Result<Vec<SandboxMessage>, Error> {
        let request = ListMessagesRequest {
            contact: contact.into(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut sandbox = SandboxServiceClient::new(channel);
                sandbox.list_messages(request).await
            })
            .await?;
        Ok(answer.messages)
    }

    /// Lists the bank accounts that the sandbox's bank has a story about.
    pub async fn list_bank_accounts(&self) -> Result<Vec<SandboxAccount>, Error> {
        let request = ListPeopleRequest {};
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                SandboxServiceClient::new(channel)
                    .list_people(request)
                    .await
            })
            .await?;
        Ok(answer.accounts)
    }

    /// Moves the sandbox's clock ahead to `now`.
    pub async fn set_clock(&self, now: Timestamp) -> Result<SetClockResponse, Error> {
        self.move_clock(Repeat::Safe, To::Now(now)).await
    }

    /// Moves the sandbox's clock ahead by so many seconds. The client never repeats this by itself: twice is twice as far.
    pub async fn advance_clock(&self, seconds: i64) -> Result<SetClockResponse, Error> {
        self.move_clock(Repeat::Never, To::AdvanceSeconds(seconds))
            .await
    }

    async fn move_clock(&self, repeat: Repeat, to: To) -> Result<SetClockResponse, Error> {
        let request = SetClockRequest { to: Some(to) };
        self.call(repeat, request, |channel, request| async move {
            SandboxServiceClient::new(channel).set_clock(request).await
        })
        .await
    }

    /// Lets a neighbour of the sandbox fail the next times it is asked.
    pub async fn fail_next(&self, neighbour: Neighbour, times: i32) -> Result<(), Error> {
        let request = FailNextRequest {
            neighbour: neighbour.into(),
            times,
        };
        self.call(Repeat::Safe, request, |channel, request| async move {
            SandboxServiceClient::new(channel).fail_next(request).await
        })
        .await?;
        Ok(())
    }
}
