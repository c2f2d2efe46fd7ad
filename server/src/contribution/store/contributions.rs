use sea_orm::{ConnectionTrait, IntoActiveModel, entity::prelude::*};
use uuid::Uuid;

use super::super::{BillLine, settle::Coming};
use crate::{db, participant::Membership, seal::Seal};

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
    pub payment_id: Uuid,
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
            .id(self.payment_id)
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
    let rows = paid.iter().map(|line| {
        let mut row = Model {
            id: Uuid::now_v7(),
            membership_id: membership.id,
            month: line.month.to_string(),
            programme: line.programme.code().to_owned(),
            amount_idr: line.amount.idr(),
            income_idr: membership.work.income.idr(),
            payment_id: coming.cause,
            paid_on: coming.day,
            mac: Vec::new(),
        };
        row.mac = row.expected_mac(seal);
        row.into_active_model()
    });
    Entity::insert_many(rows)
        .exec_without_returning(connection)
        .await?;
    Ok(())
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
