//! Whether everything is as it should be.

use std::os::unix::fs::PermissionsExt;

use jamsostek_client::Options;
use serde_json::Value;
use tempfile::TempDir;

use super::{Ran, Shell};
use crate::{jamsostekd::House, town::Town};

#[tokio::test]
async fn in_a_good_house_nothing_is_in_the_way() {
    let home = TempDir::new().expect("a directory");
    let house = House::opens(&home).await;
    let mut shell = Shell::at(&format!("http://{}", house.address));
    shell.set(
        "JAMSOSTEK_CLIENT_ID",
        "00000000-0000-7000-8000-000000000001",
    );
    shell.set("JAMSOSTEK_CLIENT_SECRET", "sandbox-gateway");

    let told = shell.runs(&["doctor", "--json"]).await;
    let for_people = shell.runs(&["doctor"]).await;

    assert_eq!(told.exit, 0, "{}", told.printed);
    for check in [
        "client", "state", "server", "tls", "ready", "version", "clock", "session",
    ] {
        assert_eq!(
            found(&told, check)["health"],
            "ok",
            "{check}: {}",
            told.printed
        );
    }
    let session = found(&told, "session")["found"].to_string();
    assert!(
        session.contains("service") && session.contains("payments.write"),
        "{session}"
    );
    assert!(
        for_people
            .printed
            .lines()
            .all(|it| it.chars().count() <= 80)
    );
}

#[tokio::test]
async fn a_sandbox_whose_clock_was_moved_is_told_and_not_feared() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);

    let nobody = budi.runs(&["doctor", "--json"]).await;
    budi.becomes_a_participant(&town).await;
    let signed_in = budi.runs(&["doctor", "--json"]).await;

    assert_eq!(
        (nobody.exit, signed_in.exit),
        (0, 0),
        "{}",
        signed_in.printed
    );
    for told in [&nobody, &signed_in] {
        assert_eq!(found(told, "clock")["health"], "warn", "{}", told.printed);
    }
    let skew = found(&signed_in, "clock")["found"].to_string();
    assert!(skew.contains("behind") || skew.contains("ahead"), "{skew}");
    assert_eq!(found(&nobody, "session")["health"], "warn");
    assert_eq!(found(&signed_in, "session")["health"], "ok");
}

#[tokio::test]
async fn wrong_tls_is_told_with_its_remedy() {
    let home = TempDir::new().expect("a directory");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let certificate = made.cert.pem();
    let [file, key] = ["certificate.pem", "key.pem"].map(|it| home.path().join(it));
    std::fs::write(&file, &certificate).expect("a file");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("a file");
    let [file, key] = [&file, &key].map(|it| it.to_str().expect("a path"));
    let flags = ["--tls-certificate", file, "--tls-key", key];
    let house = House::opens_with(&home, &flags, |address| {
        Options::new(format!("https://{address}"))
            .ca_certificate(certificate)
            .domain("localhost")
    })
    .await;
    let (_, port) = house.address.rsplit_once(':').expect("a port");
    let server = format!("https://localhost:{port}");
    // The server listens on this one address of those that `localhost` may have.
    assert!(house.address.starts_with("127.0.0.1:"));

    let doctor = ["doctor", "--json"];
    let good = Shell::at(&server)
        .runs(&[&doctor[..], &["--ca", file]].concat())
        .await;
    let unknown = Shell::at(&server).runs(&doctor).await;
    let other_name = Shell::at(&format!("https://127.0.0.1:{port}"));
    let other_name = other_name
        .runs(&[&doctor[..], &["--ca", file]].concat())
        .await;
    let clear = Shell::at(&format!("http://localhost:{port}"))
        .runs(&doctor)
        .await;

    assert_eq!(good.exit, 0, "{}", good.printed);
    assert_eq!(found(&good, "tls")["health"], "ok");
    for (told, remedy) in [
        (&unknown, "--ca"),
        (&other_name, "the name"),
        (&clear, "https://"),
    ] {
        let found = found(told, "server");
        assert_eq!(
            (told.exit, &found["health"]),
            (6, &"fail".into()),
            "{}",
            told.printed
        );
        assert!(found["remedy"].to_string().contains(remedy), "{found}");
    }
}

#[tokio::test]
async fn tls_to_a_house_without_it_is_told() {
    let town = Town::found("2026-03-10").await;
    let shell = Shell::at(&town.address.replace("http:", "https:"));

    let told = shell.runs(&["doctor", "--json"]).await;

    assert_eq!(told.exit, 6);
    let remedy = found(&told, "server")["remedy"].to_string();
    assert!(remedy.contains("http://"), "{}", told.printed);
}

#[tokio::test]
async fn a_session_that_others_can_read_is_told() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    budi.becomes_a_participant(&town).await;
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(budi.state_file(), open).expect("opened");

    let told = budi.runs(&["doctor", "--json"]).await;

    let state = found(&told, "state");
    assert_eq!(state["health"], "warn");
    assert!(state["remedy"].to_string().contains("chmod 600"), "{state}");
}

/// What was found of one thing.
fn found(told: &Ran, check: &str) -> Value {
    let json: Value = serde_json::from_str(&told.printed).expect("JSON");
    let checks = json["checks"].as_array().expect("checks").iter();
    let mut found = checks.filter(|it| it["check"] == check);
    found
        .next()
        .unwrap_or_else(|| panic!("{check} in {}", told.printed))
        .clone()
}
