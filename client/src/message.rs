//! What carriers tell of the messages that they took.

use jamsostek_proto::v1::{
    DeliveryFate, RecordDeliveryRequest, RecordDeliveryResponse,
    message_service_client::MessageServiceClient,
};
use uuid::Uuid;

use crate::{Client, Error, retry::Repeat};

impl Client {
    /// Records what became of a message, and answers with what is known of it now. For a service with the scope `messages.deliver`.
    /// May be repeated: told twice it is told once.
    pub async fn record_delivery(
        &self,
        message: Uuid,
        fate: DeliveryFate,
    ) -> Result<RecordDeliveryResponse, Error> {
        let request = RecordDeliveryRequest {
            message_id: message.to_string(),
            fate: fate.into(),
        };
        self.call(Repeat::Safe, request, |channel, request| async move {
            MessageServiceClient::new(channel)
                .record_delivery(request)
                .await
        })
        .await
    }
}
