//! Money that comes in: every well-formed notice is taken, once for each gateway and payment id.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{
    Bill, Contributions, Error, Fate, Notice, Payment, SuspenseReason,
    activate::Who,
    settle::{self, Bought},
    standing, store,
};
use crate::{
    audit::{self, Actor},
    clock::day_of,
    db,
    event::{self, Event},
    ledger::{self, Account, Journal, Transfer},
    participant::{self, Membership, Work},
};
use jamsostek_proto::v1::Subject;

/// What a notice is for, once its code was found and its membership held.
struct Target {
    bill: Bill,
    membership: Membership,
}

/// What is to be done with the money.
pub(super) enum Plan {
    Settle {
        membership: Box<Membership>,
        bought: Bought,
        settled: super::Settled,
        activates: bool,
    },
    Suspend(SuspenseReason),
}

impl Contributions {
    /// Takes a notice, or answers what became of the payment when it was taken before.
    pub(crate) async fn record(&self, notice: &Notice) -> Result<Payment, Error> {
        match self.take(notice).await {
            // The payment was there already: its own row stopped the second one.
            Err(Error::Store(error)) if error.is_unique_violation() => {
                let known = store::payment(self.db.reader(), notice.payment()).await?;
                match known {
                    Some(known) if known.notice == *notice => Ok(known),
                    Some(_) => Err(Error::IdTaken),
                    None => Err(error.into()),
                }
            }
            taken => taken,
        }
    }

