use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use crate::{db, money::Money};

pub(in super::super) async fn count_question(
    connection: &impl ConnectionTrait,
    day: NaiveDate,
    verdict: &str,
    price: Money,
) -> Result<(), db::Error> {
    let sql = "INSERT INTO register_cost (day, verdict, questions, cost_idr) VALUES ($1, $2, 1, $3) ON CONFLICT (day, verdict) \
               DO UPDATE SET questions = register_cost.questions + 1, cost_idr = register_cost.cost_idr + excluded.cost_idr";
    let values = [day.into(), verdict.into(), price.idr().into()];
    connection
        .execute_raw(db::statement(connection, sql, values))
        .await?;
    Ok(())
}
