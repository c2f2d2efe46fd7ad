//! A contract goes on for longer than it was to.

use uuid::Uuid;

use super::{Asked, draw_up, last_day, placement};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    contribution::{BillShown, Contributions, Error, issue::may_bill, store},
    db,
    event::{self, Event},
    participant,
};

impl Contributions {
    /// Issues a bill for more months of a contract, or shows it when issued before. What is paid of it moves the contract's end.
    pub(in crate::contribution) async fn extend(
        &self,
        caller: &Caller,
        id: Uuid,
        membership: Uuid,
        months: u32,
    ) -> Result<BillShown, Error> {
        let now = self.clock.now();
        let today = day_of(now);
        let transaction = self.db.begin_write().await?;
        let held = participant::hold(&transaction, membership).await?;
        let held = held
            .filter(|it| may_bill(caller, it))
            .ok_or(Error::NotFound)?;
        if let Some(known) = store::bill(&transaction, id).await? {
            let same = known.membership == membership
                && matches!(known.asked(), Asked::Extension(of) if of == months);
            if !same {
                return Err(Error::IdTaken);
            }
            return self.stand(&transaction, known, &held).await;
        }
        let told = placement(&held)?;
        if held.travel.contract_paid_on.is_none() {
            let state = "STATE_AWAITING_PAYMENT";
            return Err(Error::WrongState { state });
        }
        let ends_on = last_day(&self.policy, &held)?;
        // Whoever is back home is not abroad any more, not even on that day.
        let is_back = held.travel.returned_on.is_some();
        if let Some(on) = ends_on.filter(|it| is_back || today > *it) {
            return Err(Error::CoverEnded { on });
        }
        let asked = (told, Asked::Extension(months));
        let mut bill = draw_up(&self.seal, &self.policy, (id, membership), asked, today)?;
        // Its code is not good for longer than what it extends.
        bill.valid_through = ends_on.map_or(bill.valid_through, |it| it.min(bill.valid_through));
        self.count_bill(&transaction, membership, now).await?;
        store::insert_bill(&transaction, &self.seal, &bill, now).await?;
        let issued = Event {
            kind: "bill.issued",
            subject: id,
            participant: Some(held.participant_id),
            facts: serde_json::json!({ "totalIdr": bill.total.idr() }),
        };
        event::record(&transaction, &self.seal, now, [issued]).await?;
        let held = self
            .spend_credit_on_stages(&transaction, now, &bill, held)
            .await?;
        let shown = self.stand(&transaction, bill, &held).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "ExtendCover", id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(shown)
    }
}