    async fn take(&self, notice: &Notice) -> Result<Payment, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let target = self.target(&transaction, notice).await?;
        if target.is_none()
            && let Some(fate) = self.take_for_unit(&transaction, notice, now).await?
        {
            return self.keep_for_unit(transaction, notice, now, fate).await;
        }
        let plan = self.plan(&transaction, notice, target, now).await?;
        let payment = match &plan {
            Plan::Settle {
                membership,
                settled,
                ..
            } => self.received(
                notice,
                now,
                Fate::Settled(settled.clone()),
                Some(membership.id),
            ),
            Plan::Suspend(reason) => self.received(notice, now, Fate::Suspended(*reason), None),
        };
        store::insert_payment(&transaction, &self.seal, &payment).await?;
        let mut events = vec![told(&payment, None)];
        match &plan {
            Plan::Suspend(_) => self.set_aside(&transaction, &payment, now).await?,
            Plan::Settle {
                membership,
                bought,
                settled,
                activates,
            } => {
                let coming = settle::Coming::payment(notice, Account::Clearing);
                settle::book(
                    &transaction,
                    &self.seal,
                    now,
                    &coming,
                    membership,
                    bought,
                    settled,
                )
                .await?;
                events = vec![told(&payment, Some(membership.participant_id))];
                if *activates {
                    events.push(participant::activated(
                        membership.participant_id,
                        membership.id,
                    ));
                }
            }
        }
        self.finish(transaction, now, payment, events).await
    }

    /// Keeps a payment that came for an employer's unit.
    async fn keep_for_unit(
        &self,
        transaction: DatabaseTransaction,
        notice: &Notice,
        now: DateTime<Utc>,
        fate: Fate,
    ) -> Result<Payment, Error> {
        let payment = self.received(notice, now, fate, None);
        store::insert_payment(&transaction, &self.seal, &payment).await?;
        if matches!(payment.fate, Fate::Suspended(_)) {
            self.set_aside(&transaction, &payment, now).await?;
        }
        let events = vec![told(&payment, None)];
        self.finish(transaction, now, payment, events).await
    }

    /// Ends the taking of a notice: what is told of it, who brought it, and the commit.
    async fn finish(
        &self,
        transaction: DatabaseTransaction,
        now: DateTime<Utc>,
        payment: Payment,
        events: Vec<Event>,
    ) -> Result<Payment, Error> {
        event::record(&transaction, &self.seal, now, events).await?;
        let actor = Actor {
            subject: Subject::Service,
            id: Some(payment.notice.gateway),
        };
        let (seal, id) = (&self.seal, payment.id);
        audit::wrote(&transaction, seal, now, actor, "RecordPayment", id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(payment)
    }

    /// Whether money was paid too long before it was told of, by the rule of the day the notice came: how old money may be is asked
    /// when it comes, and money is never refused.
    pub(super) fn is_stale(&self, notice: &Notice, now: DateTime<Utc>) -> Result<bool, Error> {
        let today = day_of(now);
        let stale_days = self.policy.payment_stale_days.on(today)?.value;
        Ok((today - notice.day()).num_days() > i64::from(stale_days))
    }

    async fn target(
        &self,
        connection: &impl ConnectionTrait,
        notice: &Notice,
    ) -> Result<Option<Target>, Error> {
        let Some(bill) = store::bill_by_code(connection, &notice.payment_code).await? else {
            return Ok(None);
        };
        let membership = participant::hold(connection, bill.membership).await?;
        let membership = membership.ok_or(db::Error::Unknown("bill.membership_id"))?;
        Ok(Some(Target { bill, membership }))
    }

    /// Decides, in the order of decision C10, what the money is for.
    async fn plan(
        &self,
        connection: &impl ConnectionTrait,
        notice: &Notice,
        target: Option<Target>,
        now: DateTime<Utc>,
    ) -> Result<Plan, Error> {
        let Some(Target { bill, membership }) = target else {
            return Ok(Plan::Suspend(SuspenseReason::UnknownCode));
        };
        if membership.is_cancelled {
            return Ok(Plan::Suspend(SuspenseReason::RegistrationCancelled));
        }
        let unpaid = membership.is_unpaid();
        let who = if unpaid {
            self.who_pays(connection, notice, &membership, now).await?
        } else {
            Who::Proven
        };
        if let Who::Nobody(reason) = who {
            return Ok(Plan::Suspend(reason));
        }
        if standing::asks_past_the_end(&bill, &membership) {
            return Ok(Plan::Suspend(SuspenseReason::MembershipEnded));
        }
        let day = notice.day();
        if self.is_stale(notice, now)? {
            return Ok(Plan::Suspend(SuspenseReason::Stale));
        }
        let credit = ledger::balance(connection, Account::Credit(membership.id)).await?;
        if matches!(membership.work, Work::Placement(_)) {
            let (asked, means) = ((bill, membership), (who, credit));
            return self.plan_stages(connection, notice, asked, means).await;
        }
        let lines = if standing::is_payable(&self.policy, &bill, &membership, day)? {
            bill.lines
        } else {
            let fresh = match standing::lines_on(&self.policy, &membership, bill.months, day) {
                Ok(fresh) => fresh,
                // No law says what these months cost: an officer will.
                Err(Error::Refused(_)) => return Ok(Plan::Suspend(SuspenseReason::BillExpired)),
                Err(Error::Ended { .. }) => {
                    return Ok(Plan::Suspend(SuspenseReason::MembershipEnded));
                }
                Err(error) => return Err(error),
            };
            let price: i64 = fresh.iter().map(|it| it.amount.idr()).sum();
            let asked = [price, price - credit.idr()];
            if !asked.contains(&notice.amount.idr()) {
                return Ok(Plan::Suspend(SuspenseReason::BillExpired));
            }
            fresh
        };
        let coming = settle::Coming::payment(notice, Account::Clearing);
        let settled = if who == Who::InDoubt {
            // Kept as credit until it is known who paid; then it buys what it would have bought on its day.
            super::Settled {
                credited_idr: notice.amount.idr(),
                ..super::Settled::default()
            }
        } else {
            settle::plan(&coming, &lines, membership.paid_through, credit)
        };
        let activates = unpaid && !settled.months.is_empty();
        if activates {
            self.activate(connection, now, &membership, notice.gateway)
                .await?;
        }
        Ok(Plan::Settle {
            membership: Box::new(membership),
            bought: Bought::Months(lines),
            settled,
            activates,
        })
    }

    fn received(
        &self,
        notice: &Notice,
        now: DateTime<Utc>,
        fate: Fate,
        membership: Option<Uuid>,
    ) -> Payment {
        Payment {
            id: notice.payment(),
            notice: notice.clone(),
            received_at: now,
            fate,
            membership,
        }
    }

    async fn set_aside(
        &self,
        connection: &impl ConnectionTrait,
        payment: &Payment,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let journal = Journal {
            kind: "suspense",
            cause: payment.id,
            day: payment.notice.day(),
            transfers: vec![Transfer {
                from: Account::Clearing,
                to: Account::Suspense(payment.id),
                amount: payment.notice.amount,
                month: None,
            }],
        };
        Ok(ledger::post(connection, &self.seal, now, &journal).await?)
    }
}

/// What to tell the world of a payment.
pub(super) fn told(payment: &Payment, participant: Option<Uuid>) -> Event {
    let kind = match payment.fate {
        Fate::Settled(_) => "payment.settled",
        Fate::Suspended(_) => "payment.suspended",
        Fate::Returned => "payment.returned",
    };
    Event {
        kind,
        subject: payment.id,
        participant,
        facts: serde_json::json!({ "amountIdr": payment.notice.amount.idr() }),
    }
}
