//! What was asked for, paid and posted.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, date, integer, string, string_null, text, timestamp_with_time_zone,
        uuid, uuid_null,
    },
};

use super::super::shape::{index, key, reference, table, unique};

pub(super) fn tables() -> Vec<TableCreateStatement> {
    [bills(), payments(), ledger()].concat()
}

fn bills() -> Vec<TableCreateStatement> {
    let bill_line = [
        key("id"),
        uuid("bill_id"),
        string("month"),
        string("programme"),
        big_integer("amount_idr"),
        big_integer("discount_idr"),
        text("formula"),
        text("law"),
        binary("mac"),
    ];
    vec![
        table(
            "bill",
            [
                key("id"),
                uuid("membership_id"),
                string("payment_code"),
                string("first_month"),
                integer("months"),
                big_integer("total_idr"),
                date("due_on"),
                date("valid_through"),
                string("policy_version"),
                timestamp_with_time_zone("issued_at"),
                binary("mac"),
            ],
        )
        .foreign_key(&mut reference("bill", "membership_id", "membership"))
        .to_owned(),
        table("bill_line", bill_line)
            .foreign_key(&mut reference("bill_line", "bill_id", "bill"))
            .to_owned(),
    ]
}

fn payments() -> Vec<TableCreateStatement> {
    let contribution = [
        key("id"),
        uuid("membership_id"),
        string("month"),
        string("programme"),
        big_integer("amount_idr"),
        big_integer("income_idr"),
        uuid("cause_id"),
        date("paid_on"),
        binary("mac"),
    ];
    vec![
        table(
            "payment",
            [
                key("id"),
                uuid("gateway_id"),
                string("gateway_payment_id"),
                string("payment_code"),
                big_integer("amount_idr"),
                timestamp_with_time_zone("paid_at"),
                timestamp_with_time_zone("received_at"),
                string("channel"),
                uuid_null("membership_id"),
                string("disposition"),
                string_null("suspense_reason"),
                big_integer("applied_idr"),
                big_integer("credited_idr"),
                string("months_paid"),
                binary("mac"),
            ],
        ),
        table(
            "payment_decision",
            [
                key("id"),
                uuid("payment_id"),
                integer("step"),
                string("kind"),
                string_null("suspense_reason"),
                uuid_null("membership_id"),
                uuid("decided_by"),
                text("reason"),
                timestamp_with_time_zone("at"),
                big_integer("applied_idr"),
                big_integer("credited_idr"),
                string("months_paid"),
                binary("mac"),
            ],
        )
        .foreign_key(&mut reference("payment_decision", "payment_id", "payment"))
        .to_owned(),
        table("contribution", contribution),
    ]
}

fn ledger() -> Vec<TableCreateStatement> {
    vec![
        table(
            "ledger_account",
            [
                key("id"),
                string("kind"),
                uuid("owner_id"),
                big_integer("balance_idr"),
                date("opened_on"),
            ],
        )
        .check(Expr::col("balance_idr").gte(0))
        .to_owned(),
        table(
            "transfer",
            [
                key("id"),
                uuid("journal_id"),
                string("kind"),
                uuid("cause_id"),
                date("day"),
                string_null("month"),
                uuid("debit_account"),
                uuid("credit_account"),
                big_integer("amount_idr"),
                big_integer("debit_balance_after").null().to_owned(),
                big_integer("credit_balance_after").null().to_owned(),
                timestamp_with_time_zone("posted_at"),
                binary("mac"),
            ],
        )
        .check(Expr::col("amount_idr").gt(0))
        .to_owned(),
    ]
}

pub(super) fn indexes() -> Vec<IndexCreateStatement> {
    // What waits for an officer is found without looking at what does not.
    let suspended = index(
        "ledger_account_suspended",
        "ledger_account",
        &["opened_on", "owner_id"],
    )
    .and_where(Expr::col("kind").eq("suspense"))
    .and_where(Expr::col("balance_idr").gt(0))
    .to_owned();
    vec![
        unique("bill_payment_code", "bill", &["payment_code"]),
        unique(
            "bill_line_once",
            "bill_line",
            &["bill_id", "month", "programme"],
        ),
        unique(
            "contribution_once",
            "contribution",
            &["membership_id", "month", "programme"],
        ),
        index("bill_of", "bill", &["membership_id"]),
        index("payment_of", "payment", &["membership_id"]),
        unique(
            "payment_decision_once",
            "payment_decision",
            &["payment_id", "step"],
        ),
        index(
            "payment_decision_for",
            "payment_decision",
            &["membership_id"],
        ),
        suspended,
        unique("ledger_account_of", "ledger_account", &["kind", "owner_id"]),
        index("transfer_out", "transfer", &["debit_account", "day", "id"]),
        index("transfer_in", "transfer", &["credit_account", "day", "id"]),
    ]
}
