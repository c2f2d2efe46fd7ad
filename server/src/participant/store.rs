//! The tables of people, their contacts, their memberships and which registration led to whom.

mod accounts;
mod memberships;
mod people;

pub(super) use accounts::insert_account;
pub(crate) use accounts::{account_of, join};
pub(super) use memberships::insert_membership;
pub(crate) use memberships::{
    Membership, close_unpaid, hold, hold_rivals_of, membership, memberships, move_spell,
};
pub(super) use people::{Participant, activate, active, contacts, insert_person, nik};
pub(crate) use people::{name_of, nik_is_taken, reached_by, verify, with_nik};

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
