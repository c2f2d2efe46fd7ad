use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{LockType, Query},
};
use uuid::Uuid;

use super::super::{BillLine, Fate, Notice, Payment, Settled, SuspenseReason, settle::Coming};
use crate::{
    db,
    money::{Money, Month},
    participant::Membership,
    seal::Seal,
};

mod decision {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "suspense_decision")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub payment_id: Uuid,
        pub kind: String,
        pub membership_id: Option<Uuid>,
        pub officer_id: Uuid,
        pub reason: String,
        pub at: ChronoDateTimeUtc,
        pub applied_idr: i64,
        pub credited_idr: i64,
        pub months_paid: String,
        pub mac: Vec<u8>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod contribution {
    use sea_orm::entity::prelude::*;

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
}

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
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        let all = [
            Self::UnknownCode,
            Self::Stale,
            Self::BillExpired,
            Self::NikTaken,
            Self::RegistrationCancelled,
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

impl decision::Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("suspense_decision")
            .id(self.payment_id)
            .text(&self.kind)
            .optional(
                self.membership_id
                    .as_ref()
                    .map(|it| it.as_bytes().as_slice()),
            )
            .id(self.officer_id)
            .text(&self.reason)
            .moment(self.at)
            .number(self.applied_idr)
            .number(self.credited_idr)
            .text(&self.months_paid)
            .finish()
    }
}

impl contribution::Model {
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

/// How a fate is kept: its kind, why, what was applied, what was credited, which months.
fn kept(fate: &Fate) -> (&'static str, Option<String>, Settled) {
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

fn joined(months: &[Month]) -> String {
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
    let row = ActiveModel {
        id: Set(row.id),
        gateway_id: Set(row.gateway_id),
        gateway_payment_id: Set(row.gateway_payment_id),
        payment_code: Set(row.payment_code),
        amount_idr: Set(row.amount_idr),
        paid_at: Set(row.paid_at),
        received_at: Set(row.received_at),
        channel: Set(row.channel),
        membership_id: Set(row.membership_id),
        disposition: Set(row.disposition),
        suspense_reason: Set(row.suspense_reason),
        applied_idr: Set(row.applied_idr),
        credited_idr: Set(row.credited_idr),
        months_paid: Set(row.months_paid),
        mac: Set(row.mac),
    };
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(in super::super) async fn insert_decision(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    payment: &Payment,
    officer: Uuid,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let (kind, _, settled) = kept(&payment.fate);
    let mut row = decision::Model {
        payment_id: payment.id,
        kind: kind.to_owned(),
        membership_id: payment.membership,
        officer_id: officer,
        reason: reason.to_owned(),
        at,
        applied_idr: settled.applied.idr(),
        credited_idr: settled.credited_idr,
        months_paid: joined(&settled.months),
        mac: Vec::new(),
    };
    row.mac = row.expected_mac(seal);
    let row = decision::ActiveModel {
        payment_id: Set(row.payment_id),
        kind: Set(row.kind),
        membership_id: Set(row.membership_id),
        officer_id: Set(row.officer_id),
        reason: Set(row.reason),
        at: Set(row.at),
        applied_idr: Set(row.applied_idr),
        credited_idr: Set(row.credited_idr),
        months_paid: Set(row.months_paid),
        mac: Set(row.mac),
    };
    decision::Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(in super::super) async fn insert_contributions(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    coming: &Coming,
    membership: &Membership,
    paid: &[&BillLine],
) -> Result<(), db::Error> {
    let rows = paid.iter().map(|line| {
        let mut row = contribution::Model {
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
        contribution::ActiveModel {
            id: Set(row.id),
            membership_id: Set(row.membership_id),
            month: Set(row.month),
            programme: Set(row.programme),
            amount_idr: Set(row.amount_idr),
            income_idr: Set(row.income_idr),
            payment_id: Set(row.payment_id),
            paid_on: Set(row.paid_on),
            mac: Set(row.mac),
        }
    });
    contribution::Entity::insert_many(rows)
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

pub(in super::super) async fn payment(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Payment>, db::Error> {
    let Some(row) = Entity::find_by_id(id).one(connection).await? else {
        return Ok(None);
    };
    let mut payment = Payment::try_from(row)?;
    if matches!(payment.fate, Fate::Suspended(_))
        && let Some(decided) = decision::Entity::find_by_id(id).one(connection).await?
    {
        payment.membership = decided.membership_id;
        payment.fate = match decided.kind.as_str() {
            "settled" => Fate::Settled(settled(
                decided.applied_idr,
                decided.credited_idr,
                &decided.months_paid,
            )?),
            "returned" => Fate::Returned,
            _ => return Err(db::Error::Unknown("suspense_decision.kind")),
        };
    }
    Ok(Some(payment))
}

pub(in super::super) async fn suspended(
    connection: &impl ConnectionTrait,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: u64,
) -> Result<Vec<Payment>, db::Error> {
    let decided = Query::select()
        .column(decision::Column::PaymentId)
        .from(decision::Entity)
        .to_owned();
    let mut query = Entity::find()
        .filter(Column::Disposition.eq("suspended"))
        .filter(Column::Id.not_in_subquery(decided))
        .order_by_asc(Column::ReceivedAt)
        .order_by_asc(Column::Id)
        .limit(limit);
    if let Some((at, id)) = after {
        let later = Condition::any().add(Column::ReceivedAt.gt(at)).add(
            Condition::all()
                .add(Column::ReceivedAt.eq(at))
                .add(Column::Id.gt(id)),
        );
        query = query.filter(later);
    }
    let rows = query.all(connection).await?;
    rows.into_iter().map(Payment::try_from).collect()
}

fn settled(applied_idr: i64, credited_idr: i64, months: &str) -> Result<Settled, db::Error> {
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
    let mut wrong = db::walk(
        connection,
        "payment",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await?;
    let decisions = db::walk(
        connection,
        "suspense_decision",
        decision::Entity::find(),
        decision::Column::PaymentId,
        |row: &decision::Model| (row.payment_id, row.mac == row.expected_mac(seal)),
    )
    .await?;
    let contributions = db::walk(
        connection,
        "contribution",
        contribution::Entity::find(),
        contribution::Column::Id,
        |row: &contribution::Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await?;
    wrong.extend(decisions);
    wrong.extend(contributions);
    Ok(wrong)
}
