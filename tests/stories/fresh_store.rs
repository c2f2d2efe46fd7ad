//! A store that nobody has used yet, for each story.

use jamsostek_server::db::Db;
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use tokio::sync::{Mutex as Turn, OnceCell};
use uuid::Uuid;

/// The URL of a store nobody has used.
pub async fn fresh_store(directory: &TempDir) -> String {
    let Some(server) = server() else {
        return format!("sqlite://{}", directory.path().join("town.db").display());
    };
    // Migrating once and copying is much faster; PostgreSQL copies a template for one at a time.
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    static COPYING: Turn<()> = Turn::const_new(());
    let template = TEMPLATE.get_or_init(|| migrated(&server)).await;
    let _turn = COPYING.lock().await;
    let name = format!("story_{}", Uuid::now_v7().simple());
    create(&server, &format!("{name} TEMPLATE {template}")).await;
    format!("{server}/{name}")
}

/// The URL of a store that has no schema yet.
pub async fn empty_store(directory: &TempDir) -> String {
    let Some(server) = server() else {
        return fresh_store(directory).await;
    };
    let name = format!("story_{}", Uuid::now_v7().simple());
    create(&server, &name).await;
    format!("{server}/{name}")
}

async fn migrated(server: &str) -> String {
    let name = format!(
        "template_{}_{}",
        std::process::id(),
        Uuid::now_v7().simple()
    );
    create(server, &name).await;
    let db = Db::open(&format!("{server}/{name}"))
        .await
        .expect("a template");
    db.close().await;
    name
}

async fn create(server: &str, database: &str) {
    let admin = Database::connect(format!("{server}/postgres")).await;
    let admin = admin.expect("the test server");
    let created = admin
        .execute_unprepared(&format!("CREATE DATABASE {database}"))
        .await;
    created.expect("a database");
    admin.close().await.expect("closed");
}

/// The server that stories run on, if not SQLite.
#[expect(
    clippy::disallowed_methods,
    reason = "stories have no config.rs; this is their one setting"
)]
fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}
