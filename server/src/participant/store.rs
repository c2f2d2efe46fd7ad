//! The tables of people, their contacts, their memberships and which registration led to whom.

mod accounts;
mod checks;
mod contacts;
mod memberships;
mod people;

pub(crate) use accounts::{account_of, insert_account, join};
pub(super) use checks::insert_check;
pub(crate) use checks::{Check, ask_later, end_check, end_check_of, lease_checks};
pub(crate) use contacts::contacts;
pub(super) use contacts::{contacts_of, replace_contact};
pub(super) use memberships::insert_membership;
pub(crate) use memberships::{
    Membership, begin_cover, change_wage, close_unpaid, covered_in, end, hold, hold_all,
    hold_paid_through, hold_rivals_of, membership, memberships, memberships_among, move_spell,
    paid_through,
};
pub(crate) use people::{
    Participant, active, active_among, birth_dates, hold_person, masked_nik, name_of, people_among,
    question_about, reached_by, readiness, set_identity, verify, waiting_with_nik, with_nik,
};
pub(super) use people::{activate, insert_person, with_account};

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::db;

async fn one_id(
    connection: &impl ConnectionTrait,
    sql: &str,
    value: sea_orm::Value,
) -> Result<Option<Uuid>, db::Error> {
    let row = connection
        .query_one_raw(db::statement(connection, sql, [value]))
        .await?;
    Ok(row.map(|it| it.try_get("", "id")).transpose()?)
}
