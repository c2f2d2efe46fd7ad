//! The books: append-only double entry in whole rupiah.
//!
//! A journal is a list of transfers, each from one account to another, so it balances by construction. Accounts that a rule
//! reads (JHT, credit, suspense) keep a running balance in the same transaction; funds and clearing keep none, for they would be
//! rows that everybody waits for. Corrections are new journals.

mod store;

pub(crate) use store::{
    Kept, Movement, balance, came, has_come, kept, movements, owners_with_money, suspended, verify,
};

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    db,
    money::{Money, Month},
    scheme::Programme,
    seal::Seal,
};

/// The namespace in which accounts get their ids from what they are: nobody looks one up.
const ACCOUNTS: Uuid = Uuid::from_u128(0x6a61_6d73_6f73_8000_8000_6c65_6467_6572);

/// The kind of a journal in which a payment pays for contributions.
pub(crate) const FROM_PAYMENT: &str = "contribution";
/// The kind of a journal in which credit alone pays for a bill.
pub(crate) const FROM_CREDIT: &str = "credit";
/// The kind of a journal in which a paid bill of an employer is handed on to his employees.
pub(crate) const FROM_EMPLOYER: &str = "employer_contribution";
/// The kind of a journal that reserves what a claim was granted.
pub(crate) const RESERVED: &str = "claim";
/// The kind of a journal that gives a reservation back.
pub(crate) const RESERVATION_RETURNED: &str = "claim_return";

/// A place where money is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    /// The old-age savings of a membership.
    Jht(Uuid),
    /// What a membership paid too much; carried forward.
    Credit(Uuid),
    /// A payment that waits for an officer.
    Suspense(Uuid),
    /// What an employer's unit paid too much; carried forward.
    UnitCredit(Uuid),
    /// What was paid for a unit's bill and is on its way to the employees' accounts.
    Allocating(Uuid),
    /// The fund of a programme.
    Fund(Programme),
    /// What employers paid because they were late.
    Penalties,
    /// What migrant workers pay for JKK and JKM together: no text splits the price, so one account takes it.
    PmiFund,
    /// What gateways took and have not handed over.
    Clearing,
    /// What is to be given back to payers.
    ReturnsPayable,
    /// What claims were granted and the bank has not paid: reserved.
    BenefitsPayable,
    /// What the bank has paid out.
    PaidOut,
}

/// One movement of money.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transfer {
    /// The account it leaves.
    pub from: Account,
    /// The account it reaches.
    pub to: Account,
    /// How much; above zero.
    pub amount: Money,
    /// The contribution month it is for.
    pub month: Option<Month>,
}

/// Movements that happen together or not at all.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    /// Why, such as `contribution`.
    pub kind: &'static str,
    /// What caused it, such as the payment.
    pub cause: Uuid,
    /// The value date.
    pub day: NaiveDate,
    /// The movements.
    pub transfers: Vec<Transfer>,
}

impl Account {
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Jht(_) => "jht",
            Self::Credit(_) => "credit",
            Self::Suspense(_) => "suspense",
            Self::UnitCredit(_) => "unit_credit",
            Self::Allocating(_) => "allocating",
            Self::Fund(_) => "fund",
            Self::Penalties => "penalties",
            Self::PmiFund => "pmi_fund",
            Self::Clearing => "clearing",
            Self::ReturnsPayable => "returns_payable",
            Self::BenefitsPayable => "benefits_payable",
            Self::PaidOut => "paid_out",
        }
    }

    fn owner(self) -> Uuid {
        match self {
            Self::Jht(owner)
            | Self::Credit(owner)
            | Self::Suspense(owner)
            | Self::UnitCredit(owner)
            | Self::Allocating(owner) => owner,
            Self::Fund(programme) => Uuid::new_v5(&ACCOUNTS, programme.code().as_bytes()),
            Self::Penalties
            | Self::PmiFund
            | Self::Clearing
            | Self::ReturnsPayable
            | Self::BenefitsPayable
            | Self::PaidOut => Uuid::nil(),
        }
    }

    /// Identifies the account, for good.
    pub(crate) fn id(self) -> Uuid {
        let name = [self.kind().as_bytes(), self.owner().as_bytes()].concat();
        Uuid::new_v5(&ACCOUNTS, &name)
    }

    /// Whether a rule reads its balance, so that it is kept.
    const fn is_kept(self) -> bool {
        matches!(
            self,
            Self::Jht(_)
                | Self::Credit(_)
                | Self::Suspense(_)
                | Self::UnitCredit(_)
                | Self::Allocating(_)
        )
    }
}

/// Posts `journal`. Accounts open with their first movement; none that is kept may fall below zero.
pub(crate) async fn post(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    journal: &Journal,
) -> Result<(), db::Error> {
    let mut net: BTreeMap<Uuid, (Account, i64)> = BTreeMap::new();
    for transfer in &journal.transfers {
        for (account, amount) in [
            (transfer.from, -transfer.amount.idr()),
            (transfer.to, transfer.amount.idr()),
        ] {
            if account.is_kept() {
                net.entry(account.id()).or_insert((account, 0)).1 += amount;
            }
        }
    }
    let after = store::move_balances(connection, &net, journal.day).await?;
    let mut balances: BTreeMap<Uuid, i64> = net
        .iter()
        .map(|(id, (_, moved))| (*id, after.get(id).copied().unwrap_or(0) - moved))
        .collect();
    store::insert_transfers(connection, seal, now, journal, &mut balances).await
}
