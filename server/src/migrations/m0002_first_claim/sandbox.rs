//! What only a sandbox keeps.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, integer, string, timestamp_with_time_zone},
};

use super::super::shape::table;

pub(super) fn tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "sandbox_clock",
            [
                integer("id").primary_key().to_owned(),
                big_integer("ahead_microseconds"),
            ],
        ),
        table(
            "sandbox_fault",
            [
                string("part").primary_key().to_owned(),
                big_integer("times_left"),
            ],
        ),
        table(
            "sandbox_transfer",
            [
                string("reference").primary_key().to_owned(),
                big_integer("amount_idr"),
                string("fate"),
                timestamp_with_time_zone("at"),
            ],
        ),
    ]
}
