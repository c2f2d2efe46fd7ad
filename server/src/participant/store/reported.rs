//! How employers reach somebody. It proves nothing until he has brought a code back from there.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder, entity::prelude::*};
use uuid::Uuid;

use super::contacts::contacts;
use crate::{
    db,
    identity::Contact,
    seal::{Datum, Seal},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reported_contact")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub participant_id: Uuid,
    pub employer_id: Uuid,
    pub channel: String,
    pub contact: Vec<u8>,
    pub contact_digest: Vec<u8>,
    pub reported_at: DateTime<Utc>,
    /// Since when the employer's word for it counts no more: the work has ended, or an officer has rejected the report.
    pub distrusted_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The row of somebody of whom no employer has said before how he is reached.
pub(super) fn row(
    seal: &Seal,
    now: DateTime<Utc>,
    (participant, employer): (Uuid, Uuid),
    contact: &Contact,
) -> ActiveModel {
    ActiveModel {
        id: Set(Uuid::now_v7()),
        participant_id: Set(participant),
        employer_id: Set(employer),
        channel: Set(contact.channel().code().to_owned()),
        contact: Set(seal.seal(Datum::Contact, participant, contact.text())),
        contact_digest: Set(seal.digest(Datum::Contact, contact.text())),
        reported_at: Set(now),
        distrusted_at: Set(None),
    }
}

/// Keeps how an employer reaches somebody; whether that is news. The first time counts, and after his word has counted no more the next.
pub(in super::super) async fn keep_reported_contact(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    (participant, employer): (Uuid, Uuid),
    contact: &Contact,
) -> Result<bool, db::Error> {
    let sql = "INSERT INTO reported_contact (id, participant_id, employer_id, channel, contact, contact_digest, reported_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (contact_digest, participant_id, employer_id) \
               DO UPDATE SET reported_at = excluded.reported_at, distrusted_at = NULL WHERE reported_contact.distrusted_at IS NOT NULL";
    let values = [
        Uuid::now_v7().into(),
        participant.into(),
        employer.into(),
        contact.channel().code().into(),
        seal.seal(Datum::Contact, participant, contact.text())
            .into(),
        seal.digest(Datum::Contact, contact.text()).into(),
        now.into(),
    ];
    let kept = connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(kept.rows_affected() > 0)
}

/// The employer's word for how these people are reached counts no more: nobody opens an account by it.
pub(crate) async fn distrust_contacts_of(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    employer: Uuid,
    people: &[Uuid],
) -> Result<(), db::Error> {
    if people.is_empty() {
        return Ok(());
    }
    let mut values = vec![now.into(), employer.into()];
    let among = db::among(people, &mut values);
    let sql = format!(
        "UPDATE reported_contact SET distrusted_at = $1 WHERE employer_id = $2 AND participant_id {among} AND distrusted_at IS NULL"
    );
    connection
        .execute_raw(db::statement(connection, &sql, values))
        .await?;
    Ok(())
}

/// When an employer first stated this contact for `participant`, of those whose word counts.
pub(in super::super) async fn first_reported_at(
    connection: &impl ConnectionTrait,
    participant: Uuid,
    contact_digest: &[u8],
) -> Result<Option<DateTime<Utc>>, db::Error> {
    let row = Entity::find()
        .filter(Column::ParticipantId.eq(participant))
        .filter(Column::ContactDigest.eq(contact_digest.to_vec()))
        .filter(Column::DistrustedAt.is_null())
        .order_by_asc(Column::ReportedAt)
        .one(connection)
        .await?;
    Ok(row.map(|it| it.reported_at))
}

/// Every contact by which `participant` may be reached, each once: verified ones, and those that employers stated, however long ago: it
/// does no harm to tell too many.
pub(in super::super) async fn known_contacts(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    participant: Uuid,
) -> Result<Vec<Contact>, db::Error> {
    let mut known = contacts(connection, seal, participant).await?;
    let rows = Entity::find()
        .filter(Column::ParticipantId.eq(participant))
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    for row in &rows {
        let contact = open_contact(seal, row)?;
        if !known.contains(&contact) {
            known.push(contact);
        }
    }
    Ok(known)
}

fn open_contact(seal: &Seal, row: &Model) -> Result<Contact, db::Error> {
    let text = seal.open(Datum::Contact, row.participant_id, &row.contact)?;
    Contact::parse(&text).map_err(|_| db::Error::Unknown("reported_contact.contact"))
}

pub(super) async fn verify_reported(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "reported_contact",
        Entity::find(),
        Column::Id,
        |row: &Model| {
            let digest = open_contact(seal, row).map(|it| seal.digest(Datum::Contact, it.text()));
            (row.id, digest.is_ok_and(|it| it == row.contact_digest))
        },
    )
    .await
}
