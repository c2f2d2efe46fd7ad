//! Why nobody answers, as far as the errors tell.

use std::{error::Error as StdError, io};

use jamsostek_client::Error;

/// What to do about a server that is not reached, as far as the cause tells.
pub(super) fn remedy(error: &Error, server: &str) -> String {
    let cause = causes(error).join(" ");
    let certificate = ["certificate", "UnknownIssuer", "NotValidForName"];
    if certificate.iter().any(|it| cause.contains(it)) {
        return "Name the authority that signed its certificate with --ca, and call it by the name in it."
            .into();
    }
    if server.starts_with("https:") && cause.contains("corrupt message") {
        return "It does not speak TLS: call it with http://.".into();
    }
    let refused = io_kind(error) == Some(io::ErrorKind::ConnectionRefused);
    if server.starts_with("http:") && !refused && cause.contains("http2") {
        return "If it speaks TLS, call it with https://.".into();
    }
    "Start it there with `jamsostekd`, or name another place with --server.".into()
}

/// What lies at the bottom of an error, in its own words.
pub(super) fn deepest(error: &Error) -> String {
    if let Some(told) = io_kind(error).and_then(told_kind) {
        return told.to_owned();
    }
    let causes = causes(error);
    let last = causes.last().cloned().unwrap_or_default();
    last.trim_end_matches('.').to_owned()
}

fn told_kind(kind: io::ErrorKind) -> Option<&'static str> {
    let told = [
        (
            io::ErrorKind::ConnectionRefused,
            "the connection is refused",
        ),
        (io::ErrorKind::ConnectionReset, "the connection broke"),
        (io::ErrorKind::TimedOut, "it takes too long"),
        (io::ErrorKind::HostUnreachable, "there is no way there"),
    ];
    told.iter().find(|it| it.0 == kind).map(|it| it.1)
}

/// The error and what caused it, outermost first.
fn causes(error: &Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(it) = cause {
        match it.downcast_ref::<tonic::Status>() {
            Some(status) => causes.push(status.message().to_owned()),
            None => causes.push(it.to_string()),
        }
        cause = it.source();
    }
    causes
}

fn io_kind(error: &Error) -> Option<io::ErrorKind> {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    let mut kind = None;
    while let Some(it) = cause {
        if let Some(io) = it.downcast_ref::<io::Error>() {
            kind = Some(io.kind());
        }
        cause = it.source();
    }
    kind
}
