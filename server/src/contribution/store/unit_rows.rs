//! The table of what units' bills ask for each employee.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::{
    super::{
        employers::{RowShares, UnitBill, UnitRow},
        rules::pu::Worker,
    },
    contributions, unit_work,
};
use crate::{
    db,
    money::Money,
    scheme::{Payer, Programme},
    seal::Seal,
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employer_bill_row")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub bill_id: Uuid,
    pub membership_id: Uuid,
    pub month: String,
    /// Of a month before its bill's.
    pub is_late: bool,
    pub wage_idr: i64,
    pub holds_jp: bool,
    pub holds_jkp: bool,
    pub jkk_idr: i64,
    pub jkm_idr: i64,
    pub jht_employer_idr: i64,
    pub jht_worker_idr: i64,
    pub jp_employer_idr: i64,
    pub jp_worker_idr: i64,
    pub jkp_of_jkk_idr: i64,
    pub jkp_of_jkm_idr: i64,
    pub allocated_at: Option<DateTime<Utc>>,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Over what never changes.
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        let mac = seal
            .mac("employer_bill_row")
            .id(self.id)
            .id(self.bill_id)
            .id(self.membership_id)
            .number(self.holds_jp.into())
            .number(self.holds_jkp.into());
        let amounts = [
            self.wage_idr,
            self.jkk_idr,
            self.jkm_idr,
            self.jht_employer_idr,
            self.jht_worker_idr,
            self.jp_employer_idr,
            self.jp_worker_idr,
            self.jkp_of_jkk_idr,
            self.jkp_of_jkm_idr,
        ];
        let mac = amounts.into_iter().fold(mac, |mac, it| mac.number(it));
        // The other rows are of their bill's month, which `verify` compares.
        let mac = if self.is_late {
            mac.text(&self.month)
        } else {
            mac
        };
        mac.finish()
    }
}

impl TryFrom<Model> for UnitRow {
    type Error = db::Error;

    fn try_from(row: Model) -> Result<Self, db::Error> {
        let month = row.month.parse();
        Ok(Self {
            id: row.id,
            membership: row.membership_id,
            month: month.map_err(|_| db::Error::Unknown("employer_bill_row.month"))?,
            wage: Money::new(row.wage_idr),
            worker: Worker {
                is_jkp_eligible: row.holds_jkp,
                holds_jp: row.holds_jp,
            },
            shares: RowShares {
                jkk: Money::new(row.jkk_idr),
                jkm: Money::new(row.jkm_idr),
                jht_employer: Money::new(row.jht_employer_idr),
                jht_worker: Money::new(row.jht_worker_idr),
                jp_employer: Money::new(row.jp_employer_idr),
                jp_worker: Money::new(row.jp_worker_idr),
                jkp_of_jkk: Money::new(row.jkp_of_jkk_idr),
                jkp_of_jkm: Money::new(row.jkp_of_jkm_idr),
            },
            is_allocated: row.allocated_at.is_some(),
        })
    }
}

pub(in super::super) async fn insert_unit_rows(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    bill: &UnitBill,
    rows: &[UnitRow],
) -> Result<(), db::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let models = rows.iter().map(|it| {
        let mut row = Model {
            id: it.id,
            bill_id: bill.id,
            membership_id: it.membership,
            month: it.month.to_string(),
            is_late: it.month != bill.month,
            wage_idr: it.wage.idr(),
            holds_jp: it.worker.holds_jp,
            holds_jkp: it.worker.is_jkp_eligible,
            jkk_idr: it.shares.jkk.idr(),
            jkm_idr: it.shares.jkm.idr(),
            jht_employer_idr: it.shares.jht_employer.idr(),
            jht_worker_idr: it.shares.jht_worker.idr(),
            jp_employer_idr: it.shares.jp_employer.idr(),
            jp_worker_idr: it.shares.jp_worker.idr(),
            jkp_of_jkk_idr: it.shares.jkp_of_jkk.idr(),
            jkp_of_jkm_idr: it.shares.jkp_of_jkm.idr(),
            allocated_at: None,
            mac: Vec::new(),
        };
        row.mac = row.expected_mac(seal);
        row.into_active_model()
    });
    Entity::insert_many(models)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// A page of a bill's rows, behind the row `after`.
