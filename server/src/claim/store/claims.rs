use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait, LockType},
};
use uuid::Uuid;

use super::super::{Claim, State, show::Listing};
use crate::{
    bank_account::BankAccount,
    benefit::Cause,
    db,
    identity::{Channel, FullName},
    money::Money,
    scheme::Programme,
    seal::{Datum, Seal},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claim")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub participant_id: Uuid,
    pub programme: String,
    pub cause: String,
    pub content_digest: Vec<u8>,
    pub state: String,
    pub is_open: bool,
    pub bank_code: String,
    pub account_number: Vec<u8>,
    pub holder_name: String,
    pub challenge_id: Uuid,
    pub channel: String,
    pub estimate_idr: i64,
    pub requires_interview: bool,
    pub submitted_at: DateTime<Utc>,
    pub held_until: DateTime<Utc>,
    pub due_on: NaiveDate,
    pub weekends_only: bool,
    pub policy_version: String,
    pub taken_by: Option<Uuid>,
    pub taken_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl State {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::InReview => "in_review",
            Self::Decided => "decided",
            Self::Withdrawn => "withdrawn",
            Self::Closed => "closed",
        }
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        let all = [
            Self::Submitted,
            Self::InReview,
            Self::Decided,
            Self::Withdrawn,
            Self::Closed,
        ];
        all.into_iter().find(|it| it.code() == code)
    }
}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("claim")
            .id(self.id)
            .id(self.participant_id)
            .text(&self.programme)
            .text(&self.cause)
            .bytes(&self.content_digest)
            .text(&self.state)
            .number(self.is_open.into())
            .text(&self.bank_code)
            .bytes(&self.account_number)
            .text(&self.holder_name)
            .id(self.challenge_id)
            .text(&self.channel)
            .number(self.estimate_idr)
            .number(self.requires_interview.into())
            .moment(self.submitted_at)
            .moment(self.held_until)
            .day(self.due_on)
            .number(self.weekends_only.into())
            .text(&self.policy_version)
            .optional(self.taken_by.as_ref().map(|it| it.as_bytes().as_slice()))
            .optional_moment(self.taken_at)
            .optional(self.reason.as_deref().map(str::as_bytes))
            .finish()
    }

    /// The claim, if the row is as it was written: nobody is paid by one that was edited.
    fn claim(self, seal: &Seal) -> Result<Claim, db::Error> {
        let unknown = db::Error::Unknown;
        if self.mac != self.expected_mac(seal) {
            return Err(unknown("claim.mac"));
        }
        let number = seal.open(Datum::BankAccount, self.id, &self.account_number)?;
        let holder =
            FullName::parse(&self.holder_name).map_err(|_| unknown("claim.holder_name"))?;
        Ok(Claim {
            id: self.id,
            participant: self.participant_id,
            cause: Cause::from_code(&self.cause).ok_or(unknown("claim.cause"))?,
            content_digest: self.content_digest,
            state: State::from_code(&self.state).ok_or(unknown("claim.state"))?,
            is_open: self.is_open,
            account: BankAccount::kept(self.bank_code, number, holder),
            challenge: self.challenge_id,
            channel: Channel::from_code(&self.channel).ok_or(unknown("claim.channel"))?,
            estimate: Money::new(self.estimate_idr),
            requires_interview: self.requires_interview,
            submitted_at: self.submitted_at,
            held_until: self.held_until,
            due_on: self.due_on,
            weekends_only: self.weekends_only,
            policy_version: self.policy_version,
            taken_by: self.taken_by,
            taken_at: self.taken_at,
            reason: self.reason,
        })
    }
}

