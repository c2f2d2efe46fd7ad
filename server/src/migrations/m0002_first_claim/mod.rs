//! What a claim, a doubtful identity, a changed contact and a month that goes on leave behind; and what a sandbox was told.

mod claims;
mod people;
mod sandbox;

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_first_claim"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for change in people::columns() {
            schema.alter_table(change).await?;
        }
        let tables = [claims::tables(), people::tables(), sandbox::tables()];
        for table in tables.concat() {
            schema.create_table(table).await?;
        }
        for index in [claims::indexes(), people::indexes()].concat() {
            schema.create_index(index).await?;
        }
        Ok(())
    }
}
