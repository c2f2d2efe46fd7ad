//! The second segment: employers, their units and users, and who works for them.

mod employers;

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_employers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for change in employers::columns() {
            schema.alter_table(change).await?;
        }
        for table in employers::tables() {
            schema.create_table(table).await?;
        }
        for index in employers::indexes() {
            schema.create_index(index).await?;
        }
        Ok(())
    }
}
