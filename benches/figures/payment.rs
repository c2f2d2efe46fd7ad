//! What the people are billed for, and the gateway that takes it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::SystemTime,
};

use jamsostek_proto::v1::{
    IssueBillRequest, RecordPaymentRequest, contribution_service_client::ContributionServiceClient,
    payment::Disposition,
};
use tonic::transport::Channel;
use uuid::Uuid;

use crate::town::{Call, Town, caller, channel, each, with};

/// The operation whose floor is taken apart.
pub const PAYMENT: &str = "RecordPayment";

const OFFICER: (&str, &str) = ("00000000-0000-7000-8000-000000000002", "sandbox-officer");
/// How many months a bill is for; each payment is for one of them.
const MONTHS: usize = 3;

/// Payments that are still to be made: payment code and amount.
#[derive(Default)]
pub struct Due {
    payments: Vec<(String, i64)>,
    next: AtomicUsize,
}

impl Town {
    /// Everybody is billed for the next months, if too few payments are due.
    pub async fn issues_bills(&mut self) {
        let left = self
            .due
            .payments
            .len()
            .saturating_sub(self.due.next.load(Ordering::Relaxed));
        if left * 3 > self.memberships.len() * MONTHS * 2 {
            return;
        }
        let token = self.issue(OFFICER).await;
        let all = self.memberships.clone();
        let billed = each(&self.channels, all, move |channel, membership| {
            let token = token.clone();
            async move { bill(channel, &token, membership).await }
        });
        // First everybody's first month: no two payments of one person are on their way at once.
        let mut months = vec![Vec::new(); MONTHS];
        for payments in billed.await {
            for (at, payment) in payments.into_iter().enumerate() {
                months[at].push(payment);
            }
        }
        self.due = Arc::new(Due {
            payments: months.concat(),
            next: AtomicUsize::new(0),
        });
    }

    /// The gateway reports payments, each of another person for one month that is due.
    pub fn payment(&self, token: &str) -> impl Fn(usize) -> Call {
        move |number| {
            let contributions = ContributionServiceClient::new(channel(&self.channels, number));
            let (token, due) = (token.to_owned(), self.due.clone());
            caller(move || {
                let next = due.next.fetch_add(1, Ordering::Relaxed);
                let Some((payment_code, amount_idr)) = due.payments.get(next).cloned() else {
                    return Box::pin(async { false });
                };
                let request = with(&token, notice(payment_code, amount_idr));
                let mut contributions = contributions.clone();
                Box::pin(async move {
                    let answer = contributions.record_payment(request).await.expect("taken");
                    let payment = answer.into_inner().payment.expect("a payment");
                    assert_eq!(payment.disposition(), Disposition::Applied);
                    assert_eq!(payment.months_paid.len(), 1);
                    true
                })
            })
        }
    }
}

/// Somebody is billed: payment code and amount of each month.
async fn bill(channel: Channel, token: &str, membership_id: String) -> Vec<(String, i64)> {
    let request = IssueBillRequest {
        bill_id: Uuid::now_v7().to_string(),
        membership_id,
        months: i32::try_from(MONTHS).expect("few"),
    };
    let mut contributions = ContributionServiceClient::new(channel);
    let bill = contributions.issue_bill(with(token, request)).await;
    let bill = bill.expect("a bill").into_inner().bill.expect("a bill");
    let mut months = BTreeMap::new();
    for line in &bill.lines {
        *months.entry(&line.contribution_month).or_default() += line.amount_idr;
    }
    let payment = |amount| (bill.payment_code.clone(), amount);
    months.into_values().map(payment).collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server that is measured goes by the machine's clock"
)]
pub fn notice(payment_code: String, amount_idr: i64) -> RecordPaymentRequest {
    RecordPaymentRequest {
        gateway_payment_id: Uuid::now_v7().to_string(),
        payment_code,
        amount_idr,
        paid_at: Some(SystemTime::now().into()),
        channel: "BANK".into(),
    }
}
