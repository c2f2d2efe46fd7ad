//! A payer asks what he may pay, by the code or by the NIK that he gives.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{
    Bill, BillShown, Contributions, Error,
    employers::{State, UnitBillShown},
    placement,
    standing::{asks_past_the_end, is_payable},
    store,
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db, employer,
    identity::{IdentityState, Nik, masked_name},
    money::Month,
    participant::{self, Membership, Work},
    seal::Datum,
};

/// What a payer knows of the bill he wants to pay.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    /// The payment code.
    PaymentCode(String),
    /// The NIK.
    Nik(Nik),
}

/// What a payer finds by a key.
pub(crate) enum LookedUp {
    /// A membership's bill, and the initials of whose it is.
    Membership(Box<BillShown>, String),
    Unit(Box<UnitBillShown>),
}

impl Contributions {
    /// Answers what somebody may pay: by NIK, the open bill or a new one of the oldest open month.
    pub(crate) async fn look_up(&self, caller: &Caller, key: &Key) -> Result<LookedUp, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let (bill, membership) = match key {
            Key::PaymentCode(code) => {
                let Some(bill) = store::bill_by_code(&transaction, code).await? else {
                    return self.look_up_unit(transaction, caller, code).await;
                };
                let membership = participant::membership(&transaction, bill.membership).await?;
                let membership = membership.ok_or(Error::NotFound)?;
                if !self
                    .is_collectable(&transaction, &bill, &membership)
                    .await?
                {
                    return Err(Error::NotFound);
                }
                let membership = if bill.is_by_stage() {
                    self.hold_and_spend(&transaction, now, &bill).await?
                } else {
                    membership
                };
                (
                    self.stand(&transaction, bill, &membership).await?,
                    membership,
                )
            }
            Key::Nik(nik) => match self.open_bill(&transaction, now, nik).await {
                // It lapsed, and no month is left that could be paid.
                Err(Error::Ended { .. }) => return Err(Error::NotFound),
                found => found?,
            },
        };
        let name = participant::name_of(&transaction, membership.participant_id).await?;
        let action = "LookUpBill";
        audit::wrote(
            &transaction,
            &self.seal,
            now,
            caller.into(),
            action,
            bill.bill.id,
        )
        .await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(LookedUp::Membership(Box::new(bill), masked_name(&name)))
    }

    /// A unit's bill that waits to be paid.
    async fn look_up_unit(
        &self,
        transaction: DatabaseTransaction,
        caller: &Caller,
        code: &str,
    ) -> Result<LookedUp, Error> {
        let now = self.clock.now();
        let bill = store::unit_bill_by_code(&transaction, code).await?;
        let bill = bill.filter(|it| it.state == State::Open);
        let bill = bill.ok_or(Error::NotFound)?;
        let place = employer::place(&transaction, bill.unit).await?;
        let npp = place
            .ok_or(db::Error::Unknown("employer_bill.unit_id"))?
            .npp;
        let shown = self.unit_bill_shown(&transaction, bill, npp).await?;
        let (seal, id) = (&self.seal, shown.bill.id);
        audit::wrote(&transaction, seal, now, caller.into(), "LookUpBill", id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(LookedUp::Unit(Box::new(shown)))
    }

    async fn open_bill(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        nik: &Nik,
    ) -> Result<(BillShown, Membership), Error> {
        let digest = self.seal.digest(Datum::Nik, nik.text());
        let person = participant::with_document(connection, &digest).await?;
        let memberships =
            participant::memberships(connection, person.ok_or(Error::NotFound)?).await?;
        // What an employer pays is his bill's, so only months that the participant pays himself count here.
        let mut paid = memberships.iter().filter(|it| {
            matches!(it.work, Work::Business(_))
                && it.paid_through.is_some()
                && it.has_months_left()
        });
        let Some(last) = paid.next_back() else {
            return self.open_stage_bill(connection, now, &memberships).await;
        };
        let held = participant::hold(connection, last.id)
            .await?
            .ok_or(Error::NotFound)?;
        let today = day_of(now);
        if let Some(bill) = store::latest_bill(connection, held.id).await? {
            let open = bill
                .lines
                .iter()
                .any(|it| Some(it.month) > held.paid_through);
            if open && is_payable(&self.policy, &bill, &held, today)? {
                return Ok((self.stand(connection, bill, &held).await?, held));
            }
        }
        let bill = self.draw(connection, now, Uuid::now_v7(), &held, 1).await?;
        // A month ahead is paid only when somebody asks for it: inquiries are repeated.
        let paid_through = if bill.first_month <= Month::of(today) {
            self.spend_credit(connection, now, &bill, &held).await?
        } else {
            held.paid_through
        };
        let held = Membership {
            paid_through,
            ..held
        };
        Ok((self.stand(connection, bill, &held).await?, held))
    }

    /// Pays what the credit covers of a migrant worker's bill, so that nobody is asked for money that is there.
    async fn hold_and_spend(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        bill: &Bill,
    ) -> Result<Membership, Error> {
        let held = participant::hold(connection, bill.membership).await?;
        let held = held.ok_or(db::Error::Unknown("bill.membership_id"))?;
        self.spend_credit_on_stages(connection, now, bill, held)
            .await
    }

    /// Whether money for the membership would reach it: a gateway must not collect what then waits for an officer.
    async fn is_collectable(
        &self,
        connection: &impl ConnectionTrait,
        bill: &Bill,
        membership: &Membership,
    ) -> Result<bool, Error> {
        if membership.is_cancelled || asks_past_the_end(bill, membership) {
            return Ok(false);
        }
        if placement::is_over(&self.policy, membership, self.clock.today())? {
            return Ok(false);
        }
        if !membership.is_unpaid() {
            return Ok(true);
        }
        let ready = participant::readiness(connection, membership.participant_id).await?;
        Ok(!ready.nik_is_taken && ready.identity != IdentityState::Refused)
    }
}
