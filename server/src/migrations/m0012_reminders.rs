//! Whoever is reminded is found without looking at everybody else.

use sea_orm_migration::{prelude::*, schema::timestamp_with_time_zone_null};

use super::shape::index;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0012_reminders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let reminded = Table::alter()
            .table("employer_bill")
            .add_column(timestamp_with_time_zone_null("reminded_at"))
            .to_owned();
        schema.alter_table(reminded).await?;
        let not_reminded = index("employer_bill_to_remind", "employer_bill", &["due_on"])
            .and_where(Expr::col("state").eq("open"))
            .and_where(Expr::col("reminded_at").is_null())
            .to_owned();
        schema.create_index(not_reminded).await?;
        let abroad = index("membership_abroad", "membership", &["id"])
            .and_where(Expr::col("placement").is_not_null())
            .and_where(Expr::col("returned_on").is_null())
            .to_owned();
        schema.create_index(abroad).await
    }
}
