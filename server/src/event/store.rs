use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, IntoActiveModel, entity::prelude::*};
use uuid::Uuid;

use super::Event;
use crate::{db, seal::Seal};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub kind: String,
    pub subject_id: Uuid,
    pub participant_id: Option<Uuid>,
    pub facts: String,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("event")
            .id(self.id)
            .moment(self.at)
            .text(&self.kind)
            .id(self.subject_id)
            .optional(
                self.participant_id
                    .as_ref()
                    .map(|it| it.as_bytes().as_slice()),
            )
            .text(&self.facts)
            .finish()
    }
}

/// Keeps `events`, all in one statement.
pub(crate) async fn record(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    at: DateTime<Utc>,
    events: impl IntoIterator<Item = Event>,
) -> Result<(), db::Error> {
    let rows = events.into_iter().map(|event| {
        let mut row = Model {
            id: Uuid::now_v7(),
            at,
            kind: event.kind.to_owned(),
            subject_id: event.subject,
            participant_id: event.participant,
            facts: event.facts.to_string(),
            mac: Vec::new(),
        };
        row.mac = row.expected_mac(seal);
        row.into_active_model()
    });
    let rows: Vec<_> = rows.collect();
    db::insert_all(connection, rows).await
}

/// Names every row whose MAC is not its own.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "event",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await
}