pub(in super::super) async fn unit_rows(
    connection: &impl ConnectionTrait,
    bill: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<UnitRow>, db::Error> {
    let mut query = Entity::find()
        .filter(Column::BillId.eq(bill))
        .order_by_asc(Column::Id)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query.all(connection).await?;
    rows.into_iter().map(UnitRow::try_from).collect()
}

/// What a bill's rows come to, by programme and payer, and what of it is handed on to JKP.
pub(in super::super) async fn unit_sums(
    connection: &impl ConnectionTrait,
    bill: Uuid,
) -> Result<(Vec<(Programme, Payer, Money)>, Money), db::Error> {
    let places = [
        ("jkk_idr", Programme::Jkk, Payer::Employer),
        ("jkm_idr", Programme::Jkm, Payer::Employer),
        ("jht_employer_idr", Programme::Jht, Payer::Employer),
        ("jht_worker_idr", Programme::Jht, Payer::Worker),
        ("jp_employer_idr", Programme::Jp, Payer::Employer),
        ("jp_worker_idr", Programme::Jp, Payer::Worker),
    ];
    let sums: Vec<_> = places
        .iter()
        .map(|it| it.0)
        .chain(["jkp_of_jkk_idr + jkp_of_jkm_idr"])
        .map(|it| format!("CAST(COALESCE(SUM({it}), 0) AS BIGINT)"))
        .collect();
    let sql = format!(
        "SELECT {} FROM employer_bill_row WHERE bill_id = $1",
        sums.join(", ")
    );
    let row = connection
        .query_one_raw(db::statement(connection, &sql, [bill.into()]))
        .await?
        .ok_or(db::Error::Unknown("employer_bill_row.bill_id"))?;
    let mut lines = Vec::new();
    for (at, (_, programme, payer)) in places.into_iter().enumerate() {
        let amount = Money::new(row.try_get_by_index(at)?);
        if amount > Money::ZERO {
            lines.push((programme, payer, amount));
        }
    }
    Ok((lines, Money::new(row.try_get_by_index(places.len())?)))
}

/// Keeps that the rows of a bill have reached their accounts, up to the row `last`.
pub(in super::super) async fn allocate_unit_rows(
    connection: &impl ConnectionTrait,
    bill: &UnitBill,
    last: Uuid,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let sql = "UPDATE employer_bill_row SET allocated_at = $1 WHERE bill_id = $2 AND id <= $3 AND allocated_at IS NULL";
    let values = [now.into(), bill.id.into(), last.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    unit_work::handed_on_through(connection, bill.id, last).await
}

/// Keeps what was paid for each employee, by programme.
pub(in super::super) async fn insert_unit_contributions(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    bill: &UnitBill,
    paid_on: NaiveDate,
    rows: &[UnitRow],
) -> Result<(), db::Error> {
    let programmes = [
        Programme::Jkk,
        Programme::Jkm,
        Programme::Jht,
        Programme::Jp,
    ];
    let paid = rows.iter().flat_map(|row| {
        let of = programmes.map(|it| (row, it, row.shares.of(it)));
        of.into_iter().filter(|it| it.2 > Money::ZERO)
    });
    let paid: Vec<_> = paid.collect();
    contributions::insert_paid(connection, seal, (bill.id, paid_on), &paid).await
}

pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    let mut wrong = db::walk(
        connection,
        "employer_bill_row",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await?;
    let moved = "SELECT r.id FROM employer_bill_row r JOIN employer_bill b ON b.id = r.bill_id \
                 WHERE (r.is_late AND r.month >= b.month) OR (NOT r.is_late AND r.month <> b.month)";
    let what = "its month is not one of its bill";
    wrong.extend(db::named(connection, "employer_bill_row", what, moved, []).await?);
    Ok(wrong)
}
