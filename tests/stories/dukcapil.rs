//! The population register itself: what it is asked, what it answers, and what becomes of people while it does not.

mod local;
mod memory;
mod program;
mod silence;

use jamsostek_client::{
    ErrorReason,
    v1::{IdentityState, registration::State},
};
use serde_json::json;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

use self::local::{
    Local, Manner, PASSWORD, agrees, another_name, code, settings, town_at, town_with,
};
use crate::town::{ExpectRefusal, Town};

#[tokio::test]
async fn a_registration_is_checked_by_the_registers_own_protocol() {
    let register = Local::that(Manner::Says(agrees()));
    let town = town_at(register.address).await;
    let mut budi = town.person();
    budi.name = "Drs. H. Budi  Hartono, S.E.".into();
    budi.work.mother_name = "Sri wahyuni".into();
    budi.has_an_account().await;

    let taken = budi.tells_work().await.expect("the work is taken");

    assert_eq!(taken.identity_state(), IdentityState::Matched);
    let asked = register.asked();
    assert_eq!(asked.len(), 1);
    let path = "/dukcapil/get_json/jamsostek/CALL_VERIFY_BY_ELEMEN";
    assert_eq!(asked[0].line, format!("POST {path} HTTP/1.1"));
    assert_eq!(asked[0].content_type, "application/json");
    let whole = json!({
        "USER_ID": "penguji",
        "PASSWORD": PASSWORD,
        "IP_USER": "10.1.2.3",
        "TRESHOLD": "90",
        "NIK": budi.nik,
        "NAMA_LGKP": "BUDI HARTONO",
        "TGL_LHR": "12-05-1990",
        "NAMA_LGKP_IBU": "SRI WAHYUNI",
    });
    assert_eq!(asked[0].body, whole);
}

#[tokio::test]
async fn the_register_is_asked_about_nothing_that_was_not_told() {
    let register = Local::that(Manner::Says(another_name()));
    let town = town_at(register.address).await;
    let mut budi = town.person();
    budi.birth_date = "1990-05-13".into();
    budi.has_an_account().await;

    budi.tells_work().await.expect_refusal();

    let asked = register.asked();
    let elements = asked[0].body.as_object().expect("an object");
    let mut elements: Vec<_> = elements.keys().map(String::as_str).collect();
    elements.sort_unstable();
    assert_eq!(
        elements,
        [
            "IP_USER",
            "NAMA_LGKP",
            "NIK",
            "PASSWORD",
            "TGL_LHR",
            "TRESHOLD",
            "USER_ID"
        ]
    );
    assert_eq!(asked[0].body["TGL_LHR"], "13-05-1990");
}

#[tokio::test]
async fn a_name_agrees_from_the_score_of_the_settings_on() {
    let nearly = json!({ "NAMA_LGKP": "Sesuai (84)", "TGL_LHR": "Sesuai" });
    let register = Local::that(Manner::Says(nearly));
    let mut lenient = settings(&format!("http://{}", register.address));
    lenient.register_threshold = 84;
    let strict = town_at(register.address).await;
    let lenient = town_with(&lenient).await;

    let refusal = refused(&strict).await;
    let mut budi = lenient.person();
    budi.has_an_account().await;
    let taken = budi.tells_work().await.expect("the work is taken");

    assert_eq!(refusal.reason, ErrorReason::IdentityMismatch);
    assert_eq!(taken.identity_state(), IdentityState::Matched);
    assert_eq!(register.asked()[1].body["TRESHOLD"], "84");
}

#[tokio::test]
async fn what_disagrees_is_named() {
    let told = [
        (another_name(), "NAMA_LGKP"),
        (
            json!({ "NAMA_LGKP": "Sesuai (96)", "TGL_LHR": "Tidak Sesuai" }),
            "TGL_LHR",
        ),
        (
            json!({ "NIK": "Tidak Sesuai", "NAMA_LGKP": "Tidak Sesuai (0)", "TGL_LHR": "Tidak Sesuai" }),
            "NIK,NAMA_LGKP,TGL_LHR",
        ),
    ];
    let register = Local::that(Manner::IsSilent);
    let town = town_at(register.address).await;

    for (content, fields) in told {
        register.now(Manner::Says(content));
        let refusal = refused(&town).await;

        assert_eq!(refusal.reason, ErrorReason::IdentityMismatch);
        assert_eq!(refusal.metadata["fields"], fields);
    }
}

#[tokio::test]
async fn each_code_of_the_register_has_its_refusal() {
    let codes = [
        ("12", "DUPLICATE"),
        ("13", "NOT_FOUND"),
        ("14", "INACTIVE"),
        ("15", "WRONG_FORMAT"),
    ];
    let register = Local::that(Manner::Says(code("11")));
    let town = town_at(register.address).await;

    let deceased = refused(&town).await;
    let mut verdicts = Vec::new();
    for (number, _) in codes {
        register.now(Manner::Says(code(number)));
        let refusal = refused(&town).await;
        assert_eq!(refusal.reason, ErrorReason::IdentityRefused, "{number}");
        verdicts.push(refusal.metadata["verdict"].clone());
    }

    assert_eq!(deceased.reason, ErrorReason::IdentityDeceased);
    assert_eq!(verdicts, codes.map(|it| it.1));
    assert_eq!(costs(&town).await, (5, 5_000));
}

#[tokio::test]
async fn the_register_is_asked_over_tls_where_it_is_trusted() {
    let home = tempfile::TempDir::new().expect("a directory");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let file = home.path().join("register.pem");
    std::fs::write(&file, made.cert.pem()).expect("a file");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let tls = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate with its key");
    let tls = TlsAcceptor::from(std::sync::Arc::new(tls));
    let register = Local::behind(tls, Manner::Says(agrees()));
    let stranger = settings(&format!("https://localhost:{}", register.address.port()));
    let mut trusted = stranger.clone();
    trusted.register_ca = Some(file);

    let states = [
        told(&town_with(&stranger).await).await,
        told(&town_with(&trusted).await).await,
    ];

    assert_eq!(states, [IdentityState::Pending, IdentityState::Matched]);
    assert_eq!(register.times(), 1);
}

/// Somebody new tells the work; what is then known of him.
async fn told(town: &Town) -> IdentityState {
    let mut person = town.person();
    person.has_an_account().await;
    let taken = person.tells_work().await.expect("the work is taken");
    assert_eq!(taken.state(), State::AwaitingConfirmation);
    taken.identity_state()
}

/// Somebody new tells the work and is refused.
async fn refused(town: &Town) -> jamsostek_client::Refusal {
    let mut person = town.person();
    person.has_an_account().await;
    let refusal = person.tells_work().await.expect_refusal();
    assert_eq!(person.looks().await.state(), State::Stopped);
    refusal
}

/// How many questions were counted, and what they cost.
async fn costs(town: &Town) -> (i64, i64) {
    crate::doubt::counted(town, "1 = 1").await
}
