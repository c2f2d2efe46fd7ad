//! Everything that a self-employed person's way from a new account to a balance leaves behind.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, binary_null, boolean, date, date_null, integer, string, string_null,
        text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// SQLite would otherwise run a migration without a transaction and leave half of it behind.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let tables = [records(), people(), access(), money()].concat();
        for table in tables {
            schema.create_table(table).await?;
        }
        for index in indexes() {
            schema.create_index(index).await?;
        }
        Ok(())
    }
}

fn table(name: &'static str, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name);
    for column in columns {
        table.col(column);
    }
    table.to_owned()
}

fn key(name: &'static str) -> ColumnDef {
    uuid(name).primary_key().to_owned()
}

/// What is only ever added to, and what is counted.
fn records() -> Vec<TableCreateStatement> {
    let own_read = [
        uuid("participant_id"),
        string("rpc"),
        date("day"),
        big_integer("reads"),
    ];
    vec![
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

/// Who somebody is and what he said.
fn people() -> Vec<TableCreateStatement> {
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
        table(
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
        ),
    ]
}

/// How somebody proves that he may.
fn access() -> Vec<TableCreateStatement> {
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

/// What was asked for, paid and posted.
fn money() -> Vec<TableCreateStatement> {
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
        uuid("payment_id"),
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

fn reference(
    from: &'static str,
    column: &'static str,
    to: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(from, column)
        .to(to, "id")
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &'static str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create();
        index.name(name).table(table);
        for &column in columns {
            index.col(column);
        }
        index.to_owned()
    };
    let unique =
        |name, table, columns: &[&'static str]| index(name, table, columns).unique().to_owned();
    // An unpaid registration reserves nothing: only an active participant has his NIK to himself.
    let one_nik = unique(
        "participant_one_active_per_nik",
        "participant",
        &["nik_digest"],
    )
    .and_where(Expr::col("active_since").is_not_null())
    .to_owned();
    let suspended = index(
        "ledger_account_suspended",
        "ledger_account",
        &["opened_on", "owner_id"],
    )
    .and_where(Expr::col("kind").eq("suspense"))
    .and_where(Expr::col("balance_idr").gt(0))
    .to_owned();
    vec![
        one_nik,
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
        index("message_waiting", "message", &["state", "created_at"]),
        index("sandbox_message_at", "sandbox_message", &["at"]),
        index("otp_challenge_of", "otp_challenge", &["subject_id"]),
        index("otp_challenge_to", "otp_challenge", &["contact_digest"]),
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
        index("event_at", "event", &["at", "id"]),
    ]
}
