//! People see what they have saved, and how little the store is asked for it.

use std::time::Duration;

use jamsostek_client::v1::{ListStatementLinesRequest, statement_line::Kind};
use tokio::task::JoinSet;

use crate::{
    person::{APRIL, Person, SAVED},
    raw,
    town::{Town, timestamp},
};

#[tokio::test]
async fn a_balance_is_of_a_day() {
    let town = Town::found("2026-03-10").await;
    let budi = paid_twice(&town).await;
    let on = async |day: &str| {
        let day = Some(day.parse().expect("a day"));
        let balance = budi.client.get_balance(None, day).await;
        balance.expect("a balance").balance_idr
    };

    assert_eq!(on("2026-03-09").await, 0);
    assert_eq!(on("2026-03-10").await, SAVED);
    assert_eq!(on("2026-04-11").await, SAVED);
    assert_eq!(on("2026-04-12").await, 2 * SAVED);
    assert_eq!(budi.balance().await, 2 * SAVED);
}

#[tokio::test]
async fn a_balance_names_the_account_of_each_membership() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;

    let balance = budi
        .client
        .get_balance(None, None)
        .await
        .expect("a balance");

    assert_eq!(balance.as_of, "2026-03-10");
    assert_eq!(balance.accounts.len(), 1);
    assert_eq!(
        balance.accounts[0].membership_id,
        budi.membership().await.to_string()
    );
    assert_eq!(balance.accounts[0].balance_idr, SAVED);
    assert!(balance.years_without_yield.is_empty());
}

#[tokio::test]
async fn statement_lines_come_newest_first_a_page_at_a_time_and_add_up() {
    let town = Town::found("2026-03-10").await;
    let budi = paid_twice(&town).await;
    let mut request = ListStatementLinesRequest {
        page_size: 1,
        ..Default::default()
    };

    let newest = budi
        .client
        .list_statement_lines(request.clone())
        .await
        .expect("a page");
    request.page_token = newest.next_page_token;
    let oldest = budi
        .client
        .list_statement_lines(request)
        .await
        .expect("a page");

    assert_eq!(oldest.next_page_token, "");
    let lines = [&newest.lines[0], &oldest.lines[0]];
    assert_eq!(
        lines.map(|it| it.contribution_month.as_str()),
        ["2026-04", "2026-03"]
    );
    assert_eq!(
        lines.map(|it| it.day.as_str()),
        ["2026-04-12", "2026-03-10"]
    );
    assert_eq!(lines.map(|it| it.balance_after_idr), [2 * SAVED, SAVED]);
    assert!(
        lines
            .iter()
            .all(|it| it.kind() == Kind::Contribution && it.amount_idr == SAVED)
    );
    let added: i64 = lines.iter().map(|it| it.amount_idr).sum();
    assert_eq!(added, budi.balance().await);
}

#[tokio::test]
async fn money_that_is_told_of_late_counts_from_the_day_it_was_paid() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let code = next_code(&town, &budi).await;
    let mut notice = town.gateway().notice(&code, APRIL);
    notice.paid_at = Some(timestamp(town.now() - Duration::from_secs(86_400)));
    town.moves_to("2026-03-12T02:00:00Z");

    town.gateway().reports(notice).await;

    let day = Some("2026-03-09".parse().expect("a day"));
    let balance = budi.client.get_balance(None, day).await.expect("a balance");
    assert_eq!(balance.balance_idr, SAVED);
    let lines = budi.client.list_statement_lines(Default::default()).await;
    let lines: Vec<_> = lines.expect("lines").lines;
    let told: Vec<_> = lines
        .iter()
        .map(|it| (it.day.as_str(), it.balance_after_idr))
        .collect();
    assert_eq!(told, [("2026-03-10", 2 * SAVED), ("2026-03-09", SAVED)]);
}

