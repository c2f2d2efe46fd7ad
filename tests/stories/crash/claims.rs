//! Those who have paid claim their savings, and officers see them through, until the program is gone.

use jamsostek_client::{
    Claim, ClaimCause, Client, Error, Programme, Uuid,
    v1::{
        BankAccount, PayoutAct, SendStepUpOtpRequest, SubmitClaimRequest, claim::State,
        send_step_up_otp_request::Act,
    },
};

use super::{
    log::{Known, Log},
    roads::code_after,
};
use crate::town::{credential, id};

/// Somebody who has paid, and can be reached.
pub struct Saver {
    pub person: Client,
    pub contact: String,
}

/// Somebody who has paid claims his savings and is paid, or the program is gone before.
pub async fn claims_until_it_dies(client: Client, saver: Saver, log: Log) {
    let Saver { person, contact } = saver;
    if let Err(error) = claims(&client, &person, &contact, &log).await {
        assert!(
            matches!(error, Error::Transport(_)),
            "it died of something else: {error:?}"
        );
    }
}

/// Somebody who has paid claims his savings and is paid.
pub async fn claims(
    client: &Client,
    person: &Client,
    contact: &str,
    log: &Log,
) -> Result<(), Error> {
    let account = BankAccount {
        bank_code: "008".into(),
        account_number: contact[3..].into(),
        holder_name: "Siti Aminah".into(),
    };
    let claim_id = Uuid::now_v7().to_string();
    let act = PayoutAct {
        claim_id: claim_id.clone(),
        account: Some(account.clone()),
    };
    let before = client.list_messages(contact).await?.len();
    let request = SendStepUpOtpRequest {
        act: Some(Act::Payout(act)),
        ..Default::default()
    };
    let sent = person.send_step_up_otp(request).await?;
    let challenge_id = sent.codes[0].challenge_id.clone();
    let code = code_after(client, contact, before).await?;
    client.verify_otp(id(&challenge_id), code).await?;
    let form = SubmitClaimRequest {
        claim_id,
        programme: Programme::Jht.into(),
        cause: ClaimCause::Retirement.into(),
        account: Some(account),
        challenge_id,
        kpj: String::new(),
    };
    log.knows(Known::Claimed(person.clone(), form.clone()));
    let claim = person.submit_claim(form).await?;
    is_seen_through(client, person, &claim).await?;
    Ok(())
}

/// An officer takes and approves the claim, and the bank pays it; whatever of this was done before is done.
pub async fn is_seen_through(
    client: &Client,
    person: &Client,
    claim: &Claim,
) -> Result<Claim, Error> {
    let officer = client.with_credentials(credential(2), "sandbox-officer");
    let it = id(&claim.id);
    if matches!(claim.state(), State::Submitted | State::InReview) {
        officer.take_claim(it).await?;
        officer.approve_claim(it).await?;
    }
    loop {
        let found = person.get_claim(it).await?;
        if found.state() == State::Closed {
            return Ok(found);
        }
        tokio::task::yield_now().await;
    }
}
