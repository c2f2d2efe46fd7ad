//! What the doctor looks at: first here, then there.

use std::{fs, io, net::IpAddr, os::unix::fs::PermissionsExt, path::Path};

use chrono::{DateTime, Utc};
use jamsostek_client::{Client, v1::GetServerInfoResponse};
use tonic::transport::Uri;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use super::finding::{Finding, Health};
use crate::{
    desk::{ACCESS_SECONDS, Desk, Renewed},
    failure::{Exit, Failure},
    words::{plain, short},
};

/// Clocks may differ by this much and nobody notices.
const SKEW_SECONDS: i64 = 30;
/// A payment's notice may be this far ahead of the service's clock, and no further.
const SKEW_SECONDS_MAX: i64 = 300;

/// What can be looked at without a server.
pub(super) fn here(desk: &Desk) -> Vec<Finding> {
    vec![Finding::ok("client", env!("CARGO_PKG_VERSION")), kept(desk)]
}

/// What is kept is for its owner's eyes alone.
fn kept(desk: &Desk) -> Finding {
    let file = desk.store.file();
    let directory = file.parent().unwrap_or(Path::new("."));
    for (place, wanted) in [(directory, 0o700), (file, 0o600)] {
        let mode = match fs::metadata(place) {
            Ok(found) => found.permissions().mode() & 0o777,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                let found = format!("{} cannot be looked at: {error}.", place.display());
                return Finding::warn("state", found, "Name another place with --state-dir.");
            }
        };
        if mode & 0o077 != 0 {
            let found = format!("{} is open to others ({mode:o}).", place.display());
            let remedy = format!("Close it: chmod {wanted:o} '{}'.", place.display());
            return Finding::warn("state", found, remedy);
        }
    }
    match desk.state() {
        Ok(_) => Finding::ok("state", file.display().to_string()),
        Err(failure) => Finding::failed("state", failure, desk),
    }
}

/// What only the server can tell.
pub(super) async fn there(desk: &Desk) -> Vec<Finding> {
    let reached = async {
        let nobody = desk.nobody().await?;
        let info = nobody.get_server_info().await?;
        Ok::<_, Failure>((nobody, info))
    };
    let (nobody, info) = match reached.await {
        Ok(reached) => reached,
        Err(failure) => return vec![Finding::failed("server", failure, desk)],
    };
    let server = &desk.globals.server;
    let mut findings = vec![
        Finding::ok(
            "server",
            format!("{server} answers, as a {}.", info.profile),
        ),
        secrecy(server),
        ready(&nobody).await,
        versions(&info),
    ];
    let told = format!(
        "{} calls at once, {} a connection, {} bytes a request, {} seconds a call.",
        info.calls_max, info.streams_max, info.request_bytes_max, info.deadline_seconds_max
    );
    findings.push(Finding::ok("limits", told));
    let (session, ends) = session(desk).await;
    findings.push(clock(&info, ends));
    findings.extend(session);
    findings.extend(code(desk).await);
    findings
}

fn secrecy(server: &str) -> Finding {
    if server.starts_with("https:") {
        return Finding::ok("tls", "Nobody in between can listen.");
    }
    if is_here(server) {
        return Finding::ok("tls", "In the clear, and never off this machine.");
    }
    Finding::warn(
        "tls",
        "Everybody in between can read along.",
        "Let it serve with --tls-certificate and --tls-key, and call it with https://.",
    )
}

/// Whether the address names this machine: by its host as a whole, since anybody may own `localhost.example`.
fn is_here(server: &str) -> bool {
    let Ok(address) = server.parse::<Uri>() else {
        return false;
    };
    let host = address.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let number: Result<IpAddr, _> = bare.parse();
    number.map_or_else(
        |_| host.eq_ignore_ascii_case("localhost"),
        |it| it.is_loopback(),
    )
}

async fn ready(nobody: &Client) -> Finding {
    let asked = HealthClient::new(nobody.channel())
        .check(HealthCheckRequest::default())
        .await;
    match asked.map(|it| it.into_inner().status()) {
        Ok(ServingStatus::Serving) => Finding::ok("ready", "It serves."),
        Ok(ServingStatus::NotServing | ServingStatus::Unknown | ServingStatus::ServiceUnknown) => {
            Finding::of(
                "ready",
                Health::Fail(Exit::Later),
                "It is there and does not serve: its store may be out of reach.",
                "Try again later, or look at its log.",
            )
        }
        Err(_) => Finding::warn(
            "ready",
            "It does not tell whether it serves.",
            "Something in between may keep grpc.health.v1.Health from it.",
        ),
    }
}

fn versions(info: &GetServerInfoResponse) -> Finding {
    let (ours, theirs) = (env!("CARGO_PKG_VERSION"), &info.version);
    let found = format!("{theirs}, with the policy {}.", info.policy_version);
    if theirs == ours {
        return Finding::ok("version", found);
    }
    Finding::warn(
        "version",
        format!("{found} This program is {ours}."),
        "Use the program of the server's version.",
    )
}

