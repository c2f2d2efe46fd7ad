//! The tables of bills, payments, what was decided on them, and contributions.

mod bills;
mod books;
mod contributions;
mod costs;
mod decisions;
mod payments;
mod reminders;
mod stages;
mod unit_bills;
mod unit_reminders;
mod unit_rows;
mod unit_work;

pub(super) use bills::{bill, bill_by_code, insert_bill, latest_bill};
pub(super) use contributions::{insert_contributions, months_paid, paid_after};
pub(super) use costs::count_question;
pub(super) use decisions::insert_decisions;
pub(super) use payments::{insert_payment, lock_payment, payment, payments, payments_for};
pub(super) use reminders::insert_reminders;
pub(super) use stages::{insert_stage_contributions, open_stage_bill, stages_paid};

pub(super) use unit_bills::{
    insert_unit_bill, open_unit_bills, unit_bill, unit_bill_by_code, unit_bill_of, unit_bills,
    unit_bills_of,
};
pub(super) use unit_reminders::{SoonDue, is_anything_due, take_due};
pub(super) use unit_rows::{
    allocate_unit_rows, insert_unit_contributions, insert_unit_rows, unit_rows, unit_sums,
};
pub(super) use unit_work::{
    bill_what_was_late, close_unit_bill, grow_unit_bill, next_unit_bill, open_unit_bill,
    owes_for_being_late, pay_unit_bill, postpone_unit_bill, unbilled,
};

use sea_orm::ConnectionTrait;

use crate::{db, seal::Seal};

/// Checks every MAC of bills, payments and contributions, re-adds bills and payments, and names what differs.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    let mut wrong = bills::verify(connection, seal).await?;
    wrong.extend(payments::verify(connection, seal).await?);
    wrong.extend(decisions::verify(connection, seal).await?);
    wrong.extend(contributions::verify(connection, seal).await?);
    wrong.extend(stages::verify(connection, seal).await?);
    wrong.extend(unit_bills::verify(connection, seal).await?);
    wrong.extend(unit_rows::verify(connection, seal).await?);
    wrong.extend(books::verify(connection).await?);
    Ok(wrong)
}
