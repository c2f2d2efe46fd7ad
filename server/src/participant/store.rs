//! The tables of people, their contacts, their memberships and which registration led to whom.

mod accounts;
mod checks;
mod contacts;
mod found;
mod joinings;
mod many;
mod memberships;
mod people;
mod person;
mod reported;

pub(super) use accounts::insert_account_to_tell_of;
pub(crate) use accounts::{account_of, has_untold, insert_account, take_untold};
pub(super) use checks::insert_check;
pub(crate) use checks::{Check, ask_later, check_is_due, end_check, end_check_of, lease_checks};
pub(crate) use contacts::contacts;
pub(super) use contacts::{contacts_of, keep_contact, replace_contact, still_reaches};
pub(super) use found::with_account;
pub(crate) use found::{reached_by, waiting_with_document, with_document};
pub(crate) use joinings::{
    Joining, JoiningState, TRIES_MAX, count_proof, hold_joining, joining, joinings_waiting,
    keep_decision,
};
pub(super) use joinings::{insert_joining, turn_joining};
pub(crate) use many::{
    Known, Newcomer, Opened, hold_people, holders_of, known_by, open_covered, take_in_all,
    watch_identities,
};
pub(crate) use memberships::{
    Membership, begin_cover, change_programmes, change_wages, close_unpaid, covered_in, end, hold,
    hold_all, hold_memberships, hold_paid_through, hold_rivals_of, membership, memberships,
    memberships_among, move_placement, move_spell, on_the_way, paid_through,
};
pub(super) use memberships::{insert_membership, keep_travel};
pub(crate) use people::{
    Civil, active, active_among, civil_of, hold_person, name_of, people_among, question_about,
    readiness, set_identity, verify,
};
pub(super) use people::{activate, draw_kpj, hold_money, insert_person};
pub(crate) use person::{Participant, masked_document};
pub(crate) use reported::distrust_contacts_of;
pub(super) use reported::{first_reported_at, keep_reported_contact, known_contacts};

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
