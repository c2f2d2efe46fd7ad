//! Who somebody is and what he said.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, binary_null, boolean, date, date_null, integer, string, string_null,
        text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use super::super::shape::{index, key, reference, table, unique};

pub(super) fn tables() -> Vec<TableCreateStatement> {
    [participants(), memberships(), registrations()].concat()
}

fn participants() -> Vec<TableCreateStatement> {
    vec![
        table(
            "participant",
            [
                key("id"),
                binary("nik"),
                binary("nik_digest"),
                text("full_name"),
                date("birth_date"),
                string("sex"),
                string("warnings"),
                string("identity_state"),
                string_null("kpj"),
                timestamp_with_time_zone("created_at"),
                timestamp_with_time_zone_null("active_since"),
            ],
        ),
        table(
            "participant_contact",
            [
                key("id"),
                uuid("participant_id"),
                string("channel"),
                binary("contact"),
                binary("contact_digest"),
                timestamp_with_time_zone("verified_at"),
            ],
        )
        .foreign_key(&mut reference(
            "participant_contact",
            "participant_id",
            "participant",
        ))
        .to_owned(),
    ]
}

fn memberships() -> Vec<TableCreateStatement> {
    vec![
        table(
            "membership",
            [
                key("id"),
                uuid("participant_id"),
                uuid("registration_id"),
                string("segment"),
                string("category"),
                string("sector"),
                text("occupations"),
                boolean("paid_by_state"),
                string("programmes"),
                big_integer("income_idr"),
                integer("months_at_once"),
                timestamp_with_time_zone("opened_at"),
                timestamp_with_time_zone_null("cancelled_at"),
                date_null("covered_from"),
                string_null("paid_through"),
            ],
        )
        .foreign_key(&mut reference(
            "membership",
            "participant_id",
            "participant",
        ))
        .to_owned(),
        table(
            "account",
            [
                key("registration_id"),
                uuid("participant_id"),
                timestamp_with_time_zone("at"),
            ],
        )
        .foreign_key(&mut reference("account", "participant_id", "participant"))
        .to_owned(),
    ]
}

fn registrations() -> Vec<TableCreateStatement> {
    vec![table(
        "registration",
        [
            key("id"),
            binary("content_digest"),
            string("segment"),
            binary("nik"),
            binary("nik_digest"),
            text("full_name"),
            string("channel"),
            binary("contact"),
            binary("contact_digest"),
            date_null("birth_date"),
            string("sex"),
            string("warnings"),
            string("identity_state"),
            string_null("stopped_by"),
            string_null("stopped_fields"),
            text("employment"),
            binary_null("mother_name"),
            uuid("challenge_id"),
            uuid_null("participant_id"),
            uuid_null("membership_id"),
            uuid_null("bill_id"),
            timestamp_with_time_zone("started_at"),
            timestamp_with_time_zone("expires_at"),
            timestamp_with_time_zone_null("employed_at"),
            timestamp_with_time_zone_null("confirmed_at"),
            timestamp_with_time_zone_null("cancelled_at"),
        ],
    )]
}

pub(super) fn indexes() -> Vec<IndexCreateStatement> {
    // An unpaid registration reserves nothing: only an active participant has his NIK to himself.
    let one_nik = unique(
        "participant_one_active_per_nik",
        "participant",
        &["nik_digest"],
    )
    .and_where(Expr::col("active_since").is_not_null())
    .to_owned();
    vec![
        one_nik,
        index("participant_of_nik", "participant", &["nik_digest"]),
        unique("participant_kpj", "participant", &["kpj"]),
        unique(
            "participant_contact_once",
            "participant_contact",
            &["contact_digest", "participant_id"],
        ),
        index(
            "participant_contact_of",
            "participant_contact",
            &["participant_id"],
        ),
        index("membership_of", "membership", &["participant_id"]),
        unique(
            "membership_of_registration",
            "membership",
            &["registration_id"],
        ),
    ]
}
