//! The table of units' bills.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::super::employers::{State, UnitBill};
use crate::{
    db,
    money::{Money, Month},
    scheme::{RiskClass, Scale},
    seal::Seal,
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employer_bill")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub unit_id: Uuid,
    pub month: String,
    pub payment_code: String,
    pub risk_class: String,
    pub labour_intensive: bool,
    pub scale: String,
    pub due_on: NaiveDate,
    pub policy_version: String,
    pub issued_at: DateTime<Utc>,
    pub state: String,
    pub employees: i32,
    pub contributions_idr: i64,
    pub penalty_idr: i64,
    pub done_through: Option<Uuid>,
    pub paid_on: Option<NaiveDate>,
    /// What it costs that it was paid late; the next bill asks for it.
    pub late_idr: i64,
    pub late_billed_by: Option<Uuid>,
    /// Until when it is left alone because it could not be worked on.
    pub retry_at: Option<DateTime<Utc>>,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Over what never changes; what grows is added up again from the rows.
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("employer_bill")
            .id(self.id)
            .id(self.unit_id)
            .text(&self.month)
            .text(&self.payment_code)
            .text(&self.risk_class)
            .number(self.labour_intensive.into())
            .text(&self.scale)
            .day(self.due_on)
            .text(&self.policy_version)
            .moment(self.issued_at)
            .finish()
    }
}

impl TryFrom<Model> for UnitBill {
    type Error = db::Error;

    fn try_from(row: Model) -> Result<Self, db::Error> {
        let unknown = db::Error::Unknown;
        Ok(Self {
            id: row.id,
            unit: row.unit_id,
            month: row
                .month
                .parse()
                .map_err(|_| unknown("employer_bill.month"))?,
            payment_code: row.payment_code,
            risk_class: RiskClass::from_code(&row.risk_class)
                .ok_or(unknown("employer_bill.risk_class"))?,
            labour_intensive: row.labour_intensive,
            scale: Scale::from_code(&row.scale).ok_or(unknown("employer_bill.scale"))?,
            due_on: row.due_on,
            policy_version: row.policy_version,
            issued_at: row.issued_at,
            state: State::from_code(&row.state).ok_or(unknown("employer_bill.state"))?,
            employees: row.employees,
            contributions: Money::new(row.contributions_idr),
            penalty: Money::new(row.penalty_idr),
            done_through: row.done_through,
            paid_on: row.paid_on,
        })
    }
}

pub(in super::super) async fn insert_unit_bill(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    bill: &UnitBill,
) -> Result<(), db::Error> {
    let mut row = Model {
        id: bill.id,
        unit_id: bill.unit,
        month: bill.month.to_string(),
        payment_code: bill.payment_code.clone(),
        risk_class: bill.risk_class.code().to_owned(),
        labour_intensive: bill.labour_intensive,
        scale: bill.scale.code().to_owned(),
        due_on: bill.due_on,
        policy_version: bill.policy_version.clone(),
        issued_at: bill.issued_at,
        state: bill.state.code().to_owned(),
        employees: 0,
        contributions_idr: 0,
        penalty_idr: 0,
        done_through: None,
        paid_on: None,
        late_idr: 0,
        late_billed_by: None,
        retry_at: None,
        mac: Vec::new(),
    };
    row.mac = row.expected_mac(seal);
    Entity::insert(row.into_active_model())
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

async fn one(
    connection: &impl ConnectionTrait,
    query: sea_orm::Select<Entity>,
) -> Result<Option<UnitBill>, db::Error> {
    let row = query.one(connection).await?;
    row.map(UnitBill::try_from).transpose()
}

pub(in super::super) async fn unit_bill(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<UnitBill>, db::Error> {
    one(connection, Entity::find_by_id(id)).await
}

pub(in super::super) async fn unit_bill_by_code(
    connection: &impl ConnectionTrait,
    payment_code: &str,
) -> Result<Option<UnitBill>, db::Error> {
    let query = Entity::find().filter(Column::PaymentCode.eq(payment_code));
    one(connection, query).await
}

/// The bill of a unit's month, by its id.
pub(in super::super) async fn unit_bill_of(
    connection: &impl ConnectionTrait,
    unit: Uuid,
    month: Month,
) -> Result<Option<Uuid>, db::Error> {
    let query = Entity::find()
        .filter(Column::UnitId.eq(unit))
        .filter(Column::Month.eq(month.to_string()));
    Ok(query.one(connection).await?.map(|it| it.id))
}

/// The bills of some months of a unit.
pub(in super::super) async fn unit_bills_of(
    connection: &impl ConnectionTrait,
    unit: Uuid,
    months: &[Month],
) -> Result<Vec<UnitBill>, db::Error> {
    let rows = Entity::find()
        .filter(Column::UnitId.eq(unit))
        .filter(Column::Month.is_in(months.iter().map(Month::to_string)))
        .all(connection)
        .await?;
    rows.into_iter().map(UnitBill::try_from).collect()
}

/// A page of a unit's bills, the newest month first, before `before`.
pub(in super::super) async fn unit_bills(
    connection: &impl ConnectionTrait,
    unit: Uuid,
    before: Option<Month>,
    limit: u64,
) -> Result<Vec<UnitBill>, db::Error> {
    let mut query = Entity::find()
        .filter(Column::UnitId.eq(unit))
        .order_by_desc(Column::Month)
        .limit(limit);
    if let Some(before) = before {
        query = query.filter(Column::Month.lt(before.to_string()));
    }
    let rows = query.all(connection).await?;
    rows.into_iter().map(UnitBill::try_from).collect()
}

/// What is to be paid at a unit, oldest month first.
pub(in super::super) async fn open_unit_bills(
    connection: &impl ConnectionTrait,
    unit: Uuid,
) -> Result<Vec<UnitBill>, db::Error> {
    let rows = Entity::find()
        .filter(Column::UnitId.eq(unit))
        .filter(Column::State.eq(State::Open.code()))
        .order_by_asc(Column::Month)
        .all(connection)
        .await?;
    rows.into_iter().map(UnitBill::try_from).collect()
}

/// Checks every MAC, and that each bill is the sum of its rows and of what was late before it.
pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    let mut wrong = db::walk(
        connection,
        "employer_bill",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await?;
    let rows = "SELECT b.id FROM employer_bill b LEFT JOIN (SELECT bill_id, COUNT(DISTINCT membership_id) AS employees, \
                SUM(jkk_idr + jkm_idr + jht_employer_idr + jht_worker_idr + jp_employer_idr + jp_worker_idr) AS total \
                FROM employer_bill_row GROUP BY bill_id) r ON r.bill_id = b.id \
                WHERE b.contributions_idr <> COALESCE(r.total, 0) OR b.employees <> COALESCE(r.employees, 0)";
    let late = "SELECT b.id FROM employer_bill b LEFT JOIN (SELECT late_billed_by, SUM(late_idr) AS late FROM employer_bill \
                WHERE late_billed_by IS NOT NULL GROUP BY late_billed_by) l ON l.late_billed_by = b.id \
                WHERE b.penalty_idr <> COALESCE(l.late, 0)";
    let what = "its rows do not add up to it";
    wrong.extend(db::named(connection, "employer_bill", what, rows, []).await?);
    let what = "its penalty is not what was late before it";
    wrong.extend(db::named(connection, "employer_bill", what, late, []).await?);
    Ok(wrong)
}
