//! Messages leave by ways of their own: each finds what waits for it without looking at what waits for others, or waits for later.

use sea_orm_migration::prelude::*;

use super::shape::index;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_carriers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        // Those that have never failed were due when they were made.
        let due = "UPDATE message SET not_before = created_at WHERE not_before IS NULL";
        schema.get_connection().execute_unprepared(due).await?;
        let codes_alone = Index::drop()
            .name("message_codes_waiting")
            .table("message")
            .to_owned();
        schema.drop_index(codes_alone).await?;
        let queued = |name, columns: &[&'static str]| {
            index(name, "message", columns)
                .and_where(Expr::col("state").eq("queued"))
                .to_owned()
        };
        let due = queued("message_due", &["channel", "is_code", "not_before", "id"]);
        schema.create_index(due).await?;
        schema
            .create_index(queued("message_ends", &["not_after"]))
            .await
    }
}
