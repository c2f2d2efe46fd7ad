//! People register and pay, one after the other, until the program is gone.

use std::sync::atomic::{AtomicU32, Ordering};

use jamsostek_client::{
    Client, Error, Segment, Uuid,
    v1::{RecordPaymentRequest, StartRegistrationRequest, SubmitEmploymentRequest},
};

use super::log::{Known, Log};
use crate::{
    person::work,
    town::{credential, id},
};

/// One person after the other registers and pays, until the program is gone.
pub async fn walks_until_it_dies(client: Client, log: Log) {
    loop {
        if let Err(error) = walks(&client, &log).await {
            assert!(
                matches!(error, Error::Transport(_)),
                "it died of something else: {error:?}"
            );
            return;
        }
    }
}

/// One person registers and pays.
pub async fn walks(client: &Client, log: &Log) -> Result<(), Error> {
    let form = form();
    let registration = id(&form.registration_id);
    let started = client.start_registration(form.clone()).await?;
    log.knows(Known::Started(form.clone(), started.challenge_id.clone()));
    let code = code_after(client, &form.contact, 0).await?;
    let tokens = client.verify_otp(id(&started.challenge_id), code).await?;
    let person = client.with_tokens(tokens);
    let tokens = person.tokens().expect("his tokens");
    let employment = SubmitEmploymentRequest {
        registration_id: form.registration_id,
        employee: None,
        placement: None,
        employment: Some(work()),
        birth_date: String::new(),
    };
    person.submit_employment(employment).await?;
    let confirmed = person.confirm_registration(registration).await?;
    let bill = confirmed.bill_id;
    log.knows(Known::Confirmed(tokens.clone(), registration, bill.clone()));
    let bill = person.get_bill(id(&bill)).await?;
    let notice = RecordPaymentRequest {
        gateway_payment_id: Uuid::now_v7().to_string(),
        payment_code: bill.payment_code,
        amount_idr: bill.payable_idr,
        paid_at: confirmed.started_at,
        channel: "BANK".into(),
    };
    let gateway = client.with_credentials(credential(1), "sandbox-gateway");
    let (contact, sent) = (form.contact, notice.clone());
    let at = log.knows(Known::Paid(tokens.clone(), contact.clone(), sent, None));
    let payment = gateway.record_payment(notice.clone()).await?;
    log.knows_now(at, Known::Paid(tokens, contact, notice, Some(payment.id)));
    Ok(())
}

/// The code that comes to a contact after so many messages.
pub async fn code_after(client: &Client, contact: &str, before: usize) -> Result<String, Error> {
    loop {
        let messages = client.list_messages(contact).await?;
        if messages.len() > before
            && let Some(newest) = messages.into_iter().find(|it| !it.code.is_empty())
        {
            return Ok(newest.code);
        }
        tokio::task::yield_now().await;
    }
}

fn form() -> StartRegistrationRequest {
    static BORN: AtomicU32 = AtomicU32::new(0);
    let number = BORN.fetch_add(1, Ordering::Relaxed);
    StartRegistrationRequest {
        registration_id: Uuid::now_v7().to_string(),
        segment: Segment::Bpu.into(),
        nik: format!("317402120590{:04}", number % 9_999 + 1),
        full_name: "Siti Aminah".into(),
        contact: format!("+62813{number:08}"),
        // At the pension age: what is saved can be claimed at once.
        birth_date: "1966-12-31".into(),
        consent: true,
        ..Default::default()
    }
}
