use jamsostek_proto::v1::{
    DeliveryFate, RecordDeliveryRequest, RecordDeliveryResponse,
    message_service_server::{MessageService, MessageServiceServer},
};
use tonic::{Request, Response, Status};

use super::{Error, Receipts};
use crate::{
    caller::Caller,
    db,
    notification::Fate,
    refusal::{Fields, not_found},
};

/// The message service.
pub(crate) fn service(receipts: Receipts) -> MessageServiceServer<impl MessageService> {
    MessageServiceServer::new(Rpc { receipts })
}

struct Rpc {
    receipts: Receipts,
}

#[tonic::async_trait]
impl MessageService for Rpc {
    async fn record_delivery(
        &self,
        request: Request<RecordDeliveryRequest>,
    ) -> Result<Response<RecordDeliveryResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let mut fields = Fields::default();
        let message = fields.id("message_id", &request.message_id);
        let fate = match request.fate() {
            DeliveryFate::Unspecified => {
                fields.reject("fate", "must be a DELIVERY_FATE of the contract");
                None
            }
            DeliveryFate::Delivered => Some(Fate::Delivered),
            DeliveryFate::Failed => Some(Fate::Failed),
        };
        let (Some(message), Some(fate)) = (message, fate) else {
            return Err(fields.refusal());
        };
        let stands = db::retrying(|| self.receipts.record(&caller, message, fate)).await?;
        let stands = match stands {
            Fate::Delivered => DeliveryFate::Delivered,
            Fate::Failed => DeliveryFate::Failed,
        };
        Ok(Response::new(RecordDeliveryResponse {
            fate: stands.into(),
        }))
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => not_found(),
            Error::Store(error) => error.into(),
        }
    }
}
