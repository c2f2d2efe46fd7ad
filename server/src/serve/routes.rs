//! Which services are mounted.

use jamsostek_proto::{DESCRIPTORS, v1::server_service_server::ServerServiceServer};
use tonic::service::Routes;

use super::{Error, House, info::ServerInfo};
use crate::{
    balance, benefit, claim, contribution, employer, participant, receipt, registration, sandbox,
    session, submission,
};

/// The biggest request and answer of a unary call.
pub(super) const MESSAGE_BYTES_MAX: usize = 1_024 * 1_024;

/// Bounds a service's messages both ways: tonic's own default lets an answer be as big as memory.
macro_rules! bounded {
    ($service:expr) => {
        $service
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    };
}

impl House {
    /// The services of everybody, and those that only a sandbox shows: itself, and the contract to whoever explores.
    pub(super) fn routes(&self) -> Result<Routes, Error> {
        let (db, seal, clock) = (&self.parts.db, &self.parts.seal, &self.parts.clock);
        let features = self.features.clone();
        let info = ServerInfo {
            policy: features.policy.clone(),
            clock: clock.clone(),
            profile: self.parts.profile,
            calls_max: self.parts.calls_max,
        };
        let law = benefit::service(features.policy, clock.clone(), seal.clone());
        let mut routes = Routes::new(bounded!(registration::service(features.registrations)))
            .add_service(bounded!(session::session_service(
                features.sessions.clone()
            )))
            .add_service(bounded!(session::otp_service(features.sessions)))
            .add_service(bounded!(receipt::service(features.receipts)))
            .add_service(bounded!(participant::service(features.participants)))
            .add_service(bounded!(employer::service(features.employers)))
            .add_service(bounded!(submission::service(features.submissions)))
            .add_service(bounded!(contribution::service(features.contributions)))
            .add_service(bounded!(balance::service(features.balances)))
            .add_service(bounded!(claim::service(features.claims)))
            .add_service(bounded!(law))
            .add_service(bounded!(ServerServiceServer::new(info)));
        if let Some(moved) = &self.moved {
            let sandbox = sandbox::service(db.clone(), seal.clone(), moved.clone());
            routes = routes
                .add_service(bounded!(sandbox))
                .add_service(reflect().build_v1()?)
                .add_service(reflect().build_v1alpha()?);
        }
        Ok(routes)
    }
}

/// Reflection of the contract, of the health service and of what refusals are made of, so that grpcurl can show them.
fn reflect() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
}
