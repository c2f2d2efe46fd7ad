//! Cover lasts as long as it is paid for, and for the programmes that are held.

use jamsostek_client::{
    Programme,
    v1::{coverage, look_up_bill_request::By, membership},
};

use crate::{
    person::{SAVED, programmes},
    town::Town,
};

#[tokio::test]
async fn three_unpaid_months_end_cover_and_the_next_payment_begins_it_anew() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.participant().await;
    town.moves_to("2026-06-30T02:00:00Z");
    budi.asks_to_sign_in("").await.expect("a code");
    budi.confirms_the_code().await.expect("tokens");
    let last_day = budi.client.get_participant(None).await.expect("himself");
    town.moves_to("2026-07-01T02:00:00Z");
    let lapsed = budi.client.get_participant(None).await.expect("himself");

    let found = town
        .gateway()
        .client
        .look_up_bill(By::Nik(budi.nik.clone()))
        .await;
    let next = found.expect("a bill").bill.expect("a bill");
    town.gateway()
        .pays(&next.payment_code, next.payable_idr)
        .await;

    assert!(last_day.coverage.iter().all(|it| it.covered));
    assert!(
        lapsed
            .coverage
            .iter()
            .all(|it| it.reason() == coverage::Reason::Lapsed)
    );
    assert!(lapsed.coverage.iter().all(|it| !it.what_to_do.is_empty()));
    assert_eq!(lapsed.memberships[0].state(), membership::State::Lapsed);
    assert_eq!(next.first_month, "2026-07");
    let anew = budi.client.get_participant(None).await.expect("himself");
    assert!(
        anew.coverage
            .iter()
            .all(|it| it.covered && it.since == "2026-07-01")
    );
    assert_eq!(anew.kpj, last_day.kpj);
    assert_eq!(budi.balance().await, 2 * SAVED);
}

#[tokio::test]
async fn a_programme_that_is_not_held_does_not_cover() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.work.programmes = programmes([Programme::Jkk, Programme::Jkm]);

    budi.is_active(&town).await;

    let me = budi.client.get_participant(None).await.expect("himself");
    let of = |programme| {
        me.coverage
            .iter()
            .find(|it| it.programme() == programme)
            .expect("a line")
    };
    assert!(of(Programme::Jkk).covered && of(Programme::Jkm).covered);
    assert_eq!(of(Programme::Jht).reason(), coverage::Reason::NotHeld);
    assert_eq!(budi.balance().await, 0);
}
