use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::{
    super::{Fate, Payment, SuspenseReason},
    payments::{joined, kept, settled},
};
use crate::{db, seal::Seal};

/// What was decided on a payment after it had been taken; the last one holds.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_decision")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub payment_id: Uuid,
    /// Counts the decisions on one payment from 1: two that were made at once cannot both stand.
    pub step: i32,
    pub kind: String,
    pub suspense_reason: Option<String>,
    pub membership_id: Option<Uuid>,
    pub decided_by: Uuid,
    pub reason: String,
    pub at: DateTime<Utc>,
    pub applied_idr: i64,
    pub credited_idr: i64,
    pub months_paid: String,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        let membership = self
            .membership_id
            .as_ref()
            .map(|it| it.as_bytes().as_slice());
        seal.mac("payment_decision")
            .id(self.id)
            .id(self.payment_id)
            .number(self.step.into())
            .text(&self.kind)
            .optional(self.suspense_reason.as_deref().map(str::as_bytes))
            .optional(membership)
            .id(self.decided_by)
            .text(&self.reason)
            .moment(self.at)
            .number(self.applied_idr)
            .number(self.credited_idr)
            .text(&self.months_paid)
            .finish()
    }
}

/// Keeps what each of `payments` has come to, by whom and why. They are held.
pub(in super::super) async fn insert_decisions(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    payments: &[Payment],
    decided_by: Uuid,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let before: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .column(Column::PaymentId)
        .column_as(Column::Id.count(), "decisions")
        .filter(Column::PaymentId.is_in(payments.iter().map(|it| it.id)))
        .group_by(Column::PaymentId)
        .into_tuple()
        .all(connection)
        .await?;
    let rows = payments.iter().map(|payment| {
        let before = before.iter().find(|it| it.0 == payment.id);
        let (kind, suspense_reason, settled) = kept(&payment.fate);
        let mut row = Model {
            id: Uuid::now_v7(),
            payment_id: payment.id,
            step: i32::try_from(before.map_or(0, |it| it.1) + 1).expect("few decisions"),
            kind: kind.to_owned(),
            suspense_reason,
            membership_id: payment.membership,
            decided_by,
            reason: reason.to_owned(),
            at,
            applied_idr: settled.applied.idr(),
            credited_idr: settled.credited_idr,
            months_paid: joined(&settled.months),
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

/// Brings `payments` up to what was decided on them.
pub(super) async fn apply(
    connection: &impl ConnectionTrait,
    payments: &mut [Payment],
) -> Result<(), db::Error> {
    let decisions = Entity::find()
        .filter(Column::PaymentId.is_in(payments.iter().map(|it| it.id)))
        .order_by_asc(Column::Step)
        .all(connection)
        .await?;
    for decision in decisions {
        let payment = payments.iter_mut().find(|it| it.id == decision.payment_id);
        let Some(payment) = payment else { continue };
        payment.membership = decision.membership_id;
        payment.fate = match decision.kind.as_str() {
            "settled" => Fate::Settled(settled(
                decision.applied_idr,
                decision.credited_idr,
                &decision.months_paid,
            )?),
            "suspended" => {
                let reason = decision.suspense_reason.as_deref();
                let reason = reason.and_then(SuspenseReason::from_code);
                Fate::Suspended(
                    reason.ok_or(db::Error::Unknown("payment_decision.suspense_reason"))?,
                )
            }
            "returned" => Fate::Returned,
            _ => return Err(db::Error::Unknown("payment_decision.kind")),
        };
    }
    Ok(())
}

pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "payment_decision",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await
}
