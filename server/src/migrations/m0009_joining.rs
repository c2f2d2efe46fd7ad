//! Whoever is known already opens an account by proofs or by an officer, and foreigners have a passport where others have a NIK.

use sea_orm_migration::{
    prelude::*,
    schema::{
        boolean, integer, string, text, timestamp_with_time_zone, timestamp_with_time_zone_null,
        uuid, uuid_null,
    },
};

use super::shape::{index, key, reference, table};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0009_joining"
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
        schema.create_table(joining()).await?;
        for index in indexes() {
            schema.create_index(index).await?;
        }
        Ok(())
    }
}

/// One change a statement: SQLite takes no more.
fn columns() -> Vec<TableAlterStatement> {
    let change = |table: &'static str| Table::alter().table(table).to_owned();
    let mut changes = Vec::new();
    for table in ["participant", "registration"] {
        changes.extend([
            change(table).rename_column("nik", "document").to_owned(),
            change(table)
                .rename_column("nik_digest", "document_digest")
                .to_owned(),
            // Until now nobody had anything else.
            change(table)
                .add_column(string("document_kind").default("nik").to_owned())
                .to_owned(),
        ]);
    }
    changes.extend([
        change("otp_challenge")
            .rename_column("nik_digest", "document_digest")
            .to_owned(),
        change("account")
            .add_column(boolean("employers_untold").default(false).to_owned())
            .to_owned(),
    ]);
    changes
}

fn joining() -> TableCreateStatement {
    let columns = [
        key("registration_id"),
        uuid("participant_id"),
        string("state"),
        integer("tries"),
        timestamp_with_time_zone("asked_at"),
        text("reason"),
        uuid_null("proposed_by"),
        timestamp_with_time_zone_null("proposed_at"),
        uuid_null("decided_by"),
        timestamp_with_time_zone_null("decided_at"),
    ];
    table("joining", columns)
        .foreign_key(&mut reference("joining", "participant_id", "participant"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    // Those who wait for an officer are found without looking at those who do not.
    let waiting = index(
        "joining_waiting",
        "joining",
        &["asked_at", "registration_id"],
    )
    .and_where(Expr::col("state").is_in(["waiting", "proposed"]))
    .to_owned();
    let untold = index("account_employers_untold", "account", &["registration_id"])
        .and_where(Expr::col("employers_untold").eq(true))
        .to_owned();
    vec![waiting, untold]
}
