//! Many employees at once, as a submission reports them: what follows is what follows for one, in a few statements for all.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Employers, Error, Hire, Place, State, Wage, Worker,
    answer::check_acceptable,
    question::named_here,
    report::Word,
    rules,
    store::{self, Employment},
};
use crate::{
    clock::day_of,
    db,
    event::{self, Event},
    identity::Contact,
    money::{Money, Month},
    notification::{self, Message, Wording},
    participant::{self, Newcomer, Opened},
};

/// What there is between somebody and an employer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tie {
    pub membership: Uuid,
    pub participant: Uuid,
    pub unit: Uuid,
    pub state: State,
    /// The employer has said so.
    pub is_reported: bool,
    pub is_cancelled: bool,
    pub started_on: Option<NaiveDate>,
    pub covered_from: Option<NaiveDate>,
    pub ended_on: Option<NaiveDate>,
}

impl Tie {
    /// He says that he works there, and waits for an answer.
    pub(crate) fn waits_at(&self, unit: Uuid) -> bool {
        let open = [State::AwaitingEmployer, State::AwaitingOfficer];
        self.unit == unit && open.contains(&self.state) && !self.is_cancelled
    }

    /// The employer's word for him counts, as far as no officer has turned him away.
    pub(crate) fn works_at(&self, unit: Uuid) -> bool {
        self.unit == unit && self.is_reported && self.state != State::Rejected
    }

    /// Something covers him here on a day, or later.
    pub(crate) fn covers_from(&self, day: NaiveDate) -> bool {
        self.covered_from.is_some() && self.ended_on.is_none_or(|last| last >= day)
    }
}

/// What there is between `people` and an employer, in three statements.
pub(crate) async fn ties(
    connection: &impl ConnectionTrait,
    employer: Uuid,
    people: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Tie>>, db::Error> {
    let mut ties: HashMap<_, Vec<_>> = HashMap::new();
    if people.is_empty() {
        return Ok(ties);
    }
    let units = store::units_among(connection, employer, None).await?;
    let rows = store::employments_among(connection, people).await?;
    let memberships = participant::memberships_among(connection, people).await?;
    let memberships: HashMap<_, _> = memberships.into_iter().map(|it| (it.id, it)).collect();
    for row in rows {
        let Some(unit) = row.unit_id.filter(|it| units.contains(it)) else {
            continue;
        };
        let membership = memberships.get(&row.membership_id);
        let membership = membership.ok_or(db::Error::Unknown("employment.membership_id"))?;
        ties.entry(row.participant_id).or_default().push(Tie {
            membership: row.membership_id,
            participant: row.participant_id,
            unit,
            state: row.state()?,
            is_reported: row.reported_at.is_some(),
            is_cancelled: membership.is_cancelled,
            started_on: row.started_on,
            covered_from: membership.covered_from,
            ended_on: membership.ended_on,
        });
    }
    Ok(ties)
}

/// Somebody who is taken on with many others.
#[derive(Clone, Copy)]
pub(crate) struct Taken<'a> {
    /// The membership that it opens; also the id of the word that opens it.
    pub membership: Uuid,
    pub whom: Whom<'a>,
    pub hire: &'a Hire,
    /// How the employer reaches him.
    pub contact: Option<&'a Contact>,
    /// What the word is compared by when it comes again.
    pub digest: &'a [u8],
}

/// Whether somebody is a participant already.
#[derive(Clone, Copy)]
pub(crate) enum Whom<'a> {
    /// He is.
    Known(Uuid),
    /// He becomes one, under this id.
    New(Uuid, &'a Worker),
}

impl Whom<'_> {
    const fn id(&self) -> Uuid {
        match self {
            Self::Known(id) | Self::New(id, _) => *id,
        }
    }
}

