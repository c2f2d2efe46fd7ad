//! Answers, from our words to the contract's.

use jamsostek_proto::v1::{self as wire, bill, payment};

use super::super::{BillLine, BillShown, Fate, Payment, Stage, StageLine, SuspenseReason};
use crate::{
    money::{Money, Month},
    refusal::timestamp,
};

impl From<BillLine> for wire::AmountLine {
    fn from(line: BillLine) -> Self {
        Self {
            contribution_month: line.month.to_string(),
            programme: wire::Programme::from(line.programme).into(),
            amount_idr: line.amount.idr(),
            discount_idr: line.discount.idr(),
            formula: line.formula,
            references: line.references.into_iter().map(Into::into).collect(),
            stage: wire::Stage::Unspecified.into(),
        }
    }
}

impl From<Stage> for wire::Stage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::BeforeWork => Self::BeforeWork,
            Stage::Contract => Self::Contract,
            Stage::Extension => Self::Extension,
        }
    }
}

impl From<StageLine> for wire::AmountLine {
    fn from(line: StageLine) -> Self {
        let programme = line.programme.map(wire::Programme::from);
        Self {
            contribution_month: String::new(),
            programme: programme.unwrap_or(wire::Programme::Unspecified).into(),
            amount_idr: line.amount.idr(),
            discount_idr: 0,
            formula: line.formula,
            references: line.references.into_iter().map(Into::into).collect(),
            stage: wire::Stage::from(line.stage).into(),
        }
    }
}

impl From<BillShown> for wire::Bill {
    fn from(shown: BillShown) -> Self {
        let BillShown {
            bill,
            months_paid,
            stages_paid,
            payable,
            next_stage,
            today,
        } = shown;
        let months = bill.lines.iter().map(|it| months_paid.contains(&it.month));
        let stages = bill.stages.iter().map(|it| stages_paid.contains(&it.stage));
        let paid: Vec<_> = months.chain(stages).collect();
        let state = match (!paid.contains(&false), paid.contains(&true)) {
            (true, _) => bill::State::Paid,
            (false, _) if today > bill.valid_through => bill::State::Expired,
            (false, true) => bill::State::PartlyPaid,
            (false, false) => bill::State::Open,
        };
        Self {
            id: bill.id.to_string(),
            state: state.into(),
            membership_id: bill.membership.to_string(),
            payment_code: bill.payment_code,
            first_month: bill.first_month.to_string(),
            months: i32::try_from(bill.months).unwrap_or(0),
            total_idr: bill.total.idr(),
            payable_idr: payable.idr(),
            due_on: bill.due_on.to_string(),
            valid_through: bill.valid_through.to_string(),
            lines: bill
                .lines
                .into_iter()
                .map(Into::into)
                .chain(bill.stages.into_iter().map(Into::into))
                .collect(),
            policy_version: bill.policy_version,
            npp: String::new(),
            next_stage_idr: next_stage.idr(),
        }
    }
}

impl From<SuspenseReason> for payment::SuspenseReason {
    fn from(reason: SuspenseReason) -> Self {
        match reason {
            SuspenseReason::UnknownCode => Self::UnknownCode,
            SuspenseReason::Stale => Self::Stale,
            SuspenseReason::BillExpired => Self::BillExpired,
            SuspenseReason::NikTaken => Self::NikTaken,
            SuspenseReason::RegistrationCancelled => Self::RegistrationCancelled,
            SuspenseReason::MembershipEnded => Self::MembershipEnded,
            SuspenseReason::IdentityRefused => Self::IdentityRefused,
        }
    }
}

impl From<Payment> for wire::Payment {
    fn from(payment: Payment) -> Self {
        use payment::{Disposition, SuspenseReason as Why};
        let notice = payment.notice;
        let (disposition, reason, settled) = match payment.fate {
            Fate::Suspended(reason) => (Disposition::Suspense, reason.into(), Default::default()),
            Fate::Returned => (Disposition::Returned, Why::Unspecified, Default::default()),
            Fate::Settled(settled) => {
                let disposition = if settled.applied == Money::ZERO {
                    Disposition::Credited
                } else if settled.credited_idr > 0 {
                    Disposition::PartlyApplied
                } else {
                    Disposition::Applied
                };
                (disposition, Why::Unspecified, settled)
            }
        };
        Self {
            id: payment.id.to_string(),
            gateway_payment_id: notice.gateway_payment_id,
            disposition: disposition.into(),
            suspense_reason: reason.into(),
            amount_idr: notice.amount.idr(),
            applied_idr: settled.applied.idr(),
            credited_idr: settled.credited_idr,
            paid_at: Some(timestamp(notice.paid_at)),
            months_paid: settled.months.iter().map(Month::to_string).collect(),
            payment_code: notice.payment_code,
            channel: notice.channel,
        }
    }
}
