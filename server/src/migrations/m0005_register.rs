//! What the population register has answered, kept for a while so that no question is paid for twice.

use sea_orm_migration::{
    prelude::*,
    schema::{binary, timestamp_with_time_zone},
};

use super::shape::{index, key, table};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_register"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let answers = table(
            "register_answer",
            [
                key("question"),
                binary("answer"),
                timestamp_with_time_zone("expires_at"),
            ],
        );
        schema.create_table(answers).await?;
        let expired = index(
            "register_answer_expired",
            "register_answer",
            &["expires_at"],
        );
        schema.create_index(expired).await
    }
}
