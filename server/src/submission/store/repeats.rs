//! Rows that say again what an earlier row of the same submission says.

use sea_orm::{ConnectionTrait, Value};
use uuid::Uuid;

use crate::db;

/// Marks each row that has the name of an earlier one, or is about the same person as one: a person has one row, or a wage and a last
/// day. Whoever is hired by a row cannot leave by another. Touches no other row.
pub(in super::super) async fn mark_repeats(
    connection: &impl ConnectionTrait,
    submission: Uuid,
) -> Result<(), db::Error> {
    let names = "SELECT row_number, MIN(row_number) OVER (PARTITION BY row_ref) AS earlier \
                 FROM submission_row WHERE submission_id = $1 AND row_ref <> ''";
    let people = "SELECT row_number, COALESCE(CASE WHEN kind = 'leave' THEN hired END, same) AS earlier FROM \
                  (SELECT row_number, kind, \
                  MIN(row_number) OVER (PARTITION BY person_digest, CASE WHEN kind = 'leave' THEN 1 ELSE 0 END) AS same, \
                  MIN(CASE WHEN kind IN ('hire', 'take_over') THEN row_number END) OVER (PARTITION BY person_digest) AS hired \
                  FROM submission_row WHERE submission_id = $1 AND person_digest IS NOT NULL) AS about";
    // Found first, and marked by their numbers: a database that has not counted new rows yet would join them the long way.
    for found in [names, people] {
        let sql = format!(
            "SELECT row_number, earlier FROM ({found}) AS found WHERE earlier <> row_number ORDER BY row_number"
        );
        let rows = connection
            .query_all_raw(db::statement(connection, &sql, [submission.into()]))
            .await?;
        if rows.is_empty() {
            continue;
        }
        let mut marks: Vec<Vec<Value>> = vec![Vec::new(), Vec::new()];
        for row in &rows {
            let (number, earlier): (i32, i32) =
                (row.try_get("", "row_number")?, row.try_get("", "earlier")?);
            marks[0].push(number.into());
            marks[1].push(earlier.into());
        }
        for some in db::pieces(connection, marks, 1) {
            let mut values = vec![submission.into()];
            let table = db::as_table(connection, some, &mut values);
            let sql = format!(
                "UPDATE submission_row SET repeats = v.column2 FROM {table} WHERE submission_row.submission_id = $1 \
                 AND submission_row.row_number = v.column1 AND submission_row.repeats IS NULL"
            );
            connection
                .execute_raw(db::statement(connection, &sql, values))
                .await?;
        }
    }
    Ok(())
}
