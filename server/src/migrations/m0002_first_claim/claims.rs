//! Claims, what they award, and each step of their way.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, boolean, date, integer, string, string_null, text,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use super::super::shape::{index, key, reference, table, unique};

pub(super) fn tables() -> Vec<TableCreateStatement> {
    vec![claims(), steps(), awards()]
}

fn claims() -> TableCreateStatement {
    table(
        "claim",
        [
            key("id"),
            uuid("participant_id"),
            string("programme"),
            string("cause"),
            binary("content_digest"),
            string("state"),
            boolean("is_open"),
            string("bank_code"),
            binary("account_number"),
            text("holder_name"),
            uuid("challenge_id"),
            string("channel"),
            big_integer("estimate_idr"),
            boolean("requires_interview"),
            timestamp_with_time_zone("submitted_at"),
            timestamp_with_time_zone("held_until"),
            date("due_on"),
            boolean("weekends_only"),
            string("policy_version"),
            uuid_null("taken_by"),
            timestamp_with_time_zone_null("taken_at"),
            string_null("reason"),
            binary("mac"),
        ],
    )
    .foreign_key(&mut reference("claim", "participant_id", "participant"))
    .to_owned()
}

fn steps() -> TableCreateStatement {
    table(
        "claim_step",
        [
            key("id"),
            uuid("claim_id"),
            integer("step"),
            string("state"),
            string("what"),
            timestamp_with_time_zone("at"),
            string("caller_kind"),
            uuid_null("caller_id"),
            text("reason"),
            binary("mac"),
        ],
    )
    .foreign_key(&mut reference("claim_step", "claim_id", "claim"))
    .to_owned()
}

fn awards() -> TableCreateStatement {
    table(
        "award",
        [
            key("id"),
            uuid("claim_id"),
            string("state"),
            big_integer("amount_idr"),
            text("lines"),
            string("policy_version"),
            uuid("proposed_by"),
            uuid_null("approved_by"),
            timestamp_with_time_zone("proposed_at"),
            timestamp_with_time_zone_null("approved_at"),
            timestamp_with_time_zone_null("instructed_at"),
            timestamp_with_time_zone_null("settled_at"),
            string_null("bank_reference"),
            string_null("failure"),
            integer("tries"),
            timestamp_with_time_zone_null("next_at"),
            timestamp_with_time_zone_null("leased_until"),
            binary("mac"),
        ],
    )
    .foreign_key(&mut reference("award", "claim_id", "claim"))
    .check(Expr::col("amount_idr").gt(0))
    .to_owned()
}

pub(super) fn indexes() -> Vec<IndexCreateStatement> {
    let one_open = unique("claim_one_open", "claim", &["participant_id", "programme"])
        .and_where(Expr::col("is_open").eq(true))
        .to_owned();
    let waiting = index("claim_waiting", "claim", &["submitted_at", "id"])
        .and_where(Expr::col("is_open").eq(true))
        .to_owned();
    // What has gone to the bank or may go there is found without looking at what is done.
    let due = index("award_due", "award", &["next_at"])
        .and_where(Expr::col("next_at").is_not_null())
        .to_owned();
    vec![
        one_open,
        index(
            "claim_of",
            "claim",
            &["participant_id", "submitted_at", "id"],
        ),
        waiting,
        unique("claim_step_once", "claim_step", &["claim_id", "step"]),
        unique("award_of", "award", &["claim_id"]),
        due,
    ]
}
