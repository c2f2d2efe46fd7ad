use sea_orm::ConnectionTrait;

use crate::{db, ledger::Account};

/// Compares what was paid with what others keep of it: the ledger's movements and the memberships' spells. Only `verify` looks
/// across features like this; it is there to find what does not agree.
pub(super) async fn verify(connection: &impl ConnectionTrait) -> Result<Vec<String>, db::Error> {
    let posted = "SELECT p.id FROM payment p LEFT JOIN \
                  (SELECT cause_id, SUM(amount_idr) AS posted FROM transfer WHERE debit_account = $1 GROUP BY cause_id) t \
                  ON t.cause_id = p.id WHERE p.amount_idr <> COALESCE(t.posted, 0)";
    let settled = "SELECT id FROM payment WHERE disposition = 'settled' AND amount_idr <> applied_idr + credited_idr";
    let paid = "SELECT m.id FROM membership m LEFT JOIN \
                (SELECT membership_id, MAX(month) AS last FROM contribution GROUP BY membership_id) c ON c.membership_id = m.id \
                WHERE COALESCE(m.paid_through, '') <> COALESCE(c.last, '')";
    // Cover begins on the day of a payment, or with the first day of a month that is paid.
    let covered = "SELECT m.id FROM membership m WHERE m.segment = 'bpu' AND m.covered_from IS NOT NULL AND NOT EXISTS \
                   (SELECT 1 FROM contribution c WHERE c.membership_id = m.id AND \
                   (c.paid_on = m.covered_from OR c.month || '-01' = CAST(m.covered_from AS TEXT)))";
    let whose = "SELECT m.id FROM membership m LEFT JOIN registration r ON r.id = m.origin_id \
                 WHERE (m.segment <> 'pu' OR r.id IS NOT NULL) AND (r.participant_id IS DISTINCT FROM m.participant_id OR r.membership_id IS DISTINCT FROM m.id)";
    // Whoever did not register himself has joined by his NIK and a contact on file.
    let joined = "SELECT a.registration_id AS id FROM account a LEFT JOIN registration r ON r.id = a.registration_id \
                  LEFT JOIN participant p ON p.id = a.participant_id WHERE r.document_digest IS DISTINCT FROM p.document_digest \
                  OR (r.participant_id IS DISTINCT FROM a.participant_id AND NOT EXISTS (SELECT 1 FROM participant_contact c \
                  WHERE c.participant_id = a.participant_id AND c.contact_digest = r.contact_digest))";
    let questions = [
        ("membership", "its registration is somebody else's", whose),
        (
            "account",
            "the registration does not lead to the participant",
            joined,
        ),
        (
            "payment",
            "what it paid for and what is credit are not its amount",
            settled,
        ),
        (
            "membership",
            "it is not paid through its last contribution",
            paid,
        ),
        (
            "membership",
            "nothing was paid for the day its cover begins",
            covered,
        ),
    ];
    let (what, clearing) = ("the ledger took in another amount", Account::Clearing.id());
    let mut wrong = db::named(connection, "payment", what, posted, [clearing.into()]).await?;
    for (table, what, sql) in questions {
        wrong.extend(db::named(connection, table, what, sql, []).await?);
    }
    Ok(wrong)
}
