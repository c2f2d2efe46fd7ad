//! Tells about the server itself.

use jamsostek_proto::v1::{
    GetServerInfoRequest, GetServerInfoResponse, server_service_client::ServerServiceClient,
};

use crate::{Client, Error, retry::Repeat};

impl Client {
    /// Tells the version, the profile and the limits.
    pub async fn get_server_info(&self) -> Result<GetServerInfoResponse, Error> {
        let request = GetServerInfoRequest {};
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut server = ServerServiceClient::new(channel);
            server.get_server_info(request).await
        })
        .await
    }
}
