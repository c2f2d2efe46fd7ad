//! A submission is declared, before its rows come.

use super::{Declaration, Error, Submission, Submissions, store};
use crate::{audit, caller::Caller, db, employer, money::Month};

impl Submissions {
    /// Begins a submission, or shows it when it was begun before.
    pub(crate) async fn create(
        &self,
        caller: &Caller,
        declared: &Declaration,
    ) -> Result<Submission, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let place = employer::own_place(&transaction, caller, &declared.npp).await?;
        let place = place.ok_or(Error::NotFound)?;
        if let Some(known) = store::find(&transaction, declared.id).await? {
            let same = known.employer == place.employer && known.is(declared, place.id);
            return if same { Ok(known) } else { Err(Error::IdTaken) };
        }
        if declared.month > Month::of(self.clock.today()) {
            return Err(Error::FutureMonth);
        }
        // Two who begin at once are counted one after the other.
        employer::hold(&transaction, place.employer).await?;
        if store::open_of(&transaction, place.employer).await? >= super::OPEN_MAX {
            let max = super::OPEN_MAX;
            return Err(Error::TooManyOpen { max });
        }
        let ids = (place.employer, place.id, caller.actor_id());
        store::insert(&transaction, now, ids, declared).await?;
        let (seal, actor, id) = (&self.seal, caller.into(), declared.id);
        audit::wrote(&transaction, seal, now, actor, "CreateSubmission", id).await?;
        let made = store::find(&transaction, id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        made.ok_or(Error::NotFound)
    }
}

impl Submission {
    /// Whether it was declared like this.
    fn is(&self, declared: &Declaration, unit: uuid::Uuid) -> bool {
        self.unit == unit
            && self.month == declared.month
            && self.mode == declared.mode
            && self.declared_rows == declared.rows
            && self.declared_wage == declared.wage
    }
}
