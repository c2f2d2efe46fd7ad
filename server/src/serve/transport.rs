//! How connections are spoken on, and what a peer may cost.

use std::time::Duration;

use tonic::transport::{Identity, Server, ServerTlsConfig};

use super::Error;

/// Calls open at once on one connection; tonic's own default would announce no limit at all (reliability F4).
pub(super) const STREAMS_MAX: u32 = 100;
/// Malformed frames before a connection is cut; tonic's default switches hyper's own limit off, and one connection can then take
/// hundreds of megabytes (RUSTSEC-2024-0003, reliability F3).
const LOCAL_ERROR_RESETS_MAX: usize = 1_024;
/// Streams that a peer may open and reset before we have looked at them (CVE-2023-44487).
const PENDING_RESETS_MAX: usize = 20;
/// The longest metadata of a call.
const HEADERS_BYTES_MAX: u32 = 8 * 1_024;
/// What a peer may send ahead on one call, and on one connection.
const STREAM_WINDOW_BYTES: u32 = 64 * 1_024;
const CONNECTION_WINDOW_BYTES: u32 = 1_024 * 1_024;
/// How often an idle connection is asked whether it lives, and how long it may take to say so.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(60);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// After this age a connection is asked to be opened anew, so that load finds new replicas. Never with a grace: that would kill
/// calls that run (reliability F7).
const CONNECTION_AGE_MAX: Duration = Duration::from_secs(600);
/// How long a peer may take for the TLS handshake.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// A server within these limits, over TLS where there is a certificate.
pub(super) fn transport(tls: Option<&Identity>) -> Result<Server, Error> {
    let mut server = Server::builder();
    if let Some(identity) = tls {
        let tls = ServerTlsConfig::new()
            .identity(identity.clone())
            .timeout(HANDSHAKE_MAX);
        server = server.tls_config(tls)?;
    }
    Ok(server
        .max_concurrent_streams(STREAMS_MAX)
        .http2_max_local_error_reset_streams(Some(LOCAL_ERROR_RESETS_MAX))
        .http2_max_pending_accept_reset_streams(Some(PENDING_RESETS_MAX))
        .http2_max_header_list_size(HEADERS_BYTES_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .http2_keepalive_interval(Some(KEEP_ALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEP_ALIVE_TIMEOUT))
        .max_connection_age(CONNECTION_AGE_MAX)
        // Browsers speak HTTP/1.1 and cannot read trailers.
        .accept_http1(true))
}
