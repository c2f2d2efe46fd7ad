//! The third segment: work abroad, paid in stages.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, binary, date, date_null, integer, string, text, text_null, uuid},
};

use super::shape::{index, key, reference, table, unique};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_pmi"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for change in columns() {
            schema.alter_table(change).await?;
        }
        for table in tables() {
            schema.create_table(table).await?;
        }
        for index in indexes() {
            schema.create_index(index).await?;
        }
        Ok(())
    }
}

/// One change a statement: SQLite takes no more.
fn columns() -> Vec<TableAlterStatement> {
    let add = |column: ColumnDef| {
        Table::alter()
            .table("membership")
            .add_column(column)
            .to_owned()
    };
    vec![
        // What was told of it; nothing is looked for in it.
        add(text_null("placement")),
        add(date_null("contract_paid_on")),
        add(integer("extended_months").default(0).to_owned()),
        add(date_null("departed_on")),
        add(date_null("returned_on")),
    ]
}

fn tables() -> Vec<TableCreateStatement> {
    // The programme is empty where one price covers JKK and JKM together.
    let stage_line = [
        key("id"),
        uuid("bill_id"),
        string("stage"),
        string("programme"),
        big_integer("amount_idr"),
        text("formula"),
        text("law"),
        binary("mac"),
    ];
    let stage_contribution = [
        key("id"),
        uuid("membership_id"),
        uuid("bill_id"),
        string("stage"),
        string("programme"),
        big_integer("amount_idr"),
        uuid("cause_id"),
        date("paid_on"),
        binary("mac"),
    ];
    vec![
        table("stage_line", stage_line)
            .foreign_key(&mut reference("stage_line", "bill_id", "bill"))
            .to_owned(),
        table("stage_contribution", stage_contribution)
            .foreign_key(&mut reference("stage_contribution", "bill_id", "bill"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique(
            "stage_line_once",
            "stage_line",
            &["bill_id", "stage", "programme"],
        ),
        unique(
            "stage_contribution_once",
            "stage_contribution",
            &["bill_id", "stage", "programme"],
        ),
        index(
            "stage_contribution_of",
            "stage_contribution",
            &["membership_id"],
        ),
    ]
}
