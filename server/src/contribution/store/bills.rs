use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryResult, entity::prelude::*};
use uuid::Uuid;

use super::{
    super::{Bill, BillLine},
    stages,
};
use crate::{db, money::Money, policy::Reference, scheme::Programme, seal::Seal};

/// What is read of every bill.
const HEAD: &str = "SELECT b.id AS bill, b.membership_id, b.payment_code, b.first_month, b.months, b.total_idr, b.due_on, \
                    b.valid_through, b.policy_version";

mod line {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bill_line")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bill_id: Uuid,
        pub month: String,
        pub programme: String,
        pub amount_idr: i64,
        pub discount_idr: i64,
        pub formula: String,
        pub law: String,
        pub mac: Vec<u8>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bill")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub membership_id: Uuid,
    pub payment_code: String,
    pub first_month: String,
    pub months: i32,
    pub total_idr: i64,
    pub due_on: NaiveDate,
    pub valid_through: NaiveDate,
    pub policy_version: String,
    pub issued_at: DateTime<Utc>,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("bill")
            .id(self.id)
            .id(self.membership_id)
            .text(&self.payment_code)
            .text(&self.first_month)
            .number(self.months.into())
            .number(self.total_idr)
            .day(self.due_on)
            .day(self.valid_through)
            .text(&self.policy_version)
            .moment(self.issued_at)
            .finish()
    }
}

impl line::Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("bill_line")
            .id(self.id)
            .id(self.bill_id)
            .text(&self.month)
            .text(&self.programme)
            .number(self.amount_idr)
            .number(self.discount_idr)
            .text(&self.formula)
            .text(&self.law)
            .finish()
    }
}

pub(in super::super) async fn insert_bill(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    bill: &Bill,
    issued_at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let mut row = Model {
        id: bill.id,
        membership_id: bill.membership,
        payment_code: bill.payment_code.clone(),
        first_month: bill.first_month.to_string(),
        months: i32::try_from(bill.months).expect("at most sixty"),
        total_idr: bill.total.idr(),
        due_on: bill.due_on,
        valid_through: bill.valid_through,
        policy_version: bill.policy_version.clone(),
        issued_at,
        mac: Vec::new(),
    };
    row.mac = row.expected_mac(seal);
    Entity::insert(row.into_active_model())
        .exec_without_returning(connection)
        .await?;
    if !bill.stages.is_empty() {
        return stages::insert_lines(connection, seal, bill).await;
    }
    let lines = bill.lines.iter().map(|it| line_row(seal, bill.id, it));
    line::Entity::insert_many(lines)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(super) fn law_text(references: &[Reference]) -> String {
    let law: Vec<_> = references
        .iter()
        .map(|it| (it.title.as_str(), it.href.as_str()))
        .collect();
    serde_json::to_string(&law).expect("strings are JSON")
}

pub(super) fn law_of(text: &str, column: &'static str) -> Result<Vec<Reference>, db::Error> {
    let law: Vec<(String, String)> =
        serde_json::from_str(text).map_err(|_| db::Error::Unknown(column))?;
    let references = law.into_iter();
    Ok(references
        .map(|(title, href)| Reference { title, href })
        .collect())
}

fn line_row(seal: &Seal, bill_id: Uuid, line: &BillLine) -> line::ActiveModel {
    let mut row = line::Model {
        id: Uuid::now_v7(),
        bill_id,
        month: line.month.to_string(),
        programme: line.programme.code().to_owned(),
        amount_idr: line.amount.idr(),
        discount_idr: line.discount.idr(),
        formula: line.formula.clone(),
        law: law_text(&line.references),
        mac: Vec::new(),
    };
    row.mac = row.expected_mac(seal);
    row.into_active_model()
}

pub(in super::super) async fn bill(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Bill>, db::Error> {
    of_either_kind(connection, "b.id = $1", id.into()).await
}

pub(in super::super) async fn bill_by_code(
    connection: &impl ConnectionTrait,
    payment_code: &str,
) -> Result<Option<Bill>, db::Error> {
    of_either_kind(connection, "b.payment_code = $1", payment_code.into()).await
}

pub(in super::super) async fn latest_bill(
    connection: &impl ConnectionTrait,
    membership: Uuid,
) -> Result<Option<Bill>, db::Error> {
    let latest = "b.id = (SELECT id FROM bill WHERE membership_id = $1 ORDER BY issued_at DESC, id DESC LIMIT 1)";
    one(connection, latest, membership.into()).await
}

/// The bill that fits, whether it asks for months or for stages.
async fn of_either_kind(
    connection: &impl ConnectionTrait,
    fits: &str,
    value: sea_orm::Value,
) -> Result<Option<Bill>, db::Error> {
    match one(connection, fits, value.clone()).await? {
        Some(bill) => Ok(Some(bill)),
        None => one_by_stage(connection, fits, value).await,
    }
}

/// The bill that fits, with its stages.
pub(super) async fn one_by_stage(
    connection: &impl ConnectionTrait,
    fits: &str,
    value: sea_orm::Value,
) -> Result<Option<Bill>, db::Error> {
    let sql = format!(
        "{HEAD}, l.stage, l.programme, l.amount_idr, l.formula, l.law FROM bill b JOIN stage_line l ON l.bill_id = b.id \
         WHERE {fits} ORDER BY l.id"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, [value]))
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(Bill {
        stages: rows.iter().map(stages::line_of).collect::<Result<_, _>>()?,
        ..head_of(row)?
    }))
}

