//! Everything that a self-employed person's way from a new account to a balance leaves behind.

mod access;
mod money;
mod people;
mod records;

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    /// The name under which the first stores have it.
    fn name(&self) -> &str {
        "mod"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// SQLite would otherwise run a migration without a transaction and leave half of it behind.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            records::tables(),
            people::tables(),
            access::tables(),
            money::tables(),
        ]
        .concat();
        for table in tables {
            schema.create_table(table).await?;
        }
        let indexes = [
            records::indexes(),
            people::indexes(),
            access::indexes(),
            money::indexes(),
        ];
        for index in indexes.concat() {
            schema.create_index(index).await?;
        }
        Ok(())
    }
}
