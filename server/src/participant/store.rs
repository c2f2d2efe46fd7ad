//! The tables of people, their contacts, their memberships and which registration led to whom.

mod accounts;
mod contacts;
mod memberships;
mod people;

pub(super) use accounts::insert_account;
pub(crate) use accounts::{account_of, join};
pub(crate) use contacts::contacts;
pub(super) use contacts::{contacts_of, replace_contact};
pub(super) use memberships::insert_membership;
pub(crate) use memberships::{
    Membership, close_unpaid, end, hold, hold_all, hold_paid_through, hold_rivals_of, membership,
    memberships, memberships_among, move_spell,
};
pub(crate) use people::{
    Participant, active, active_among, hold_person, name_of, question_about, reached_by, readiness,
    set_identity, verify, with_nik,
};
pub(super) use people::{activate, insert_person, nik};

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
