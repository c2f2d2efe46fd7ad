use sea_orm::{ConnectionTrait, entity::prelude::*};
use uuid::Uuid;

use super::{super::ACCOUNTS, Column, Entity, Model};
use crate::{db, seal::Seal};

mod account {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_account")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub owner_id: Uuid,
        pub balance_idr: i64,
        pub opened_on: Date,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// What came into each account and went out of it.
const ADDED: &str = "SELECT account, SUM(amount) AS added, MIN(day) AS first FROM \
     (SELECT credit_account AS account, amount_idr AS amount, day, credit_balance_after AS kept FROM transfer \
     UNION ALL SELECT debit_account, -amount_idr, day, debit_balance_after FROM transfer) m WHERE kept IS NOT NULL GROUP BY account";

/// Re-adds every kept account from its movements, checks whose each is and every MAC, and names what differs.
pub(crate) async fn verify(
    connection: &impl ConnectionTrait,
    seal: &Seal,
) -> Result<Vec<String>, db::Error> {
    let mut wrong = db::walk(
        connection,
        "transfer",
        Entity::find(),
        Column::Id,
        |row: &Model| (row.id, row.mac == row.expected_mac(seal)),
    )
    .await?;
    // An account's id is made from its kind and its owner: whoever gives it to another is found.
    let whose = db::walk(
        connection,
        "ledger_account",
        account::Entity::find(),
        account::Column::Id,
        |row: &account::Model| {
            let name = [row.kind.as_bytes(), row.owner_id.as_bytes()].concat();
            (row.id, row.id == Uuid::new_v5(&ACCOUNTS, &name))
        },
    )
    .await?;
    wrong.extend(whose);
    let sums = [
        (
            "its movements do not add up to what it keeps",
            format!(
                "SELECT a.id FROM ledger_account a LEFT JOIN ({ADDED}) s ON s.account = a.id WHERE a.balance_idr <> COALESCE(s.added, 0)"
            ),
        ),
        (
            "it opened on another day than its first movement",
            format!(
                "SELECT a.id FROM ledger_account a JOIN ({ADDED}) s ON s.account = a.id WHERE a.kind = 'jht' AND a.opened_on <> s.first"
            ),
        ),
        (
            "it has movements and is gone",
            format!(
                "SELECT s.account AS id FROM ({ADDED}) s LEFT JOIN ledger_account a ON a.id = s.account WHERE a.id IS NULL"
            ),
        ),
    ];
    for (what, sql) in sums {
        wrong.extend(db::named(connection, "ledger_account", what, &sql, []).await?);
    }
    Ok(wrong)
}
