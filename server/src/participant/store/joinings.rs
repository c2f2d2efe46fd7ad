use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::LockType,
};
use uuid::Uuid;

use crate::db;

/// How often somebody may try to prove himself in one registration.
pub(crate) const TRIES_MAX: i32 = 3;

/// Somebody whose NIK or passport is a participant's already, and whose contact is not on file.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "joining")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub registration_id: Uuid,
    pub participant_id: Uuid,
    pub state: String,
    /// How often proofs were told; the last of them is counted here too.
    pub tries: i32,
    /// Since when it waits: for proofs, and then for an officer.
    pub asked_at: DateTime<Utc>,
    /// Why an officer has proposed or decided it.
    pub reason: String,
    pub proposed_by: Option<Uuid>,
    pub proposed_at: Option<DateTime<Utc>>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Somebody who wants to join a participant.
pub(crate) type Joining = Model;

/// Where a joining stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoiningState {
    /// Proofs are asked for.
    Proving,
    /// An officer must help.
    Waiting,
    /// One officer would accept it.
    Proposed,
    /// The account is open.
    Accepted,
    /// An officer has rejected it.
    Rejected,
    /// The registration was taken back.
    Withdrawn,
}

impl JoiningState {
    const ALL: [Self; 6] = [
        Self::Proving,
        Self::Waiting,
        Self::Proposed,
        Self::Accepted,
        Self::Rejected,
        Self::Withdrawn,
    ];

    /// The name it is stored under.
    const fn code(self) -> &'static str {
        match self {
            Self::Proving => "proving",
            Self::Waiting => "waiting",
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Joining {
    pub(crate) fn state(&self) -> Result<JoiningState, db::Error> {
        let mut states = JoiningState::ALL.into_iter();
        let found = states.find(|it| it.code() == self.state);
        found.ok_or(db::Error::Unknown("joining.state"))
    }
}

/// Keeps that `registration` wants to join `participant`, unless it is kept already.
pub(in super::super) async fn insert_joining(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    (registration, participant): (Uuid, Uuid),
    state: JoiningState,
) -> Result<(), db::Error> {
    let sql = "INSERT INTO joining (registration_id, participant_id, state, tries, asked_at, reason) \
               VALUES ($1, $2, $3, 0, $4, '') ON CONFLICT (registration_id) DO NOTHING";
    let values = [
        registration.into(),
        participant.into(),
        state.code().into(),
        now.into(),
    ];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}

/// What became of a registration's wish to join.
pub(crate) async fn joining(
    connection: &impl ConnectionTrait,
    registration: Uuid,
) -> Result<Option<Joining>, db::Error> {
    Ok(Entity::find_by_id(registration).one(connection).await?)
}

pub(crate) async fn hold_joining(
    connection: &impl ConnectionTrait,
    registration: Uuid,
) -> Result<Option<Joining>, db::Error> {
    Ok(Entity::find_by_id(registration)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?)
}

/// Counts a try as a failure, which it may turn out not to be; how many there were by now, if another was allowed. After the last an
/// officer must help.
pub(crate) async fn count_proof(
    connection: &impl ConnectionTrait,
    registration: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<i32>, db::Error> {
    let sql = "UPDATE joining SET tries = tries + 1, state = CASE WHEN tries + 1 >= $1 THEN 'waiting' ELSE state END, \
               asked_at = CASE WHEN tries + 1 >= $1 THEN $2 ELSE asked_at END WHERE registration_id = $3 AND state = 'proving' \
               RETURNING tries";
    let values = [TRIES_MAX.into(), now.into(), registration.into()];
    let row = connection
        .query_one_raw(db::statement(connection, sql, values))
        .await?;
    Ok(row.map(|it| it.try_get("", "tries")).transpose()?)
}

/// Keeps where a joining stands now.
pub(in super::super) async fn turn_joining(
    connection: &impl ConnectionTrait,
    registration: Uuid,
    state: JoiningState,
) -> Result<(), db::Error> {
    let row = ActiveModel {
        registration_id: Set(registration),
        state: Set(state.code().to_owned()),
        ..Default::default()
    };
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// Keeps what an officer has proposed or decided, and why.
pub(crate) async fn keep_decision(
    connection: &impl ConnectionTrait,
    (registration, officer): (Uuid, Uuid),
    now: DateTime<Utc>,
    state: JoiningState,
    reason: &str,
) -> Result<(), db::Error> {
    let mut row = ActiveModel {
        registration_id: Set(registration),
        state: Set(state.code().to_owned()),
        reason: Set(reason.to_owned()),
        ..Default::default()
    };
    if state == JoiningState::Proposed {
        row.proposed_by = Set(Some(officer));
        row.proposed_at = Set(Some(now));
    } else {
        row.decided_by = Set(Some(officer));
        row.decided_at = Set(Some(now));
    }
    Entity::update(row).exec(connection).await?;
    Ok(())
}

/// A page of those who wait for an officer, longest first.
pub(crate) async fn joinings_waiting(
    connection: &impl ConnectionTrait,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: u64,
) -> Result<Vec<Joining>, db::Error> {
    let waiting = [JoiningState::Waiting, JoiningState::Proposed].map(JoiningState::code);
    let mut query = Entity::find()
        .filter(Column::State.is_in(waiting))
        .order_by_asc(Column::AskedAt)
        .order_by_asc(Column::RegistrationId)
        .limit(limit);
    if let Some((at, id)) = after {
        let later = Condition::any().add(Column::AskedAt.gt(at)).add(
            Condition::all()
                .add(Column::AskedAt.eq(at))
                .add(Column::RegistrationId.gt(id)),
        );
        query = query.filter(later);
    }
    Ok(query.all(connection).await?)
}
