//! Every answer names the next step and its caller, and whoever follows them arrives.

use jamsostek_client::{
    Subject,
    v1::{NextStep, payment::Disposition, registration::State},
};
use serde_json::{Value, json};

use crate::{
    person::{MARCH, Person},
    raw,
    town::{Town, credential},
};

#[tokio::test]
async fn the_first_next_step_leads_all_the_way() {
    let town = Town::found("2026-03-10").await;
    let form = json!({
        "segment": "SEGMENT_BPU", "nik": "3174012505900001", "full_name": "Budi Santoso",
        "contact": "+6281234567890", "consent": true,
    });
    let start = "jamsostek.v1.RegistrationService/StartRegistration";
    let mut answer = raw::call(&town.client, start, None, &form)
        .await
        .expect("a start");
    let registration = answer["registration_id"].clone();
    let mut token = None;

    for _ in 0..10 {
        let step = &answer["next_steps"][0];
        let Some(rpc) = step["rpc"].as_str() else {
            break;
        };
        let body = step["body_json"].as_str().expect("a body");
        let mut body: Value = serde_json::from_str(body).expect("JSON");
        if rpc.ends_with("/VerifyOtp") {
            body["code"] = code_to(&town, "+6281234567890").await.into();
        }
        let caller = match step["caller"].as_str() {
            Some("SUBJECT_SERVICE") => Some(gateway_token(&town).await),
            Some("SUBJECT_REGISTRANT") => token.clone(),
            _ => None,
        };
        let taken = raw::call(&town.client, rpc, caller.as_deref(), &body).await;
        let taken = taken.unwrap_or_else(|refusal| panic!("{rpc} {body}: {refusal:?}"));
        if let Some(access) = taken["access_token"].as_str() {
            token = Some(access.to_owned());
        }
        let look = "jamsostek.v1.RegistrationService/GetRegistration";
        let named = json!({ "registration_id": registration });
        answer = raw::call(&town.client, look, token.as_deref(), &named)
            .await
            .expect("a look");
        answer = answer["registration"].take();
        if answer["state"] == "STATE_ACTIVE" {
            break;
        }
    }

    assert_eq!(answer["state"], "STATE_ACTIVE", "{answer}");
    assert_eq!(answer["kpj"].as_str().expect("a number").len(), 11);
}

#[tokio::test]
async fn every_step_names_the_next_and_its_caller() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let first = |steps: &[NextStep]| {
        let step = &steps[0];
        let rpc = step.rpc.rsplit('/').next().expect("a method").to_owned();
        (rpc, step.caller())
    };

    let started = budi.starts().await.expect("a registration");
    budi.confirms_the_code().await.expect("tokens");
    let confirmed = budi.looks().await;
    let employed = budi.tells_work().await.expect("the work is taken");
    let billed = budi.confirms().await.expect("a bill");

    let anybody = Subject::Unspecified;
    assert_eq!(first(&started.next_steps), ("VerifyOtp".into(), anybody));
    assert_eq!(
        first(&confirmed.next_steps),
        ("SubmitEmployment".into(), Subject::Registrant)
    );
    assert_eq!(
        first(&employed.next_steps),
        ("ConfirmRegistration".into(), Subject::Registrant)
    );
    assert_eq!(
        first(&billed.next_steps),
        ("RecordPayment".into(), Subject::Service)
    );
    assert_eq!(confirmed.state(), State::AwaitingEmployment);
    assert_eq!(employed.state(), State::AwaitingConfirmation);
    assert_eq!(billed.state(), State::AwaitingPayment);
}

#[tokio::test]
async fn who_pays_in_the_next_month_what_the_next_step_says_is_active() {
    let town = Town::found("2026-03-30").await;
    let mut budi = town.person();
    budi.has_a_bill().await;
    town.moves_to("2026-04-02T02:00:00Z");

    let (code, amount) = told_to_pay(&budi).await;
    let paid = town.gateway().pays(&code, amount).await;

    assert_eq!(paid.disposition(), Disposition::Applied);
}

#[tokio::test]
async fn after_paying_a_part_the_next_step_asks_for_the_rest() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    town.gateway().pays(&bill.payment_code, 50_000).await;

    let (_, amount) = told_to_pay(&budi).await;

    assert_eq!(amount, MARCH - 50_000);
}

async fn code_to(town: &Town, contact: &str) -> String {
    town.lets_the_workers_run().await;
    let messages = town.client.list_messages(contact).await;
    messages.expect("messages").swap_remove(0).code
}

async fn gateway_token(town: &Town) -> String {
    let token = town
        .client
        .issue_token(credential(1), "sandbox-gateway")
        .await;
    token.expect("a token").access_token
}

/// What the first next step says: the payment code and how much to pay.
async fn told_to_pay(person: &Person) -> (String, i64) {
    let step = person.looks().await.next_steps.swap_remove(0);
    let body: Value = serde_json::from_str(&step.body_json).expect("JSON");
    let amount = body["amountIdr"].as_str().expect("an amount");
    let code = body["paymentCode"].as_str().expect("a code");
    (code.to_owned(), amount.parse().expect("rupiah"))
}
