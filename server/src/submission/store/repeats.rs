//! Rows that say again what an earlier row of the same submission says.

use sea_orm::ConnectionTrait;
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
    for found in [names, people] {
        let sql = format!(
            "UPDATE submission_row SET repeats = found.earlier FROM ({found}) AS found \
             WHERE submission_row.submission_id = $1 AND submission_row.row_number = found.row_number \
             AND found.earlier <> found.row_number AND submission_row.repeats IS NULL"
        );
        connection
            .execute_raw(db::statement(connection, &sql, [submission.into()]))
            .await?;
    }
    Ok(())
}
