//! An officer decides, on evidence, what employer and worker do not agree on.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Employee, Employers, Error, Hire, Npp, Place, State,
    answer::check_acceptable,
    question::unknown,
    store::{self, Confirmed, Employment},
};
use crate::{
    audit,
    caller::Caller,
    clock::day_of,
    db,
    event::{self, Event},
    notification::Wording,
    participant::{self, Membership},
    seal::Datum,
};

impl Employers {
    /// What an officer's decision is compared by when it comes again.
    fn decision_digest(&self, reason: &str, accepted: Option<&(Option<Npp>, Hire)>) -> Vec<u8> {
        let accepted = accepted.map(|(npp, hire)| (npp.as_ref().map(Npp::text), hire.content()));
        let content = serde_json::json!([reason, accepted]);
        self.seal
            .digest(Datum::RequestContent, &content.to_string())
    }

    /// An officer decides, on evidence, whether somebody works where he says.
    pub(crate) async fn decide(
        &self,
        caller: &Caller,
        membership: Uuid,
        reason: &str,
        accepted: Option<(Option<Npp>, Hire)>,
    ) -> Result<Employee, Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let held = participant::hold(&transaction, membership).await?;
        let held = held.ok_or(Error::NotFound)?;
        let row = store::hold_employment(&transaction, membership).await?;
        let row = row.ok_or(Error::NotFound)?;
        let digest = self.decision_digest(reason, accepted.as_ref());
        match (row.state()?, &accepted) {
            (State::AwaitingOfficer | State::AwaitingEmployer, _) => {}
            (State::Active, Some(_)) if row.content_digest.as_ref() == Some(&digest) => {
                return self.one(&transaction, row).await;
            }
            (State::Rejected, None) if row.decided_by.is_some() && row.reason == reason => {
                return self.one(&transaction, row).await;
            }
            (state @ (State::Active | State::Rejected), _) => {
                let state = state.name();
                return Err(Error::WrongState { state });
            }
        }
        match &accepted {
            Some((npp, hire)) => {
                check_acceptable(&transaction, &held).await?;
                let place = where_to(&transaction, npp.as_ref(), row.unit_id).await?;
                if held.covered_from.is_some() && row.unit_id != Some(place.id) {
                    // What is not billed yet is the unit's that covers him: there he ends first.
                    let state = "COVERED_AT_ANOTHER_UNIT";
                    return Err(Error::WrongState { state });
                }
                self.check_hire(hire, day_of(now))?;
                let confirmed = Confirmed {
                    unit: place.id,
                    hire,
                    report: None,
                    digest: &digest,
                    by: Some(caller.id),
                    reason,
                };
                self.take_on(&transaction, now, (&held, &place), &confirmed, caller.id)
                    .await?;
            }
            None => {
                let said = (reason, caller.id);
                self.turn_away(&transaction, now, &held, &row, said).await?;
            }
        }
        let decided = Event {
            kind: "employment.decided",
            subject: membership,
            participant: Some(held.participant_id),
            facts: serde_json::json!({ "accepted": accepted.is_some(), "reason": reason }),
        };
        event::record(&transaction, &self.seal, now, [decided]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(
            &transaction,
            seal,
            now,
            actor,
            "DecideEmployment",
            membership,
        )
        .await?;
        let employee = self.shown(&transaction, membership).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(employee)
    }

    /// Turns somebody away of whom nobody has shown that he works where he says.
    async fn turn_away(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        held: &Membership,
        row: &Employment,
        (reason, by): (&str, Uuid),
    ) -> Result<(), Error> {
        let (membership, person) = (held.id, held.participant_id);
        let said = (reason, Some(by));
        store::turn(connection, &[membership], State::Rejected, said).await?;
        if let Some(unit) = row.unit_id
            && let Some(place) = store::place(connection, unit).await?
        {
            participant::distrust_contacts_of(connection, now, place.employer, &[person]).await?;
        }
        if held.covered_from.is_some() {
            // Until today he was covered by his employer's word, if he had not left before.
            let last = held.ended_on.map_or(day_of(now), |it| it.min(day_of(now)));
            participant::end(connection, &[membership], last).await?;
        } else {
            participant::close_unpaid(connection, membership, now).await?;
        }
        let text = Wording::EmploymentUnproven.text();
        Ok(participant::tell(connection, &self.seal, now, person, &text).await?)
    }
}

/// The unit at which somebody is taken on: the one that the officer names, else the one that the worker named.
async fn where_to(
    connection: &impl ConnectionTrait,
    npp: Option<&Npp>,
    named: Option<Uuid>,
) -> Result<Place, Error> {
    match (npp, named) {
        (Some(npp), _) => {
            let place = store::unit_of(connection, npp).await?;
            place.ok_or_else(|| unknown(npp))
        }
        (None, Some(unit)) => {
            let place = store::place(connection, unit).await?;
            place.ok_or(Error::NotFound)
        }
        (None, None) => Err(Error::NppNeeded),
    }
}
