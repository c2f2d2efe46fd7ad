//! A contact that an employer stated is not trusted for ever, and a participant tells other work for a further membership.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, timestamp_with_time_zone_null},
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0011_further"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let distrusted = Table::alter()
            .table("reported_contact")
            .add_column(timestamp_with_time_zone_null("distrusted_at"))
            .to_owned();
        schema.alter_table(distrusted).await?;
        let further = Table::alter()
            .table("registration")
            .add_column(boolean("is_further").default(false).to_owned())
            .to_owned();
        schema.alter_table(further).await
    }
}
