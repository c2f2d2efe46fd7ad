use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, IntoActiveModel, entity::prelude::*};
use uuid::Uuid;

use super::Actor;
use crate::{db, seal::Seal};

/// How many counted reads go into one statement: well below SQLite's 32,766 values.
const OWN_READS_A_STATEMENT: usize = 1_000;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_record")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub caller_kind: String,
    pub caller_id: Option<Uuid>,
    pub action: String,
    pub object_id: Option<Uuid>,
    pub outcome: String,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("audit_record")
            .id(self.id)
            .moment(self.at)
            .text(&self.caller_kind)
            .optional(self.caller_id.as_ref().map(|it| it.as_bytes().as_slice()))
            .text(&self.action)
            .optional(self.object_id.as_ref().map(|it| it.as_bytes().as_slice()))
            .text(&self.outcome)
            .finish()
    }
}

pub(super) async fn insert(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    at: DateTime<Utc>,
    actor: Actor,
    action: &str,
    object: Option<Uuid>,
    outcome: &str,
) -> Result<(), db::Error> {
    let mut row = Model {
        id: Uuid::now_v7(),
        at,
        caller_kind: actor.subject.as_str_name().to_owned(),
        caller_id: actor.id,
        action: action.to_owned(),
        object_id: object,
        outcome: outcome.to_owned(),
        mac: Vec::new(),
    };
    row.mac = row.expected_mac(seal);
    Entity::insert(row.into_active_model())
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(super) async fn add_own_reads(
    connection: &impl ConnectionTrait,
    counted: &HashMap<(Uuid, &'static str, NaiveDate), i64>,
) -> Result<(), db::Error> {
    // In one order, so that two replicas that write the same people down cannot wait for each other.
    let mut counted: Vec<_> = counted.iter().map(|(&key, &reads)| (key, reads)).collect();
    counted.sort_unstable();
    for chunk in counted.chunks(OWN_READS_A_STATEMENT) {
        let sql = format!(
            "INSERT INTO own_read (participant_id, rpc, day, reads) VALUES {} \
             ON CONFLICT (participant_id, rpc, day) DO UPDATE SET reads = own_read.reads + excluded.reads",
            db::placeholders(chunk.len(), 4)
        );
        let values = chunk.iter().flat_map(|&((participant, rpc, day), reads)| {
            [participant.into(), rpc.into(), day.into(), reads.into()]
        });
        connection
            .execute_raw(db::statement(connection, &sql, values))
            .await?;
    }
    Ok(())
}

/// Names every row whose MAC is not its own.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "audit_record",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await
}
