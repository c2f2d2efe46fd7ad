//! Somebody is at the store past the service, or nobody can be.

use jamsostek_client::{
    ErrorReason, v1::AllocatePaymentRequest, v1::allocate_payment_request::Home,
    v1::look_up_bill_request::By,
};
use jamsostek_server::verify;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, TryGetable, Value};
use tonic::Code;
use uuid::Uuid;

use crate::{
    person::{APRIL, MARCH, Person},
    town::{ExpectRefusal, Town, id},
};

/// The tables that hold money: their key, a number to edit, and what two rows can swap.
const MONEY: [(&str, &str, &str, &str); 7] = [
    ("bill", "id", "total_idr", "total_idr"),
    ("bill_line", "id", "amount_idr", "amount_idr"),
    ("payment", "id", "amount_idr", "amount_idr"),
    ("contribution", "id", "amount_idr", "amount_idr"),
    ("transfer", "id", "amount_idr", "amount_idr"),
    ("ledger_account", "id", "balance_idr", "balance_idr"),
    ("payment_decision", "id", "applied_idr", "applied_idr"),
];

#[tokio::test]
async fn a_store_that_nobody_touched_verifies() {
    let town = Town::found("2026-03-10").await;
    full_of_money(&town).await;

    let wrong = verify(&town.db, &town.seal).await.expect("a look");

    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn an_edited_row_of_money_is_named() {
    let town = Town::found("2026-03-10").await;
    full_of_money(&town).await;
    let burglar = town.burglar().await;

    for (table, key, number, _) in MONEY {
        let (row, _) = rows(&burglar, table, key, number).await.swap_remove(0);
        let edit = async |by: i64| {
            let sql = format!("UPDATE {table} SET {number} = {number} + $1 WHERE {key} = $2");
            execute(&burglar, &sql, [by.into(), row.into()]).await;
        };
        edit(1).await;
        let wrong = verify(&town.db, &town.seal).await.expect("a look");
        edit(-1).await;

        assert_named(&wrong, table, row);
    }
    assert_eq!(
        verify(&town.db, &town.seal).await.expect("a look"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn swapped_rows_of_money_are_named() {
    let town = Town::found("2026-03-10").await;
    full_of_money(&town).await;
    let burglar = town.burglar().await;

    for (table, key, _, number) in MONEY {
        let all = rows(&burglar, table, key, number).await;
        let (one, of_one) = all[0];
        let other = all.iter().find(|it| it.1 != of_one);
        let &(other, of_other) = other.unwrap_or_else(|| panic!("{table}: two rows that differ"));
        let set = async |row: Uuid, to: i64| {
            let sql = format!("UPDATE {table} SET {number} = $1 WHERE {key} = $2");
            execute(&burglar, &sql, [to.into(), row.into()]).await;
        };
        set(one, of_other).await;
        set(other, of_one).await;
        let wrong = verify(&town.db, &town.seal).await.expect("a look");
        set(one, of_one).await;
        set(other, of_other).await;

        assert_named(&wrong, table, one);
        assert_named(&wrong, table, other);
    }
}

#[tokio::test]
async fn whoever_gives_himself_cover_or_anothers_savings_is_named() {
    let town = Town::found("2026-03-10").await;
    full_of_money(&town).await;
    town.participant().await;
    let burglar = town.burglar().await;
    let edits = [
        (
            "membership",
            "participant_id",
            "(SELECT id FROM participant WHERE id <> participant_id ORDER BY id LIMIT 1)",
        ),
        (
            "participant_contact",
            "participant_id",
            "(SELECT id FROM participant WHERE id <> participant_id ORDER BY id LIMIT 1)",
        ),
        ("membership", "paid_through", "'2030-12'"),
        ("membership", "covered_from", "'2020-01-02'"),
        ("ledger_account", "opened_on", "'2020-01-02'"),
        (
            "ledger_account",
            "owner_id",
            "(SELECT id FROM payment ORDER BY id LIMIT 1)",
        ),
    ];

    for (table, column, value) in edits {
        let of = match table {
            "membership" => "paid_through IS NOT NULL",
            "ledger_account" => "kind = 'jht'",
            _ => "1 = 1",
        };
        let sql = format!("SELECT id AS key, CAST(1 AS BIGINT) AS number FROM {table} WHERE {of}");
        let row = found(&burglar, &sql).await[0].0;
        let before = format!("CREATE TABLE before AS SELECT * FROM {table} WHERE id = $1");
        execute(&burglar, &before, [row.into()]).await;
        let edit = format!("UPDATE {table} SET {column} = {value} WHERE id = $1");
        execute(&burglar, &edit, [row.into()]).await;
        let wrong = verify(&town.db, &town.seal).await.expect("a look");
        let undo =
            format!("UPDATE {table} SET {column} = (SELECT {column} FROM before) WHERE id = $1");
        execute(&burglar, &undo, [row.into()]).await;
        execute(&burglar, "DROP TABLE before", []).await;

        assert_named(&wrong, table, row);
    }
    assert_eq!(
        verify(&town.db, &town.seal).await.expect("a look"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn whoever_makes_himself_somebody_else_is_named() {
    let town = Town::found("2026-03-10").await;
    let (budi, mut thief) = (town.participant().await, town.person());
    thief.has_an_account().await;
    let (budi_id, membership) = (participant(&budi).await, budi.membership().await);
    let burglar = town.burglar().await;

    let sql =
        "INSERT INTO account (registration_id, participant_id, at) SELECT $1, $2, at FROM account";
    execute(&burglar, sql, [thief.registration.into(), budi_id.into()]).await;
    let account = verify(&town.db, &town.seal).await.expect("a look");
    let sql = "DELETE FROM account WHERE registration_id = $1";
    execute(&burglar, sql, [thief.registration.into()]).await;
    let sql = "UPDATE membership SET origin_id = $1 WHERE id = $2";
    execute(
        &burglar,
        sql,
        [thief.registration.into(), membership.into()],
    )
    .await;
    let given = verify(&town.db, &town.seal).await.expect("a look");

    assert_named(&account, "account", thief.registration);
    assert_named(&given, "membership", membership);
}

#[tokio::test]
async fn an_officers_look_at_a_payment_is_kept() {
    let town = Town::found("2026-03-10").await;
    let gateway = town.gateway();
    let paid = gateway.pays("8899999999999", 10_000).await;
    gateway.client.get_payment(id(&paid.id)).await.expect("his");
    let officer = town.officer();

    officer.get_payment(id(&paid.id)).await.expect("it");
    officer
        .list_suspense(Default::default())
        .await
        .expect("a list");

    let burglar = town.burglar().await;
    let sql = "SELECT object_id AS key, CAST(1 AS BIGINT) AS number FROM audit_record \
               WHERE outcome = 'read' AND action = 'GetPayment'";
    assert_eq!(found(&burglar, sql).await, [(id(&paid.id), 1)]);
    let sql = "SELECT id AS key, CAST(1 AS BIGINT) AS number FROM audit_record \
               WHERE outcome = 'read' AND action = 'ListSuspense'";
    assert_eq!(found(&burglar, sql).await.len(), 1);
}

#[tokio::test]
async fn a_sealed_nik_does_not_open_in_another_row() {
    let town = Town::found("2026-03-10").await;
    let (budi, siti) = (town.participant().await, town.participant().await);
    let [budi_id, siti_id] = [participant(&budi).await, participant(&siti).await];
    let burglar = town.burglar().await;
    let sql = "UPDATE participant SET document = (SELECT document FROM participant WHERE id = $1) WHERE id = $2";
    execute(&burglar, sql, [siti_id.into(), budi_id.into()]).await;

    let refusal = budi.client.get_participant(None).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::Internal);
    assert_eq!(refusal.code, Code::Internal);
    id(&refusal.metadata["errorId"]);
    siti.client.get_participant(None).await.expect("herself");
    let wrong = verify(&town.db, &town.seal).await.expect("a look");
    assert_named(&wrong, "participant", budi_id);
}

/// Bills, payments, credit, and money that an officer gave and gave back.
async fn full_of_money(town: &Town) {
    let gateway = town.gateway();
    let mut budi = town.person();
    budi.is_active(town).await;
    let found = gateway.client.look_up_bill(By::Nik(budi.nik.clone())).await;
    let next = found.expect("a bill").bill.expect("its bill");
    gateway.pays(&next.payment_code, 10_000).await;
    let given = gateway.pays("8899999999999", MARCH + APRIL).await;
    let back = gateway.pays("8899999999998", 30_000).await;
    let request = AllocatePaymentRequest {
        payment_id: given.id,
        home: Some(Home::MembershipId(budi.membership().await.to_string())),
        reason: "The payer showed the slip.".into(),
    };
    town.officer()
        .allocate_payment(request)
        .await
        .expect("given");
    town.officer()
        .return_payment(id(&back.id), "Nobody's.")
        .await
        .expect("given back");
}

async fn participant(person: &Person) -> Uuid {
    let me = person.client.get_participant(None).await;
    id(&me.expect("himself").id)
}

/// Every row's key, with one of its numbers.
async fn rows(
    store: &DatabaseConnection,
    table: &str,
    key: &str,
    number: &str,
) -> Vec<(Uuid, i64)> {
    let sql = format!("SELECT {key} AS key, {number} AS number FROM {table} ORDER BY {key}");
    found(store, &sql).await
}

/// What `sql` finds: keys and numbers.
async fn found(store: &DatabaseConnection, sql: &str) -> Vec<(Uuid, i64)> {
    let statement = Statement::from_string(store.get_database_backend(), sql);
    let found = store.query_all_raw(statement).await.expect("rows");
    let row =
        |it: &sea_orm::QueryResult| (Uuid::try_get(it, "", "key"), i64::try_get(it, "", "number"));
    let rows = found.iter().map(row);
    rows.map(|(key, number)| (key.expect("a key"), number.expect("a number")))
        .collect()
}

pub async fn execute<const N: usize>(store: &DatabaseConnection, sql: &str, values: [Value; N]) {
    let statement = Statement::from_sql_and_values(store.get_database_backend(), sql, values);
    store.execute_raw(statement).await.expect("a change");
}

fn assert_named(wrong: &[String], table: &str, row: Uuid) {
    let name = format!("{table} {row}");
    assert!(
        wrong.iter().any(|it| it.starts_with(&name)),
        "{name} in {wrong:?}"
    );
}
