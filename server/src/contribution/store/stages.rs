//! What migrant workers were asked for and have paid, by stage.

use sea_orm::{
    ConnectionTrait, IntoActiveModel, QueryOrder, QueryResult, QuerySelect, entity::prelude::*,
};
use uuid::Uuid;

use super::{
    super::{
        Bill,
        placement::{Purchase, Stage, StageLine},
        settle::Coming,
    },
    bills::{law_of, law_text},
};
use crate::{db, ledger::Account, money::Money, scheme::Programme, seal::Seal};

mod line {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "stage_line")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bill_id: Uuid,
        pub stage: String,
        pub programme: String,
        pub amount_idr: i64,
        pub formula: String,
        pub law: String,
        pub mac: Vec<u8>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_contribution")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub membership_id: Uuid,
    pub bill_id: Uuid,
    pub stage: String,
    pub programme: String,
    pub amount_idr: i64,
    /// The payment, or the bill that credit paid.
    pub cause_id: Uuid,
    pub paid_on: Date,
    pub mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Stage {
    const ALL: [Self; 3] = [Self::BeforeWork, Self::Contract, Self::Extension];

    const fn code(self) -> &'static str {
        match self {
            Self::BeforeWork => "before_work",
            Self::Contract => "contract",
            Self::Extension => "extension",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

impl line::Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("stage_line")
            .id(self.id)
            .id(self.bill_id)
            .text(&self.stage)
            .text(&self.programme)
            .number(self.amount_idr)
            .text(&self.formula)
            .text(&self.law)
            .finish()
    }
}

impl Model {
    fn expected_mac(&self, seal: &Seal) -> Vec<u8> {
        seal.mac("stage_contribution")
            .id(self.id)
            .id(self.membership_id)
            .id(self.bill_id)
            .text(&self.stage)
            .text(&self.programme)
            .number(self.amount_idr)
            .id(self.cause_id)
            .day(self.paid_on)
            .finish()
    }
}

/// The programme's code; none where one price covers JKK and JKM together.
fn code_of(programme: Option<Programme>) -> String {
    programme.map_or("", Programme::code).to_owned()
}

