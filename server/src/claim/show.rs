//! Claims as they stand.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Claim, Claims, Error, Shown, store};
use crate::{caller::Caller, participant};
use jamsostek_proto::v1::Subject;

/// Which claims are listed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Listing {
    /// Those of one participant, newest first.
    Of(Uuid),
    /// Those that wait for an officer, oldest first.
    Waiting,
}

impl Claims {
    /// Shows a claim to the participant whose it is, or to an officer.
    pub(crate) async fn show(&self, caller: &Caller, id: Uuid) -> Result<Shown, Error> {
        let reader = self.db.reader();
        let claim = store::claim(reader, &self.seal, id).await?;
        let claim = claim
            .filter(|it| may_see(caller, it))
            .ok_or(Error::NotFound)?;
        let (now, person) = (self.clock.now(), claim.participant);
        self.audit.read(now, caller, "GetClaim", person).await?;
        self.stand(reader, claim).await
    }

    /// Lists claims, from behind `after` on, and the award of each.
    pub(crate) async fn list(
        &self,
        caller: &Caller,
        named: Option<Uuid>,
        after: Option<(DateTime<Utc>, Uuid)>,
        limit: u64,
    ) -> Result<Vec<Shown>, Error> {
        let reader = self.db.reader();
        let now = self.clock.now();
        let listing = match (caller.subject, named) {
            (Subject::Officer, None) => {
                self.audit.looked(now, caller, "ListClaims", None).await?;
                Listing::Waiting
            }
            _ => {
                let person = caller.participant(named).ok_or(Error::NotFound)?;
                let found = participant::active(reader, person).await?;
                found.ok_or(Error::NotFound)?;
                self.audit.read(now, caller, "ListClaims", person).await?;
                Listing::Of(person)
            }
        };
        let claims = store::claims(reader, &self.seal, listing, after, limit).await?;
        let ids: Vec<_> = claims.iter().map(|it| it.id).collect();
        let mut awards = store::awards_of(reader, &self.seal, &ids).await?;
        Ok(claims
            .into_iter()
            .map(|claim| {
                let at = awards.iter().position(|it| it.claim == claim.id);
                Shown {
                    award: at.map(|at| awards.swap_remove(at)),
                    steps: Vec::new(),
                    claim,
                }
            })
            .collect())
    }

    /// A claim with all that came of it.
    pub(super) async fn stand(
        &self,
        connection: &impl ConnectionTrait,
        claim: Claim,
    ) -> Result<Shown, Error> {
        Ok(Shown {
            award: store::awards_of(connection, &self.seal, &[claim.id])
                .await?
                .pop(),
            steps: store::steps(connection, claim.id).await?,
            claim,
        })
    }
}

fn may_see(caller: &Caller, claim: &Claim) -> bool {
    caller.is(claim.participant) || caller.subject == Subject::Officer
}
