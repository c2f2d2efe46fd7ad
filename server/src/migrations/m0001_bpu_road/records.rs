//! What is only ever added to, what is counted, what is to be sent.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, binary_null, date, integer, string, text, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use super::super::shape::{index, key, table};

pub(super) fn tables() -> Vec<TableCreateStatement> {
    [records(), passing()].concat()
}

/// What is kept for good.
fn records() -> Vec<TableCreateStatement> {
    let own_read = [
        uuid("participant_id"),
        string("rpc"),
        date("day"),
        big_integer("reads"),
    ];
    vec![
        table(
            "key_ring",
            [integer("id").primary_key().to_owned(), binary("mark")],
        ),
        table(
            "event",
            [
                key("id"),
                timestamp_with_time_zone("at"),
                string("kind"),
                uuid("subject_id"),
                uuid_null("participant_id"),
                text("facts"),
                binary("mac"),
            ],
        ),
        table(
            "audit_record",
            [
                key("id"),
                timestamp_with_time_zone("at"),
                string("caller_kind"),
                uuid_null("caller_id"),
                string("action"),
                uuid_null("object_id"),
                string("outcome"),
                binary("mac"),
            ],
        ),
        table("own_read", own_read)
            .primary_key(Index::create().col("participant_id").col("rpc").col("day"))
            .to_owned(),
    ]
}

/// What is counted, and what is to be sent.
fn passing() -> Vec<TableCreateStatement> {
    vec![
        table(
            "quota",
            [
                string("key").primary_key().to_owned(),
                big_integer("taken"),
                timestamp_with_time_zone("began_at"),
                timestamp_with_time_zone("ends_at"),
            ],
        ),
        table(
            "message",
            [
                key("id"),
                string("channel"),
                string("state"),
                binary_null("payload"),
                integer("attempts"),
                timestamp_with_time_zone("created_at"),
                timestamp_with_time_zone("not_after"),
                timestamp_with_time_zone_null("leased_until"),
                timestamp_with_time_zone_null("sent_at"),
            ],
        ),
        table(
            "sandbox_message",
            [
                key("id"),
                timestamp_with_time_zone("at"),
                binary("contact_digest"),
                binary("payload"),
            ],
        ),
    ]
}

pub(super) fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("message_waiting", "message", &["state", "created_at"]),
        index("sandbox_message_at", "sandbox_message", &["at"]),
        index("event_at", "event", &["at", "id"]),
    ]
}
