//! An account was opened from a contact that was not on file: the participant's employers are told.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Employers, Error, Npp, Place, State,
    store::{self, Employment},
    tell::tell,
};
use crate::{clock::day_of, db, notification::Wording, participant};

/// How many accounts one transaction looks after.
const ROUND: u64 = 100;

impl Employers {
    /// Tells the employers of those whose accounts were opened like that; how many there were.
    pub(crate) async fn tell_of_accounts(&self) -> Result<usize, Error> {
        if !participant::has_untold(self.db.reader()).await? {
            return Ok(0);
        }
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let people = participant::take_untold(&transaction, ROUND).await?;
        for person in &people {
            self.tell_of_account(&transaction, now, *person).await?;
        }
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(people.len())
    }

    async fn tell_of_account(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        person: Uuid,
    ) -> Result<(), Error> {
        let kpj = participant::kpj_of(connection, person).await?;
        let kpj = kpj.ok_or(db::Error::Unknown("account.participant_id"))?;
        let kpj = participant::masked_kpj(&kpj);
        let wording = Wording::EmployeesAccountOpened { kpj: &kpj };
        let mut told = Vec::new();
        for place in last_places(connection, person, day_of(now)).await? {
            if !told.contains(&place.employer) {
                tell(connection, &self.seal, now, place.id, wording).await?;
                told.push(place.employer);
            }
        }
        Ok(())
    }
}

/// The numbers of the units where somebody works on `today` or, where he works nowhere any more, has worked last.
pub(crate) async fn last_npps(
    connection: &impl ConnectionTrait,
    participant: Uuid,
    today: NaiveDate,
) -> Result<Vec<Npp>, db::Error> {
    let places = last_places(connection, participant, today).await?;
    let npps = places.iter().map(|it| Npp::parse(&it.npp));
    npps.collect::<Result<_, _>>()
        .map_err(|_| db::Error::Unknown("employer_unit.npp"))
}

async fn last_places(
    connection: &impl ConnectionTrait,
    participant: Uuid,
    today: NaiveDate,
) -> Result<Vec<Place>, db::Error> {
    let mut rows = store::employments(connection, participant).await?;
    rows.retain(|it| it.state == State::Active.code() && it.unit_id.is_some());
    rows.sort_by_key(|it| (it.started_on, it.membership_id));
    let memberships = participant::memberships(connection, participant).await?;
    let goes_on = |it: &&Employment| {
        let found = memberships.iter().find(|one| one.id == it.membership_id);
        found.is_some_and(|it| it.ended_on.is_none_or(|last| last >= today))
    };
    let mut last: Vec<_> = rows.iter().filter(goes_on).collect();
    if last.is_empty() {
        last.extend(rows.last());
    }
    let mut places = Vec::new();
    for unit in last.iter().filter_map(|it| it.unit_id) {
        places.extend(store::place(connection, unit).await?);
    }
    Ok(places)
}
