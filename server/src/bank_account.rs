//! A bank account that money is paid to. Hides itself from logs.

use std::fmt;

use jamsostek_proto::v1 as wire;

use crate::{identity::FullName, refusal::Fields};

/// An account, and whose it is by what the participant says.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BankAccount {
    bank_code: String,
    number: String,
    holder: FullName,
}

impl BankAccount {
    /// Reads an account; every bad field is noted below `field`.
    pub(crate) fn read(
        fields: &mut Fields,
        field: &str,
        stated: Option<wire::BankAccount>,
    ) -> Option<Self> {
        let Some(stated) = stated else {
            fields.reject(field, "must be told");
            return None;
        };
        let digits = |text: &str, fewest: usize, most: usize| {
            (fewest..=most).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit())
        };
        let code_fits = digits(&stated.bank_code, 3, 3);
        if !code_fits {
            fields.reject(&format!("{field}.bank_code"), "must be 3 digits");
        }
        let number_fits = digits(&stated.account_number, 6, 20);
        if !number_fits {
            fields.reject(&format!("{field}.account_number"), "must be 6 to 20 digits");
        }
        let holder = fields.take(
            &format!("{field}.holder_name"),
            FullName::parse(&stated.holder_name),
        )?;
        (code_fits && number_fits).then_some(Self {
            bank_code: stated.bank_code,
            number: stated.account_number,
            holder,
        })
    }

    /// An account as it was kept.
    pub(crate) fn kept(bank_code: String, number: String, holder: FullName) -> Self {
        Self {
            bank_code,
            number,
            holder,
        }
    }

    /// The same account, with its holder as the bank has it.
    pub(crate) fn with_holder(&self, holder: FullName) -> Self {
        Self {
            holder,
            ..self.clone()
        }
    }

    pub(crate) fn bank_code(&self) -> &str {
        &self.bank_code
    }

    pub(crate) fn number(&self) -> &str {
        &self.number
    }

    pub(crate) fn holder(&self) -> &FullName {
        &self.holder
    }

    /// Enough of the number for its owner to know it again.
    pub(crate) fn masked_number(&self) -> String {
        format!("•••{}", &self.number[self.number.len() - 4..])
    }
}

impl fmt::Debug for BankAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BankAccount(hidden)")
    }
}
