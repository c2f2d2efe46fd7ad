use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, IntoActiveModel, QuerySelect, entity::prelude::*};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::{Award, AwardState};
use crate::{
    benefit::{Line, LineKind},
    db,
    money::Money,
    policy::Reference,
    seal::Seal,
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "award")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub claim_id: Uuid,
    pub state: String,
    pub amount_idr: i64,
    pub lines: String,
    pub policy_version: String,
    pub proposed_by: Uuid,
    pub approved_by: Option<Uuid>,
    pub proposed_at: DateTime<Utc>,
    pub approved_at: Option<DateTime<Utc>>,
    pub instructed_at: Option<DateTime<Utc>>,
    pub settled_at: Option<DateTime<Utc>>,
    pub bank_reference: Option<String>,
    pub failure: Option<String>,
    pub tries: i32,
    pub next_at: Option<DateTime<Utc>>,
    pub leased_until: Option<DateTime<Utc>>,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A line as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    kind: String,
    membership: Option<Uuid>,
    amount_idr: i64,
    formula: String,
    law: Vec<(String, String)>,
}

impl AwardState {
    const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Instructed => "instructed",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        let all = [
            Self::Proposed,
            Self::Approved,
            Self::Instructed,
            Self::Paid,
            Self::Failed,
            Self::Cancelled,
        ];
        all.into_iter().find(|it| it.code() == code)
    }
}

impl Model {
    /// Over all but when it is whose turn: how long a payout waits is asked again of the claim before it goes out.
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("award")
            .id(self.id)
            .id(self.claim_id)
            .text(&self.state)
            .number(self.amount_idr)
            .text(&self.lines)
            .text(&self.policy_version)
            .id(self.proposed_by)
            .optional(self.approved_by.as_ref().map(|it| it.as_bytes().as_slice()))
            .moment(self.proposed_at)
            .optional_moment(self.approved_at)
            .optional_moment(self.instructed_at)
            .optional_moment(self.settled_at)
            .optional(self.bank_reference.as_deref().map(str::as_bytes))
            .optional(self.failure.as_deref().map(str::as_bytes))
            .finish()
    }
}

fn kept(lines: &[Line]) -> String {
    let lines: Vec<_> = lines
        .iter()
        .map(|it| Kept {
            kind: it.kind.code().to_owned(),
            membership: it.membership,
            amount_idr: it.amount.idr(),
            formula: it.formula.clone(),
            law: it
                .references
                .iter()
                .map(|it| (it.title.clone(), it.href.clone()))
                .collect(),
        })
        .collect();
    serde_json::to_string(&lines).expect("lines are JSON")
}

fn read(lines: &str) -> Result<Vec<Line>, db::Error> {
    let unknown = || db::Error::Unknown("award.lines");
    let kept: Vec<Kept> = serde_json::from_str(lines).map_err(|_| unknown())?;
    kept.into_iter()
        .map(|it| {
            Ok(Line {
                kind: LineKind::from_code(&it.kind).ok_or_else(unknown)?,
                membership: it.membership,
                amount: Money::new(it.amount_idr),
                formula: it.formula,
                references: it
                    .law
                    .into_iter()
                    .map(|(title, href)| Reference { title, href })
                    .collect(),
            })
        })
        .collect()
}

impl Model {
    /// The award, if the row is as it was written: nobody is paid by one that was edited.
    fn award(self, seal: &Seal) -> Result<Award, db::Error> {
        let row = self;
        if row.mac != row.expected_mac(seal) {
            return Err(db::Error::Unknown("award.mac"));
        }
        Ok(Award {
            id: row.id,
            claim: row.claim_id,
            state: AwardState::from_code(&row.state).ok_or(db::Error::Unknown("award.state"))?,
            amount: Money::new(row.amount_idr),
            lines: read(&row.lines)?,
            policy_version: row.policy_version,
            proposed_by: row.proposed_by,
            approved_by: row.approved_by,
            proposed_at: row.proposed_at,
            approved_at: row.approved_at,
            instructed_at: row.instructed_at,
            settled_at: row.settled_at,
            bank_reference: row.bank_reference,
            failure: row.failure,
            tries: row.tries,
            next_at: row.next_at,
        })
    }
}

/// Keeps an award as it stands now; its lease ends. The claim is held.
pub(in super::super) async fn save_award(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    award: &Award,
    is_news: bool,
) -> Result<(), db::Error> {
    let mut row = Model {
        id: award.id,
        claim_id: award.claim,
        state: award.state.code().to_owned(),
        amount_idr: award.amount.idr(),
        lines: kept(&award.lines),
        policy_version: award.policy_version.clone(),
        proposed_by: award.proposed_by,
        approved_by: award.approved_by,
        proposed_at: award.proposed_at,
        approved_at: award.approved_at,
        instructed_at: award.instructed_at,
        settled_at: award.settled_at,
        bank_reference: award.bank_reference.clone(),
        failure: award.failure.clone(),
        tries: award.tries,
        next_at: award.next_at,
        leased_until: None,
        mac: Vec::new(),
    };
    row.mac = row.expected_mac(seal);
    let row = row.into_active_model().reset_all();
    if is_news {
        Entity::insert(row)
            .exec_without_returning(connection)
            .await?;
    } else {
        Entity::update(row).exec(connection).await?;
    }
    Ok(())
}

/// The awards of `claims`.
pub(in super::super) async fn awards_of(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    claims: &[Uuid],
) -> Result<Vec<Award>, db::Error> {
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find()
        .filter(Column::ClaimId.is_in(db::padded(claims)))
        .all(connection)
        .await?;
    rows.into_iter().map(|it| it.award(seal)).collect()
}

/// The claim that an award is of.
pub(in super::super) async fn claim_of(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<Uuid>, db::Error> {
    Ok(Entity::find_by_id(id)
        .select_only()
        .column(Column::ClaimId)
        .into_tuple()
        .one(connection)
        .await?)
}

/// Takes the awards whose turn it is.
pub(in super::super) async fn lease_awards(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    round: u64,
) -> Result<Vec<Uuid>, db::Error> {
    let sql = format!(
        "UPDATE award SET leased_until = $1 WHERE id IN (SELECT id FROM award WHERE next_at IS NOT NULL AND next_at <= $2 \
         AND (leased_until IS NULL OR leased_until <= $2) ORDER BY next_at, id LIMIT {round}) \
         AND (leased_until IS NULL OR leased_until <= $2) RETURNING id"
    );
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, [until.into(), now.into()]))
        .await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    db::walk(
        connection,
        "award",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await
}
