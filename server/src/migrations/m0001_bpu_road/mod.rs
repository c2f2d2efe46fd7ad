//! Everything that a self-employed person's way from a new account to a balance leaves behind.

mod access;
mod money;
mod people;
mod records;

use sea_orm_migration::{prelude::*, schema::uuid};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

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

fn table(name: &'static str, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name);
    for column in columns {
        table.col(column);
    }
    table.to_owned()
}

fn key(name: &'static str) -> ColumnDef {
    uuid(name).primary_key().to_owned()
}

fn reference(
    from: &'static str,
    column: &'static str,
    to: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(from, column)
        .to(to, "id")
        .to_owned()
}

fn index(
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for &column in columns {
        index.col(column);
    }
    index.to_owned()
}

fn unique(
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> IndexCreateStatement {
    index(name, table, columns).unique().to_owned()
}
