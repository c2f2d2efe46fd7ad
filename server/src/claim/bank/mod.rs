//! The bank: the wire on which money leaves.
//!
//! It is told to pay under our reference, which is the award's id for good, and asked what became of it. While nobody knows, no other
//! reference is ever used: so nothing is paid twice.

pub(crate) mod http;
pub(crate) mod sandbox;

use std::{pin::Pin, time::Duration};

use uuid::Uuid;

use crate::{bank_account::BankAccount, identity::FullName, money::Money};

/// What the bank is to pay.
#[derive(Clone, Debug)]
pub(crate) struct Instruction {
    pub reference: Uuid,
    pub amount: Money,
    pub account: BankAccount,
}

/// What became of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Paid, under the bank's own reference.
    Paid { bank_reference: String },
    /// The bank will not pay, for good.
    Refused { why: String },
    /// The bank is at it; a notice will come.
    Pending,
    /// The bank has never heard of the reference.
    Unheard,
    /// The bank has another payout under the reference: somebody must look into it, and nothing is known of ours.
    Disputed,
    /// No answer: nobody knows.
    Silent,
}

impl Fate {
    /// What it is counted under.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Paid { .. } => "paid",
            Self::Refused { .. } => "refused",
            Self::Pending => "pending",
            Self::Unheard => "unheard",
            Self::Disputed => "disputed",
            Self::Silent => "silent",
        }
    }
}

/// Whose an account is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    Known(FullName),
    NoSuchAccount,
    /// No answer.
    Silent,
}

/// An answer that is on its way.
pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How long the bank may take: what takes longer is silence.
pub(super) const PATIENCE: Duration = Duration::from_secs(6);

/// Waits for the bank's answer, for so long and no longer.
pub(super) async fn patiently<T>(answer: Answer<'_, T>, silence: T) -> T {
    tokio::time::timeout(PATIENCE, answer)
        .await
        .unwrap_or(silence)
}

/// The bank.
pub(crate) trait Bank: Send + Sync + 'static {
    /// Whose an account is.
    fn holder<'a>(&'a self, account: &'a BankAccount) -> Answer<'a, Holder>;

    /// Tells the bank to pay. The same reference again is the same instruction.
    fn instruct<'a>(&'a self, instruction: &'a Instruction) -> Answer<'a, Fate>;

    /// What became of an instruction.
    fn fate<'a>(&'a self, instruction: &'a Instruction) -> Answer<'a, Fate>;
}