#[tokio::test]
async fn a_day_is_written_in_one_way_only() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;

    for day in ["+99999-1-1", " 2026-1-01", "2026-3-010", "20260310"] {
        let body = serde_json::json!({ "asOf": day });
        let token = budi.client.tokens().expect("tokens").access_token;
        let rpc = "jamsostek.v1.BalanceService/GetBalance";
        let refusal = raw::call(&budi.client, rpc, Some(&token), &body).await;
        let error = jamsostek_client::Error::from(refusal.expect_err("a refusal"));
        assert_eq!(
            error.reason(),
            Some(jamsostek_client::ErrorReason::MalformedRequest),
            "{day}"
        );
    }
}

#[tokio::test]
async fn an_officer_sees_a_balance_and_a_stranger_sees_none() {
    let town = Town::found("2026-03-10").await;
    let (budi, siti) = (town.participant().await, town.participant().await);
    let budi_id = budi.client.get_participant(None).await.expect("himself").id;
    let id = Some(budi_id.parse().expect("an id"));

    let officer = town
        .officer()
        .get_balance(id, None)
        .await
        .expect("a balance");
    let stranger = siti.client.get_balance(id, None).await;

    assert_eq!(officer.balance_idr, SAVED);
    let reason = stranger.expect_err("a refusal").reason();
    assert_eq!(reason, Some(jamsostek_client::ErrorReason::NotFound));
}

#[tokio::test]
async fn of_many_who_look_at_once_each_sees_his_own() {
    let town = Town::found("2026-03-10").await;
    let mut people = Vec::new();
    for income_idr in [1_000_000, 1_500_000, 2_500_000, 3_500_000] {
        let mut person = town.person();
        person.work.income_idr = income_idr;
        let paid = person.is_active(&town).await;
        let own = person.balance().await;
        assert!(own > 0 && own < paid.amount_idr, "{own}");
        people.push((person, own));
    }

    let mut looking = JoinSet::new();
    for (person, own) in people.iter().cycle().take(200) {
        let (person, own) = (person.clone(), *own);
        looking.spawn(async move { (person.balance().await, own) });
    }
    let seen = looking.join_all().await;

    assert_eq!(seen.len(), 200);
    for (seen, own) in seen {
        assert_eq!(seen, own);
    }
    let distinct: std::collections::BTreeSet<_> = people.iter().map(|it| it.1).collect();
    assert_eq!(distinct.len(), people.len());
}

#[tokio::test]
async fn the_store_is_asked_little() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.starts().await.expect("a registration");
    let code = budi.reads_the_code().await;
    let (verify, tokens) = town.statements_of(budi.tries(&code)).await;
    budi.client = budi.client.with_tokens(tokens.expect("tokens"));
    budi.tells_work().await.expect("the work is taken");
    let code = budi.confirms().await.expect("a bill").payment_code;
    let gateway = town.gateway();
    gateway.client.who_am_i().await.expect("a token is fetched");

    let (activating, _) = town
        .statements_of(gateway.pays(&code, crate::person::MARCH))
        .await;
    budi.becomes_a_participant().await;
    let (balance, _) = town
        .statements_of(budi.client.get_balance(None, None))
        .await;
    let code = next_code(&town, &budi).await;
    let (after, _) = town.statements_of(gateway.pays(&code, APRIL)).await;

    assert!(verify <= 8, "VerifyOtp: {verify}");
    assert!(activating <= 14, "RecordPayment, activating: {activating}");
    assert!(balance <= 2, "GetBalance: {balance}");
    assert!(after <= 10, "RecordPayment, after: {after}");
}

/// Somebody who paid on 10 March and on 12 April, each for one month.
async fn paid_twice(town: &Town) -> Person {
    let budi = town.participant().await;
    town.moves_to("2026-04-12T02:00:00Z");
    let code = next_code(town, &budi).await;
    town.gateway().pays(&code, APRIL).await;
    budi
}

async fn next_code(town: &Town, person: &Person) -> String {
    use jamsostek_client::v1::look_up_bill_request::By;
    let found = town
        .gateway()
        .client
        .look_up_bill(By::Nik(person.nik.clone()))
        .await;
    found.expect("a bill").bill.expect("its bill").payment_code
}
