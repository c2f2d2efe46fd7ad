//! Employers, their units, who works for them, and what wages they reported.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, binary_null, boolean, date_null, integer, string, text,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use super::super::shape::{index, key, reference, table, unique};

/// One change a statement: SQLite takes no more.
pub(super) fn columns() -> Vec<TableAlterStatement> {
    let add = |table: &'static str, column: ColumnDef| {
        Table::alter().table(table).add_column(column).to_owned()
    };
    vec![
        // An employer's report opens a membership as well as a registration does.
        Table::alter()
            .table("membership")
            .rename_column("registration_id", "origin_id")
            .to_owned(),
        // Somebody whom his employer reported proves himself with her name when he opens his account.
        add("participant", binary_null("mother_name")),
        add(
            "participant",
            timestamp_with_time_zone_null("joined_held_until"),
        ),
    ]
}

pub(super) fn tables() -> Vec<TableCreateStatement> {
    let employer = [
        key("id"),
        binary("content_digest"),
        text("name"),
        string("name_key"),
        string("name_start"),
        text("city"),
        string("city_key"),
        string("scale"),
        boolean("labour_intensive"),
        string("channel"),
        binary("contact"),
        timestamp_with_time_zone("registered_at"),
        uuid_null("checked_by"),
        timestamp_with_time_zone_null("checked_at"),
    ];
    let unit = [
        key("id"),
        uuid("employer_id"),
        string("npp"),
        text("name"),
        string("risk_class"),
    ];
    let employment = [
        key("membership_id"),
        uuid("participant_id"),
        uuid_null("unit_id"),
        uuid_null("report_id"),
        binary_null("content_digest"),
        text("stated_employer"),
        text("stated_city"),
        string("employee_number"),
        date_null("started_on"),
        date_null("contract_ends_on"),
        string("state"),
        timestamp_with_time_zone("asked_at"),
        integer("notices"),
        timestamp_with_time_zone_null("reported_at"),
        text("reason"),
        uuid_null("decided_by"),
    ];
    let wage = [
        key("id"),
        uuid("membership_id"),
        string("month"),
        big_integer("wage_idr"),
        big_integer("back_pay_idr"),
        timestamp_with_time_zone("reported_at"),
        uuid("reported_by"),
        binary("mac"),
    ];
    let reported_contact = [
        key("id"),
        uuid("participant_id"),
        uuid("employer_id"),
        string("channel"),
        binary("contact"),
        binary("contact_digest"),
        timestamp_with_time_zone("reported_at"),
    ];
    vec![
        table("employer", employer),
        table("employer_unit", unit)
            .foreign_key(&mut reference("employer_unit", "employer_id", "employer"))
            .to_owned(),
        table("employment", employment)
            .foreign_key(&mut reference("employment", "membership_id", "membership"))
            .to_owned(),
        table("wage", wage)
            .foreign_key(&mut reference("wage", "membership_id", "membership"))
            .to_owned(),
        table("reported_contact", reported_contact)
            .foreign_key(&mut reference(
                "reported_contact",
                "participant_id",
                "participant",
            ))
            .to_owned(),
    ]
}

pub(super) fn indexes() -> Vec<IndexCreateStatement> {
    // Those who wait for an answer are found without looking at those who do not.
    let waiting = index(
        "employment_waiting",
        "employment",
        &["asked_at", "membership_id"],
    )
    .and_where(Expr::col("state").is_in(["awaiting", "questioned"]))
    .to_owned();
    vec![
        index("employer_named", "employer", &["name_start", "name_key"]),
        unique("employer_unit_npp", "employer_unit", &["npp"]),
        index("employer_unit_of", "employer_unit", &["employer_id"]),
        index("employment_at", "employment", &["unit_id", "membership_id"]),
        unique("employment_reported", "employment", &["report_id"]),
        index("employment_of", "employment", &["participant_id"]),
        waiting,
        index(
            "wage_of",
            "wage",
            &["membership_id", "month", "reported_at", "id"],
        ),
        unique(
            "reported_contact_once",
            "reported_contact",
            &["contact_digest", "participant_id", "employer_id"],
        ),
        index(
            "reported_contact_of",
            "reported_contact",
            &["participant_id"],
        ),
    ]
}
