//! What the bank's answers say, as `docs/bank.md` has it. What is not well formed says nothing.

use serde::Deserialize;
use uuid::Uuid;

use super::super::{Fate, Instruction};
use crate::wire::is_word;

/// A transfer as the bank has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Transfer {
    reference: Uuid,
    amount_idr: i64,
    bank_code: String,
    account_number: String,
    #[serde(flatten)]
    state: State,
}

#[derive(Deserialize)]
#[serde(
    tag = "state",
    rename_all = "SCREAMING_SNAKE_CASE",
    rename_all_fields = "camelCase"
)]
enum State {
    Paid { bank_reference: String },
    Refused { code: Code },
    Pending,
}

/// Why a bank may refuse for good. All lie with the account: what lies with us or with the bank will pass, and is no refusal.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Code {
    AccountUnknown,
    AccountClosed,
    AccountBlocked,
    HolderDiffers,
    NotAllowed,
}

impl Code {
    /// What the payee is told: fixed words, since he may get them in a message in our name.
    const fn words(self) -> &'static str {
        match self {
            Self::AccountUnknown => "there is no such account",
            Self::AccountClosed => "the account is closed",
            Self::AccountBlocked => "the account is blocked",
            Self::HolderDiffers => "the account is in another name",
            Self::NotAllowed => "the account may not take such a payment",
        }
    }
}

/// Whether an answer is about what was asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    OfIt(Fate),
    /// The bank has something else under our reference.
    OfAnother,
}

impl Transfer {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let transfer: Self = serde_json::from_slice(body).ok()?;
        match &transfer.state {
            // As for RecordPayout.
            State::Paid { bank_reference } if !is_word(bank_reference, 64, b".-_") => None,
            State::Paid { .. } | State::Refused { .. } | State::Pending => Some(transfer),
        }
    }

    /// What it says of `instruction`.
    pub(super) fn about(self, instruction: &Instruction) -> Heard {
        let account = &instruction.account;
        let is_it = self.reference == instruction.reference
            && self.amount_idr == instruction.amount.idr()
            && self.bank_code == account.bank_code()
            && self.account_number == account.number();
        if !is_it {
            return Heard::OfAnother;
        }
        Heard::OfIt(match self.state {
            State::Paid { bank_reference } => Fate::Paid { bank_reference },
            State::Refused { code } => Fate::Refused {
                why: code.words().to_owned(),
            },
            State::Pending => Fate::Pending,
        })
    }
}

/// What the bank itself says has gone wrong.
pub(super) fn error(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Wrong {
        error: String,
    }
    let wrong: Wrong = serde_json::from_slice(body).ok()?;
    Some(wrong.error)
}

/// Whose an account is.
pub(super) fn holder(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Account {
        holder_name: String,
    }
    let account: Account = serde_json::from_slice(body).ok()?;
    Some(account.holder_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bank_account::BankAccount, identity::FullName, money::Money};

    fn instruction() -> Instruction {
        let holder = FullName::parse("Budi Hartono").expect("a name");
        Instruction {
            reference: Uuid::from_u128(7),
            amount: Money::new(52_000),
            account: BankAccount::kept("008".into(), "1230004567".into(), holder),
        }
    }

    /// The answer about [`instruction`] with these further members.
    fn answer(more: &str) -> String {
        let reference = Uuid::from_u128(7);
        format!(
            r#"{{"reference":"{reference}","amountIdr":52000,"bankCode":"008","accountNumber":"1230004567",{more}}}"#
        )
    }

    fn heard(body: &str) -> Option<Heard> {
        Transfer::read(body.as_bytes()).map(|it| it.about(&instruction()))
    }

    #[test]
    fn what_the_bank_says_in_so_many_words_is_believed() {
        let paid = heard(&answer(
            r#""state":"PAID","bankReference":"BNI-7","paidAt":"2026-04-10T02:00:00Z""#,
        ));
        let refused = heard(&answer(r#""state":"REFUSED","code":"ACCOUNT_CLOSED""#));
        let pending = heard(&answer(r#""state":"PENDING""#));

        let bank_reference = "BNI-7".to_owned();
        assert_eq!(paid, Some(Heard::OfIt(Fate::Paid { bank_reference })));
        let why = "the account is closed".to_owned();
        assert_eq!(refused, Some(Heard::OfIt(Fate::Refused { why })));
        assert_eq!(pending, Some(Heard::OfIt(Fate::Pending)));
    }

    #[test]
    fn whatever_else_it_says_is_not_understood() {
        for more in [
            r#""state":"PAID""#,
            r#""state":"PAID","bankReference":"""#,
            r#""state":"PAID","bankReference":"two words""#,
            r#""state":"REFUSED""#,
            r#""state":"REFUSED","code":"NO_COVER""#,
            r#""state":"DONE""#,
            r#""state":"paid","bankReference":"BNI-7""#,
        ] {
            assert_eq!(heard(&answer(more)), None, "{more}");
        }
        for body in ["", "[]", "<html>", r#"{"state":"PENDING"}"#] {
            assert_eq!(heard(body), None, "{body}");
        }
    }

    #[test]
    fn what_it_says_of_another_transfer_is_none_of_ours() {
        let ours = answer(r#""state":"PENDING""#);
        for (what, other) in [
            (r#""amountIdr":52000"#, r#""amountIdr":52001"#),
            (r#""bankCode":"008""#, r#""bankCode":"009""#),
            ("1230004567", "1230004568"),
            ("-000000000007", "-000000000008"),
        ] {
            let theirs = ours.replace(what, other);
            assert_ne!(ours, theirs);
            assert_eq!(heard(&theirs), Some(Heard::OfAnother), "{other}");
        }
    }
}
