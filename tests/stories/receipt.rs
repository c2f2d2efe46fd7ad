//! Carriers tell afterwards what became of the messages that they took.

use jamsostek_client::{
    ErrorReason,
    v1::{DeliveryFate, get_otp_delivery_response::State},
};
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::{
    carriers::{becomes_active, town_with_a_gateway, way},
    sms_gateway::Mood,
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn a_notice_that_has_come_is_not_sent_again() {
    let (town, gateway) = town_with_a_gateway().await;
    let mut budi = town.person();
    becomes_active(&town, &gateway, &mut budi).await;
    gateway.is(Mood::Breaking);
    budi.ends_business("").await.expect("it ends");
    town.lets_the_workers_run().await;
    let notice = gateway.came().pop().expect("a notice");
    gateway.is(Mood::Open);

    let told = town
        .carrier()
        .record_delivery(id(&notice.id), DeliveryFate::Delivered)
        .await;
    town.waits(3_600);
    town.lets_the_workers_run().await;

    assert_eq!(told.expect("told").fate(), DeliveryFate::Delivered);
    let came = gateway.came();
    assert_eq!(came.iter().filter(|it| it.id == notice.id).count(), 1);
}

#[tokio::test]
async fn a_receipt_is_told_to_whoever_asks_and_a_delivery_outweighs_a_failure() {
    let (town, gateway) = town_with_a_gateway().await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    town.lets_the_workers_run().await;
    let (message, carrier) = (id(&gateway.came()[0].id), town.carrier());
    let tells = async |fate| {
        let stands = carrier.record_delivery(message, fate).await.expect("told");
        (stands.fate(), way(&town, &budi).await)
    };

    let failed = tells(DeliveryFate::Failed).await;
    let again = tells(DeliveryFate::Failed).await;
    let delivered = tells(DeliveryFate::Delivered).await;
    let late = tells(DeliveryFate::Failed).await;

    assert_eq!(failed, (DeliveryFate::Failed, State::Failed));
    assert_eq!(again, failed);
    assert_eq!(delivered, (DeliveryFate::Delivered, State::Delivered));
    assert_eq!(late, delivered);
    // Told four times, it was news twice.
    assert_eq!(records(&town).await, 2);
}

#[tokio::test]
async fn a_receipt_for_what_nobody_carries_is_not_taken() {
    let (town, _gateway) = town_with_a_gateway().await;
    let carrier = town.carrier();

    let unknown = carrier
        .record_delivery(Uuid::now_v7(), DeliveryFate::Delivered)
        .await
        .expect_refusal();
    let of_nothing = carrier
        .record_delivery(Uuid::now_v7(), DeliveryFate::Unspecified)
        .await
        .expect_refusal();

    assert_eq!(unknown.reason, ErrorReason::NotFound);
    assert_eq!(of_nothing.reason, ErrorReason::MalformedRequest);
    assert_eq!(of_nothing.violations[0].field, "fate");
    assert_eq!(records(&town).await, 0);
}

/// How many receipts were recorded.
async fn records(town: &Town) -> i64 {
    let store = town.burglar().await;
    let sql =
        "SELECT count(*) FROM audit_record WHERE action = 'RecordDelivery' AND outcome = 'done'";
    let sql = Statement::from_string(store.get_database_backend(), sql);
    let row = store.query_one_raw(sql).await.expect("an answer");
    row.expect("a row").try_get_by_index(0).expect("a number")
}