pub(super) async fn insert_lines(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    bill: &Bill,
) -> Result<(), db::Error> {
    let lines = bill.stages.iter().map(|it| {
        let mut row = line::Model {
            id: Uuid::now_v7(),
            bill_id: bill.id,
            stage: it.stage.code().to_owned(),
            programme: code_of(it.programme),
            amount_idr: it.amount.idr(),
            formula: it.formula.clone(),
            law: law_text(&it.references),
            mac: Vec::new(),
        };
        row.mac = row.expected_mac(seal);
        row.into_active_model()
    });
    line::Entity::insert_many(lines)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

pub(super) fn line_of(row: &QueryResult) -> Result<StageLine, db::Error> {
    let unknown = db::Error::Unknown;
    let text = |column: &str| row.try_get::<String>("", column);
    let programme = text("programme")?;
    let programme = (!programme.is_empty())
        .then(|| Programme::from_code(&programme).ok_or(unknown("stage_line.programme")))
        .transpose()?;
    Ok(StageLine {
        stage: Stage::from_code(&text("stage")?).ok_or(unknown("stage_line.stage"))?,
        programme,
        amount: Money::new(row.try_get("", "amount_idr")?),
        formula: text("formula")?,
        references: law_of(&text("law")?, "stage_line.law")?,
    })
}

/// Keeps what `coming` has paid for.
pub(in super::super) async fn insert_stage_contributions(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    coming: &Coming,
    membership: Uuid,
    bought: &Purchase,
) -> Result<(), db::Error> {
    let rows = bought.lines.iter().map(|line| {
        let mut row = Model {
            id: Uuid::now_v7(),
            membership_id: membership,
            bill_id: bought.bill,
            stage: line.stage.code().to_owned(),
            programme: code_of(line.programme),
            amount_idr: line.amount.idr(),
            cause_id: coming.cause,
            paid_on: coming.day,
            mac: Vec::new(),
        };
        row.mac = row.expected_mac(seal);
        row.into_active_model()
    });
    Entity::insert_many(rows)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Those stages of `bill` that are paid.
pub(in super::super) async fn stages_paid(
    connection: &impl ConnectionTrait,
    bill: Uuid,
) -> Result<Vec<Stage>, db::Error> {
    let stages: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Stage)
        .distinct()
        .filter(Column::BillId.eq(bill))
        .order_by_asc(Column::Stage)
        .into_tuple()
        .all(connection)
        .await?;
    let unknown = || db::Error::Unknown("stage_contribution.stage");
    stages
        .iter()
        .map(|it| Stage::from_code(it).ok_or_else(unknown))
        .collect()
}

/// The oldest bill of `membership` of which a stage is open.
pub(in super::super) async fn open_stage_bill(
    connection: &impl ConnectionTrait,
    membership: Uuid,
) -> Result<Option<Bill>, db::Error> {
    let open = "b.id = (SELECT o.id FROM bill o WHERE o.membership_id = $1 AND EXISTS (SELECT 1 FROM stage_line l WHERE l.bill_id = o.id \
                AND NOT EXISTS (SELECT 1 FROM stage_contribution c WHERE c.bill_id = l.bill_id AND c.stage = l.stage)) \
                ORDER BY o.issued_at, o.id LIMIT 1)";
    super::bills::one_by_stage(connection, open, membership.into()).await
}

/// Checks every MAC, and compares what was paid with what the memberships and the ledger keep of it.
pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    let mut wrong = db::walk(
        connection,
        "stage_line",
        line::Entity::find(),
        line::Column::Id,
        |row: &line::Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await?;
    let contributions = db::walk(
        connection,
        "stage_contribution",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await?;
    wrong.extend(contributions);
    // Through an agency cover before work is paid first, by oneself the contract is all there is.
    let paid = "SELECT m.id FROM membership m LEFT JOIN (SELECT membership_id, \
                MIN(CASE WHEN stage = 'before_work' THEN paid_on END) AS before_work, \
                MIN(CASE WHEN stage = 'contract' THEN paid_on END) AS contract FROM stage_contribution GROUP BY membership_id) c \
                ON c.membership_id = m.id WHERE m.segment = 'pmi' AND (m.contract_paid_on IS DISTINCT FROM c.contract \
                OR m.covered_from IS DISTINCT FROM COALESCE(c.before_work, c.contract))";
    let extended = "SELECT m.id FROM membership m WHERE m.extended_months <> COALESCE((SELECT SUM(b.months) FROM bill b \
                    WHERE b.membership_id = m.id AND EXISTS (SELECT 1 FROM stage_contribution c WHERE c.bill_id = b.id \
                    AND c.stage = 'extension')), 0)";
    let what = "its cover is not what was paid for";
    wrong.extend(db::named(connection, "membership", what, paid, []).await?);
    let what = "its contract was not extended by what was paid";
    wrong.extend(db::named(connection, "membership", what, extended, []).await?);
    // Joint prices are all that the fund of PMI takes in.
    let posted = "SELECT c.cause_id AS id FROM (SELECT cause_id, SUM(amount_idr) AS paid FROM stage_contribution \
                  WHERE programme = '' GROUP BY cause_id) c LEFT JOIN (SELECT cause_id, SUM(amount_idr) AS posted FROM transfer \
                  WHERE credit_account = $1 GROUP BY cause_id) t ON t.cause_id = c.cause_id WHERE c.paid <> COALESCE(t.posted, 0)";
    let what = "the fund of migrant workers took in another amount";
    let fund = Account::PmiFund.id().into();
    wrong.extend(db::named(connection, "stage_contribution", what, posted, [fund]).await?);
    Ok(wrong)
}
