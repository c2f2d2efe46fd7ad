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
        let codes_alone = Index::drop()
            .name("message_codes_waiting")
            .table("message")
            .to_owned();
        schema.drop_index(codes_alone).await?;
        // One that has never failed was due when it was made. Written out: an index by an expression.
        let due = "CREATE INDEX message_due ON message (channel, is_code, COALESCE(not_before, created_at), id) \
                   WHERE state = 'queued'";
        schema.get_connection().execute_unprepared(due).await?;
        let ends = index("message_ends", "message", &["not_after"])
            .and_where(Expr::col("state").eq("queued"))
            .to_owned();
        schema.create_index(ends).await
    }
}
