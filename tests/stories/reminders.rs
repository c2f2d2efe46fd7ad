//! Employers are reminded of what is due, and migrant workers of cover that ends.

use jamsostek_client::{
    Uuid,
    v1::{ExtendCoverRequest, employer_bill::State},
};

use sea_orm::ConnectionTrait;

use crate::{
    company::Company,
    migrant::{by_himself, day},
    person::Person,
    town::{Town, id, run},
};

#[tokio::test]
async fn three_days_before_a_bill_is_due_its_employer_is_reminded_once() {
    let town = Town::found("2026-03-10").await;
    let (late, paid, last) = (
        town.company("JK000901").await,
        town.company("JK000902").await,
        town.company("JK000903").await,
    );
    for company in [&late, &paid, &last] {
        company.hires(&town.person(), "2026-03-01").await;
    }
    let bill = late.bill(&town, "2026-03").await;
    let other = paid.bill(&town, "2026-03").await;
    town.gateway()
        .pays(&other.payment_code, other.payable_idr)
        .await;
    let read = async |company: &Company| {
        town.lets_the_workers_run().await;
        let messages = town.client.list_messages(company.contact.clone()).await;
        let messages = messages.expect("messages").into_iter();
        messages.map(|it| it.text).collect::<Vec<_>>()
    };
    town.moves_to("2026-04-11T02:00:00Z");
    let early = read(&late).await;

    // The 15th of April 2026 is a Wednesday.
    town.moves_to("2026-04-12T02:00:00Z");
    let (_, others) = town.opens_another_house().await;
    let (one, two) = (town.workers(), others.clone());
    let both = tokio::join!(one.work(), two.work());
    let told = read(&late).await;
    town.moves_to("2026-04-14T02:00:00Z");
    last.bill(&town, "2026-03").await;
    run(&others).await;
    let later = read(&late).await;

    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    assert_eq!((bill.due_on.as_str(), early.len()), ("2026-04-15", 1));
    assert_eq!((told.len(), later.len()), (2, 2));
    let code = &bill.payment_code;
    let reminder = format!(
        "Iuran Maret 2026 jatuh tempo 15 April 2026 dan belum dibayar: kode bayar {code}. / The contributions of March 2026 are due on \
         15 April 2026 and are not paid yet: payment code {code}."
    );
    assert_eq!(told[0], reminder);
    assert_eq!(read(&paid).await.len(), 1);
    let shown = paid.client.get_employer_bill(id(&other.id)).await;
    assert_eq!(shown.expect("the bill").state(), State::Paid);
    // He was told today that it is computed, and until when it is to be paid.
    assert_eq!(read(&last).await.len(), 1);
}

#[tokio::test]
async fn a_week_before_cover_before_work_ends_whoever_has_not_left_is_reminded_once() {
    let town = Town::found("2026-03-10").await;
    let (mut waiting, mut gone) = (town.migrant(by_himself(6)), town.migrant(by_himself(6)));
    waiting.has_paid_for_abroad(&town).await;
    let membership = gone.has_paid_for_abroad(&town).await.memberships.remove(0);
    town.officer()
        .report_departure(id(&membership.id), day("2026-03-10"))
        .await
        .expect("reported");
    let others = gone.reads_messages().await.len();
    let before = on(&town, "2026-04-02", &waiting).await;

    let told = on(&town, "2026-04-03", &waiting).await;
    let (_, workers) = town.opens_another_house().await;
    run(&workers).await;
    let later = on(&town, "2026-04-04", &waiting).await;

    assert_eq!((told.len(), later.len()), (before.len() + 1, told.len()));
    assert_eq!(
        told[0],
        "Perlindungan Jamsostek Anda sebelum bekerja berakhir 10 April 2026. Sudah berangkat? Laporkan tanggal keberangkatan Anda. / \
         Your cover before work ends on 10 April 2026. Have you left? Report the day of your departure."
    );
    assert_eq!(gone.reads_messages().await.len(), others);
}

#[tokio::test]
async fn thirty_days_before_cover_abroad_ends_he_is_reminded_and_again_before_a_later_end() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.migrant(by_himself(6));
    let me = budi.has_paid_for_abroad(&town).await;
    let (officer, membership) = (town.officer(), id(&me.memberships[0].id));
    town.moves_to("2026-03-20T02:00:00Z");
    let gone = officer.report_departure(membership, day("2026-03-20"));
    gone.await.expect("gone");
    let before = on(&town, "2026-09-18", &budi).await.len();

    let told = on(&town, "2026-09-19", &budi).await;
    let extension = ExtendCoverRequest {
        bill_id: Uuid::now_v7().to_string(),
        membership_id: membership.to_string(),
        months: 2,
    };
    let bill = officer.extend_cover(extension).await.expect("an extension");
    let bill = bill.bill.expect("a bill");
    town.gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await;
    let between = on(&town, "2026-11-18", &budi).await.len();
    let again = on(&town, "2026-11-19", &budi).await;
    let back = officer.report_return(membership, day("2026-11-19"));
    back.await.expect("back");
    let home = on(&town, "2026-11-20", &budi).await;

    assert_eq!((told.len(), between), (before + 1, before + 1));
    assert_eq!(
        told[0],
        "Perlindungan Jamsostek Anda di luar negeri berakhir 19 Oktober 2026. Bekerja lebih lama? Perpanjang sebelum tanggal itu. / \
         Your cover abroad ends on 19 October 2026. If you work longer, extend it before that day."
    );
    assert_eq!(again.len(), before + 2);
    assert!(again[0].contains("19 December 2026"), "{again:?}");
    // Only that his return is recorded.
    assert_eq!(home.len(), again.len() + 1);
    assert!(home[0].contains("return on 19 November 2026"), "{home:?}");
}

/// What somebody has been written by nine in the morning of a day.
async fn on(town: &Town, day: &str, person: &Person) -> Vec<String> {
    town.moves_to(&format!("{day}T02:00:00Z"));
    person.reads_messages().await
}

#[tokio::test]
async fn one_whose_way_cannot_be_read_keeps_nobody_else_from_being_reminded() {
    let town = Town::found("2026-03-10").await;
    let (mut broken, mut budi) = (town.migrant(by_himself(6)), town.migrant(by_himself(6)));
    broken.has_paid_for_abroad(&town).await;
    budi.has_paid_for_abroad(&town).await;
    let before = on(&town, "2026-04-02", &budi).await.len();
    let store = town.burglar().await;
    let first = "UPDATE membership SET extended_months = -1 WHERE id = (SELECT id FROM membership ORDER BY id LIMIT 1)";
    store.execute_unprepared(first).await.expect("it is broken");

    let told = on(&town, "2026-04-03", &budi).await;

    assert_eq!(told.len(), before + 1);
    assert!(told[0].contains("10 April 2026"), "{told:?}");
}
