//! People are told in their own language why something is refused.

use std::sync::LazyLock;

use jamsostek_client::{
    Error, ErrorReason, Language, Localized, Refusal,
    v1::{
        GetServerInfoRequest, WhoAmIRequest, server_service_client::ServerServiceClient,
        session_service_client::SessionServiceClient,
    },
};
use tonic::{Request, metadata::AsciiMetadataValue};

use crate::town::{ExpectRefusal, Town, other_than};

/// Where every refusal is told.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");

#[tokio::test]
async fn whoever_asks_for_no_language_is_told_in_indonesian() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a code");
    let wrong = other_than(&budi.reads_the_code().await);

    let refusal = budi.tries(&wrong).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpWrong);
    assert_eq!(
        told(&refusal, "id"),
        "Kode OTP tidak cocok. Sisa percobaan: 4. Periksa pesan terbaru yang kami kirim."
    );
    // What a program reads is English for everybody.
    assert_eq!(refusal.message, "that is not the code that was sent");
}

#[tokio::test]
async fn whoever_asks_for_english_is_told_the_same_numbers_in_english() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.client = town.client.with_language(Language::English);
    budi.starts().await.expect("a code");
    let wrong = other_than(&budi.reads_the_code().await);

    let refusal = budi.tries(&wrong).await.expect_refusal();
    let too_soon = budi.asks_again().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::OtpWrong);
    assert_eq!(
        told(&refusal, "en"),
        "The code does not match. Tries left: 4. Check the latest message that we sent."
    );
    assert_eq!(too_soon.reason, ErrorReason::OtpTooSoon);
    assert!(told(&too_soon, "en").contains("in 1 minute."));
}

#[tokio::test]
async fn a_day_is_said_as_each_language_says_it() {
    let town = Town::found("2026-03-10").await;
    let english = town.client.with_language(Language::English);
    let day = "2014-08-17".parse().ok();

    let before = town.client.get_parameter("bpu/brackets", day).await;
    let the_same = english.get_parameter("bpu/brackets", day).await;

    let (before, the_same) = (before.expect_refusal(), the_same.expect_refusal());
    assert_eq!(before.reason, ErrorReason::NoParameter);
    assert!(told(&before, "id").contains("Tanggal: 17 Agustus 2014."));
    assert!(told(&the_same, "en").contains("Date: 17 August 2014."));
}

#[tokio::test]
async fn each_bad_field_is_told_in_the_language_of_the_call() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    (budi.nik, budi.contact) = ("31740".into(), "by pigeon".into());

    let refusal = budi.starts().await.expect_refusal();
    budi.client = town.client.with_language(Language::English);
    let the_same = budi.starts().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::MalformedRequest);
    assert_eq!(
        fields(&refusal),
        [
            "nik: NIK terdiri dari 16 angka, seperti pada KTP.",
            "contact: Isi alamat email, atau nomor HP yang diawali +628."
        ]
    );
    assert_eq!(
        fields(&the_same)[0],
        "nik: A NIK has 16 digits, as on your identity card (KTP)."
    );
    assert_eq!(
        refusal.violations[0].description,
        the_same.violations[0].description
    );
}

#[tokio::test]
async fn who_is_stopped_at_the_gate_is_told_too() {
    let town = Town::found("2026-03-10").await;
    let english = town.client.with_language(Language::English);

    let stopped = town.client.who_am_i().await.expect_refusal();
    let the_same = english.who_am_i().await.expect_refusal();
    let forged = english.with_token("forged").who_am_i().await;

    assert_eq!(stopped.reason, ErrorReason::TokenMissing);
    assert_eq!(
        told(&stopped, "id"),
        "Anda belum masuk. Silakan masuk dengan kode OTP."
    );
    assert!(told(&the_same, "en").starts_with("You are not signed in."));
    assert!(told(&forged.expect_refusal(), "en").ends_with("Please sign in again."));
}

