//! Shows what only a sandbox may show.

use jamsostek_proto::v1::{
    ListMessagesRequest, ListPeopleRequest, SandboxMessage, SandboxPerson,
    sandbox_service_client::SandboxServiceClient,
};

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
}
