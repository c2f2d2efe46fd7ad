//! Walks every rpc of the contract as everybody who should not get through. What there is to walk is read from the descriptors;
//! nothing is listed here but a sample for each name of a field.

pub mod cast;
mod descriptors;
mod samples;

use std::collections::BTreeSet;

use jamsostek_client::{Client, Error, ErrorReason, Subject};
use prost_reflect::{DescriptorPool, FieldDescriptor};
use serde_json::{Value, json};
use tonic::Status;
use uuid::Uuid;

use self::{
    cast::{Cast, access_token},
    descriptors::{Contract, Rpc},
};
use crate::{language::is_explained, raw, town::Town};

#[tokio::test]
async fn nobody_calls_without_a_token_what_is_not_for_everybody() {
    let town = Town::found("2026-03-10").await;
    for rpc in Contract::read().rpcs() {
        let refusal = refused(&town.client, &rpc, None, &rpc.sample(&town)).await;
        if rpc.anonymous {
            assert!(!keeps_out(refusal.as_ref()), "{}: {refusal:?}", rpc.name);
            continue;
        }
        let refusal = refusal.expect(&rpc.name);
        assert_eq!(refusal.reason, ErrorReason::TokenMissing, "{}", rpc.name);
        assert_eq!(refusal.code, tonic::Code::Unauthenticated, "{}", rpc.name);
    }
}

#[tokio::test]
async fn a_token_of_nobody_of_ours_opens_nothing() {
    let town = Town::found("2026-03-10").await;
    for rpc in Contract::read().rpcs().filter(|it| !it.anonymous) {
        let forged = Some("eyJhbGciOiJub25lIn0.eyJraW5kIjoiU1VCSkVDVF9PRkZJQ0VSIn0.");
        let refusal = refused(&town.client, &rpc, forged, &rpc.sample(&town)).await;
        let refusal = refusal.expect(&rpc.name);
        assert_eq!(refusal.reason, ErrorReason::TokenInvalid, "{}", rpc.name);
    }
}

#[tokio::test]
async fn an_expired_token_opens_nothing() {
    let town = Town::found("2026-03-10").await;
    let cast = Cast::gather(&town).await;
    town.waits(5 * 60);
    for rpc in Contract::read().rpcs().filter(|it| !it.anonymous) {
        for (subject, token) in cast
            .callers(&rpc.scope)
            .filter(|(it, _)| rpc.subjects.contains(it))
        {
            let refusal = refused(&town.client, &rpc, Some(token), &rpc.sample(&town)).await;
            let refusal = refusal.unwrap_or_else(|| panic!("{} as {subject:?}", rpc.name));
            assert_eq!(refusal.reason, ErrorReason::TokenExpired, "{}", rpc.name);
        }
    }
}

#[tokio::test]
async fn every_kind_of_caller_is_kept_to_its_own_rpcs() {
    let town = Town::found("2026-03-10").await;
    let cast = Cast::gather(&town).await;
    for rpc in Contract::read().rpcs() {
        for (subject, token) in cast.callers(&rpc.scope) {
            let body = rpc.sample(&town);
            let refusal = refused(&town.client, &rpc, Some(token), &body).await;
            let told = format!("{} as {subject:?}: {refusal:?}", rpc.name);
            if rpc.anonymous || rpc.subjects.contains(&subject) {
                assert!(!keeps_out(refusal.as_ref()), "{told}");
                continue;
            }
            let refusal = refusal.expect(&told);
            assert_eq!(refusal.reason, ErrorReason::CallerNotAllowed, "{told}");
            assert_eq!(refusal.code, tonic::Code::PermissionDenied, "{told}");
        }
    }
}

#[tokio::test]
async fn a_service_is_kept_to_its_scope() {
    let town = Town::found("2026-03-10").await;
    let warehouse = access_token(&town.warehouse()).await;
    let mut walked = 0;
    for rpc in Contract::read().rpcs().filter(|it| !it.scope.is_empty()) {
        let refusal = refused(&town.client, &rpc, Some(&warehouse), &rpc.sample(&town)).await;
        let refusal = refusal.expect(&rpc.name);
        assert_eq!(
            refusal.reason,
            ErrorReason::CallerNotAllowed,
            "{}",
            rpc.name
        );
        walked += 1;
    }
    assert!(walked > 0);
}

#[tokio::test]
async fn somebody_elses_object_and_a_missing_one_are_the_same() {
    let town = Town::found("2026-03-10").await;
    let cast = Cast::gather(&town).await;
    let before = cast.owners_things(&town).await;
    let mut walked = 0;
    for rpc in Contract::read().rpcs() {
        for field in rpc.objects() {
            let missing = rpc.about(&town, &cast, &field, &missing_one(rpc.object(&field)));
            if rpc.anonymous {
                let refusal = answer(&town.client, &rpc, None, &missing).await;
                not_found(refusal, &rpc, &field);
            }
            // An officer and a service see everybody's; for them only the missing object is not there.
            let others = cast
                .callers(&rpc.scope)
                .filter(|(it, _)| rpc.subjects.contains(it));
            for (subject, token) in others {
                let nothing = answer(&town.client, &rpc, Some(token), &missing).await;
                let nothing = not_found(nothing, &rpc, &field);
                if owns(subject) {
                    let owned = cast.owned(&rpc, rpc.object(&field));
                    let theirs = rpc.about(&town, &cast, &field, &owned);
                    let theirs = answer(&town.client, &rpc, Some(token), &theirs).await;
                    let theirs = not_found(theirs, &rpc, &field);
                    assert_eq!(bytes(&theirs), bytes(&nothing), "{}", rpc.name);
                    walked += 1;
                }
            }
        }
    }
    assert!(walked > 0);
    assert_eq!(cast.owners_things(&town).await, before);
}

