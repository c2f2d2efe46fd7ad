use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, IntoActiveModel, QuerySelect, entity::prelude::*, sea_query::LockType,
};
use uuid::Uuid;

use super::{
    super::{Fate, Notice, Payment, Settled, SuspenseReason},
    decisions,
};
use crate::{
    db,
    money::{Money, Month},
    seal::Seal,
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub gateway_id: Uuid,
    pub gateway_payment_id: String,
    pub payment_code: String,
    pub amount_idr: i64,
    pub paid_at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    pub channel: String,
    pub membership_id: Option<Uuid>,
    pub disposition: String,
    pub suspense_reason: Option<String>,
    pub applied_idr: i64,
    pub credited_idr: i64,
    pub months_paid: String,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl SuspenseReason {
    const fn code(self) -> &'static str {
        match self {
            Self::UnknownCode => "unknown_code",
            Self::Stale => "stale",
            Self::BillExpired => "bill_expired",
            Self::NikTaken => "nik_taken",
            Self::RegistrationCancelled => "registration_cancelled",
            Self::MembershipEnded => "membership_ended",
            Self::IdentityRefused => "identity_refused",
        }
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        let all = [
            Self::UnknownCode,
            Self::Stale,
            Self::BillExpired,
            Self::NikTaken,
            Self::RegistrationCancelled,
            Self::MembershipEnded,
            Self::IdentityRefused,
        ];
        all.into_iter().find(|it| it.code() == code)
    }
}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("payment")
            .id(self.id)
            .id(self.gateway_id)
            .text(&self.gateway_payment_id)
            .text(&self.payment_code)
            .number(self.amount_idr)
            .moment(self.paid_at)
            .moment(self.received_at)
            .text(&self.channel)
            .optional(
                self.membership_id
                    .as_ref()
                    .map(|it| it.as_bytes().as_slice()),
            )
            .text(&self.disposition)
            .optional(self.suspense_reason.as_deref().map(str::as_bytes))
            .number(self.applied_idr)
            .number(self.credited_idr)
            .text(&self.months_paid)
            .finish()
    }
}

/// How a fate is kept: its kind, why, what was applied, what was credited, which months.
pub(super) fn kept(fate: &Fate) -> (&'static str, Option<String>, Settled) {
    match fate {
        Fate::Settled(settled) => ("settled", None, settled.clone()),
        Fate::Suspended(reason) => (
            "suspended",
            Some(reason.code().to_owned()),
            Settled::default(),
        ),
        Fate::Returned => ("returned", None, Settled::default()),
    }
}

pub(super) fn joined(months: &[Month]) -> String {
    let months: Vec<_> = months.iter().map(Month::to_string).collect();
    months.join(",")
}

pub(in super::super) async fn insert_payment(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    payment: &Payment,
) -> Result<(), db::Error> {
    let (disposition, suspense_reason, settled) = kept(&payment.fate);
    let notice = &payment.notice;
    let mut row = Model {
        id: payment.id,
        gateway_id: notice.gateway,
        gateway_payment_id: notice.gateway_payment_id.clone(),
        payment_code: notice.payment_code.clone(),
        amount_idr: notice.amount.idr(),
        paid_at: notice.paid_at,
        received_at: payment.received_at,
        channel: notice.channel.clone(),
        membership_id: payment.membership,
        disposition: disposition.to_owned(),
        suspense_reason,
        applied_idr: settled.applied.idr(),
        credited_idr: settled.credited_idr,
        months_paid: joined(&settled.months),
        mac: Vec::new(),
    };
    row.mac = row.expected_mac(seal);
    Entity::insert(row.into_active_model())
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(in super::super) async fn lock_payment(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<bool, db::Error> {
    let held = Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?;
    Ok(held.is_some())
}

/// The payment as it stands: what was decided last holds.
pub(in super::super) async fn payment(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Payment>, db::Error> {
    Ok(payments(connection, &[id]).await?.pop())
}

/// The payments `ids` as they stand, in that order.
pub(in super::super) async fn payments(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<Payment>, db::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await?;
    let mut payments = rows
        .into_iter()
        .map(Payment::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    payments.sort_by_key(|payment| ids.iter().position(|it| *it == payment.id));
    decisions::apply(connection, &mut payments).await?;
    Ok(payments)
}

/// The payments that were settled for `membership`, at once or by an officer.
pub(in super::super) async fn payments_for(
    connection: &impl ConnectionTrait,
    membership: Uuid,
) -> Result<Vec<Payment>, db::Error> {
    let sql = "SELECT id FROM payment WHERE membership_id = $1 \
               UNION SELECT payment_id AS id FROM payment_decision WHERE membership_id = $1 ORDER BY id";
    let rows = connection
        .query_all_raw(db::statement(connection, sql, [membership.into()]))
        .await?;
    let ids = rows.iter().map(|row| row.try_get("", "id"));
    let mut payments = payments(connection, &ids.collect::<Result<Vec<_>, _>>()?).await?;
    payments.retain(|it| it.membership == Some(membership));
    Ok(payments)
}

pub(super) fn settled(
    applied_idr: i64,
    credited_idr: i64,
    months: &str,
) -> Result<Settled, db::Error> {
    let months = months.split(',').filter(|it| !it.is_empty());
    let months = months.map(|it| it.parse().map_err(|_| db::Error::Unknown("months_paid")));
    Ok(Settled {
        applied: Money::new(applied_idr),
        credited_idr,
        months: months.collect::<Result<_, _>>()?,
    })
}

impl TryFrom<Model> for Payment {
    type Error = db::Error;

    fn try_from(row: Model) -> Result<Self, db::Error> {
        let reason = row
            .suspense_reason
            .as_deref()
            .and_then(SuspenseReason::from_code);
        let fate = match (row.disposition.as_str(), reason) {
            ("settled", None) => Fate::Settled(settled(
                row.applied_idr,
                row.credited_idr,
                &row.months_paid,
            )?),
            ("suspended", Some(reason)) => Fate::Suspended(reason),
            _ => return Err(db::Error::Unknown("payment.disposition")),
        };
        Ok(Self {
            id: row.id,
            notice: Notice {
                gateway: row.gateway_id,
                gateway_payment_id: row.gateway_payment_id,
                payment_code: row.payment_code,
                amount: Money::new(row.amount_idr),
                paid_at: row.paid_at,
                channel: row.channel,
            },
            received_at: row.received_at,
            fate,
            membership: row.membership_id,
        })
    }
}

pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "payment",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await
}
