//! How a registration stands, and what may be done there.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Error, Registrations, Stated, further, rules,
    rules::{Facts, State},
    store::{self, Registration},
};
use crate::{
    caller::Caller,
    clock::day_of,
    contribution, db,
    identity::IdentityState,
    otp,
    participant::{self, JoiningState},
};
use jamsostek_proto::v1::Subject;

/// A registration as it stands.
pub(crate) struct Shown {
    pub(super) row: Registration,
    pub(super) state: State,
    pub(super) identity: IdentityState,
    /// The code that was sent last.
    pub(super) challenge: Uuid,
    pub(super) masked_contact: String,
    pub(super) work: Option<Stated>,
    pub(super) participant: Option<(Uuid, String)>,
    pub(super) payment: Option<contribution::BillToPay>,
    pub(super) now: DateTime<Utc>,
    /// Whose the NIK or passport is, where that is somebody else.
    pub(super) known: Option<Uuid>,
    /// What became of the wish to join him.
    pub(super) joining: Option<JoiningState>,
    /// He is a participant already, and other work can be told here for a further membership.
    pub(super) takes_further: bool,
}

impl Shown {
    /// Whether he was a participant before, and nothing has been opened for him here.
    pub(super) fn has_joined(&self) -> bool {
        self.state == State::Active && self.row.confirmed_at.is_none()
    }

    /// Whether it has come to where only the question is left whether he is the participant that is known.
    pub(super) fn may_join(&self) -> bool {
        let open = matches!(self.state, State::AwaitingProof | State::Stopped);
        open && self.known.is_some()
            && self.row.stopped_by.is_none()
            && self.joining != Some(JoiningState::Rejected)
    }
}

impl Registrations {
    /// A registration as it stands now.
    pub(super) async fn stand(
        &self,
        connection: &impl ConnectionTrait,
        row: Registration,
    ) -> Result<Shown, Error> {
        let now = self.clock.now();
        let account = participant::account_of(connection, row.id).await?;
        // The person himself has it from the moment of his first payment, which may come while this is read.
        let holder = participant::with_document(connection, &row.document_digest).await?;
        let known = holder.filter(|it| Some(*it) != row.participant_id);
        let codes = otp::standing(connection, row.id).await?;
        let open = account.is_none() && codes.is_confirmed;
        let (joining, can_prove) = self
            .joining(connection, &row, known.filter(|_| open))
            .await?;
        let work = row.work()?;
        let (identity, paid_in_doubt) = self.doubt(connection, &row, account.is_some()).await?;
        let facts = Facts {
            is_confirmed_by_code: codes.is_confirmed,
            has_account: account.is_some(),
            is_further: row.is_further,
            further_is_unpaid: further::is_unpaid(connection, &row).await?,
            is_cancelled: row.cancelled_at.is_some(),
            is_stopped: row.stopped_by.is_some(),
            has_employment: work.is_some(),
            is_confirmed: row.confirmed_at.is_some(),
            nik_is_taken: known.is_some(),
            can_prove,
            waits_for_officer: matches!(
                joining,
                Some(JoiningState::Waiting | JoiningState::Proposed)
            ),
            is_foreigner: row.is_foreigner(),
            is_refused: row.confirmed_at.is_some() && identity == IdentityState::Refused,
            is_paid_in_doubt: paid_in_doubt,
            expires_at: row.expires_at,
        };
        let state = rules::state(&facts, now);
        let takes_further = match account {
            Some(of) => further::is_open(connection, &self.policy, &row, of, now).await?,
            None => false,
        };
        let participant = match account {
            // Whoever waits for his employer has none yet.
            Some(id) => {
                let kpj = participant::kpj_of(connection, id).await?;
                Some((id, kpj.unwrap_or_default()))
            }
            None => None,
        };
        let payment = match (state, row.bill_id) {
            (State::AwaitingPayment, Some(bill)) => {
                contribution::to_pay(connection, &self.policy, day_of(now), bill).await?
            }
            _ => None,
        };
        Ok(Shown {
            masked_contact: row.contact(&self.seal)?.masked(),
            identity,
            challenge: codes.latest.unwrap_or(row.challenge_id),
            state,
            work,
            participant,
            payment,
            now,
            known,
            joining,
            takes_further,
            row,
        })
    }

    /// What became of the wish to join `known`, and whether there is anything to prove it by.
    async fn joining(
        &self,
        connection: &impl ConnectionTrait,
        row: &Registration,
        known: Option<Uuid>,
    ) -> Result<(Option<JoiningState>, bool), Error> {
        let Some(known) = known else {
            return Ok((None, false));
        };
        match participant::joining_of(connection, row.id).await? {
            Some(joining) => {
                let state = joining.state()?;
                Ok((Some(state), state == JoiningState::Proving))
            }
            None => Ok((None, participant::can_prove(connection, known).await?)),
        }
    }

    /// How far it is known who the person is, and whether enough was paid while that is in doubt, by the prices of the days on which
    /// it was. Only a registration that was confirmed while the register was silent can have gone on without itself.
    async fn doubt(
        &self,
        connection: &impl ConnectionTrait,
        row: &Registration,
        has_account: bool,
    ) -> Result<(IdentityState, bool), Error> {
        let identity = row.identity()?;
        let (Some(person), Some(membership)) = (row.participant_id, row.membership_id) else {
            return Ok((identity, false));
        };
        if identity != IdentityState::Pending {
            return Ok((identity, false));
        }
        let identity = participant::readiness(connection, person).await?.identity;
        if identity != IdentityState::Pending || has_account {
            return Ok((identity, false));
        }
        let paid = contribution::makes_a_participant(connection, &self.policy, membership).await?;
        Ok((identity, paid))
    }
}

/// Whether the registration is the caller's: by its code, or as the participant whom it has led to.
pub(super) async fn holds(
    connection: &impl ConnectionTrait,
    caller: &Caller,
    id: Uuid,
) -> Result<bool, db::Error> {
    if caller.subject == Subject::Registrant {
        return Ok(caller.id == id);
    }
    let led_to = participant::account_of(connection, id).await?;
    Ok(led_to.is_some_and(|it| caller.is(it)))
}

/// The registration, held until the transaction ends, where it is the caller's.
pub(super) async fn lock_own(
    connection: &impl ConnectionTrait,
    caller: &Caller,
    id: Uuid,
) -> Result<Registration, Error> {
    let row = store::lock(connection, id).await?;
    let is_his = holds(connection, caller, id).await?;
    row.filter(|_| is_his).ok_or(Error::NotFound)
}

/// Whether the step may be taken now; if not, why, in the order of the contract.
pub(super) fn may(shown: &Shown, states: &[State]) -> Result<(), Error> {
    if states.contains(&shown.state) {
        return Ok(());
    }
    match (shown.state, shown.row.stop()?) {
        (State::Cancelled, _) => Err(Error::Cancelled),
        (State::Expired, _) => Err(Error::Expired),
        (State::Stopped, Some(stop)) => Err(stop.into()),
        (State::Stopped, None) if shown.joining == Some(JoiningState::Rejected) => {
            Err(Error::JoiningRejected)
        }
        (State::Stopped, None) if shown.known.is_none() => Err(Error::NotReported),
        (State::Stopped, None) => Err(Error::OfficerNeeded),
        (state, _) => Err(Error::WrongState(state)),
    }
}
