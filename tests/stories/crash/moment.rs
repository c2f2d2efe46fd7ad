//! The moment of a crash: between two commits of one operation.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::jamsostekd::House;

/// When the program was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A try at a code was counted, and not yet compared.
    TryCounted,
    /// The register has answered, and the work is not yet kept.
    RegisterHeard,
    /// A message was leased, and nobody knows whether it has left.
    MessageLeased,
    /// The bank is being told, and has not answered.
    BankTold,
    /// Anywhere.
    Any,
}

/// What the store looks like at each moment.
const MOMENTS: [(Moment, &str); 4] = [
    (
        Moment::BankTold,
        "SELECT COUNT(*) FROM award WHERE state = 'instructed'",
    ),
    (
        Moment::TryCounted,
        "SELECT COUNT(*) FROM otp_challenge WHERE tries > 0 AND used_at IS NULL AND superseded_at IS NULL",
    ),
    (
        Moment::RegisterHeard,
        "SELECT COUNT(*) FROM registration WHERE identity_state = 'matched' AND employed_at IS NULL",
    ),
    (
        Moment::MessageLeased,
        "SELECT COUNT(*) FROM message WHERE state = 'leased'",
    ),
];

/// How often the program is frozen and looked at before it is killed wherever it is.
const LOOKS_MAX: usize = 300;

/// Freezes the program again and again, until it stands between two commits, and kills it there.
pub async fn crashes_between_two_commits(house: House, url: &str) -> Moment {
    let store = open(url).await;
    // What earlier crashes have left is no moment of this one.
    let before = counts(&store).await;
    for look in 0..LOOKS_MAX {
        house.freezes().await;
        let now = counts(&store).await;
        let mut moments = MOMENTS.iter().zip(before.iter().zip(&now));
        // Each kind has its turn first, or the commonest would be the only one.
        let wanted = moments.by_ref().find(|(it, (before, now))| {
            now > before && (look > LOOKS_MAX / 3 || it.0 != Moment::MessageLeased)
        });
        if let Some(((moment, _), _)) = wanted {
            house.crashes().await;
            return *moment;
        }
        house.thaws().await;
        tokio::task::yield_now().await;
    }
    house.crashes().await;
    Moment::Any
}

/// The bank's own ledger is ours, row by row: what it paid, we know as paid, and nothing else.
pub async fn banks_ledger_is_ours(url: &str) {
    let store = open(url).await;
    let sql = "SELECT COUNT(*) FROM award a LEFT JOIN sandbox_transfer t ON t.reference = CAST(a.id AS TEXT) \
               WHERE a.state = 'paid' AND (t.reference IS NULL OR t.amount_idr <> a.amount_idr)";
    let sqlite = "SELECT COUNT(*) FROM award a LEFT JOIN sandbox_transfer t ON REPLACE(t.reference, '-', '') = LOWER(HEX(a.id)) \
                  WHERE a.state = 'paid' AND (t.reference IS NULL OR t.amount_idr <> a.amount_idr)";
    let postgres = url.starts_with("postgres");
    assert_eq!(count(&store, if postgres { sql } else { sqlite }).await, 0);
    let paid = count(&store, "SELECT COUNT(*) FROM award WHERE state = 'paid'").await;
    let transfers = count(&store, "SELECT COUNT(*) FROM sandbox_transfer").await;
    assert!(
        paid > 0 && paid == transfers,
        "{paid} paid, {transfers} at the bank"
    );
}

pub async fn open(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the store")
}

async fn counts(store: &DatabaseConnection) -> Vec<i64> {
    let mut counts = Vec::new();
    for (_, sql) in MOMENTS {
        counts.push(count(store, sql).await);
    }
    counts
}

pub async fn count(store: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(store.get_database_backend(), sql);
    let row = store.query_one_raw(statement).await.expect("an answer");
    row.expect("a row").try_get_by_index(0).expect("a number")
}
