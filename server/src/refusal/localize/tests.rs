use std::collections::HashMap;

use tonic::Code;
use tonic_types::{ErrorDetails, StatusExt};

use super::*;
use crate::refusal::{Fields, refuse};

const ENGLISH: Language = Language::English;

fn tongue(language: Language) -> Tongue {
    Tongue {
        catalogue: Catalogue::get(),
        language,
    }
}

fn wrong_code() -> Status {
    let numbers = [("triesLeft", "4".to_owned())];
    refuse(Code::FailedPrecondition, Reason::OtpWrong, "no", numbers)
}

fn details(headers: &HeaderMap) -> ErrorDetails {
    let status = Status::from_header_map(headers).expect("a status");
    status.get_error_details()
}

#[test]
fn a_refusal_keeps_what_it_said_and_gains_words_for_people() {
    let answer = tongue(ENGLISH).answer(wrong_code().into_http());

    let status = Status::from_header_map(answer.headers()).expect("a status");
    assert_eq!(
        (status.code(), status.message()),
        (Code::FailedPrecondition, "no")
    );
    let details = details(answer.headers());
    let numbers = &details.error_info().expect("a reason").metadata;
    assert_eq!(numbers, &HashMap::from([("triesLeft".into(), "4".into())]));
    let told = details.localized_message().expect("words");
    assert_eq!(told.locale, "en");
    assert!(told.message.contains('4'), "{}", told.message);
}

#[tokio::test]
async fn a_refusal_at_the_end_of_a_stream_is_told_too() {
    let mut trailers = HeaderMap::new();
    wrong_code().add_header(&mut trailers).expect("trailers");
    let stream = http_body_util::Full::new("some answers".into());
    let body = stream.with_trailers(async { Some(Ok(trailers)) });

    let answer = tongue(ENGLISH).answer(http::Response::new(Body::new(body)));

    let body = answer.into_body().collect().await.expect("the stream");
    let told = details(body.trailers().expect("trailers"));
    assert!(told.localized_message().is_some());
    assert_eq!(body.to_bytes(), "some answers");
}

#[test]
fn each_bad_field_is_told_in_the_language_of_the_call() {
    let mut fields = Fields::default();
    fields.reject("nik", "must be 16 digits, not all zero");
    fields.reject("mood", "is unheard of");

    let answer = tongue(Language::Indonesian).answer(fields.refusal().into_http());

    let details = details(answer.headers());
    let bad = &details.bad_request().expect("bad fields").field_violations;
    let nik = bad[0].localized_message.as_ref().expect("words");
    assert_eq!(nik.locale, "id");
    assert!(nik.message.contains("16 angka"), "{}", nik.message);
    // Nobody has words for this one: it keeps its description, and the refusal is told all the same.
    assert_eq!(bad[1].description, "is unheard of");
    assert!(bad[1].localized_message.is_none());
    assert!(details.localized_message().is_some());
}

#[test]
fn what_is_no_refusal_of_ours_goes_out_as_it_came() {
    let elsewhere = ErrorDetails::with_error_info("WRONG", "elsewhere.example", HashMap::new());
    let elsewhere = Status::with_error_details(Code::Internal, "no", elsewhere);
    let broken = Status::with_details(Code::Internal, "no", "no details".into());
    for status in [elsewhere, broken, Status::unimplemented("no such rpc")] {
        let before: http::Response<Body> = status.into_http();
        let headers = before.headers().clone();

        let after = tongue(ENGLISH).answer(before);

        assert_eq!(after.headers(), &headers);
    }
}
