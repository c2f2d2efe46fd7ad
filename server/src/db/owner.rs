//! Whose a store is: the keys that it was written with, and the profile that it is served in.

use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::{Db, Error, scalar, statement};
use crate::seal::Seal;

impl Db {
    /// Marks a new store as written with these keys; refuses one that was written with others. Nothing in it would open, and one
    /// NIK would have two digests, so that one person could be two.
    pub(crate) async fn belong_to(&self, seal: &Seal) -> Result<(), Error> {
        let transaction = self.begin_write().await?;
        mark(&transaction, seal).await?;
        Ok(transaction.commit().await?)
    }

    /// Belongs to these keys, and to `profile` where no other serves it yet; which profile it belongs to. That stays as it is: a
    /// sandbox writes what everybody knows, and production what nobody may play with.
    pub(crate) async fn serve_in(&self, seal: &Seal, profile: &str) -> Result<String, Error> {
        let transaction = self.begin_write().await?;
        mark(&transaction, seal).await?;
        let first = "UPDATE key_ring SET profile = $1 WHERE profile IS NULL";
        transaction
            .execute_raw(statement(&transaction, first, [profile.into()]))
            .await?;
        let whose = scalar(&transaction, "SELECT profile FROM key_ring").await?;
        transaction.commit().await?;
        Ok(whose)
    }

    /// Refuses a store that was written with other keys.
    pub(crate) async fn check_keys(&self, seal: &Seal) -> Result<(), Error> {
        check(&self.reader, seal).await
    }
}

/// Marks a new store, and refuses another's.
async fn mark(transaction: &DatabaseTransaction, seal: &Seal) -> Result<(), Error> {
    let sql = "INSERT INTO key_ring (id, mark) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
    transaction
        .execute_raw(statement(transaction, sql, [seal.mark().into()]))
        .await?;
    check(transaction, seal).await
}

async fn check(connection: &impl ConnectionTrait, seal: &Seal) -> Result<(), Error> {
    let mark: Vec<u8> = scalar(connection, "SELECT mark FROM key_ring").await?;
    if mark != seal.mark() {
        let what = "the store was written with another key ring; --key-file must name that one";
        return Err(Error::Unfit(what.to_owned()));
    }
    Ok(())
}
