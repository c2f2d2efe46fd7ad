//! The employer himself: registered, changed, shown, found.

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Changes, Employer, Employers, Error, Papers, Unit, rules, store};
use crate::{
    audit,
    caller::Caller,
    db,
    event::{self, Event},
    participant,
    quota::{self, Quota},
    scheme::Scale,
    seal::Seal,
    session::{self, Secret},
};
use jamsostek_proto::v1::Subject;

/// How often somebody may look for employers in an hour: the register of employers is not to be copied this way.
const SEARCHES_AN_HOUR: i64 = 30;
/// How many employees one statement changes.
const PAGE: u64 = 500;

impl Employers {
    /// Registers an employer and makes his first user, an admin; or shows him when he was registered before.
    pub(crate) async fn register(
        &self,
        caller: &Caller,
        papers: &Papers,
    ) -> Result<(Employer, Option<Secret>), Error> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let digest = store::content_digest(&self.seal, papers);
        if let Some(known) = store::employer(&transaction, &self.seal, papers.id).await? {
            if store::was_registered_as(&transaction, papers.id, &digest).await? {
                return Ok((known, None));
            }
            return Err(Error::IdTaken);
        }
        check_free(&transaction, papers.id, &papers.units).await?;
        let checked_by = (caller.subject == Subject::Officer).then_some(caller.id);
        let stated = (digest, checked_by);
        store::insert_employer(&transaction, &self.seal, now, papers, stated).await?;
        keep_units(&transaction, papers.id, &papers.units).await?;
        if checked_by.is_some() {
            store::put_in_force(&transaction, papers.id, &all_of(papers)).await?;
        }
        let admin = session::create_employer_user(
            &transaction,
            &self.seal,
            now,
            &session::NewUser::admin(papers.id),
        )
        .await?;
        let registered = Event {
            kind: "employer.registered",
            subject: papers.id,
            participant: None,
            facts: serde_json::json!({ "units": papers.units.len() }),
        };
        event::record(&transaction, &self.seal, now, [registered]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(
            &transaction,
            seal,
            now,
            actor,
            "RegisterEmployer",
            papers.id,
        )
        .await?;
        let employer = store::employer(&transaction, &self.seal, papers.id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok((employer.ok_or(Error::NotFound)?, Some(admin)))
    }

    /// Changes an employer. What an officer states is checked by that, and nothing else is: he may not know what an admin has stated
    /// since he looked. An admin's word waits for an officer's.
    pub(crate) async fn update(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
        changes: &Changes,
    ) -> Result<Employer, Error> {
        let now = self.clock.now();
        let id = caller.employer(named).ok_or(Error::NotFound)?;
        let transaction = self.db.begin_write().await?;
        if !store::hold_employer(&transaction, id).await? {
            return Err(Error::NotFound);
        }
        check_free(&transaction, id, &changes.units).await?;
        let before = store::employer(&transaction, &self.seal, id).await?;
        let before = before.ok_or(Error::NotFound)?;
        let checked = (caller.subject == Subject::Officer).then_some((caller.id, now));
        store::change_employer(&transaction, &self.seal, id, changes, checked).await?;
        keep_units(&transaction, id, &changes.units).await?;
        if checked.is_some() {
            let stated = store::InForce {
                scale: changes.scale,
                labour_intensive: changes.labour_intensive,
                units: &changes.units,
            };
            store::put_in_force(&transaction, id, &stated).await?;
            if let Some(scale) = changes.scale.filter(|it| *it != before.scale_in_force) {
                self.change_programmes(&transaction, id, scale).await?;
            }
        }
        let changed = Event {
            kind: "employer.changed",
            subject: id,
            participant: None,
            facts: serde_json::json!({ "checked": checked.is_some() }),
        };
        event::record(&transaction, &self.seal, now, [changed]).await?;
        let (seal, actor) = (&self.seal, caller.into());
        audit::wrote(&transaction, seal, now, actor, "UpdateEmployer", id).await?;
        let employer = store::employer(&transaction, &self.seal, id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        employer.ok_or(Error::NotFound)
    }

    /// Gives everybody who works for an employer the programmes of his scale.
    async fn change_programmes(
        &self,
        connection: &impl ConnectionTrait,
        employer: Uuid,
        scale: Scale,
    ) -> Result<(), Error> {
        let programmes: Vec<_> = rules::programmes_of(scale).into_iter().collect();
        let (today, mut after) = (self.clock.today(), None);
        loop {
            let page = store::employed_by(connection, employer, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.membership);
            let ids: Vec<_> = page.iter().map(|it| it.membership).collect();
            participant::change_programmes(connection, &ids, &programmes, today).await?;
        }
    }

    /// Shows an employer to his users and to officers.
    pub(crate) async fn show(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
    ) -> Result<Employer, Error> {
        let id = caller.employer(named).ok_or(Error::NotFound)?;
        let employer = store::employer(self.db.reader(), &self.seal, id).await?;
        let employer = employer.ok_or(Error::NotFound)?;
        let now = self.clock.now();
        self.audit
            .looked(now, caller, "GetEmployer", Some(id))
            .await?;
        Ok(employer)
    }

    /// Finds units by the beginning of their employer's name. Whoever looks is counted.
    pub(crate) async fn search(
        &self,
        caller: &Caller,
        name: &str,
        city: &str,
    ) -> Result<Vec<store::Found>, Error> {
        let now = self.clock.now();
        let who = caller.user.unwrap_or(caller.id);
        let quota = Quota {
            key: format!("employer.searched1h:{who}"),
            limit: SEARCHES_AN_HOUR,
            window: Duration::hours(1),
        };
        let transaction = self.db.begin_write().await?;
        let counts = quota::take(&transaction, &[quota], now).await?;
        if let Some(spent) = counts.iter().find(|it| it.left < 0) {
            let retry_after = spent.wait(now);
            return Err(Error::SearchesSpent { retry_after });
        }
        transaction.commit().await.map_err(db::Error::from)?;
        let (name, city) = (rules::name_key(name), rules::key(city));
        Ok(store::search(self.db.reader(), &name, &city).await?)
    }
}

/// Keeps an employer whom a sandbox has from the start, unless he is there.
pub(crate) async fn seed(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    papers: &Papers,
) -> Result<(), db::Error> {
    if store::employer(connection, seal, papers.id)
        .await?
        .is_some()
    {
        return Ok(());
    }
    // As if an officer had checked him: there is nobody else yet.
    let stated = (store::content_digest(seal, papers), Some(Uuid::nil()));
    store::insert_employer(connection, seal, now, papers, stated).await?;
    store::keep_units(connection, papers.id, &papers.units).await?;
    store::put_in_force(connection, papers.id, &all_of(papers)).await
}

fn all_of(papers: &Papers) -> store::InForce<'_> {
    store::InForce {
        scale: Some(papers.scale),
        labour_intensive: Some(papers.labour_intensive),
        units: &papers.units,
    }
}

/// Keeps units, unless a number became another employer's meanwhile.
async fn keep_units(
    connection: &impl ConnectionTrait,
    employer: Uuid,
    units: &[Unit],
) -> Result<(), Error> {
    if !store::keep_units(connection, employer, units).await? {
        check_free(connection, employer, units).await?;
        return Err(db::Error::Unknown("employer_unit.npp").into());
    }
    Ok(())
}

/// Whether no unit of another employer has one of the numbers.
async fn check_free(
    connection: &impl ConnectionTrait,
    employer: Uuid,
    units: &[Unit],
) -> Result<(), Error> {
    let taken = store::npps_of_others(connection, employer, units).await?;
    match taken.into_iter().next() {
        Some(npp) => Err(Error::NppTaken { npp }),
        None => Ok(()),
    }
}
