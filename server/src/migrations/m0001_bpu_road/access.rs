//! How somebody proves that he may.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, binary_null, boolean, integer, string, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use super::super::shape::{index, key, table};

pub(super) fn tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "otp_challenge",
            [
                key("id"),
                binary("content_digest"),
                string("purpose"),
                uuid_null("subject_id"),
                binary_null("nik_digest"),
                string("channel"),
                binary("contact"),
                binary("contact_digest"),
                binary("code_digest"),
                boolean("kpj_named"),
                uuid("message_id"),
                big_integer("sends_left"),
                integer("tries"),
                timestamp_with_time_zone("created_at"),
                timestamp_with_time_zone("expires_at"),
                timestamp_with_time_zone_null("used_at"),
                timestamp_with_time_zone_null("superseded_at"),
            ],
        ),
        table(
            "session",
            [
                key("id"),
                string("subject"),
                uuid("subject_id"),
                integer("generation"),
                timestamp_with_time_zone("started_at"),
                timestamp_with_time_zone("rotated_at"),
                timestamp_with_time_zone("expires_at"),
                timestamp_with_time_zone_null("revoked_at"),
            ],
        ),
        table(
            "credential",
            [
                key("id"),
                string("subject"),
                uuid("subject_id"),
                string("name"),
                binary("secret_digest"),
                string("scopes"),
                timestamp_with_time_zone("created_at"),
                timestamp_with_time_zone_null("revoked_at"),
            ],
        ),
    ]
}

pub(super) fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("otp_challenge_of", "otp_challenge", &["subject_id"]),
        index("otp_challenge_to", "otp_challenge", &["contact_digest"]),
    ]
}