/// The bill that fits, with its lines, in one statement: payments read it on their way.
async fn one(
    connection: &impl ConnectionTrait,
    fits: &str,
    value: sea_orm::Value,
) -> Result<Option<Bill>, db::Error> {
    let sql = format!(
        "{HEAD}, l.month, l.programme, l.amount_idr, l.discount_idr, l.formula, l.law \
         FROM bill b JOIN bill_line l ON l.bill_id = b.id WHERE {fits} ORDER BY l.month, l.id"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, [value]))
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(Bill {
        lines: rows.iter().map(line_of).collect::<Result<_, _>>()?,
        ..head_of(row)?
    }))
}

/// A bill without what it asks for.
fn head_of(row: &QueryResult) -> Result<Bill, db::Error> {
    let first_month: String = row.try_get("", "first_month")?;
    let months: i32 = row.try_get("", "months")?;
    let total = row.try_get("", "total_idr")?;
    Ok(Bill {
        id: row.try_get("", "bill")?,
        membership: row.try_get("", "membership_id")?,
        payment_code: row.try_get("", "payment_code")?,
        first_month: first_month
            .parse()
            .map_err(|_| db::Error::Unknown("bill.first_month"))?,
        months: u32::try_from(months).map_err(|_| db::Error::Unknown("bill.months"))?,
        total: Money::new(total),
        due_on: row.try_get("", "due_on")?,
        valid_through: row.try_get("", "valid_through")?,
        policy_version: row.try_get("", "policy_version")?,
        lines: Vec::new(),
        stages: Vec::new(),
    })
}

fn line_of(row: &QueryResult) -> Result<BillLine, db::Error> {
    let unknown = db::Error::Unknown;
    let text = |column: &str| row.try_get::<String>("", column);
    let number = |column: &str| row.try_get::<i64>("", column);
    Ok(BillLine {
        month: text("month")?
            .parse()
            .map_err(|_| unknown("bill_line.month"))?,
        programme: Programme::from_code(&text("programme")?)
            .ok_or(unknown("bill_line.programme"))?,
        amount: Money::new(number("amount_idr")?),
        discount: Money::new(number("discount_idr")?),
        formula: text("formula")?,
        references: law_of(&text("law")?, "bill_line.law")?,
    })
}

pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    let mut wrong = db::walk(
        connection,
        "bill",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await?;
    let lines = db::walk(
        connection,
        "bill_line",
        line::Entity::find(),
        line::Column::Id,
        |row: &line::Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await?;
    wrong.extend(lines);
    let sql = "SELECT b.id AS id FROM bill b LEFT JOIN (SELECT bill_id, SUM(amount_idr) AS total FROM \
               (SELECT bill_id, amount_idr FROM bill_line UNION ALL SELECT bill_id, amount_idr FROM stage_line) a GROUP BY bill_id) l \
               ON l.bill_id = b.id WHERE b.total_idr <> COALESCE(l.total, 0)";
    let what = "its lines do not add up to its total";
    wrong.extend(db::named(connection, "bill", what, sql, []).await?);
    Ok(wrong)
}
