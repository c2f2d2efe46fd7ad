use chrono::{DateTime, Utc};
use jamsostek_proto::v1::Subject;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, entity::prelude::*};
use uuid::Uuid;

use super::super::{Claim, State, Step};
use crate::{audit::Actor, db, seal::Seal};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claim_step")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub claim_id: Uuid,
    /// Counts the steps of one claim from 1: two that were made at once cannot both stand.
    pub step: i32,
    pub state: String,
    pub what: String,
    pub at: DateTime<Utc>,
    pub caller_kind: String,
    pub caller_id: Option<Uuid>,
    pub reason: String,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("claim_step")
            .id(self.id)
            .id(self.claim_id)
            .number(self.step.into())
            .text(&self.state)
            .text(&self.what)
            .moment(self.at)
            .text(&self.caller_kind)
            .optional(self.caller_id.as_ref().map(|it| it.as_bytes().as_slice()))
            .text(&self.reason)
            .finish()
    }
}

/// Keeps that a claim began.
pub(in super::super) async fn first_step(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    claim: &Claim,
    what: &str,
    at: DateTime<Utc>,
    by: Actor,
) -> Result<Step, db::Error> {
    insert(connection, seal, (claim, 1), (what, at, by)).await?;
    Ok(Step {
        state: claim.state,
        what: what.to_owned(),
        at,
        by,
    })
}

/// Keeps what was done to a held claim, and where it stands after it.
pub(in super::super) async fn insert_step(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    claim: &Claim,
    what: &str,
    at: DateTime<Utc>,
    by: Actor,
) -> Result<(), db::Error> {
    let before = Entity::find()
        .filter(Column::ClaimId.eq(claim.id))
        .count(connection)
        .await?;
    let step = i32::try_from(before + 1).expect("few steps");
    insert(connection, seal, (claim, step), (what, at, by)).await
}

async fn insert(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    (claim, step): (&Claim, i32),
    (what, at, by): (&str, DateTime<Utc>, Actor),
) -> Result<(), db::Error> {
    let mut row = Model {
        id: Uuid::now_v7(),
        claim_id: claim.id,
        step,
        state: claim.state.code().to_owned(),
        what: what.to_owned(),
        at,
        caller_kind: by.subject.as_str_name().to_owned(),
        caller_id: by.id,
        reason: claim.reason.clone().unwrap_or_default(),
        mac: Vec::new(),
    };
    row.mac = row.expected_mac(seal);
    Entity::insert(row.into_active_model())
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// The steps of a claim, oldest first.
pub(in super::super) async fn steps(
    connection: &impl ConnectionTrait,
    claim: Uuid,
) -> Result<Vec<Step>, db::Error> {
    let rows = Entity::find()
        .filter(Column::ClaimId.eq(claim))
        .order_by_asc(Column::Step)
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            let unknown = db::Error::Unknown;
            Ok(Step {
                state: State::from_code(&row.state).ok_or(unknown("claim_step.state"))?,
                by: Actor {
                    subject: Subject::from_str_name(&row.caller_kind)
                        .ok_or(unknown("claim_step.caller_kind"))?,
                    id: row.caller_id,
                },
                what: row.what,
                at: row.at,
            })
        })
        .collect()
}

pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "claim_step",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await
}
