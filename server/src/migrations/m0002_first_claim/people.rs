//! What is asked again about a person, when his months are over, and how his contacts change.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary_null, boolean, date, date_null, integer, string,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    },
};

use super::super::shape::{index, key, reference, table};

/// One change a statement: SQLite takes no more.
pub(super) fn columns() -> Vec<TableAlterStatement> {
    let add = |table: &'static str, column: ColumnDef| {
        Table::alter().table(table).add_column(column).to_owned()
    };
    vec![
        add("membership", date_null("ended_on")),
        add(
            "participant",
            timestamp_with_time_zone_null("contact_changed_at"),
        ),
        // A contact that was changed stays known: accounts were joined by it.
        add(
            "participant_contact",
            timestamp_with_time_zone_null("replaced_at"),
        ),
        // A code leaves at most once; anything else at least once.
        add("message", boolean("is_code").default(true).to_owned()),
        add("message", timestamp_with_time_zone_null("not_before")),
    ]
}

pub(super) fn tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "identity_check",
            [
                key("participant_id"),
                uuid("membership_id"),
                binary_null("mother_name"),
                integer("asked"),
                timestamp_with_time_zone("asked_since"),
                timestamp_with_time_zone("next_at"),
                timestamp_with_time_zone_null("leased_until"),
            ],
        )
        .foreign_key(&mut reference(
            "identity_check",
            "participant_id",
            "participant",
        ))
        .to_owned(),
        table(
            "register_cost",
            [
                date("day"),
                string("verdict"),
                big_integer("questions"),
                big_integer("cost_idr"),
            ],
        )
        .primary_key(Index::create().col("day").col("verdict"))
        .to_owned(),
        table(
            "reminder",
            [
                uuid("membership_id"),
                string("month"),
                string("kind"),
                timestamp_with_time_zone("at"),
            ],
        )
        .primary_key(
            Index::create()
                .col("membership_id")
                .col("month")
                .col("kind"),
        )
        .to_owned(),
    ]
}

pub(super) fn indexes() -> Vec<IndexCreateStatement> {
    // A code that waits behind a hundred thousand reminders would be too old when its turn came.
    let codes_waiting = index("message_codes_waiting", "message", &["created_at", "id"])
        .and_where(Expr::col("state").eq("queued"))
        .and_where(Expr::col("is_code").eq(true))
        .to_owned();
    vec![
        index("identity_check_next", "identity_check", &["next_at"]),
        index("identity_check_of", "identity_check", &["membership_id"]),
        codes_waiting,
        index("membership_paid", "membership", &["paid_through", "id"]),
    ]
}
