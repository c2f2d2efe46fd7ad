//! Whether somebody works for an employer already.

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Claimed, Named, State, store};
use crate::{db, participant};

/// The membership of `person` at the employer whom he names: he works there on `today`, or waits for an answer.
pub(crate) async fn known_at(
    connection: &impl ConnectionTrait,
    person: Uuid,
    claimed: &Claimed,
    today: NaiveDate,
) -> Result<Option<Uuid>, db::Error> {
    let Named::Unit(npp) = &claimed.at else {
        return Ok(None);
    };
    let Some(named) = store::unit_of(connection, npp).await? else {
        return Ok(None);
    };
    let memberships = participant::memberships(connection, person).await?;
    let goes_on = |id| {
        let found = memberships.iter().find(|it| it.id == id);
        let goes_on = found.filter(|it| !it.is_cancelled);
        goes_on.is_some_and(|it| it.ended_on.is_none_or(|last| last >= today))
    };
    for row in store::employments(connection, person).await? {
        let is_open = row.state()? != State::Rejected && goes_on(row.membership_id);
        let Some(unit) = row.unit_id.filter(|_| is_open) else {
            continue;
        };
        let place = store::place(connection, unit).await?;
        if place.is_some_and(|it| it.employer == named.employer) {
            return Ok(Some(row.membership_id));
        }
    }
    Ok(None)
}
