//! The contract of jamsostek, worker social security as a gRPC service, as generated from `proto/`.

/// Version 1 of the contract.
pub mod v1 {
    tonic::include_proto!("jamsostek.v1");
}

/// The domain of every [`v1::ErrorReason`] sent in a `google.rpc.ErrorInfo`.
pub const ERROR_DOMAIN: &str = "jamsostek.v1";

/// Every file of the contract, for server reflection and for whoever walks it.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
