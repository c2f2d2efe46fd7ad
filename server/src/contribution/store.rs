//! The tables of bills, payments and contributions.

mod bills;
mod payments;

pub(super) use bills::{bill, bill_by_code, insert_bill, latest_bill};
pub(super) use payments::{
    insert_contributions, insert_decision, insert_payment, lock_payment, payment, suspended,
};

use sea_orm::ConnectionTrait;

use crate::{db, seal::Seal};

pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    let mut wrong = bills::verify(connection, seal).await?;
    wrong.extend(payments::verify(connection, seal).await?);
    Ok(wrong)
}
