//! Production: served with nothing that a sandbox plays, and with nothing that everybody knows.

use std::sync::Arc;

use jamsostek_client::{Client, Code, Error, ErrorReason, Options, Subject};
use jamsostek_server::{
    OtpLimits, Parts, Profile, assemble, clock::SystemClock, db::Db, seal::Seal,
};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;
use tokio::time::timeout;
use tonic::transport::Identity;
use tonic_reflection::pb::{v1, v1alpha};

use crate::{
    carriers::outside,
    crash::moment::{count, open},
    fresh_store::fresh_store,
    jamsostekd::{House, PATIENCE, program, told},
    town::{ExpectRefusal, credential, id},
};

#[tokio::test]
async fn with_everything_real_it_is_served_to_those_whom_it_knows() {
    let home = TempDir::new().expect("a directory");
    let (flags, certificate) = everything_real(&home);
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    succeeds(&home, &["keys", "create"]).await;
    let officer = succeeds(
        &home,
        &["client", "create", "--kind", "officer", "--name", "ani"],
    )
    .await;
    let word = |name: &str| {
        let line = officer.lines().find_map(|it| it.split_once(name));
        line.expect("told once").1.trim().to_owned()
    };

    let house = House::opens_with(&home, &flags, |address| {
        Options::new(format!("https://{address}"))
            .ca_certificate(certificate)
            .domain("localhost")
    })
    .await;
    let info = house.client.get_server_info().await.expect("an answer");
    let ani = as_(
        &house.client,
        id(&word("client_id:")),
        &word("client_secret:"),
    );
    let known = as_(&house.client, credential(2), "sandbox-officer");

    assert_eq!(info.profile, "production");
    let who = ani.who_am_i().await.expect("an officer");
    assert_eq!(who.subject(), Subject::Officer);
    let known = known.who_am_i().await.expect_refusal();
    assert_eq!(known.reason, ErrorReason::CredentialsWrong);
    let people = house.client.list_people().await.expect_err("no sandbox");
    let code = match &people {
        Error::Unknown(status) | Error::Transport(status) => status.code(),
        Error::Refused(refusal) => refusal.code,
    };
    assert_eq!(code, Code::Unimplemented, "{people:?}");
    assert_eq!(reflected(&house.client).await, [Code::Unimplemented; 2]);
}

#[tokio::test]
async fn a_store_that_was_a_sandboxs_is_not_served_to_the_public() {
    let home = TempDir::new().expect("a directory");
    let (flags, _) = everything_real(&home);
    let mut sandbox = House::opens(&home).await;
    assert!(sandbox.ends_when_asked().await);

    let mut production = program(&home).await;
    production.args(&flags).args(["--listen", "127.0.0.1:0"]);
    let ended = timeout(PATIENCE, production.output()).await;

    let ended = ended.expect("it ends").expect("it ran");
    assert!(!ended.status.success());
    assert!(
        told(&ended).contains("the store was a sandbox's"),
        "{}",
        told(&ended)
    );
}

#[tokio::test]
async fn a_store_of_production_is_never_made_a_sandbox() {
    let home = TempDir::new().expect("a directory");
    let (url, seal) = (fresh_store(&home).await, Seal::ephemeral());
    let production = parts(&home, &url, &seal, Profile::Production).await;
    assemble(production).await.map(drop).expect("production");

    let sandbox = parts(&home, &url, &seal, Profile::Sandbox).await;
    let refused = assemble(sandbox).await.err().expect("no sandbox");

    let why = refused.to_string();
    assert!(why.contains("the store is production's"), "{why}");
    let store = open(&url).await;
    assert_eq!(count(&store, "SELECT COUNT(*) FROM credential").await, 0);
    assert_eq!(count(&store, "SELECT COUNT(*) FROM employer").await, 0);
    let production = parts(&home, &url, &seal, Profile::Production).await;
    assemble(production).await.map(drop).expect("as before");
}

#[tokio::test]
async fn a_store_of_a_sandbox_is_never_made_production() {
    let home = TempDir::new().expect("a directory");
    let (url, seal) = (fresh_store(&home).await, Seal::ephemeral());
    let sandbox = parts(&home, &url, &seal, Profile::Sandbox).await;
    assemble(sandbox).await.map(drop).expect("a sandbox");

    let production = parts(&home, &url, &seal, Profile::Production).await;
    let refused = assemble(production).await.err().expect("no production");

    let why = refused.to_string();
    assert!(why.contains("the store was a sandbox's"), "{why}");
    let sandbox = parts(&home, &url, &seal, Profile::Sandbox).await;
    assemble(sandbox).await.map(drop).expect("as before");
}

#[tokio::test]
async fn a_store_of_before_profiles_were_kept_stays_whose_it_was() {
    use Profile::{Production, Sandbox};
    for (first, other) in [(Production, Sandbox), (Sandbox, Production)] {
        let home = TempDir::new().expect("a directory");
        let (url, seal) = (fresh_store(&home).await, Seal::ephemeral());
        let served = parts(&home, &url, &seal, first).await;
        assemble(served).await.map(drop).expect("it is served");
        let store = open(&url).await;
        store.execute_unprepared(SOMEBODY).await.expect("somebody");
        forgets_profiles(&store).await;

        let refused = assemble(parts(&home, &url, &seal, other).await).await;

        assert!(refused.is_err(), "{other:?} on a store of {first:?}");
        let again = assemble(parts(&home, &url, &seal, first).await).await;
        again.map(drop).expect("as before");
    }
}

