//! The tables of claims, what they award, and their steps.

mod awards;
mod claims;
mod steps;

pub(super) use awards::{awards_of, claim_of, lease_awards, save_award};
pub(super) use claims::{
    claim, claimant, claims, insert_claim, lock, open_claim, open_claims, save_claim,
};
pub(super) use steps::{first_step, insert_step, steps};

use sea_orm::ConnectionTrait;

use crate::{db, ledger::Account, seal::Seal};

/// Checks every MAC of claims, awards and steps, and compares awards with what the ledger moved for them.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    let mut wrong = claims::verify(connection, seal).await?;
    wrong.extend(awards::verify(connection, seal).await?);
    wrong.extend(steps::verify(connection, seal).await?);
    let payable = Account::BenefitsPayable.id();
    // Reserved once approved, gone or given back once settled or taken back: what still lies there is what the bank has to pay.
    let reserved = "SELECT a.id FROM award a LEFT JOIN \
         (SELECT cause_id, SUM(CASE WHEN credit_account = $1 THEN amount_idr ELSE -amount_idr END) AS reserved FROM transfer \
         WHERE credit_account = $1 OR debit_account = $1 GROUP BY cause_id) t ON t.cause_id = a.id \
         WHERE COALESCE(t.reserved, 0) <> CASE WHEN a.state IN ('approved', 'instructed') THEN a.amount_idr ELSE 0 END";
    let paid = "SELECT a.id FROM award a LEFT JOIN (SELECT cause_id, SUM(amount_idr) AS paid FROM transfer WHERE credit_account = $1 \
         GROUP BY cause_id) t ON t.cause_id = a.id \
         WHERE COALESCE(t.paid, 0) <> CASE WHEN a.state = 'paid' THEN a.amount_idr ELSE 0 END";
    let paid_out = Account::PaidOut.id();
    let books = [
        ("the ledger reserves another amount", reserved, payable),
        ("the ledger paid out another amount", paid, paid_out),
    ];
    for (what, sql, account) in books {
        wrong.extend(db::named(connection, "award", what, sql, [account.into()]).await?);
    }
    Ok(wrong)
}
