//! The gateway for SMS is dead: a code for an act goes to the mail, and whoever signs in is told nothing by which he is known.

use jamsostek_client::{
    ClaimCause,
    v1::{
        PayoutAct, SendStepUpOtpRequest, get_otp_delivery_response::State,
        send_step_up_otp_request::Act,
    },
};

use crate::{
    carriers::{becomes_active, town_with_a_gateway},
    contact::{asks, brings_back, changes, reached_by},
    sms_gateway::Sms,
    town::id,
};

const MAIL: &str = "budi@example.id";

#[tokio::test]
async fn while_the_gateway_is_dead_a_payout_code_goes_to_the_mail_and_a_code_to_sign_in_nowhere() {
    let (town, mut gateway) = town_with_a_gateway().await;
    let mut budi = town.person();
    becomes_active(&town, &gateway, &mut budi).await;
    town.waits(61);
    let (at_mail, codes) = (reached_by(&budi, MAIL), asks(&budi, MAIL).await);
    brings_back(&at_mail, codes.new).await;
    let code = gateway.came_to(&budi.contact).last().map(Sms::code);
    let old = town
        .client
        .verify_otp(codes.old, code.expect("a code"))
        .await;
    old.expect("it is right");
    changes(&budi, MAIL, &codes).await.expect("it is added");
    budi.ends_business("").await.expect("it ends");
    town.moves_to("2026-04-10T02:00:00Z");
    budi.becomes_a_participant().await;
    gateway.closes().await;

    let account = budi.account();
    let filled = budi.asks_for_a_payout_code(ClaimCause::BusinessEnd, account);
    let mut form = filled.await.form;
    let way = async |challenge| {
        town.lets_the_workers_run().await;
        let way = town.client.get_otp_delivery(challenge).await;
        let way = way.expect("its way");
        (way.state(), way.other_masked_contact)
    };
    let at_once = way(id(&form.challenge_id)).await;
    town.waits(60);
    let later = way(id(&form.challenge_id)).await;
    let act = PayoutAct {
        claim_id: form.claim_id.clone(),
        account: form.account.clone(),
    };
    let elsewhere = SendStepUpOtpRequest {
        act: Some(Act::Payout(act)),
        instead_of: form.challenge_id.clone(),
        ..SendStepUpOtpRequest::default()
    };
    let sent = budi.client.send_step_up_otp(elsewhere).await;
    let sent = sent.expect("a code to the mail").codes.remove(0);
    brings_back(&at_mail, id(&sent.challenge_id)).await;
    form.challenge_id = sent.challenge_id;
    let me = budi.client.get_participant(None).await.expect("himself");
    form.kpj = me.kpj;
    let claim = budi.client.submit_claim(form).await;
    town.waits(601);
    budi.asks_to_sign_in("").await.expect("the same for all");
    let signing_in = way(budi.challenge).await;
    town.waits(301);
    let too_late = way(budi.challenge).await;

    assert_eq!(at_once, (State::Queued, String::new()));
    assert_eq!(later, (State::Queued, "b•••@example.id".into()));
    assert!(claim.expect("a claim").held_until.is_some());
    // He is told what a stranger would be: that it is on its way.
    assert_eq!((signing_in.1.as_str(), too_late.1.as_str()), ("", ""));
}
