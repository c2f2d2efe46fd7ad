//! What was bought is booked.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::Purchase;
use crate::{
    contribution::{
        settle::{Coming, Part, transfers},
        store,
    },
    db,
    ledger::{self, Account, Journal},
    participant::{self, Membership},
    scheme::Programme,
    seal::Seal,
};

/// Books what was bought: contributions, the journal, how far the membership is paid.
pub(in crate::contribution) async fn book(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    coming: &Coming,
    held: &Membership,
    bought: &Purchase,
) -> Result<(), db::Error> {
    if !bought.lines.is_empty() {
        store::insert_stage_contributions(connection, seal, coming, held.id, bought).await?;
        let (covered_from, travel) = bought.moves(held, coming.day);
        participant::move_placement(connection, held.id, covered_from, &travel).await?;
    }
    let parts = bought.lines.iter().map(|line| Part {
        to: match line.programme {
            Some(Programme::Jht) => Account::Jht(held.id),
            Some(fund @ (Programme::Jkk | Programme::Jkm | Programme::Jp | Programme::Jkp)) => {
                Account::Fund(fund)
            }
            None => Account::PmiFund,
        },
        amount: line.amount,
        month: None,
    });
    let journal = Journal {
        kind: coming.kind,
        cause: coming.cause,
        day: coming.day,
        transfers: transfers(coming, held.id, parts),
    };
    ledger::post(connection, seal, now, &journal).await
}
