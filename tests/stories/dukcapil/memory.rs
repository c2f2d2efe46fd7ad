//! What the register has answered is remembered for a while, by every server of one store.

use jamsostek_client::{ErrorReason, v1::IdentityState};
use sea_orm::{ConnectionTrait, Statement};

use super::{
    costs,
    local::{Local, Manner, agrees, another_name, town_at},
    told,
};
use crate::{
    person::Person,
    town::{ExpectRefusal, Town},
};

#[tokio::test]
async fn the_same_question_is_paid_for_once_whichever_server_puts_it() {
    let register = Local::that(Manner::Says(agrees()));
    let town = town_at(register.address).await;
    let (second, _) = town.opens_another_house().await;
    let budi = town.person();
    let mut there = again(&town, &budi);
    there.client = second;

    let states = [
        state(again(&town, &budi)).await,
        state(again(&town, &budi)).await,
        state(there).await,
    ];

    assert_eq!(states, [IdentityState::Matched; 3]);
    assert_eq!((register.times(), costs(&town).await), (1, (1, 1_000)));
}

#[tokio::test]
async fn another_question_about_the_same_person_is_another_question() {
    let register = Local::that(Manner::Says(agrees()));
    let town = town_at(register.address).await;
    let budi = town.person();
    let (mut renamed, mut reborn, mut mothered) = (
        again(&town, &budi),
        again(&town, &budi),
        again(&town, &budi),
    );
    renamed.name = "Budi Hartanto".into();
    reborn.birth_date = "1990-05-13".into();
    mothered.work.mother_name = "Sri Wahyuni".into();

    for person in [budi, renamed, reborn, mothered] {
        state(person).await;
    }

    assert_eq!(register.times(), 4);
}

#[tokio::test]
async fn a_yes_is_good_for_a_day_and_is_then_forgotten() {
    let register = Local::that(Manner::Says(agrees()));
    let town = town_at(register.address).await;
    let budi = town.person();
    state(again(&town, &budi)).await;

    town.waits(24 * 3_600 - 1);
    state(again(&town, &budi)).await;
    let before = (register.times(), kept(&town).await);
    town.waits(1);
    town.lets_the_workers_run().await;
    let after = kept(&town).await;
    state(again(&town, &budi)).await;

    assert_eq!((before, after), ((1, 1), 0));
    assert_eq!(register.times(), 2);
}

#[tokio::test]
async fn whoever_has_his_name_mended_at_the_register_need_not_wait_a_day() {
    let register = Local::that(Manner::Says(another_name()));
    let town = town_at(register.address).await;
    let budi = town.person();
    let stopped = async || {
        let mut person = again(&town, &budi);
        person.has_an_account().await;
        person.tells_work().await
    };
    let first = stopped().await.expect_refusal();

    register.now(Manner::Says(agrees()));
    town.waits(3_600 - 1);
    let second = stopped().await.expect_refusal();
    let asked = register.times();
    // His account is there already: no worker runs before he tells his work, and what is old is still in the store.
    let mut third = again(&town, &budi);
    third.has_an_account().await;
    town.waits(1);
    let third = third.tells_work().await.expect("the work is taken");
    let times = register.times();

    assert_eq!(first.reason, ErrorReason::IdentityMismatch);
    assert_eq!(second.metadata, first.metadata);
    assert_eq!((asked, times), (1, 2));
    assert_eq!(third.identity_state(), IdentityState::Matched);
}

#[tokio::test]
async fn silence_is_never_remembered() {
    let register = Local::that(Manner::Status(503));
    let town = town_at(register.address).await;
    let budi = town.person();
    let first = state(again(&town, &budi)).await;

    register.now(Manner::Says(agrees()));
    let second = state(again(&town, &budi)).await;

    assert_eq!(
        (first, second),
        (IdentityState::Pending, IdentityState::Matched)
    );
}

#[tokio::test]
async fn an_answer_that_was_edited_vouches_for_nobody_and_is_named() {
    let register = Local::that(Manner::Says(agrees()));
    let town = town_at(register.address).await;
    told(&town).await;
    register.now(Manner::Says(another_name()));
    let agus = town.person();
    let mut first = again(&town, &agus);
    first.has_an_account().await;
    first.tells_work().await.expect_refusal();
    let store = town.burglar().await;

    // The answer to the one question is put under the other.
    let sql = "UPDATE register_answer SET answer = (SELECT answer FROM register_answer ORDER BY expires_at DESC LIMIT 1)";
    store.execute_unprepared(sql).await.expect("an edit");
    let wrong = jamsostek_server::verify(&town.db, &town.seal).await;
    let mut second = again(&town, &agus);
    second.has_an_account().await;
    let refusal = second.tells_work().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::IdentityMismatch);
    assert_eq!(register.times(), 3);
    let wrong = wrong.expect("it looks");
    assert!(
        wrong.len() == 1 && wrong[0].starts_with("register_answer "),
        "{wrong:?}"
    );
}

/// The same person with another contact, so that it is the same question and nobody is asked too often.
fn again(town: &Town, person: &Person) -> Person {
    Person {
        contact: town.person().contact,
        ..person.clone()
    }
}

/// Tells the work; what is then known of the person.
async fn state(mut person: Person) -> IdentityState {
    person.has_an_account().await;
    let taken = person.tells_work().await.expect("the work is taken");
    taken.identity_state()
}

/// How many answers are kept.
async fn kept(town: &Town) -> i64 {
    let store = town.burglar().await;
    let sql = "SELECT COUNT(*) FROM register_answer";
    let row = store.query_one_raw(Statement::from_string(store.get_database_backend(), sql));
    let row = row.await.expect("an answer").expect("a row");
    row.try_get_by_index(0).expect("a number")
}
