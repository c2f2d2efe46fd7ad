//! Many people at the pension age, who register, save for a month, claim it, and are approved. By e-mail: so each payout waits for a day.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use jamsostek_client::{
    ClaimCause, Client, Programme, Segment, Uuid,
    v1::{
        BankAccount, PayoutAct, RecordPaymentRequest, SendStepUpOtpRequest,
        StartRegistrationRequest, StartRegistrationResponse, SubmitClaimRequest,
        SubmitEmploymentRequest, send_step_up_otp_request::Act,
    },
};
use tokio::task::JoinSet;

use crate::{
    crash::roads::code_after,
    person::work,
    town::{credential, id},
};

/// How many walk at once.
const AT_ONCE: usize = 16;
/// How many stand at the same point of the road: their codes have been sent when the first of them reads his.
const TOGETHER: usize = 500;
/// A minute later each of them can be sent another code.
const BETWEEN_CODES: i64 = 61;
/// An hour later as many people again can be sent codes.
const BETWEEN_CROWDS: i64 = 3_600;

/// Somebody who has started.
struct Started {
    number: usize,
    contact: String,
    started: StartRegistrationResponse,
    registration: Uuid,
}

/// Somebody who has saved.
struct Saver {
    number: usize,
    contact: String,
    person: Client,
}

/// Somebody who has filled a claim in.
struct Filled {
    contact: String,
    person: Client,
    form: SubmitClaimRequest,
}

/// So many claims, each by somebody else and each approved.
pub async fn approved_claims(client: &Client, claims: usize) {
    let gateway = client.with_credentials(credential(1), "sandbox-gateway");
    let officer = client.with_credentials(credential(2), "sandbox-officer");
    let numbers: Vec<usize> = (0..claims).collect();
    for crowd in numbers.chunks(TOGETHER) {
        let it = client.clone();
        let started = each(crowd.to_vec(), move |number| starts(it.clone(), number)).await;
        let (it, till) = (client.clone(), gateway.clone());
        let savers = each(started, move |who| saves(it.clone(), till.clone(), who)).await;
        client.advance_clock(BETWEEN_CODES).await.expect("it moves");
        let filled = each(savers, fills_in).await;
        let (it, desk) = (client.clone(), officer.clone());
        each(filled, move |who| {
            is_approved(it.clone(), desk.clone(), who)
        })
        .await;
        client
            .advance_clock(BETWEEN_CROWDS)
            .await
            .expect("it moves");
    }
}

async fn starts(client: Client, number: usize) -> Started {
    let registration = Uuid::now_v7();
    let contact = format!("siti{number}@example.id");
    let form = StartRegistrationRequest {
        registration_id: registration.to_string(),
        segment: Segment::Bpu.into(),
        nik: format!(
            "3174{:02}120590{:04}",
            number / 9_999 + 3,
            number % 9_999 + 1
        ),
        full_name: "Siti Aminah".into(),
        contact: contact.clone(),
        // At the pension age: what is saved can be claimed at once.
        birth_date: "1966-12-31".into(),
        consent: true,
        ..StartRegistrationRequest::default()
    };
    let started = client.start_registration(form).await;
    Started {
        number,
        contact,
        started: started.expect("a registration"),
        registration,
    }
}

async fn saves(client: Client, gateway: Client, who: Started) -> Saver {
    let code = code_after(&client, &who.contact, 0).await.expect("a code");
    let verified = client.verify_otp(id(&who.started.challenge_id), code).await;
    let person = client.with_tokens(verified.expect("tokens"));
    let employment = SubmitEmploymentRequest {
        registration_id: who.registration.to_string(),
        employee: None,
        placement: None,
        employment: Some(work()),
        birth_date: String::new(),
    };
    person.submit_employment(employment).await.expect("work");
    let confirmed = person.confirm_registration(who.registration).await;
    let confirmed = confirmed.expect("a bill");
    let bill = person.get_bill(id(&confirmed.bill_id)).await.expect("it");
    let notice = RecordPaymentRequest {
        gateway_payment_id: Uuid::now_v7().to_string(),
        payment_code: bill.payment_code,
        amount_idr: bill.payable_idr,
        paid_at: confirmed.started_at,
        channel: "BANK".into(),
    };
    gateway.record_payment(notice).await.expect("a payment");
    person.renew_tokens().await.expect("a participant's tokens");
    Saver {
        number: who.number,
        contact: who.contact,
        person,
    }
}

async fn fills_in(who: Saver) -> Filled {
    let me = who.person.get_participant(None).await.expect("himself");
    let account = BankAccount {
        bank_code: "008".into(),
        account_number: format!("12300{:06}", who.number),
        holder_name: "Siti Aminah".into(),
    };
    let claim_id = Uuid::now_v7().to_string();
    let act = PayoutAct {
        claim_id: claim_id.clone(),
        account: Some(account.clone()),
    };
    let request = SendStepUpOtpRequest {
        act: Some(Act::Payout(act)),
        ..Default::default()
    };
    let sent = who.person.send_step_up_otp(request).await.expect("a code");
    let form = SubmitClaimRequest {
        claim_id,
        programme: Programme::Jht.into(),
        cause: ClaimCause::Retirement.into(),
        account: Some(account),
        challenge_id: sent.codes[0].challenge_id.clone(),
        kpj: me.kpj,
    };
    Filled {
        contact: who.contact,
        person: who.person,
        form,
    }
}

async fn is_approved(client: Client, officer: Client, who: Filled) {
    let challenge = id(&who.form.challenge_id);
    let code = code_of_eight(&client, &who.contact).await;
    client
        .verify_otp(challenge, code)
        .await
        .expect("it is right");
    let claim = who.person.submit_claim(who.form).await.expect("a claim");
    officer
        .take_claim(id(&claim.id))
        .await
        .expect("it is taken");
    let approved = officer.approve_claim(id(&claim.id)).await;
    approved.expect("it is approved");
}

/// The code for the payout, once it has come: longer than the one for the registration.
async fn code_of_eight(client: &Client, contact: &str) -> String {
    let mut before = 0;
    loop {
        let code = code_after(client, contact, before).await.expect("a code");
        if code.len() == 8 {
            return code;
        }
        before += 1;
    }
}

/// Does `act` for each of `items`, so many at once.
async fn each<T, U, Act, Doing>(items: Vec<T>, act: Act) -> Vec<U>
where
    T: Send + 'static,
    U: Send + 'static,
    Act: Fn(T) -> Doing + Clone + Send + 'static,
    Doing: Future<Output = U> + Send,
{
    let waiting = Arc::new(Mutex::new(items));
    let mut walkers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (waiting, act) = (waiting.clone(), act.clone());
        walkers.spawn(async move {
            let mut done = Vec::new();
            loop {
                let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(next) = next else {
                    return done;
                };
                done.push(act(next).await);
            }
        });
    }
    walkers.join_all().await.into_iter().flatten().collect()
}
