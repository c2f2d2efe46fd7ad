//! Money that was set aside: an officer finds its home or gives it back.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    BILL_MONTHS_MAX, Contributions, Error, Fate, Home, Payment, Settled, SuspenseReason,
    pay::told,
    settle::{self, Bought},
    standing, store,
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db, event,
    ledger::{self, Account, Journal, Transfer},
    money::Money,
    participant::{self, Membership, Work},
    seal::Seal,
};
use jamsostek_proto::v1::{self as wire, Subject};

impl Contributions {
    /// What became of a payment: a gateway sees its own.
    pub(crate) async fn show_payment(&self, caller: &Caller, id: Uuid) -> Result<Payment, Error> {
        let payment = store::payment(self.db.reader(), id).await?;
        let payment = payment
            .filter(|it| caller.subject == Subject::Officer || it.notice.gateway == caller.id)
            .ok_or(Error::NotFound)?;
        let now = self.clock.now();
        self.audit
            .looked(now, caller, "GetPayment", Some(id))
            .await?;
        Ok(payment)
    }

    /// The money that waits, oldest first, with the day since when.
    pub(crate) async fn suspended(
        &self,
        caller: &Caller,
        after: Option<(NaiveDate, Uuid)>,
        limit: u64,
    ) -> Result<Vec<(NaiveDate, Payment)>, Error> {
        let reader = self.db.reader();
        self.audit
            .looked(self.clock.now(), caller, "ListSuspense", None)
            .await?;
        let waiting = ledger::suspended(reader, after, limit).await?;
        let ids: Vec<_> = waiting.iter().map(|it| it.1).collect();
        let payments = store::payments(reader, &ids).await?;
        let since = |id| waiting.iter().find(|it| it.1 == id).map(|it| it.0);
        let payments = payments.into_iter();
        Ok(payments
            .filter_map(|it| Some((since(it.id)?, it)))
            .collect())
    }

    /// Gives suspended money to whom it belongs.
    pub(crate) async fn allocate(
        &self,
        caller: &Caller,
        id: Uuid,
        home: &Home,
        reason: &str,
    ) -> Result<Payment, Error> {
        match home {
            Home::Membership(it) => self.allocate_to_membership(caller, id, *it, reason).await,
            Home::Unit(npp) => self.allocate_to_unit(caller, id, npp, reason).await,
        }
    }

