//! gRPC-Web: browsers call over HTTP/1.1, from pages of the origins that may.

use std::time::Duration;

use http::{HeaderName, HeaderValue, header};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use super::Error;

/// For how long a browser need not ask again whether it may call.
const PREFLIGHT_AGE: Duration = Duration::from_secs(600);
/// What a browser may send.
const SENT: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::AUTHORIZATION,
    HeaderName::from_static("x-grpc-web"),
    HeaderName::from_static("x-user-agent"),
    HeaderName::from_static("grpc-timeout"),
];
/// What a page may read of an answer.
const READ: [HeaderName; 3] = [
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
];

/// Lets pages of `origins` call. Where none is named, no page of another origin may.
pub(super) fn cors(origins: &[String]) -> Result<CorsLayer, Error> {
    let cors = CorsLayer::new()
        .allow_methods([http::Method::POST])
        .allow_headers(SENT)
        .expose_headers(READ)
        .max_age(PREFLIGHT_AGE);
    if origins.iter().any(|it| it == "*") {
        return Ok(cors.allow_origin(Any));
    }
    let origins = origins.iter().map(|it| HeaderValue::from_str(it));
    let origins = origins.collect::<Result<Vec<_>, _>>();
    let origins = origins.map_err(|_| Error::Unfit("--web-origins names no origins".to_owned()))?;
    Ok(cors.allow_origin(AllowOrigin::list(origins)))
}
