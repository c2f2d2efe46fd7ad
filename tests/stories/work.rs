//! People tell their work: at what age they may, which programmes they choose, and until when they may tell it otherwise.

use jamsostek_client::{BpuCategory, ErrorReason, Programme};

use crate::{
    person::{MARCH, SAVED, programmes},
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn the_day_before_the_fifteenth_birthday_is_too_young() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.birth_date = "2011-03-11".into();
    budi.has_an_account().await;

    let refusal = budi.tells_work().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::TooYoung);
    assert_eq!(refusal.metadata["age"], "14");
    assert_eq!(refusal.metadata["minimumAge"], "15");
}

#[tokio::test]
async fn the_sixty_fifth_birthday_is_too_old() {
    let town = Town::found("2026-03-10").await;
    let (mut old, mut just_not) = (town.person(), town.person());
    old.birth_date = "1961-03-10".into();
    just_not.birth_date = "1961-03-11".into();
    old.has_an_account().await;
    just_not.has_an_account().await;

    let refusal = old.tells_work().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::TooOld);
    assert_eq!(refusal.metadata["age"], "65");
    assert_eq!(refusal.metadata["maximumAge"], "65");
    just_not.tells_work().await.expect("the work is taken");
}

#[tokio::test]
async fn a_birthday_between_telling_and_confirming_counts() {
    let town = Town::found("2026-03-10").await;
    let mut old = town.person();
    old.birth_date = "1961-03-11".into();
    old.has_an_account().await;
    old.tells_work().await.expect("the work is taken");
    town.moves_to("2026-03-11T02:00:00Z");

    let refusal = old.confirms().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::TooOld);
}

#[tokio::test]
async fn a_programme_of_employees_is_not_for_everybody() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.has_an_account().await;
    budi.work.programmes = programmes([Programme::Jkk, Programme::Jkm, Programme::Jp]);

    let refusal = budi.tells_work().await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::ProgrammeNotServed);
    assert_eq!(refusal.metadata["programme"], "PROGRAMME_JP");
}

#[tokio::test]
async fn some_programmes_are_no_choice() {
    let town = Town::found("2026-03-10").await;
    let (mut budi, mut owner) = (town.person(), town.person());
    budi.work.programmes = programmes([Programme::Jkm]);
    owner.work.programmes = programmes([Programme::Jkk, Programme::Jkm]);
    owner.work.category = BpuCategory::Owner.into();
    budi.has_an_account().await;
    owner.has_an_account().await;

    let everybody = budi.tells_work().await.expect_refusal();
    let owner = owner.tells_work().await.expect_refusal();

    assert_eq!(everybody.reason, ErrorReason::ProgrammeMandatory);
    assert_eq!(everybody.metadata["programme"], "PROGRAMME_JKK");
    assert_eq!(owner.reason, ErrorReason::ProgrammeMandatory);
    assert_eq!(owner.metadata["programme"], "PROGRAMME_JHT");
}

#[tokio::test]
async fn what_was_told_may_be_told_otherwise_until_confirmed() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.has_an_account().await;
    budi.tells_work().await.expect("the work is taken");

    budi.work.programmes = programmes([Programme::Jkk, Programme::Jkm]);
    budi.tells_work().await.expect("the other work is taken");
    let confirmed = budi.confirms().await.expect("a bill");

    let bill = budi
        .client
        .get_bill(id(&confirmed.bill_id))
        .await
        .expect("the bill");
    assert_eq!(bill.total_idr, MARCH - SAVED);
}