/// Who is signed in, and when a token that was made just now ends.
async fn session(desk: &Desk) -> (Vec<Finding>, Option<DateTime<Utc>>) {
    let signed_in = async {
        if desk.credentials()?.is_some() {
            let client = desk.caller().await?;
            let me = client.who_am_i().await?;
            let ends = client.tokens().and_then(|it| it.access_expires_at);
            return Ok((me, ends));
        }
        let Renewed { client, tokens } = desk.renew().await?;
        Ok::<_, Failure>((client.who_am_i().await?, tokens.access_expires_at))
    };
    let nobody =
        matches!(desk.credentials(), Ok(None)) && desk.state().is_ok_and(|it| it.session.is_none());
    if nobody {
        let remedy = "Sign in with `jamsostek sign-in`, or start with `jamsostek register`.";
        let finding = Finding::warn("session", "Nobody is signed in.", remedy);
        return (vec![finding], None);
    }
    match signed_in.await {
        Ok((me, ends)) => {
            let subject = plain(short(me.subject().as_str_name(), "SUBJECT_"));
            let scopes = match me.scopes.as_slice() {
                [] => String::new(),
                scopes => format!(", who may {}", scopes.join(", ")),
            };
            let found = format!("{subject} {}{scopes}.", me.subject_id);
            (vec![Finding::ok("session", found)], ends)
        }
        Err(failure) => (vec![Finding::failed("session", failure, desk)], None),
    }
}

/// The clocks, to the second where a token was made just now, else to the day.
fn clock(info: &GetServerInfoResponse, token_ends: Option<DateTime<Utc>>) -> Finding {
    let here = now();
    let Some(ends) = token_ends else {
        return day(info, here);
    };
    let skew = ends.timestamp() - ACCESS_SECONDS - here.timestamp();
    let found = match skew {
        0 => "The server's clock and this one agree.".to_owned(),
        _ if skew > 0 => format!("The server's clock is {} ahead.", long(skew)),
        _ => format!("The server's clock is {} behind.", long(-skew)),
    };
    if skew.abs() <= SKEW_SECONDS {
        return Finding::ok("clock", found);
    }
    of_skew(info, skew.abs() > SKEW_SECONDS_MAX, found)
}

fn day(info: &GetServerInfoResponse, here: DateTime<Utc>) -> Finding {
    let jakarta = chrono::TimeDelta::hours(7);
    let near = |seconds| (here + jakarta + chrono::TimeDelta::seconds(seconds)).date_naive();
    let same = [-SKEW_SECONDS, SKEW_SECONDS].map(|it| near(it).to_string());
    if same.contains(&info.today) {
        let found = "The server and this machine have the same day; signed in, more can be told.";
        return Finding::ok("clock", found);
    }
    let found = format!("The server has {}, this machine {}.", info.today, near(0));
    of_skew(info, true, found)
}

/// A sandbox's clock is there to be moved; elsewhere one of the two is wrong.
fn of_skew(info: &GetServerInfoResponse, far: bool, found: String) -> Finding {
    if info.profile == "sandbox" {
        let remedy = "A sandbox's clock can be moved ahead, and never back.";
        return Finding::warn("clock", found, remedy);
    }
    let health = if far {
        Health::Fail(Exit::Refused)
    } else {
        Health::Warn
    };
    let remedy = "Let both keep time by NTP: notices of payments from the future are refused.";
    Finding::of("clock", health, found, remedy)
}

fn long(seconds: i64) -> String {
    match seconds {
        0..=119 => format!("{seconds} seconds"),
        120..=7_199 => format!("{} minutes", seconds / 60),
        7_200..=172_799 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// The code that is on its way, if any.
async fn code(desk: &Desk) -> Option<Finding> {
    let sent = desk.state().ok()?.code?;
    let challenge = crate::command::otp::id(&sent.challenge_id).ok()?;
    let told = desk.nobody().await.ok()?.get_otp_delivery(challenge).await;
    let Ok(told) = told else {
        let found = format!("The code to {} is not known there.", sent.masked_contact);
        let remedy = "Ask for another with `jamsostek sign-in` or `jamsostek register --new`.";
        return Some(Finding::warn("code", found, remedy));
    };
    let state = plain(short(told.state().as_str_name(), "STATE_"));
    let found = format!("One to {} is {state}.", sent.masked_contact);
    Some(Finding::warn(
        "code",
        found,
        "Bring it back with `jamsostek otp verify`.",
    ))
}

/// By this machine's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "it is this machine's clock that is compared"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_here() {
        for here in [
            "http://localhost:1",
            "http://127.0.0.1",
            "http://[::1]:1",
            "http://LOCALHOST",
            "http://127.9.0.1:1/",
        ] {
            assert!(is_here(here), "{here}");
        }
        for away in [
            "http://localhost.evil.example:1",
            "http://127.0.0.1.evil.example",
            "http://localhost@evil.example",
            "http://10.0.0.1",
        ] {
            assert!(!is_here(away), "{away}");
        }
    }
}
