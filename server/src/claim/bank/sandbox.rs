//! A bank for exploring: it keeps a ledger of its own in the sandbox's store, and some accounts have a story.

use std::sync::Arc;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Answer, Bank, Fate, Holder, Instruction};
use crate::{
    bank_account::BankAccount,
    clock::Clock,
    db::{self, Db},
    fault::{self, Part},
    identity::FullName,
};

/// An account with a story.
pub(crate) struct Known {
    pub number: &'static str,
    pub story: &'static str,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    SomebodyElses,
    Unknown,
    Refused,
    Pending,
}

/// The accounts whose story is known beforehand, at any bank.
pub(crate) const ACCOUNTS: &[Known] = &[
    Known {
        number: "9000000001",
        story: "Belongs to Somebody Else: ACCOUNT_HOLDER_DIFFERS.",
        what: What::SomebodyElses,
    },
    Known {
        number: "9000000002",
        story: "The bank knows no such account: ACCOUNT_UNKNOWN.",
        what: What::Unknown,
    },
    Known {
        number: "9000000003",
        story: "Was closed lately: the bank takes the instruction and refuses to pay, and the savings are back.",
        what: What::Refused,
    },
    Known {
        number: "9000000004",
        story: "The bank takes its time: paid when RecordPayout says so.",
        what: What::Pending,
    },
];

/// The sandbox's bank. It is silent when it was told to be.
pub(crate) struct SandboxBank {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
}

fn story(account: &BankAccount) -> Option<What> {
    let mut known = ACCOUNTS.iter();
    known
        .find(|it| it.number == account.number())
        .map(|it| it.what)
}

fn read(fate: &str, reference: Uuid) -> Fate {
    match fate {
        "paid" => Fate::Paid {
            bank_reference: format!("SBX-{}", reference.simple()),
        },
        "refused" => Fate::Refused {
            why: "the account is closed".to_owned(),
        },
        _ => Fate::Pending,
    }
}

impl SandboxBank {
    /// What is silent when the sandbox's own store does not answer.
    fn silent<T>(result: Result<T, db::Error>, silence: T) -> T {
        result.unwrap_or_else(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the sandbox's bank cannot look"
            );
            silence
        })
    }

    async fn look(&self, account: &BankAccount) -> Result<Holder, db::Error> {
        if fault::strikes(&self.db, Part::BankBefore).await? {
            return Ok(Holder::Silent);
        }
        let name = match story(account) {
            Some(What::Unknown) => return Ok(Holder::NoSuchAccount),
            Some(What::SomebodyElses) => FullName::parse("SOMEBODY ELSE"),
            Some(What::Refused | What::Pending) | None => {
                FullName::parse(&account.holder().text().to_uppercase())
            }
        };
        Ok(Holder::Known(
            name.map_err(|_| db::Error::Unknown("holder"))?,
        ))
    }

    async fn take(&self, instruction: &Instruction) -> Result<Fate, db::Error> {
        if fault::strikes(&self.db, Part::BankBefore).await? {
            return Ok(Fate::Silent);
        }
        let fate = match story(&instruction.account) {
            Some(What::Refused) => "refused",
            Some(What::Pending) => "pending",
            Some(What::SomebodyElses | What::Unknown) | None => "paid",
        };
        let reference = instruction.reference;
        let transaction = self.db.begin_write().await?;
        let sql = "INSERT INTO sandbox_transfer (reference, amount_idr, fate, at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (reference) DO NOTHING";
        let values = [
            reference.to_string().into(),
            instruction.amount.idr().into(),
            fate.into(),
            self.clock.now().into(),
        ];
        transaction
            .execute_raw(db::statement(&transaction, sql, values))
            .await?;
        transaction.commit().await?;
        if fault::strikes(&self.db, Part::BankAfter).await? {
            return Ok(Fate::Silent);
        }
        self.remember(reference).await
    }

    async fn remember(&self, reference: Uuid) -> Result<Fate, db::Error> {
        let sql = "SELECT fate FROM sandbox_transfer WHERE reference = $1";
        let reader = self.db.reader();
        let row = reader
            .query_one_raw(db::statement(reader, sql, [reference.to_string().into()]))
            .await?;
        let fate: Option<String> = row.map(|it| it.try_get("", "fate")).transpose()?;
        Ok(fate.map_or(Fate::Unheard, |it| read(&it, reference)))
    }
}

impl Bank for SandboxBank {
    fn holder<'a>(&'a self, account: &'a BankAccount) -> Answer<'a, Holder> {
        Box::pin(async move { Self::silent(self.look(account).await, Holder::Silent) })
    }

    fn instruct<'a>(&'a self, instruction: &'a Instruction) -> Answer<'a, Fate> {
        Box::pin(async move { Self::silent(self.take(instruction).await, Fate::Silent) })
    }

    fn fate<'a>(&'a self, instruction: &'a Instruction) -> Answer<'a, Fate> {
        Box::pin(async move {
            let asked = async {
                if fault::strikes(&self.db, Part::BankBefore).await? {
                    return Ok(Fate::Silent);
                }
                self.remember(instruction.reference).await
            };
            Self::silent(asked.await, Fate::Silent)
        })
    }
}
