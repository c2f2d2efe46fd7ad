//! The register is absent, slow or out of its mind: nobody is turned away for it, nobody gets through by it.

use jamsostek_client::v1::{
    IdentityState,
    payment::{Disposition, SuspenseReason},
    registration::State,
};
use serde_json::json;
use tokio::time::timeout;

use super::{
    costs,
    local::{Absent, Local, Manner, agrees, another_name, code, settings, town_at, town_with},
    told,
};
use crate::{
    doubt::{counted_in, pays_in_doubt, questions},
    jamsostekd::PATIENCE,
    person::MARCH,
    town::{Town, id},
};

#[tokio::test]
async fn whatever_is_no_answer_is_silence_and_never_a_no() {
    let manners = [
        Manner::Status(500),
        Manner::Status(503),
        Manner::Status(401),
        Manner::Status(204),
        Manner::Body("<html>Sedang dalam perbaikan</html>".into()),
        Manner::Body(r#"{"content": "kosong"}"#.into()),
        Manner::Body(r#"{"content": []}"#.into()),
        Manner::BreaksOff,
        Manner::TalksOn,
        Manner::Says(code("08")),
        Manner::Says(json!({ "RESPON": "Kuota Akses Hari ini telah Habis" })),
        Manner::Says(json!({ "NAMA_LGKP": "Sesuai (100)" })),
        Manner::Says(json!({ "NAMA_LGKP": "Sesuai (1000)", "TGL_LHR": "Sesuai" })),
    ];
    let register = Local::that(Manner::IsSilent);
    let town = town_at(register.address).await;

    for (before, manner) in manners.into_iter().enumerate() {
        register.now(manner.clone());
        let state = told(&town).await;

        assert_eq!(state, IdentityState::Pending, "{manner:?}");
        assert_eq!(register.times(), before + 1, "{manner:?}");
        // So long is a silent register left alone.
        town.waits(10);
    }
    assert_eq!(questions(&town).await, (13, 13_000));
}

#[tokio::test]
async fn a_register_that_sends_us_elsewhere_is_not_followed() {
    let elsewhere = Local::that(Manner::Says(agrees()));
    let place = format!("http://{}/dukcapil", elsewhere.address);
    let register = Local::that(Manner::SendsTo(place));
    let town = town_at(register.address).await;

    let state = told(&town).await;

    assert_eq!(state, IdentityState::Pending);
    assert_eq!((register.times(), elsewhere.times()), (1, 0));
}

#[tokio::test]
async fn a_register_that_takes_too_long_is_asked_again_later() {
    let register = Local::that(Manner::IsSilent);
    let mut hasty = settings(&format!("http://{}", register.address));
    hasty.register_timeout_ms = 100;
    let town = town_with(&hasty).await;
    let mut budi = town.person();

    let bill = budi.has_a_bill().await;
    let waiting = budi.looks().await.identity_state();

    assert_eq!(bill.payable_idr, MARCH);
    assert_eq!(waiting, IdentityState::Pending);
    // The clock stands still: it is nobody's turn yet.
    town.lets_the_workers_run().await;
    assert_eq!(questions(&town).await, (1, 1_000));
    town.waits(60);
    town.lets_the_workers_run().await;
    assert_eq!(questions(&town).await, (2, 2_000));
    assert_eq!(budi.looks().await.identity_state(), IdentityState::Pending);
}

#[tokio::test]
async fn once_it_answers_the_worker_hears_it_and_the_money_counts_from_its_day() {
    let register = Local::that(Manner::Status(503));
    let town = town_at(register.address).await;
    let mut budi = town.person();
    let payment = pays_in_doubt(&town, &mut budi).await;

    register.now(Manner::Says(agrees()));
    town.waits(60);
    town.lets_the_workers_run().await;

    assert_eq!(payment.disposition(), Disposition::Credited);
    budi.becomes_a_participant().await;
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.coverage[0].since, "2026-03-10");
    assert_eq!(me.identity_state(), IdentityState::Matched);
    let both = register.asked();
    assert_eq!((both.len(), &both[0].body), (2, &both[1].body));
}

#[tokio::test]
async fn a_register_that_is_down_for_a_day_and_then_says_no_costs_nobody_his_money() {
    let nowhere = Absent::somewhere();
    let town = town_at(nowhere.address).await;
    let mut agus = town.person();
    let payment = pays_in_doubt(&town, &mut agus).await;
    for _ in 0..12 {
        town.waits(2 * 3_600);
        town.lets_the_workers_run().await;
    }
    let waiting = agus.looks().await;

    let register = nowhere.arrives(Manner::Says(another_name()));
    town.waits(6 * 3_600);
    town.lets_the_workers_run().await;

    assert_eq!(waiting.state(), State::AwaitingIdentity);
    let held = agus.looks().await;
    assert_eq!(
        (held.state(), held.identity_state()),
        (State::Held, IdentityState::Refused)
    );
    let gateway = town.gateway().client;
    let set_aside = gateway.get_payment(id(&payment.id)).await.expect("it");
    assert_eq!(set_aside.suspense_reason(), SuspenseReason::IdentityRefused);
    // Nobody was there to count what was asked in vain.
    assert_eq!((register.times(), costs(&town).await), (1, (1, 1_000)));
    let officer = town.officer();
    let returned = officer.return_payment(id(&payment.id), "not he").await;
    assert_eq!(
        returned.expect("it is").disposition(),
        Disposition::Returned
    );
    assert_eq!(wrong(&town).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_register_that_was_silent_five_times_is_left_alone_until_it_answers() {
    let register = Local::that(Manner::Status(503));
    let town = town_at(register.address).await;
    for _ in 0..5 {
        told(&town).await;
    }

    let mut asked = Vec::new();
    // Two who come at once, and two after each pause; in the last it is there again.
    for seconds in [0, 9, 1, 10] {
        town.waits(seconds);
        told(&town).await;
        told(&town).await;
        asked.push(register.times());
    }
    register.now(Manner::Says(agrees()));
    town.waits(10);
    let states = [told(&town).await, told(&town).await];

    assert_eq!(asked, [5, 5, 6, 7]);
    assert_eq!(states, [IdentityState::Matched; 2]);
    assert_eq!(register.times(), 9);
    // Only what was asked is counted.
    assert_eq!(questions(&town).await, (7, 7_000));
}

#[tokio::test]
async fn a_word_that_we_do_not_know_does_not_make_it_gone() {
    let register = Local::that(Manner::Says(code("99")));
    let town = town_at(register.address).await;

    for _ in 0..7 {
        told(&town).await;
    }

    assert_eq!(register.times(), 7);
}

#[tokio::test]
async fn whoever_hangs_up_while_it_thinks_has_asked_and_finds_the_answer() {
    let register = Local::that(Manner::IsSilent);
    let town = town_at(register.address).await;
    let mut budi = town.person();
    budi.has_an_account().await;

    let mut telling = Box::pin(budi.tells_work());
    tokio::select! {
        told = &mut telling => panic!("nobody has answered: {told:?}"),
        () = register.is_asked() => {}
    }
    drop(telling);
    // Over the same connection, and so after he has hung up.
    let meanwhile = budi.looks().await.identity_state();
    register.now(Manner::Says(agrees()));
    let store = town.burglar().await;
    let counted = async { while counted_in(&store, "1 = 1").await == (0, 0) {} };
    timeout(PATIENCE, counted).await.expect("it is counted");
    let taken = budi.tells_work().await.expect("the work is taken");

    assert_eq!(meanwhile, IdentityState::Declared);
    assert_eq!(taken.identity_state(), IdentityState::Matched);
    assert_eq!((register.times(), costs(&town).await), (1, (1, 1_000)));
}

async fn wrong(town: &Town) -> Vec<String> {
    let looked = jamsostek_server::verify(&town.db, &town.seal).await;
    looked.expect("it looks")
}
