use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::super::{Bill, BillLine, employers::UnitRow, settle::Coming};
use crate::{
    db,
    money::{Money, Month},
    participant::Membership,
    scheme::Programme,
    seal::Seal,
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contribution")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub membership_id: Uuid,
    pub month: String,
    pub programme: String,
    pub amount_idr: i64,
    pub income_idr: i64,
    /// The payment, or the bill that credit paid.
    pub cause_id: Uuid,
    pub paid_on: Date,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("contribution")
            .id(self.id)
            .id(self.membership_id)
            .text(&self.month)
            .text(&self.programme)
            .number(self.amount_idr)
            .number(self.income_idr)
            .id(self.cause_id)
            .day(self.paid_on)
            .finish()
    }
}

pub(in super::super) async fn insert_contributions(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    coming: &Coming,
    membership: &Membership,
    paid: &[&BillLine],
) -> Result<(), db::Error> {
    let income_idr = membership.work.monthly().idr();
    let rows = paid.iter().map(|line| Model {
        id: Uuid::now_v7(),
        membership_id: membership.id,
        month: line.month.to_string(),
        programme: line.programme.code().to_owned(),
        amount_idr: line.amount.idr(),
        income_idr,
        cause_id: coming.cause,
        paid_on: coming.day,
        mac: Vec::new(),
    });
    insert(connection, seal, rows.collect()).await
}

/// Keeps what a unit's bill paid for each membership: its wage, the programme, the amount.
pub(super) async fn insert_paid(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    (cause_id, paid_on): (Uuid, NaiveDate),
    paid: &[(&UnitRow, Programme, Money)],
) -> Result<(), db::Error> {
    let rows = paid.iter().map(|(row, programme, amount)| Model {
        id: Uuid::now_v7(),
        membership_id: row.membership,
        month: row.month.to_string(),
        programme: programme.code().to_owned(),
        amount_idr: amount.idr(),
        income_idr: row.wage.idr(),
        cause_id,
        paid_on,
        mac: Vec::new(),
    });
    insert(connection, seal, rows.collect()).await
}

/// Keeps `rows`, of which there is at least one. SQLite takes 32,766 values in a statement.
async fn insert(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    mut rows: Vec<Model>,
) -> Result<(), db::Error> {
    for row in &mut rows {
        row.mac = row.expected_mac(seal);
    }
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    loop {
        let some: Vec<_> = rows.by_ref().take(3_000).collect();
        if some.is_empty() {
            return Ok(());
        }
        Entity::insert_many(some)
            .exec_without_returning(connection)
            .await?;
    }
}

/// Those months of `bill` that are paid, by whatever payment.
pub(in super::super) async fn months_paid(
    connection: &impl ConnectionTrait,
    bill: &Bill,
) -> Result<Vec<Month>, db::Error> {
    let last = bill.first_month.plus(bill.months - 1);
    let months: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Month)
        .distinct()
        .filter(Column::MembershipId.eq(bill.membership))
        .filter(Column::Month.between(bill.first_month.to_string(), last.to_string()))
        .into_tuple()
        .all(connection)
        .await?;
    let unknown = |_| db::Error::Unknown("contribution.month");
    months
        .iter()
        .map(|it| it.parse().map_err(unknown))
        .collect()
}

/// What was paid for JKK and JKM of months after `month`. (JHT of them is saved.)
pub(in super::super) async fn paid_after(
    connection: &impl ConnectionTrait,
    membership: Uuid,
    month: Month,
) -> Result<Vec<(Month, Programme, Money)>, db::Error> {
    let rows: Vec<(String, String, i64)> = Entity::find()
        .select_only()
        .columns([Column::Month, Column::Programme, Column::AmountIdr])
        .filter(Column::MembershipId.eq(membership))
        .filter(Column::Month.gt(month.to_string()))
        .filter(Column::Programme.is_in([Programme::Jkk.code(), Programme::Jkm.code()]))
        .order_by_asc(Column::Month)
        .order_by_asc(Column::Programme)
        .into_tuple()
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|(month, programme, amount_idr)| {
            let month = month.parse();
            let programme = Programme::from_code(&programme);
            Ok((
                month.map_err(|_| db::Error::Unknown("contribution.month"))?,
                programme.ok_or(db::Error::Unknown("contribution.programme"))?,
                Money::new(amount_idr),
            ))
        })
        .collect()
}

pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "contribution",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await
}