impl Employers {
    /// Takes all of `taken` on at `place`, each with a membership of his own. `by` is whose word it is.
    pub(crate) async fn take_on_all(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        place: &Place,
        taken: &[Taken<'_>],
        by: Uuid,
    ) -> Result<(), Error> {
        let today = day_of(now);
        let programmes: Vec<_> = rules::programmes_of(place.scale).into_iter().collect();
        let (mut opened, mut employments) = (Vec::new(), Vec::new());
        let mut wages: BTreeMap<Month, Vec<Wage>> = BTreeMap::new();
        let (mut events, mut texts) = (Vec::new(), Vec::new());
        for it in taken {
            let (membership, person, hire) = (it.membership, it.whom.id(), it.hire);
            let covered_from = rules::covered_from(&self.policy, hire.started_on, today)?;
            opened.push(Opened {
                membership,
                participant: person,
                origin: membership,
                work: participant::Employment {
                    programmes: programmes.clone(),
                    wage: hire.wage,
                },
                covered_from,
            });
            employments.push(Employment::reported(
                (membership, person),
                place.id,
                now,
                it,
            ));
            wages
                .entry(Month::of(covered_from))
                .or_default()
                .push(Wage {
                    membership,
                    wage: hire.wage,
                    back_pay: Money::ZERO,
                });
            events.push(confirmed(it, place, covered_from));
            if let Whom::New(..) = it.whom {
                events.push(participant::activated(person, membership));
                continue;
            }
            let wording = Wording::EmploymentConfirmed {
                npp: &place.npp,
                covered_from,
            };
            texts.push((person, wording.text()));
        }
        self.take_in(connection, now, place, taken).await?;
        participant::open_covered(connection, now, opened).await?;
        store::insert_employments(connection, employments).await?;
        for (month, wages) in wages {
            store::insert_wages(connection, &self.seal, now, month, &wages, by).await?;
        }
        event::record(connection, &self.seal, now, events).await?;
        if !texts.is_empty() {
            participant::tell_each(connection, &self.seal, now, &texts).await?;
        }
        self.reach(connection, now, place, taken).await
    }

    /// Gives the employer's word to somebody who waits for it.
    pub(crate) async fn confirm_waiting(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        (membership, place): (Uuid, &Place),
        word: &Word<'_>,
        by: Uuid,
    ) -> Result<(), Error> {
        let held = participant::hold(connection, membership).await?;
        let held = held.filter(|it| !it.is_cancelled).ok_or(Error::NotFound)?;
        let row = store::hold_employment(connection, membership).await?;
        if named_here(row.as_slice(), place.id).is_none() {
            return Err(Error::NotFound);
        }
        check_acceptable(connection, &held).await?;
        self.hear(connection, now, (&held, place), word, by).await
    }

    /// Makes participants of those who are none yet; the register is asked afterwards.
    async fn take_in(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        place: &Place,
        taken: &[Taken<'_>],
    ) -> Result<(), Error> {
        let (mut newcomers, mut asked_about) = (Vec::new(), Vec::new());
        for it in taken {
            let Whom::New(id, worker) = it.whom else {
                continue;
            };
            let digest = worker.document.digest(&self.seal);
            newcomers.push(Newcomer {
                id,
                person: worker.person(digest, day_of(now))?,
                contact: it.contact.cloned(),
            });
            if worker.document.nik().is_some() {
                asked_about.push((id, it.membership, worker.mother_name.clone()));
            }
        }
        let (seal, employer) = (&self.seal, place.employer);
        participant::take_in_all(connection, seal, now, employer, &newcomers).await?;
        Ok(participant::watch_identities(connection, seal, now, asked_about).await?)
    }

    /// Tells everybody whom the employer says how to reach.
    async fn reach(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        place: &Place,
        taken: &[Taken<'_>],
    ) -> Result<(), Error> {
        for it in taken {
            if let (Whom::Known(id), Some(contact)) = (it.whom, it.contact) {
                let ids = (id, place.employer);
                participant::keep_reported_contact(connection, &self.seal, now, ids, contact)
                    .await?;
            }
        }
        let text = Wording::EmployeeRegistered { npp: &place.npp }.text();
        let messages = taken
            .iter()
            .filter_map(|it| Some(Message::notice(now, it.contact?.clone(), text.clone())));
        Ok(notification::queue(connection, &self.seal, now, messages).await?)
    }
}

fn confirmed(it: &Taken<'_>, place: &Place, covered_from: NaiveDate) -> Event {
    Event {
        kind: "employment.confirmed",
        subject: it.membership,
        participant: Some(it.whom.id()),
        facts: serde_json::json!({ "npp": place.npp, "coveredFrom": covered_from }),
    }
}

impl Employment {
    /// Work at `unit` that was reported now.
    fn reported(ids: (Uuid, Uuid), unit: Uuid, now: DateTime<Utc>, it: &Taken<'_>) -> Self {
        let hire = it.hire;
        Self {
            report_id: Some(it.membership),
            content_digest: Some(it.digest.to_vec()),
            employee_number: hire.employee_number.clone(),
            started_on: Some(hire.started_on),
            contract_ends_on: hire.contract_ends_on,
            state: State::Active.code().to_owned(),
            reported_at: Some(now),
            in_jkn: hire.in_jkn,
            ..Self::opened(ids, unit, now)
        }
    }
}