    /// Gives suspended money to a membership, as if it had been paid for it on its day.
    async fn allocate_to_membership(
        &self,
        caller: &Caller,
        id: Uuid,
        membership: Uuid,
        reason: &str,
    ) -> Result<Payment, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = participant::hold(&transaction, membership).await?;
        let held = held.ok_or(Error::NotFound)?;
        let mut payment = waiting(&transaction, id, |known| {
            matches!(known.fate, Fate::Settled(_)) && known.membership == Some(membership)
        })
        .await?;
        if !matches!(payment.fate, Fate::Suspended(_)) {
            return Ok(payment);
        }
        if held.is_cancelled {
            let state = "STATE_CANCELLED";
            return Err(Error::WrongState { state });
        }
        if held.is_unpaid() {
            let ready = participant::readiness(&transaction, held.participant_id).await?;
            if ready.nik_is_taken {
                let state = "SUSPENSE_REASON_NIK_TAKEN";
                return Err(Error::WrongState { state });
            }
            if !ready.identity.is_proven() {
                let state = wire::IdentityState::from(ready.identity).as_str_name();
                return Err(Error::WrongState { state });
            }
        }
        let (coming, bought, settled) = self.allocation(&transaction, &payment, &held).await?;
        let activates = held.is_unpaid() && settled.applied > Money::ZERO;
        if activates {
            self.activate(&transaction, now, &held, caller.id).await?;
        }
        settle::book(
            &transaction,
            &self.seal,
            now,
            &coming,
            &held,
            &bought,
            &settled,
        )
        .await?;
        payment.fate = Fate::Settled(settled);
        payment.membership = Some(membership);
        let (seal, decided) = (&self.seal, std::slice::from_ref(&payment));
        store::insert_decisions(&transaction, seal, decided, caller.id, reason, now).await?;
        let mut events = vec![told(&payment, Some(held.participant_id))];
        if activates {
            events.push(participant::activated(held.participant_id, held.id));
        }
        event::record(&transaction, &self.seal, now, events).await?;
        audit::wrote(
            &transaction,
            &self.seal,
            now,
            caller.into(),
            "AllocatePayment",
            id,
        )
        .await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(payment)
    }

    /// What suspended money pays for at a membership, and of which day.
    async fn allocation(
        &self,
        connection: &impl ConnectionTrait,
        payment: &Payment,
        held: &Membership,
    ) -> Result<(settle::Coming, Bought, Settled), Error> {
        // Nothing before the day on which a membership was opened can be paid, saved or covered.
        let day = payment.notice.day().max(held.opened_on);
        // As many months as its bill asked for; where it has none here, as many as the money pays.
        let bill = store::bill_by_code(connection, &payment.notice.payment_code).await?;
        let bill = bill.filter(|it| it.membership == held.id);
        let credit = ledger::balance(connection, Account::Credit(held.id)).await?;
        let coming = settle::Coming {
            day,
            ..settle::Coming::payment(&payment.notice, Account::Suspense(payment.id))
        };
        if matches!(held.work, Work::Placement(_)) {
            let means = (&coming, credit);
            let (bought, settled) = self
                .allocation_of_stages(connection, held, bill, means)
                .await?;
            return Ok((coming, bought, settled));
        }
        let months = bill.map_or(BILL_MONTHS_MAX, |it| it.months);
        let lines = standing::lines_on(&self.policy, held, months, day)?;
        let settled = settle::plan(&coming, &lines, held.paid_through, credit);
        Ok((coming, Bought::Months(lines), settled))
    }

    /// Gives suspended money back to its payer.
    pub(crate) async fn give_back(
        &self,
        caller: &Caller,
        id: Uuid,
        reason: &str,
    ) -> Result<Payment, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let mut payment = waiting(&transaction, id, |known| known.fate == Fate::Returned).await?;
        if payment.fate == Fate::Returned {
            return Ok(payment);
        }
        let journal = Journal {
            kind: "return",
            cause: id,
            day: day_of(now),
            transfers: vec![Transfer {
                from: Account::Suspense(id),
                to: Account::ReturnsPayable,
                amount: payment.notice.amount,
                month: None,
            }],
        };
        ledger::post(&transaction, &self.seal, now, &journal).await?;
        payment.fate = Fate::Returned;
        let (seal, decided) = (&self.seal, std::slice::from_ref(&payment));
        store::insert_decisions(&transaction, seal, decided, caller.id, reason, now).await?;
        event::record(&transaction, &self.seal, now, [told(&payment, None)]).await?;
        audit::wrote(
            &transaction,
            &self.seal,
            now,
            caller.into(),
            "ReturnPayment",
            id,
        )
        .await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(payment)
    }
}

/// Sets aside what was paid for a `membership` that will never come about, payment by payment, so that an officer can give it
/// back. `by` is whoever's doing it is.
pub(crate) async fn set_aside_all(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    (membership, by): (Uuid, Uuid),
    why: SuspenseReason,
) -> Result<(), db::Error> {
    participant::end_check_of(connection, membership).await?;
    let credit = Account::Credit(membership);
    if ledger::balance(connection, credit).await? == Money::ZERO {
        return Ok(());
    }
    // No month was paid, so that all that came is still there as credit, payment by payment.
    let mut payments = store::payments_for(connection, membership).await?;
    let transfers = payments.iter().map(|it| Transfer {
        from: credit,
        to: Account::Suspense(it.id),
        amount: it.notice.amount,
        month: None,
    });
    let journal = Journal {
        kind: "withdrawal",
        cause: membership,
        day: day_of(now),
        transfers: transfers.collect(),
    };
    ledger::post(connection, seal, now, &journal).await?;
    for payment in &mut payments {
        payment.fate = Fate::Suspended(why);
        payment.membership = None;
    }
    store::insert_decisions(connection, seal, &payments, by, "", now).await?;
    let events = payments.iter().map(|it| told(it, None));
    event::record(connection, seal, now, events).await
}

/// The payment, held, while it waits; or as it stands when this very decision was made `before`.
pub(super) async fn waiting(
    connection: &impl ConnectionTrait,
    id: Uuid,
    before: impl Fn(&Payment) -> bool,
) -> Result<Payment, Error> {
    if !store::lock_payment(connection, id).await? {
        return Err(Error::NotFound);
    }
    let payment = store::payment(connection, id)
        .await?
        .ok_or(Error::NotFound)?;
    match &payment.fate {
        Fate::Suspended(_) => Ok(payment),
        Fate::Settled(_) | Fate::Returned if before(&payment) => Ok(payment),
        Fate::Settled(_) => Err(Error::WrongState {
            state: "DISPOSITION_APPLIED",
        }),
        Fate::Returned => Err(Error::WrongState {
            state: "DISPOSITION_RETURNED",
        }),
    }
}
