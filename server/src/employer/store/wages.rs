use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, IntoActiveModel, entity::prelude::*};
use uuid::Uuid;

use super::super::Wage;
use crate::{
    db,
    money::{Money, Month},
    seal::Seal,
};

/// A wage as it was reported. A later report of the same month is a new row; the last one holds.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wage")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub membership_id: Uuid,
    pub month: String,
    pub wage_idr: i64,
    pub back_pay_idr: i64,
    pub reported_at: DateTime<Utc>,
    pub reported_by: Uuid,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("wage")
            .id(self.id)
            .id(self.membership_id)
            .text(&self.month)
            .number(self.wage_idr)
            .number(self.back_pay_idr)
            .moment(self.reported_at)
            .id(self.reported_by)
            .finish()
    }
}

/// Keeps the wages of `month`.
pub(in super::super) async fn insert_wages(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    month: Month,
    wages: &[Wage],
    by: Uuid,
) -> Result<(), db::Error> {
    let rows = wages.iter().map(|it| {
        let mut row = Model {
            id: Uuid::now_v7(),
            membership_id: it.membership,
            month: month.to_string(),
            wage_idr: it.wage.idr(),
            back_pay_idr: it.back_pay.idr(),
            reported_at: now,
            reported_by: by,
            mac: Vec::new(),
        };
        row.mac = row.expected_mac(seal);
        row.into_active_model()
    });
    db::insert_all(connection, rows.collect()).await
}

/// What holds for each of `memberships`, of which there is at least one, in `month`: the wage that was reported last for it or for the
/// last month before it, and which month that is.
pub(crate) async fn latest_wages(
    connection: &impl ConnectionTrait,
    memberships: &[Uuid],
    month: Month,
) -> Result<Vec<(Month, Wage)>, db::Error> {
    let mut values = vec![month.to_string().into()];
    let among = db::among(memberships, &mut values);
    let sql = format!(
        "SELECT membership_id, month, wage_idr, back_pay_idr FROM (SELECT w.membership_id, w.month, w.wage_idr, w.back_pay_idr, \
         ROW_NUMBER() OVER (PARTITION BY w.membership_id ORDER BY w.month DESC, w.reported_at DESC, w.id DESC) AS place \
         FROM wage w WHERE w.month <= $1 AND w.membership_id {among}) AS latest WHERE place = 1"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| {
            let month: String = row.try_get("", "month")?;
            let wage = Wage {
                membership: row.try_get("", "membership_id")?,
                wage: Money::new(row.try_get("", "wage_idr")?),
                back_pay: Money::new(row.try_get("", "back_pay_idr")?),
            };
            let month = month
                .parse()
                .map_err(|_| db::Error::Unknown("wage.month"))?;
            Ok((month, wage))
        })
        .collect()
}

/// Names every wage that is not as it was written.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "wage",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await
}
