//! Employees and migrant workers who follow the next step of each answer arrive, as everybody does.

use jamsostek_client::v1::registration::State;
use serde_json::{Value, json};

use crate::{
    migrant::by_himself,
    person::Person,
    raw,
    town::{Town, credential, id},
};

const CONTACT: &str = "+6281234567890";

#[tokio::test]
async fn an_employee_who_follows_the_steps_has_an_account_and_his_employer_is_asked() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK001401").await;

    let (steps, me) = follows(&town, "SEGMENT_PU", |body| {
        body["employee"] = json!({ "npp": company.npp, "startedOn": "2026-03-02" });
    })
    .await;

    let expected = [
        ("VerifyOtp", "SUBJECT_UNSPECIFIED"),
        ("SubmitEmployment", "SUBJECT_REGISTRANT"),
        ("ConfirmRegistration", "SUBJECT_REGISTRANT"),
        ("RefreshToken", "SUBJECT_UNSPECIFIED"),
    ];
    assert_eq!(steps, expected.map(|(rpc, who)| (rpc.into(), who.into())));
    assert_eq!(me["memberships"][0]["state"], "STATE_AWAITING_EMPLOYER");
    let asked = company.employees().await;
    assert_eq!(me["memberships"][0]["id"], asked[0].membership_id.as_str());
}

#[tokio::test]
async fn a_migrant_worker_who_follows_the_steps_is_covered() {
    let town = Town::found("2026-03-10").await;

    let (steps, me) = follows(&town, "SEGMENT_PMI", |_| {}).await;

    let expected = [
        ("VerifyOtp", "SUBJECT_UNSPECIFIED"),
        ("SubmitEmployment", "SUBJECT_REGISTRANT"),
        ("ConfirmRegistration", "SUBJECT_REGISTRANT"),
        ("RecordPayment", "SUBJECT_SERVICE"),
        ("RefreshToken", "SUBJECT_UNSPECIFIED"),
    ];
    assert_eq!(steps, expected.map(|(rpc, who)| (rpc.into(), who.into())));
    assert_eq!(me["kpj"].as_str().expect("a number").len(), 11);
    assert_eq!(me["coverage"][0]["covered"], true);
}

#[tokio::test]
async fn whoever_takes_his_registration_back_is_shown_the_same_way_in_again() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK001402").await;
    let people = [
        (town.works_at(&company), "SEGMENT_PU"),
        (town.migrant(by_himself(6)), "SEGMENT_PMI"),
        (town.person(), "SEGMENT_BPU"),
    ];

    for (mut person, segment) in people {
        person.has_an_account().await;
        let told = person.tells_work().await.expect("the work is taken");
        let confirm = &told.next_steps[0].explanation;
        assert_eq!(confirm.contains("payment code"), segment != "SEGMENT_PU");
        let cancelled = takes_back(&person).await;

        let body: Value = serde_json::from_str(&cancelled).expect("JSON");
        assert_eq!(body["segment"], segment);
    }
}

/// Takes his registration back; the body of the step that follows.
async fn takes_back(person: &Person) -> String {
    let cancelled = person.client.cancel_registration(person.registration).await;
    let cancelled = cancelled.expect("taken back");
    assert_eq!(cancelled.state(), State::Cancelled);
    let step = &cancelled.next_steps[0];
    assert!(step.rpc.ends_with("/StartRegistration"));
    step.body_json.clone()
}

/// Takes the first step of each answer until there is a participant; the steps with their callers, and the participant.
async fn follows(
    town: &Town,
    segment: &str,
    tells: impl Fn(&mut Value),
) -> (Vec<(String, String)>, Value) {
    let form = json!({
        "segment": segment, "nik": "3174012505900001", "full_name": "Budi Santoso", "contact": CONTACT, "consent": true,
    });
    let start = "jamsostek.v1.RegistrationService/StartRegistration";
    let answer = raw::call(&town.client, start, None, &form).await;
    let mut answer = answer.expect("a start");
    let registration = id(answer["registration_id"].as_str().expect("an id"));
    let (mut tokens, mut steps) = (Value::Null, Vec::new());
    loop {
        let step = answer["next_steps"][0].clone();
        let (rpc, caller) = (text(&step["rpc"]), text(&step["caller"]));
        let mut body: Value = serde_json::from_str(&text(&step["body_json"])).expect("JSON");
        let rpc_alone = rpc.rsplit('/').next().expect("a method").to_owned();
        match rpc_alone.as_str() {
            "VerifyOtp" => body["code"] = code(town).await.into(),
            "SubmitEmployment" => tells(&mut body),
            "RefreshToken" => body["refreshToken"] = tokens["refresh_token"].clone(),
            _ => {}
        }
        let token = match caller.as_str() {
            "SUBJECT_SERVICE" => Some(gateway_token(town).await),
            "SUBJECT_REGISTRANT" => Some(text(&tokens["access_token"])),
            _ => None,
        };
        let taken = raw::call(&town.client, &rpc, token.as_deref(), &body).await;
        let taken = taken.unwrap_or_else(|refusal| panic!("{rpc} {body}: {refusal:?}"));
        steps.push((rpc_alone.clone(), caller));
        if taken["access_token"].is_string() {
            tokens = taken;
        }
        let token = text(&tokens["access_token"]);
        if rpc_alone == "RefreshToken" {
            let look = "jamsostek.v1.ParticipantService/GetParticipant";
            let mut me = raw::call(&town.client, look, Some(&token), &json!({}))
                .await
                .expect("himself");
            return (steps, me["participant"].take());
        }
        let look = "jamsostek.v1.RegistrationService/GetRegistration";
        let named = json!({ "registration_id": registration });
        let mut looked = raw::call(&town.client, look, Some(&token), &named)
            .await
            .expect("a look");
        answer = looked["registration"].take();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("SUBJECT_UNSPECIFIED").to_owned()
}

async fn code(town: &Town) -> String {
    town.lets_the_workers_run().await;
    let messages = town.client.list_messages(CONTACT).await;
    messages.expect("messages").swap_remove(0).code
}

async fn gateway_token(town: &Town) -> String {
    let token = town
        .client
        .issue_token(credential(1), "sandbox-gateway")
        .await;
    token.expect("a token").access_token
}
