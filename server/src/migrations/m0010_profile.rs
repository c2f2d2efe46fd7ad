//! A store remembers the profile that it is served in, so that no sandbox is ever made of production's, nor production of a sandbox's.

use sea_orm_migration::{prelude::*, schema::string_null, sea_orm::Statement};
use uuid::Uuid;

pub(super) struct Migration;

/// The credential that every sandbox begins with.
const SANDBOX_GATEWAY: Uuid = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001);

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0010_profile"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        // None until somebody serves it: whoever makes client credentials first need not know. An older store in which nobody is has
        // served nobody either.
        let profile = Table::alter()
            .table("key_ring")
            .add_column(string_null("profile"))
            .to_owned();
        schema.alter_table(profile).await?;
        let connection = schema.get_connection();
        let whose = "UPDATE key_ring SET profile = CASE WHEN EXISTS (SELECT 1 FROM credential WHERE id = $1) THEN 'sandbox' \
                     WHEN EXISTS (SELECT 1 FROM registration) OR EXISTS (SELECT 1 FROM participant) \
                     OR EXISTS (SELECT 1 FROM employer) THEN 'production' END";
        let backend = connection.get_database_backend();
        let whose = Statement::from_sql_and_values(backend, whose, [SANDBOX_GATEWAY.into()]);
        connection.execute_raw(whose).await?;
        Ok(())
    }
}
