//! What an officer has checked prices the work; a bill's row has a month of its own, and a bill that fails waits for a while.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, boolean_null, string, string_null, timestamp_with_time_zone_null},
};

use super::shape::{index, unique};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0013_checked_prices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            schema.alter_table(column).await?;
        }
        for fill in [
            // Until now an employer was checked as a whole or not at all.
            "UPDATE employer SET checked_scale = scale, checked_labour_intensive = labour_intensive WHERE checked_at IS NOT NULL",
            "UPDATE employer_unit SET checked_risk_class = risk_class WHERE employer_id IN \
             (SELECT id FROM employer WHERE checked_at IS NOT NULL)",
            "UPDATE employer_bill_row SET month = (SELECT b.month FROM employer_bill b WHERE b.id = employer_bill_row.bill_id)",
        ] {
            schema.get_connection().execute_unprepared(fill).await?;
        }
        for name in ["employer_bill_row_once", "employer_bill_row_of"] {
            let old = Index::drop()
                .name(name)
                .table("employer_bill_row")
                .to_owned();
            schema.drop_index(old).await?;
        }
        for index in [
            unique(
                "employer_bill_row_once",
                "employer_bill_row",
                &["membership_id", "month"],
            ),
            index(
                "employer_bill_row_of",
                "employer_bill_row",
                &["bill_id", "id"],
            ),
        ] {
            schema.create_index(index).await?;
        }
        Ok(())
    }
}

/// One change a statement: SQLite takes no more.
fn columns() -> Vec<TableAlterStatement> {
    let add = |table: &'static str, column: ColumnDef| {
        Table::alter().table(table).add_column(column).to_owned()
    };
    vec![
        add("employer", string_null("checked_scale")),
        add("employer", boolean_null("checked_labour_intensive")),
        add("employer_unit", string_null("checked_risk_class")),
        add("employer_bill", timestamp_with_time_zone_null("retry_at")),
        add("employer_bill_row", string("month").default("").to_owned()),
        // A row of a month before its bill's.
        add(
            "employer_bill_row",
            boolean("is_late").default(false).to_owned(),
        ),
    ]
}
