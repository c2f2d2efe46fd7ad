use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder, entity::prelude::*};
use uuid::Uuid;

use crate::{
    db,
    identity::Contact,
    seal::{Datum, Seal},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participant_contact")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub participant_id: Uuid,
    pub channel: String,
    pub contact: Vec<u8>,
    pub contact_digest: Vec<u8>,
    /// When a code came back from it last.
    pub verified_at: DateTime<Utc>,
    /// When another one took its place; it reaches nobody any more.
    pub replaced_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

pub(super) async fn insert_contact(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    participant: Uuid,
    contact: &Contact,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        participant_id: Set(participant),
        channel: Set(contact.channel().code().to_owned()),
        contact: Set(seal.seal(Datum::Contact, participant, contact.text())),
        contact_digest: Set(seal.digest(Datum::Contact, contact.text())),
        verified_at: Set(now),
        replaced_at: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Puts `contact` in the place of those of its kind, and keeps that payouts wait from now on.
pub(in super::super) async fn replace_contact(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    participant: Uuid,
    contact: &Contact,
) -> Result<(), db::Error> {
    let old = "UPDATE participant_contact SET replaced_at = $1 WHERE participant_id = $2 AND channel = $3 AND replaced_at IS NULL";
    let values = [
        now.into(),
        participant.into(),
        contact.channel().code().into(),
    ];
    connection
        .execute_raw(db::statement(connection, old, values))
        .await?;
    keep_contact(connection, seal, now, participant, contact).await?;
    let sql = "UPDATE participant SET contact_changed_at = $1 WHERE id = $2";
    let values = [now.into(), participant.into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// The verified contacts of a participant, the one that was verified last at the end. A contact that was given up and is his again has
/// the row of its first time, so that its id tells nothing.
pub(crate) async fn contacts(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    participant: Uuid,
) -> Result<Vec<Contact>, db::Error> {
    let rows = Entity::find()
        .filter(Column::ParticipantId.eq(participant))
        .filter(Column::ReplacedAt.is_null())
        .order_by_asc(Column::VerifiedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    rows.iter().map(|row| open_contact(seal, row)).collect()
}

/// The verified contacts of `people`, each person's oldest first. One that does not open keeps nobody else from being told.
pub(in super::super) async fn contacts_of(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    people: &[Uuid],
) -> Result<Vec<(Uuid, Contact)>, db::Error> {
    let rows = Entity::find()
        .filter(Column::ParticipantId.is_in(people.iter().copied()))
        .filter(Column::ReplacedAt.is_null())
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    let opened = rows.iter().filter_map(|row| match open_contact(seal, row) {
        Ok(contact) => Some((row.participant_id, contact)),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                contact.id = %row.id,
                "a contact does not open"
            );
            None
        }
    });
    Ok(opened.collect())
}

/// A contact is sealed for its participant: given to another, it does not open.
fn open_contact(seal: &Seal, row: &Model) -> Result<Contact, db::Error> {
    let text = seal.open(Datum::Contact, row.participant_id, &row.contact)?;
    Contact::parse(&text).map_err(|_| db::Error::Unknown("participant_contact.contact"))
}

pub(super) async fn verify_contacts(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "participant_contact",
        Entity::find(),
        Column::Id,
        |row: &Model| {
            let digest = open_contact(seal, row).map(|it| seal.digest(Datum::Contact, it.text()));
            (row.id, digest.is_ok_and(|it| it == row.contact_digest))
        },
    )
    .await
}

/// Whether the participant is still reached by this contact, where he has ever brought a code back from it.
pub(in super::super) async fn still_reaches(
    connection: &impl ConnectionTrait,
    participant: Uuid,
    contact_digest: &[u8],
) -> Result<Option<bool>, db::Error> {
    let row = Entity::find()
        .filter(Column::ParticipantId.eq(participant))
        .filter(Column::ContactDigest.eq(contact_digest.to_vec()))
        .one(connection)
        .await?;
    Ok(row.map(|it| it.replaced_at.is_none()))
}

/// Puts `contact` beside those that the participant is reached by. One that was his before is his again.
pub(in super::super) async fn keep_contact(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    participant: Uuid,
    contact: &Contact,
) -> Result<(), db::Error> {
    let again = "UPDATE participant_contact SET replaced_at = NULL, verified_at = $1 WHERE participant_id = $2 AND contact_digest = $3";
    let digest = seal.digest(Datum::Contact, contact.text());
    let values = [now.into(), participant.into(), digest.into()];
    let known = connection
        .execute_raw(db::statement(connection, again, values))
        .await?;
    if known.rows_affected() > 0 {
        return Ok(());
    }
    insert_contact(connection, seal, now, participant, contact).await
}