#[tokio::test]
async fn a_store_of_before_profiles_were_kept_with_nobody_in_it_is_anybodys() {
    let home = TempDir::new().expect("a directory");
    let (url, seal) = (fresh_store(&home).await, Seal::ephemeral());
    let production = parts(&home, &url, &seal, Profile::Production).await;
    assemble(production).await.map(drop).expect("it is served");
    forgets_profiles(&open(&url).await).await;

    let sandbox = parts(&home, &url, &seal, Profile::Sandbox).await;
    assemble(sandbox).await.map(drop).expect("a sandbox");
}

#[tokio::test]
async fn a_start_that_fails_leaves_the_store_to_whoever_serves_it_first() {
    let home = TempDir::new().expect("a directory");
    let (url, seal) = (fresh_store(&home).await, Seal::ephemeral());
    let mut production = parts(&home, &url, &seal, Profile::Production).await;
    let none = home.path().join("none.pem");
    std::fs::write(&none, "no certificate").expect("a file");
    let (mut flags, _) = everything_real(&home);
    flags.extend(["--register-ca", none.to_str().expect("a path")].map(str::to_owned));
    production.outside = outside(flags).expect("flags that go together");

    let refused = assemble(production).await.err().expect("no register");

    assert!(refused.to_string().contains("--register-ca"), "{refused}");
    let sandbox = parts(&home, &url, &seal, Profile::Sandbox).await;
    assemble(sandbox).await.map(drop).expect("a sandbox");
}

/// Somebody who has come to be served.
const SOMEBODY: &str = "INSERT INTO participant (id, document, document_digest, full_name, birth_date, sex, warnings, identity_state, \
     created_at, document_kind) VALUES ('00000000-0000-7000-8000-0000000000aa', '', '', 'A', '1990-01-01', '', '', 'matched', \
     '2026-01-01 00:00:00+00:00', 'nik')";

/// The store as it was before it remembered in which profile it is served.
async fn forgets_profiles(store: &DatabaseConnection) {
    for undo in [
        "ALTER TABLE key_ring DROP COLUMN profile",
        "DELETE FROM seaql_migrations WHERE version = 'm0010_profile'",
    ] {
        store.execute_unprepared(undo).await.expect("it is undone");
    }
}

#[tokio::test]
async fn what_production_lacks_leaves_the_store_to_whoever_serves_it_first() {
    let home = TempDir::new().expect("a directory");
    let (url, seal) = (fresh_store(&home).await, Seal::ephemeral());
    let mut production = parts(&home, &url, &seal, Profile::Production).await;
    production.tls = None;

    let refused = assemble(production).await.err().expect("no certificate");

    assert!(refused.to_string().contains("a certificate"), "{refused}");
    let sandbox = parts(&home, &url, &seal, Profile::Sandbox).await;
    assemble(sandbox).await.map(drop).expect("a sandbox");
}

/// What a house is made of that has everything real.
async fn parts(home: &TempDir, url: &str, seal: &Seal, profile: Profile) -> Parts {
    let (flags, _) = everything_real(home);
    Parts {
        db: Db::open(url).await.expect("a store"),
        seal: seal.clone(),
        clock: Arc::new(SystemClock),
        profile,
        limits: OtpLimits::PRODUCTION,
        calls_max: 16,
        web_origins: Vec::new(),
        tls: Some(Identity::from_pem("read", "when it is served")),
        outside: outside(flags).expect("flags that go together"),
    }
}

/// How the service answers whoever asks for its contract, in both versions.
async fn reflected(client: &Client) -> [Code; 2] {
    use v1::server_reflection_client::ServerReflectionClient as New;
    use v1alpha::server_reflection_client::ServerReflectionClient as Old;
    let (mut new, mut old) = (New::new(client.channel()), Old::new(client.channel()));
    let asked = tokio_stream::once(v1::ServerReflectionRequest::default());
    let new = new.server_reflection_info(asked).await.err();
    let asked = tokio_stream::once(v1alpha::ServerReflectionRequest::default());
    let old = old.server_reflection_info(asked).await.err();
    [new, old].map(|it| it.expect("it tells nothing").code())
}

fn as_(client: &Client, credential: jamsostek_client::Uuid, secret: &str) -> Client {
    client.with_credentials(credential, secret)
}

/// The flags of a production whose neighbours are never asked, and its certificate.
fn everything_real(home: &TempDir) -> (Vec<String>, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let file = |name: &str, text: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a path").to_owned()
    };
    let certificate = made.cert.pem();
    let (shown, key) = (
        file("certificate.pem", &certificate),
        file("key.pem", &made.signing_key.serialize_pem()),
    );
    let secret = file("secret", "of-this-story-alone\n");
    let flags = [
        ["--profile", "production"],
        ["--tls-certificate", &shown],
        ["--tls-key", &key],
        ["--register-url", "https://register.example"],
        ["--register-customer", "jamsostek"],
        ["--register-user", "penguji"],
        ["--register-ip-user", "10.1.2.3"],
        ["--register-password-file", &secret],
        ["--smtp-host", "mail.example"],
        ["--smtp-from", "jamsostek@mail.example"],
        ["--sms-url", "https://sms.example"],
        ["--sms-token-file", &secret],
        ["--bank-url", "https://bank.example"],
        ["--bank-token-file", &secret],
    ];
    let flags = flags.concat().into_iter().map(str::to_owned).collect();
    (flags, certificate)
}

/// What a command prints that ends well.
async fn succeeds(home: &TempDir, arguments: &[&str]) -> String {
    let ended = program(home).await.args(arguments).output().await;
    let ended = ended.expect("it ran");
    assert!(ended.status.success(), "{}", told(&ended));
    String::from_utf8(ended.stdout).expect("text")
}
