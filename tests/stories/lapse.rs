//! Months that nobody paid in time: no payment jumps over them, and what is told of them is what is taken for them.

use jamsostek_client::v1::{bill, look_up_bill_request::By};

use crate::{
    bill::issues_a_bill,
    person::MARCH,
    town::{Town, id},
};

#[tokio::test]
async fn a_bill_of_months_that_lapsed_is_not_paid_by_a_later_month() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.participant().await;
    town.moves_to("2026-06-20T02:00:00Z");
    budi.asks_to_sign_in("").await.expect("a code");
    budi.confirms_the_code().await.expect("tokens");
    let lapsed = issues_a_bill(&budi, 1).await;
    town.moves_to("2026-07-01T02:00:00Z");

    let july = issues_a_bill(&budi, 1).await;
    town.gateway()
        .pays(&july.payment_code, july.payable_idr)
        .await;

    assert_eq!(
        (lapsed.first_month.as_str(), july.first_month.as_str()),
        ("2026-04", "2026-07")
    );
    let lapsed = budi.client.get_bill(id(&lapsed.id)).await.expect("it");
    assert_eq!(
        (lapsed.state(), lapsed.payable_idr),
        (bill::State::Expired, 0)
    );
}

#[tokio::test]
async fn the_price_that_is_told_is_the_price_that_is_taken() {
    let town = Town::found("2025-12-10").await;
    let budi = town.participant().await;
    town.moves_to("2026-03-05T02:00:00Z");
    let january = issues_a_bill(&budi, 1).await;
    town.moves_to("2026-03-31T02:00:00Z");
    let in_time = town
        .gateway()
        .notice(&january.payment_code, january.payable_idr);
    town.moves_to("2026-04-01T02:00:00Z");
    let by = || By::Nik(budi.nik.clone());
    let gateway = town.gateway();
    let lapsed = gateway.client.look_up_bill(by()).await.expect("a bill");
    gateway.reports(in_time).await;

    let told = gateway.client.look_up_bill(by()).await.expect("a bill");
    let told = told.bill.expect("a bill");
    let taken = gateway.pays(&told.payment_code, told.payable_idr).await;

    assert_eq!(lapsed.bill.expect("a bill").first_month, "2026-04");
    assert_eq!(
        (told.first_month.as_str(), told.payable_idr),
        ("2026-02", MARCH)
    );
    assert_eq!(taken.months_paid, ["2026-02"]);
}

#[tokio::test]
async fn no_payment_jumps_over_a_month_that_is_open() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.participant().await;
    town.moves_to("2026-06-20T02:00:00Z");
    budi.asks_to_sign_in("").await.expect("a code");
    budi.confirms_the_code().await.expect("tokens");
    let april = issues_a_bill(&budi, 1).await;
    town.moves_to("2026-06-30T02:00:00Z");
    let in_time = town
        .gateway()
        .notice(&april.payment_code, april.payable_idr);
    town.moves_to("2026-07-01T02:00:00Z");
    let july = issues_a_bill(&budi, 1).await;
    town.moves_to("2026-07-02T02:00:00Z");
    let first = town.gateway().reports(in_time).await;

    let second = town
        .gateway()
        .pays(&july.payment_code, july.payable_idr)
        .await;

    assert_eq!(first.months_paid, ["2026-04"]);
    assert_eq!(second.months_paid, ["2026-05"]);
}
