//! What the service says of itself.

use std::sync::Arc;

use jamsostek_proto::v1::{
    GetServerInfoRequest, GetServerInfoResponse, server_service_server::ServerService,
};
use tonic::{Request, Response, Status};

use super::{Profile, routes::MESSAGE_BYTES_MAX, transport::STREAMS_MAX};
use crate::{clock::Clock, policy::Policy, session::DEADLINE_MAX};

pub(super) struct ServerInfo {
    pub(super) policy: Arc<Policy>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) profile: Profile,
    pub(super) calls_max: usize,
}

#[tonic::async_trait]
impl ServerService for ServerInfo {
    async fn get_server_info(
        &self,
        _: Request<GetServerInfoRequest>,
    ) -> Result<Response<GetServerInfoResponse>, Status> {
        Ok(Response::new(GetServerInfoResponse {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            policy_version: self.policy.version().to_owned(),
            profile: self.profile.name().to_owned(),
            today: self.clock.today().to_string(),
            request_bytes_max: i64::try_from(MESSAGE_BYTES_MAX).unwrap_or(i64::MAX),
            streams_max: i32::try_from(STREAMS_MAX).unwrap_or(i32::MAX),
            calls_max: i32::try_from(self.calls_max).unwrap_or(i32::MAX),
            deadline_seconds_max: i32::try_from(DEADLINE_MAX.as_secs()).unwrap_or(i32::MAX),
        }))
    }
}
