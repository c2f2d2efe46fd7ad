//! Codes and notices leave by real carriers: a gateway for SMS. (Mail is told in `mail.rs`.)

use clap::Parser;
use jamsostek_client::v1::{DeliveryFate, get_otp_delivery_response::State};
use jamsostek_server::{Outside, Workers, config::Config};
use tokio::task::JoinHandle;

use crate::{
    person::Person,
    sms_gateway::{Mood, Sms, SmsGateway, TOKEN},
    town::{Town, id},
};

#[tokio::test]
async fn a_code_comes_by_sms_and_opens_the_registration() {
    let (town, gateway) = town_with_a_gateway().await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");

    town.lets_the_workers_run().await;

    let came = gateway.came();
    assert_eq!(came.len(), 1);
    assert_eq!(came[0].to, budi.contact);
    assert_eq!(came[0].headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(came[0].headers["idempotency-key"], came[0].id);
    assert!(!came[0].headers.contains_key("webhook-signature"));
    assert_eq!(way(&town, &budi).await, State::Sent);
    assert_eq!(budi.reads_messages().await, Vec::<String>::new());
    confirms(&mut budi, &came[0].code()).await;
    budi.tells_work().await.expect("the work is taken");
}

#[tokio::test]
async fn a_house_that_signs_is_known_by_its_signature() {
    let gateway = SmsGateway::opens().await;
    let town = town_with(gateway.flags_to_sign()).await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");

    town.lets_the_workers_run().await;

    let came = &gateway.came()[0];
    assert!(came.is_signed());
    assert_eq!(came.headers["webhook-id"], came.id);
    let signed_at = town.now().timestamp().to_string();
    assert_eq!(came.headers["webhook-timestamp"], signed_at);
    assert!(!came.headers.contains_key("authorization"));
    confirms(&mut budi, &came.code()).await;
}

#[tokio::test]
async fn a_code_that_a_dead_gateway_never_took_does_not_leave_when_it_is_too_old() {
    let (town, mut gateway) = town_with_a_gateway().await;
    gateway.closes().await;
    let mut budi = town.person();
    budi.starts()
        .await
        .expect("the answer does not wait for it");
    town.lets_the_workers_run().await;
    let waiting = way(&town, &budi).await;

    town.waits(301);
    gateway.opens_again().await;
    town.lets_the_workers_run().await;

    assert_eq!(waiting, State::Queued);
    assert_eq!(way(&town, &budi).await, State::Failed);
    assert_eq!(gateway.came().len(), 0);
}

#[tokio::test]
async fn a_code_comes_within_a_minute_of_the_gateways_recovery() {
    let (town, mut gateway) = town_with_a_gateway().await;
    let mut budi = town.person();
    gateway.closes().await;
    budi.starts().await.expect("a registration");
    for _ in 0..3 {
        town.lets_the_workers_run().await;
        town.waits(20);
    }
    gateway.opens_again().await;
    for says in [503, 500, 429] {
        gateway.is(Mood::Says(says));
        town.lets_the_workers_run().await;
        town.waits(30);
    }
    gateway.is(Mood::Open);

    town.waits(30);
    town.lets_the_workers_run().await;

    let came = gateway.came();
    assert_eq!(came.len(), 1);
    confirms(&mut budi, &came[0].code()).await;
}

#[tokio::test]
async fn a_code_whose_answer_was_lost_does_not_come_twice() {
    for mood in [Mood::Breaking, Mood::Silent] {
        let gateway = SmsGateway::opens().await;
        let mut flags = gateway.flags();
        flags.extend(["--carrier-timeout-milliseconds", "2000"].map(str::to_owned));
        let town = town_with(flags).await;
        let mut budi = town.person();
        gateway.is(mood);
        budi.starts().await.expect("a registration");
        town.lets_the_workers_run().await;
        gateway.is(Mood::Open);

        for _ in 0..4 {
            town.waits(60);
            town.lets_the_workers_run().await;
        }

        assert_eq!(gateway.came().len(), 1, "{mood:?}");
        assert_eq!(way(&town, &budi).await, State::Unconfirmed, "{mood:?}");
        // It had come all the same.
        confirms(&mut budi, &gateway.came()[0].code()).await;
    }
}

#[tokio::test]
async fn a_notice_whose_answer_was_lost_comes_again_under_the_same_id() {
    let (town, gateway) = town_with_a_gateway().await;
    let mut budi = town.person();
    becomes_active(&town, &gateway, &mut budi).await;
    let before = gateway.came().len();
    gateway.is(Mood::Breaking);
    budi.ends_business("").await.expect("it ends");
    town.lets_the_workers_run().await;
    gateway.is(Mood::Open);

    town.waits(59);
    town.lets_the_workers_run().await;
    let too_early = gateway.came().len();
    town.waits(1);
    town.lets_the_workers_run().await;
    town.waits(3_600);
    town.lets_the_workers_run().await;

    assert_eq!(too_early, before + 1);
    let came = &gateway.came()[before..];
    assert_eq!(came.len(), 2);
    assert_eq!((&came[0].id, &came[0].text), (&came[1].id, &came[1].text));
    assert_eq!(came[1].headers["idempotency-key"], came[0].id);
}

#[tokio::test]
async fn a_message_that_the_gateway_refuses_is_not_sent_again() {
    let (town, gateway) = town_with_a_gateway().await;
    let mut budi = town.person();
    gateway.is(Mood::Says(422));
    budi.starts().await.expect("a registration");
    town.lets_the_workers_run().await;
    gateway.is(Mood::Open);

    town.waits(30);
    town.lets_the_workers_run().await;

    assert_eq!(way(&town, &budi).await, State::Failed);
    assert_eq!(gateway.came().len(), 0);
    // Another code may be asked for.
    town.waits(60);
    budi.asks_again().await.expect("another code");
    town.lets_the_workers_run().await;
    confirms(&mut budi, &gateway.came()[0].code()).await;
}

#[tokio::test]
async fn a_code_that_became_worthless_while_it_waited_does_not_leave() {
    let (town, mut gateway) = town_with_a_gateway().await;
    let mut budi = town.person();
    gateway.closes().await;
    budi.starts().await.expect("a registration");
    town.lets_the_workers_run().await;
    let first = budi.challenge;
    town.waits(61);
    budi.asks_again().await.expect("another code");

    gateway.opens_again().await;
    town.lets_the_workers_run().await;

    let came = gateway.came();
    assert_eq!(came.len(), 1);
    let first = town.client.get_otp_delivery(first).await.expect("its way");
    assert_eq!(first.state(), State::Failed);
    confirms(&mut budi, &came[0].code()).await;
}

#[tokio::test]
async fn a_gateway_that_hangs_over_one_message_holds_up_no_other() {
    let (town, gateway) = town_with_a_gateway().await;
    let (mut budi, mut siti) = (town.person(), town.person());
    siti.contact = "siti@example.id".into();
    let mut joko = town.person();
    gateway.is(Mood::Silent);
    budi.starts().await.expect("a registration");
    // Who asks nobody outside, who pays, and then those who hand messages over.
    let hands = town.workers().side_by_side();
    let hanging = hand_hangs(&gateway, hands[2].clone()).await;
    gateway.is(Mood::Open);

    siti.starts().await.expect("a registration");
    joko.starts().await.expect("a registration");
    let (first, another) = (hands[0].work().await, hands[3].work().await);

    assert_eq!((first.expect("work"), another.expect("work")), (1, 1));
    assert!(!hanging.is_finished());
    assert_eq!(gateway.came_to(&joko.contact).len(), 1);
    let mails = town.client.list_messages(&siti.contact).await;
    assert_eq!(mails.expect("messages").len(), 1);
    hanging.abort();
}

#[tokio::test]
async fn a_code_to_sign_in_is_not_said_to_be_sent_while_the_gateway_has_not_answered() {
    let (town, gateway) = town_with_a_gateway().await;
    let mut budi = town.person();
    becomes_active(&town, &gateway, &mut budi).await;
    town.waits(61);
    gateway.is(Mood::Silent);
    budi.asks_to_sign_in("").await.expect("the same for all");

    let hands = town.workers().side_by_side();
    let hanging = hand_hangs(&gateway, hands[2].clone()).await;

    assert_eq!(way(&town, &budi).await, State::Queued);
    hanging.abort();
}

#[tokio::test]
async fn whoever_asks_to_sign_in_is_not_told_whether_a_carrier_knows_him() {
    let (town, gateway) = town_with_a_gateway().await;
    let mut budi = town.person();
    becomes_active(&town, &gateway, &mut budi).await;
    town.waits(61);
    let mut nobody = town.person();
    let mut seen = Vec::new();
    for mood in [Mood::Open, Mood::Says(503), Mood::Says(422), Mood::Breaking] {
        gateway.is(mood);
        town.waits(11 * 60);
        budi.asks_to_sign_in("").await.expect("the same for all");
        nobody.asks_to_sign_in("").await.expect("the same for all");
        let queued = (way(&town, &budi).await, way(&town, &nobody).await);
        town.lets_the_workers_run().await;
        let tried = (way(&town, &budi).await, way(&town, &nobody).await);
        for sms in gateway.came_to(&budi.contact) {
            let carrier = town.carrier();
            let told = carrier.record_delivery(id(&sms.id), DeliveryFate::Failed);
            told.await.expect("told");
        }
        let told = (way(&town, &budi).await, way(&town, &nobody).await);
        town.waits(301);
        town.lets_the_workers_run().await;
        let late = (way(&town, &budi).await, way(&town, &nobody).await);
        seen.extend([queued, tried, told, late]);
    }

    for (known, unknown) in &seen {
        assert_eq!(known, unknown, "{seen:?}");
    }
    assert_eq!(gateway.came_to(&nobody.contact).len(), 0);
    assert_eq!(seen[0].0, State::Queued);
    assert_eq!(seen[1].0, State::Sent);
}

/// A hand that hands over a message more, and waits for an answer that does not come.
async fn hand_hangs(gateway: &SmsGateway, hand: Workers) -> JoinHandle<()> {
    let before = gateway.came().len();
    let hanging = tokio::spawn(async move {
        hand.work().await.expect("work");
    });
    let came = async {
        while gateway.came().len() == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::jamsostekd::PATIENCE, came)
        .await
        .expect("a message in time");
    hanging
}

/// A town whose SMS leave through a gateway.
pub async fn town_with_a_gateway() -> (Town, SmsGateway) {
    let gateway = SmsGateway::opens().await;
    let town = town_with(gateway.flags()).await;
    (town, gateway)
}

/// A town with carriers as these flags say.
pub async fn town_with(flags: Vec<String>) -> Town {
    let outside = outside(flags).expect("flags that go together");
    Town::found_as("2026-03-10T02:00:00Z", |parts| parts.outside = outside).await
}

pub fn outside(flags: Vec<String>) -> Result<Outside, String> {
    let program = std::iter::once("jamsostekd".to_owned());
    let config = Config::try_parse_from(program.chain(flags)).expect("flags that there are");
    config.serving.outside.read()
}

/// Where this person's newest code is.
pub async fn way(town: &Town, person: &Person) -> State {
    let way = town.client.get_otp_delivery(person.challenge).await;
    way.expect("its way").state()
}

/// Brings a code back and speaks for himself from then on.
pub async fn confirms(person: &mut Person, code: &str) {
    let tokens = person.tries(code).await.expect("it is right");
    person.client = person.client.with_tokens(tokens);
}

/// Walks the whole road with the codes that the gateway was handed.
pub async fn becomes_active(town: &Town, gateway: &SmsGateway, person: &mut Person) {
    person.starts().await.expect("a registration");
    town.lets_the_workers_run().await;
    let code = gateway.came_to(&person.contact).last().map(Sms::code);
    confirms(person, &code.expect("a code")).await;
    person.tells_work().await.expect("the work is taken");
    let confirmed = person.confirms().await.expect("a bill");
    let bill = person.client.get_bill(id(&confirmed.bill_id)).await;
    let bill = bill.expect("the first bill");
    let gateway = town.gateway();
    gateway.pays(&bill.payment_code, bill.payable_idr).await;
    person.becomes_a_participant().await;
}