#[test]
fn every_rpc_names_an_object_or_answers_for_the_caller_alone() {
    for rpc in Contract::read().rpcs() {
        let says = rpc.anonymous || rpc.own_only || rpc.objects().next().is_some();
        assert!(
            says,
            "{} names no object, is not own_only and not for everybody",
            rpc.name
        );
        assert_eq!(rpc.anonymous, rpc.subjects.is_empty(), "{}", rpc.name);
        let serves = rpc.subjects.contains(&Subject::Service);
        assert!(
            serves || rpc.scope.is_empty(),
            "{}: a scope, and no service",
            rpc.name
        );
    }
}

#[test]
fn every_reason_is_told_by_a_story() {
    let told =
        told_reasons(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories"));
    let pool = DescriptorPool::decode(jamsostek_proto::DESCRIPTORS).expect("the contract");
    let reasons = pool
        .get_enum_by_name("jamsostek.v1.ErrorReason")
        .expect("the reasons");
    let untold: Vec<_> = reasons
        .values()
        .filter_map(|it| ErrorReason::try_from(it.number()).ok())
        .filter(|it| *it != ErrorReason::Unspecified)
        .map(|it| format!("{it:?}"))
        .filter(|it| !told.contains(it))
        .collect();
    assert!(untold.is_empty(), "no story asserts {untold:?}");
}

/// Whether such a caller sees only his own.
fn owns(subject: Subject) -> bool {
    matches!(
        subject,
        Subject::Registrant | Subject::Participant | Subject::Employer
    )
}

/// What names nothing of this kind.
fn missing_one(object: &str) -> Value {
    match object {
        "OBJECT_UNIT" => json!("NOBODYS1"),
        _ => json!(Uuid::now_v7()),
    }
}

/// The reasons that stand in an `assert_eq!` beside a refusal's reason.
fn told_reasons(stories: &std::path::Path) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    for file in std::fs::read_dir(stories).expect("the stories") {
        let path = file.expect("a story").path();
        if path.extension().is_none_or(|it| it != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a text");
        for assertion in text.split("assert_eq!(").skip(1) {
            let assertion = assertion.split(");\n").next().unwrap_or(assertion);
            let Some((before, named)) = assertion.split_once("ErrorReason::") else {
                continue;
            };
            if before.contains("reason") {
                let end = named.find(|it: char| !it.is_alphanumeric());
                told.insert(named[..end.unwrap_or(named.len())].to_owned());
            }
        }
    }
    told
}

async fn answer(
    client: &Client,
    rpc: &Rpc,
    token: Option<&str>,
    body: &Value,
) -> Result<Value, Status> {
    raw::call(client, &rpc.name, token, body).await
}

/// The refusal, if it was one; what is no refusal of ours and no answer fails the story.
async fn refused(
    client: &Client,
    rpc: &Rpc,
    token: Option<&str>,
    body: &Value,
) -> Option<jamsostek_client::Refusal> {
    let status = answer(client, rpc, token, body).await.err()?;
    match Error::from(status) {
        Error::Refused(refusal) => {
            is_explained(&refusal);
            Some(*refusal)
        }
        other @ (Error::Transport(_) | Error::Unknown(_)) => panic!("{}: {other:?}", rpc.name),
    }
}

/// Whether a refusal is about who calls, or about a call that no sample of ours should be.
fn keeps_out(refusal: Option<&jamsostek_client::Refusal>) -> bool {
    let out = [
        ErrorReason::TokenMissing,
        ErrorReason::TokenInvalid,
        ErrorReason::TokenExpired,
        ErrorReason::CallerNotAllowed,
        ErrorReason::MalformedRequest,
        ErrorReason::Internal,
        ErrorReason::StoreUnavailable,
    ];
    refusal.is_some_and(|it| out.contains(&it.reason))
}

fn not_found(answer: Result<Value, Status>, rpc: &Rpc, field: &FieldDescriptor) -> Status {
    let status = answer.expect_err(&format!("{} found {}", rpc.name, field.name()));
    let error = Error::from(status.clone());
    assert_eq!(
        error.reason(),
        Some(ErrorReason::NotFound),
        "{} {}: {error:?}",
        rpc.name,
        field.name()
    );
    status
}

/// All that a caller is told.
fn bytes(status: &Status) -> (tonic::Code, &str, &[u8]) {
    (status.code(), status.message(), status.details())
}
