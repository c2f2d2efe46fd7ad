//! What employers owe for a month, employee by employee.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, boolean, date, date_null, integer, string, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use super::shape::{index, key, reference, table, unique};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_employer_bills"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let in_jkn = Table::alter()
            .table("employment")
            .add_column(boolean("in_jkn").default(false).to_owned())
            .to_owned();
        schema.alter_table(in_jkn).await?;
        for table in tables() {
            schema.create_table(table).await?;
        }
        for index in indexes() {
            schema.create_index(index).await?;
        }
        Ok(())
    }
}

fn tables() -> Vec<TableCreateStatement> {
    let bill = [
        key("id"),
        uuid("unit_id"),
        string("month"),
        string("payment_code"),
        string("risk_class"),
        boolean("labour_intensive"),
        string("scale"),
        date("due_on"),
        string("policy_version"),
        timestamp_with_time_zone("issued_at"),
        string("state"),
        integer("employees"),
        big_integer("contributions_idr"),
        big_integer("penalty_idr"),
        // How far it is computed, and then how far the money is handed on: the last membership that was done.
        uuid_null("done_through"),
        date_null("paid_on"),
        big_integer("late_idr"),
        uuid_null("late_billed_by"),
        binary("mac"),
    ];
    let row = [
        key("id"),
        uuid("bill_id"),
        uuid("membership_id"),
        big_integer("wage_idr"),
        boolean("holds_jp"),
        boolean("holds_jkp"),
        big_integer("jkk_idr"),
        big_integer("jkm_idr"),
        big_integer("jht_employer_idr"),
        big_integer("jht_worker_idr"),
        big_integer("jp_employer_idr"),
        big_integer("jp_worker_idr"),
        big_integer("jkp_of_jkk_idr"),
        big_integer("jkp_of_jkm_idr"),
        timestamp_with_time_zone_null("allocated_at"),
        binary("mac"),
    ];
    vec![
        table("employer_bill", bill)
            .foreign_key(&mut reference("employer_bill", "unit_id", "employer_unit"))
            .to_owned(),
        table("employer_bill_row", row)
            .foreign_key(&mut reference(
                "employer_bill_row",
                "bill_id",
                "employer_bill",
            ))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    let under_way = index("employer_bill_under_way", "employer_bill", &["issued_at"])
        .and_where(Expr::col("state").is_in(["computing", "allocating"]))
        .to_owned();
    vec![
        unique("employer_bill_once", "employer_bill", &["unit_id", "month"]),
        unique(
            "employer_bill_payment_code",
            "employer_bill",
            &["payment_code"],
        ),
        under_way,
        unique(
            "employer_bill_row_once",
            "employer_bill_row",
            &["bill_id", "membership_id"],
        ),
        index(
            "employer_bill_row_of",
            "employer_bill_row",
            &["membership_id"],
        ),
    ]
}