#[tokio::test]
async fn a_strange_wish_for_a_language_harms_nothing() {
    let town = Town::found("2026-03-10").await;
    let long = "xx-Xxxx-XX;q=0.001,".repeat(300);
    let strange: [&[u8]; 8] = [
        b"",
        b",;q=;;,,*;q",
        b"tlh, jv;q=0.9",
        b"en;q=9",
        b"{triesLeft}",
        b"\xff\xfe\x80",
        b"en\xc3\xa9",
        long.as_bytes(),
    ];
    for wish in strange {
        let wish = AsciiMetadataValue::try_from(wish).expect("a header");
        let (mut info, mut who) = (
            Request::new(GetServerInfoRequest {}),
            Request::new(WhoAmIRequest {}),
        );
        info.metadata_mut().insert("accept-language", wish.clone());
        who.metadata_mut().insert("accept-language", wish);
        let mut server = ServerServiceClient::new(town.client.channel());
        let mut session = SessionServiceClient::new(town.client.channel());

        let answer = server.get_server_info(info).await;
        let refusal = session.who_am_i(who).await.map_err(Error::from);

        answer.expect("an answer");
        let refusal = refusal.expect_refusal();
        assert_eq!(refusal.reason, ErrorReason::TokenMissing);
        told(&refusal, "id");
    }
}

/// Changes with the texts alone; written anew where that is asked for.
#[test]
fn the_page_of_refusals_is_as_the_texts_are() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the test itself is told to renew the page"
    )]
    let renew = std::env::var("JAMSOSTEK_RENEW").is_ok();
    let page = jamsostek_server::errors_page();

    if renew {
        std::fs::write(PAGE, &page).expect("the page is written");
    }

    let is_fresh = std::fs::read_to_string(PAGE).is_ok_and(|it| it == page);
    assert!(
        is_fresh,
        "docs/errors.md is stale; renew it: JAMSOSTEK_RENEW=1 cargo test --test stories -- the_page_of_refusals"
    );
}

/// Fails the story where a refusal is not told as `docs/errors.md` tells it.
pub fn is_explained(refusal: &Refusal) {
    static TOLD: LazyLock<String> =
        LazyLock::new(|| std::fs::read_to_string(PAGE).expect("the page"));
    let told = refusal.localized.as_ref();
    let told = told.unwrap_or_else(|| panic!("nobody is told anything: {refusal:?}"));
    is_for_people(told);
    for field in &refusal.violations {
        let told = field.localized.as_ref();
        is_for_people(told.unwrap_or_else(|| panic!("no words for {field:?}")));
    }
    let name = format!("`{}` = ", refusal.reason.as_str_name());
    let (_, section) = TOLD.split_once(&name).expect("a section");
    let section = section.split("\n## ").next().unwrap_or(section);
    // gRPC's own names, as `FailedPrecondition` is ours.
    let codes = section.lines().next().expect("its codes").replace('_', "");
    let code = format!("`{:?}`", refusal.code).to_uppercase();
    assert!(codes.contains(&code), "{refusal:?} is not among {codes}");
    for key in refusal.metadata.keys() {
        let listed = section.contains(&format!("Metadata: `{key}`"));
        assert!(listed, "docs/errors.md does not tell of {key}: {refusal:?}");
    }
}

fn is_for_people(told: &Localized) {
    let whole = told.text.ends_with('.') && !told.text.contains(['{', '}']);
    assert!(
        whole && ["id", "en"].contains(&told.locale.as_str()),
        "{told:?}"
    );
}

/// What a person is told, in the language that the story expects.
pub fn told<'a>(refusal: &'a Refusal, locale: &str) -> &'a str {
    let told = refusal.localized.as_ref().expect("words for a person");
    assert_eq!(told.locale, locale, "{told:?}");
    &told.text
}

fn fields(refusal: &Refusal) -> Vec<String> {
    let bad = refusal.violations.iter();
    let told = bad.map(|it| {
        let told = it.localized.as_ref().expect("words for a person");
        format!("{}: {told}", it.field)
    });
    told.collect()
}
