//! Proofs: somebody whose code came back from a contact that is not on file shows that he is the participant he says he is (C2).

use chrono::Duration;
use uuid::Uuid;

use super::{
    Error, Proofs, Registrations, Second,
    rules::State,
    stand::{Shown, lock_own, may},
    store,
};
use crate::{
    audit,
    caller::Caller,
    db, employer,
    identity::agreed_name,
    participant::{self, JoiningState, Way},
    quota::{self, Quota, hex},
};

/// How often a day proofs may be told for one NIK or passport from one contact, over all registrations.
const PROOFS_A_DAY: i64 = 5;

/// What came of counting.
enum Counted {
    /// It is his already.
    AsItStands(Box<Shown>),
    /// A try, of which so many are left, to be the participant.
    Try { left: i32, participant: Uuid },
}

impl Registrations {
    /// Takes two proofs. The try is counted and committed before anything is compared; what was wrong is not told.
    pub(crate) async fn prove(
        &self,
        caller: &Caller,
        id: Uuid,
        proofs: &Proofs,
    ) -> Result<Shown, Error> {
        let (left, participant) = match db::retrying(|| self.count_proof(caller, id)).await? {
            Counted::AsItStands(shown) => return Ok(*shown),
            Counted::Try { left, participant } => (left, participant),
        };
        if !self.are_right(participant, proofs).await? {
            return Err(Error::ProofsWrong { tries_left: left });
        }
        db::retrying(|| self.join_proven(caller, id)).await
    }

    async fn count_proof(&self, caller: &Caller, id: Uuid) -> Result<Counted, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let row = lock_own(&transaction, caller, id).await?;
        let shown = self.stand(&transaction, row).await?;
        if shown.state == State::Active {
            return Ok(Counted::AsItStands(Box::new(shown)));
        }
        let participant = match shown.known {
            // The NIK was nobody's when the code came back, and is a participant's now: what his code means is asked only now.
            Some(known) if shown.joining.is_none() && shown.may_join() => {
                let contact = shown.row.contact(&self.seal)?;
                let applicant = (id, shown.row.document_digest.as_slice());
                participant::join(&transaction, &self.seal, now, applicant, &contact).await?;
                if participant::account_of(&transaction, id).await?.is_some() {
                    let joined = self.finish(transaction, caller, "ProveIdentity", id);
                    return Ok(Counted::AsItStands(Box::new(joined.await?)));
                }
                known
            }
            Some(known) => known,
            None => return Err(refused(&shown)),
        };
        if shown.state == State::Stopped && shown.may_join() {
            transaction.commit().await.map_err(db::Error::from)?;
            return Err(Error::OfficerNeeded);
        }
        may(&shown, &[State::AwaitingProof])?;
        let (document, contact) = (
            hex(&shown.row.document_digest),
            hex(&shown.row.contact_digest),
        );
        let quota = Quota {
            key: format!("joining.proofs24h:{document}:{contact}"),
            limit: PROOFS_A_DAY,
            window: Duration::hours(24),
        };
        let counts = quota::take(&transaction, &[quota], now).await?;
        if let Some(spent) = counts.iter().find(|it| it.left < 0) {
            let retry_after = spent.wait(now);
            return Err(Error::ProofsSpent { retry_after });
        }
        let tries = participant::count_proof(&transaction, id, now).await?;
        let tries = tries.ok_or(Error::OfficerNeeded)?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "ProveIdentity", id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        let left = participant::TRIES_MAX - tries;
        Ok(Counted::Try { left, participant })
    }

    /// Whether both proofs are what is on file. All is read and both are compared, in constant time, whatever is wrong.
    async fn are_right(&self, participant: Uuid, proofs: &Proofs) -> Result<bool, Error> {
        let reader = self.db.reader();
        let person = participant::active(reader, participant).await?;
        let person = person.ok_or(db::Error::Unknown("joining.participant_id"))?;
        let mother = person.proven_mother(&self.seal)?;
        let npps = employer::last_npps(reader, participant, self.clock.today()).await?;
        let same = |told: &str, on_file: &str| {
            let on_file = self.seal.sign("proof", on_file.as_bytes());
            self.seal.signed("proof", told.as_bytes(), &on_file)
        };
        let kpj = same(&proofs.kpj, person.kpj.as_deref().unwrap_or_default());
        let second = match &proofs.second {
            Second::Mother(name) => {
                let on_file = mother.map_or_else(String::new, |it| agreed_name(it.text()));
                // A name that is all titles is nobody's.
                same(&agreed_name(name.text()), &on_file) & !on_file.is_empty()
            }
            Second::Npp(npp) => npps
                .iter()
                .fold(false, |right, it| right | same(npp.text(), it.text())),
        };
        Ok(kpj & second)
    }

    async fn join_proven(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let row = store::lock(&transaction, id).await?;
        let shown = self
            .stand(&transaction, row.ok_or(Error::NotFound)?)
            .await?;
        if shown.state == State::Active {
            return Ok(shown);
        }
        let joining = participant::hold_joining(&transaction, id).await?;
        let joining = joining.ok_or(Error::NotFound)?;
        match joining.state()? {
            // The last try is counted as one too many until it has turned out to be right.
            JoiningState::Proving | JoiningState::Waiting | JoiningState::Proposed => {}
            JoiningState::Accepted | JoiningState::Rejected | JoiningState::Withdrawn => {
                return Err(refused(&shown));
            }
        }
        let contact = shown.row.contact(&self.seal)?;
        let ids = (id, joining.participant_id);
        participant::open(&transaction, &self.seal, now, ids, &contact, Way::Proven).await?;
        self.finish(transaction, caller, "ProveIdentity", id).await
    }
}

/// Why nothing can be proven where the registration stands.
fn refused(shown: &Shown) -> Error {
    may(shown, &[])
        .err()
        .unwrap_or(Error::WrongState(shown.state))
}
