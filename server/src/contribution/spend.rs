//! What was paid while nobody knew who paid buys, once it is known, what it would have bought on the day of each payment.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Contributions, Error, Fate, Payment, Settled,
    pay::told,
    placement,
    settle::{self, Bought},
    standing, store,
};
use crate::{
    db,
    event::Event,
    money::Money,
    participant::{self, Membership, Work},
    policy::Policy,
};

/// A payment that buys something, with the membership as it stood before it.
pub(super) struct Spending {
    pub(super) held: Membership,
    pub(super) payment: Payment,
    pub(super) coming: settle::Coming,
    pub(super) bought: Bought,
    pub(super) settled: Settled,
}

/// Whether what was paid for `membership` would make its person a participant.
pub(crate) async fn makes_a_participant(
    connection: &impl ConnectionTrait,
    policy: &Policy,
    membership: Uuid,
) -> Result<bool, Error> {
    let held = participant::membership(connection, membership).await?;
    let held = held.ok_or(db::Error::Unknown("registration.membership_id"))?;
    Ok(!plan(connection, policy, held).await?.is_empty())
}

/// What each payment buys, oldest first: what it was too little is credit for the next.
async fn plan(
    connection: &impl ConnectionTrait,
    policy: &Policy,
    mut held: Membership,
) -> Result<Vec<Spending>, Error> {
    if matches!(held.work, Work::Placement(_)) {
        return placement::spendings(connection, policy, held).await;
    }
    let mut payments = store::payments_for(connection, held.id).await?;
    payments.sort_by_key(|it| it.notice.paid_at);
    let (mut credit, mut spendings) = (0, Vec::new());
    for mut payment in payments {
        let amount = payment.notice.amount.idr();
        credit += amount;
        let (notice, day) = (&payment.notice, payment.notice.day());
        let bill = store::bill_by_code(connection, &notice.payment_code).await?;
        let bill = bill.ok_or(db::Error::Unknown("payment.payment_code"))?;
        let lines = if standing::is_payable(policy, &bill, &held, day)? {
            bill.lines
        } else {
            standing::lines_on(policy, &held, bill.months, day)?
        };
        let coming = settle::Coming::credited(notice);
        let settled = settle::plan(&coming, &lines, held.paid_through, Money::new(credit));
        let Some(&last) = settled.months.last() else {
            continue;
        };
        credit -= settled.applied.idr();
        let before = held.clone();
        held.covered_from = settle::covered_from(&coming, &before, &settled);
        held.paid_through = Some(last);
        payment.fate = Fate::Settled(Settled {
            credited_idr: amount - settled.applied.idr(),
            ..settled.clone()
        });
        spendings.push(Spending {
            held: before,
            payment,
            coming,
            bought: Bought::Months(lines),
            settled,
        });
    }
    Ok(spendings)
}

impl Contributions {
    /// Spends what was paid for `held`; what to tell the world of it.
    pub(super) async fn spend(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        held: Membership,
        by: Uuid,
    ) -> Result<Vec<Event>, Error> {
        let person = held.participant_id;
        let (mut events, mut spent) = (Vec::new(), Vec::new());
        for it in plan(connection, &self.policy, held).await? {
            if it.held.is_unpaid() {
                self.activate(connection, now, &it.held, by).await?;
                events.push(participant::activated(it.held.participant_id, it.held.id));
            }
            let (seal, coming) = (&self.seal, &it.coming);
            settle::book(
                connection,
                seal,
                now,
                coming,
                &it.held,
                &it.bought,
                &it.settled,
            )
            .await?;
            events.push(told(&it.payment, Some(person)));
            spent.push(it.payment);
        }
        if !spent.is_empty() {
            store::insert_decisions(connection, &self.seal, &spent, by, "", now).await?;
        }
        Ok(events)
    }
}