pub(in super::super) async fn insert_claim(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    claim: &Claim,
) -> Result<(), db::Error> {
    let number = seal.seal(Datum::BankAccount, claim.id, claim.account.number());
    let mut row = Model {
        id: claim.id,
        participant_id: claim.participant,
        programme: Programme::Jht.code().to_owned(),
        cause: claim.cause.code().to_owned(),
        content_digest: claim.content_digest.clone(),
        state: claim.state.code().to_owned(),
        is_open: claim.is_open,
        bank_code: claim.account.bank_code().to_owned(),
        account_number: number,
        holder_name: claim.account.holder().text().to_owned(),
        challenge_id: claim.challenge,
        channel: claim.channel.code().to_owned(),
        estimate_idr: claim.estimate.idr(),
        requires_interview: claim.requires_interview,
        submitted_at: claim.submitted_at,
        held_until: claim.held_until,
        due_on: claim.due_on,
        weekends_only: claim.weekends_only,
        policy_version: claim.policy_version.clone(),
        taken_by: claim.taken_by,
        taken_at: claim.taken_at,
        reason: claim.reason.clone(),
        mac: Vec::new(),
    };
    row.mac = row.expected_mac(seal);
    Entity::insert(row.into_active_model())
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Keeps what of a held claim can change: where it stands, who has it, why it was rejected.
pub(in super::super) async fn save_claim(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    claim: &Claim,
) -> Result<(), db::Error> {
    let row = Entity::find_by_id(claim.id).one(connection).await?;
    let mut row = row.ok_or(db::Error::Unknown("claim.id"))?;
    row.state = claim.state.code().to_owned();
    row.is_open = claim.is_open;
    row.taken_by = claim.taken_by;
    row.taken_at = claim.taken_at;
    row.reason.clone_from(&claim.reason);
    row.mac = row.expected_mac(seal);
    let changed = row.into_active_model().reset_all();
    Entity::update(changed).exec(connection).await?;
    Ok(())
}

pub(in super::super) async fn claim(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    id: Uuid,
) -> Result<Option<Claim>, db::Error> {
    let row = Entity::find_by_id(id).one(connection).await?;
    row.map(|it| it.claim(seal)).transpose()
}

pub(in super::super) async fn lock(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    id: Uuid,
) -> Result<Option<Claim>, db::Error> {
    let row = Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?;
    row.map(|it| it.claim(seal)).transpose()
}

/// Whose claim it is.
pub(in super::super) async fn claimant(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Uuid>, db::Error> {
    Ok(Entity::find_by_id(id)
        .select_only()
        .column(Column::ParticipantId)
        .into_tuple()
        .one(connection)
        .await?)
}

/// The claim of `participant` that something can still come of.
pub(in super::super) async fn open_claim(
    connection: &impl ConnectionTrait,
    participant: Uuid,
) -> Result<Option<Uuid>, db::Error> {
    let open = open_claims(connection, &[participant]).await?;
    Ok(open.first().map(|(_, claim)| *claim))
}

/// Those of `participants`, of whom there is at least one, who have such a claim, each with it.
pub(in super::super) async fn open_claims(
    connection: &impl ConnectionTrait,
    participants: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, db::Error> {
    Ok(Entity::find()
        .select_only()
        .columns([Column::ParticipantId, Column::Id])
        .filter(Column::ParticipantId.is_in(db::padded(participants)))
        .filter(Column::Programme.eq(Programme::Jht.code()))
        .filter(Column::IsOpen.eq(true))
        .into_tuple()
        .all(connection)
        .await?)
}

/// The claims that are listed, from behind `after` on.
pub(in super::super) async fn claims(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    listing: Listing,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: u64,
) -> Result<Vec<Claim>, db::Error> {
    let mut query = Entity::find().limit(limit);
    query = match listing {
        Listing::Of(participant) => query
            .filter(Column::ParticipantId.eq(participant))
            .order_by_desc(Column::SubmittedAt)
            .order_by_desc(Column::Id),
        Listing::Waiting => query
            .filter(Column::IsOpen.eq(true))
            .filter(Column::State.is_in([State::Submitted.code(), State::InReview.code()]))
            .order_by_asc(Column::SubmittedAt)
            .order_by_asc(Column::Id),
    };
    if let Some((at, id)) = after {
        let same = Column::SubmittedAt.eq(at);
        let (other, same) = match listing {
            Listing::Of(_) => (Column::SubmittedAt.lt(at), same.and(Column::Id.lt(id))),
            Listing::Waiting => (Column::SubmittedAt.gt(at), same.and(Column::Id.gt(id))),
        };
        query = query.filter(Condition::any().add(other).add(same));
    }
    let rows = query.all(connection).await?;
    rows.into_iter().map(|it| it.claim(seal)).collect()
}

pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "claim",
        Entity::find(),
        Column::Id,
        |row: &Model| {
            let opens = seal.open(Datum::BankAccount, row.id, &row.account_number);
            (row.id, row.mac == row.expected_mac(seal) && opens.is_ok())
        },
    )
    .await
}
