//! What employers report of many employees at once, row by row.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, binary_null, boolean, integer, integer_null, string, string_null,
        text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use super::shape::{index, key, table, unique};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0014_submissions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.create_table(submissions()).await?;
        schema.create_table(rows()).await?;
        for index in indexes() {
            schema.create_index(index).await?;
        }
        Ok(())
    }
}

fn submissions() -> TableCreateStatement {
    let counts = [
        "uploaded_rows",
        "examined_through",
        "committed_through",
        "rejected",
        "warned",
        "accepted",
        "unchanged",
        "hired",
        "wages_changed",
        "wages_raised",
        "leaving",
    ];
    let papers = [
        key("id"),
        uuid("employer_id"),
        uuid("unit_id"),
        string("month"),
        string("mode"),
        integer("declared_rows"),
        big_integer("declared_wage_idr"),
        text("hands"),
        string("state"),
        big_integer("uploaded_wage_idr"),
        timestamp_with_time_zone("created_at"),
        timestamp_with_time_zone_null("uploaded_at"),
        timestamp_with_time_zone_null("validated_at"),
        timestamp_with_time_zone_null("committed_at"),
        uuid_null("committed_by"),
        timestamp_with_time_zone_null("ended_at"),
        timestamp_with_time_zone_null("retry_at"),
        integer_null("forgotten_through"),
    ];
    let mut made = table("submission", papers);
    for name in counts {
        made.col(integer(name));
    }
    made.foreign_key(
        ForeignKey::create()
            .from("submission", "unit_id")
            .to("employer_unit", "id"),
    )
    .to_owned()
}

fn rows() -> TableCreateStatement {
    table(
        "submission_row",
        [
            uuid("submission_id"),
            integer("row_number"),
            uuid("id"),
            uuid("employer_id"),
            string("month"),
            string("row_ref"),
            string("state"),
            binary("content_digest"),
            binary_null("person_digest"),
            string("kind"),
            // The earlier row that is about the same person, or has the same name.
            integer_null("repeats"),
            binary_null("paper"),
            boolean("is_warned"),
            text("findings"),
            uuid_null("membership_id"),
            // The receipt of the row that said the same before.
            string_null("same_as"),
        ],
    )
    .primary_key(Index::create().col("submission_id").col("row_number"))
    .foreign_key(
        ForeignKey::create()
            .from("submission_row", "submission_id")
            .to("submission", "id"),
    )
    .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    // Of one employer and month a row is taken once under its name; what is not taken reserves nothing. The name comes first: it is what
    // a thousand rows at once are looked up by.
    let once = unique(
        "submission_row_once",
        "submission_row",
        &["row_ref", "employer_id", "month"],
    )
    .and_where(Expr::col("state").is_in(["accepted", "unchanged"]))
    .to_owned();
    let at_work = index("submission_at_work", "submission", &["created_at", "id"])
        .and_where(Expr::col("state").is_in(["validating", "committing"]))
        .to_owned();
    let to_forget = index("submission_to_forget", "submission", &["id"])
        .and_where(Expr::col("forgotten_through").is_not_null())
        .to_owned();
    let waiting = index("submission_waiting", "submission", &["created_at", "id"])
        .and_where(Expr::col("state").is_in(["uploading", "validated"]))
        .and_where(Expr::col("ended_at").is_null())
        .to_owned();
    vec![
        once,
        at_work,
        to_forget,
        waiting,
        index("submission_of", "submission", &["employer_id", "id"]),
    ]
}
