//! What messages say: the facts of each, for the words in `server/texts/messages.toml`.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    money::{Money, Month},
    texts::{Both, Language, Text, Words},
};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    toml::from_str(include_str!("../../texts/messages.toml"))
        .expect("the texts are compiled in, and a unit test has read them")
});

/// What a message says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wording<'a> {
    /// A one-time code.
    Code { code: &'a str },
    /// A month is soon to be paid.
    ContributionDue {
        paid_through: Month,
        due_on: NaiveDate,
    },
    /// Cover is soon to end.
    CoverEnds {
        paid_through: Month,
        ends_on: NaiveDate,
    },
    /// A membership ends.
    MembershipEnded {
        ended_on: NaiveDate,
        claimable_on: NaiveDate,
    },
    /// The population register knows somebody else.
    IdentityRefused,
    /// There is another contact, masked here.
    ContactChanged { contact: &'a str },
    /// A claim came in; the account is masked.
    ClaimReceived {
        amount: Money,
        account: &'a str,
        due_on: NaiveDate,
    },
    /// An officer said no, and why.
    ClaimRejected { reason: &'a str },
    /// The bank has paid.
    ClaimPaid { amount: Money, account: &'a str },
    /// The bank has not, and why.
    ClaimFailed { reason: &'a str },
}

/// The words of each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    code: Both<Text>,
    contribution_due: Both<Text>,
    cover_ends: Both<Text>,
    membership_ended: Both<Text>,
    identity_refused: Both<Text>,
    contact_changed: Both<Text>,
    claim_received: Both<Text>,
    claim_rejected: Both<Text>,
    claim_paid: Both<Text>,
    claim_failed: Both<Text>,
}

impl Wording<'_> {
    /// The message in both languages: nobody has said yet which one he reads.
    pub(crate) fn text(&self) -> String {
        let told = Language::ALL.map(|it| self.text_in(it));
        told.join(" / ")
    }

    fn text_in(&self, language: Language) -> String {
        let text = self.texts().of(language);
        text.fill(language, &Words::new(), |it| self.value(it))
    }

    fn texts(&self) -> &'static Both<Text> {
        match self {
            Self::Code { .. } => &CATALOGUE.code,
            Self::ContributionDue { .. } => &CATALOGUE.contribution_due,
            Self::CoverEnds { .. } => &CATALOGUE.cover_ends,
            Self::MembershipEnded { .. } => &CATALOGUE.membership_ended,
            Self::IdentityRefused => &CATALOGUE.identity_refused,
            Self::ContactChanged { .. } => &CATALOGUE.contact_changed,
            Self::ClaimReceived { .. } => &CATALOGUE.claim_received,
            Self::ClaimRejected { .. } => &CATALOGUE.claim_rejected,
            Self::ClaimPaid { .. } => &CATALOGUE.claim_paid,
            Self::ClaimFailed { .. } => &CATALOGUE.claim_failed,
        }
    }

    /// What comes into `place`.
    fn value(&self, place: &str) -> Option<String> {
        let mut values = self.values().into_iter();
        values.find(|it| it.0 == place).map(|it| it.1)
    }

    /// What comes into which place, as the wire would write it.
    fn values(&self) -> Vec<(&'static str, String)> {
        match *self {
            Self::Code { code } => vec![("code", code.to_owned())],
            Self::ContributionDue {
                paid_through,
                due_on,
            } => vec![
                ("paidThrough", paid_through.to_string()),
                ("dueOn", due_on.to_string()),
            ],
            Self::CoverEnds {
                paid_through,
                ends_on,
            } => vec![
                ("paidThrough", paid_through.to_string()),
                ("endsOn", ends_on.to_string()),
            ],
            Self::MembershipEnded {
                ended_on,
                claimable_on,
            } => vec![
                ("endedOn", ended_on.to_string()),
                ("claimableOn", claimable_on.to_string()),
            ],
            Self::IdentityRefused => Vec::new(),
            Self::ContactChanged { contact } => vec![("contact", contact.to_owned())],
            Self::ClaimReceived {
                amount,
                account,
                due_on,
            } => vec![
                ("amountIdr", amount.idr().to_string()),
                ("account", account.to_owned()),
                ("dueOn", due_on.to_string()),
            ],
            Self::ClaimPaid { amount, account } => vec![
                ("amountIdr", amount.idr().to_string()),
                ("account", account.to_owned()),
            ],
            Self::ClaimRejected { reason } | Self::ClaimFailed { reason } => {
                vec![("reason", reason.to_owned())]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn every_message_is_whole_in_both_languages() {
        let (paid_through, on) = ("2026-02".parse().expect("a month"), day("2026-03-15"));
        let (amount, account) = (Money::new(1_250_000), "•••4567");
        let (due_on, ends_on) = (on, on);
        let (ended_on, claimable_on) = (on, day("2026-04-15"));
        for wording in [
            Wording::Code { code: "123456" },
            Wording::ContributionDue {
                paid_through,
                due_on,
            },
            Wording::CoverEnds {
                paid_through,
                ends_on,
            },
            Wording::MembershipEnded {
                ended_on,
                claimable_on,
            },
            Wording::IdentityRefused,
            Wording::ContactChanged {
                contact: "+62•••1"
            },
            Wording::ClaimReceived {
                amount,
                account,
                due_on,
            },
            Wording::ClaimRejected { reason: "no" },
            Wording::ClaimPaid { amount, account },
            Wording::ClaimFailed { reason: "closed" },
        ] {
            let known: Vec<_> = wording.values().into_iter().map(|it| it.0).collect();
            for language in Language::ALL {
                let text = wording.texts().of(language);
                let value = |it: &str| wording.value(it);
                assert!(
                    text.is_filled(language, &Words::new(), value),
                    "{wording:?}"
                );
            }
            // Indonesian is the scheme's own: there nothing is left out.
            let places = wording.texts().of(Language::Indonesian).places().concat();
            assert!(known.iter().all(|it| places.contains(it)), "{wording:?}");
        }
    }

    #[test]
    fn money_days_and_months_are_said_in_each_language() {
        let paid = Wording::ClaimReceived {
            amount: Money::new(1_250_000),
            account: "•••4567",
            due_on: day("2026-05-08"),
        };
        assert_eq!(
            paid.text(),
            "Klaim JHT Anda diterima: Rp 1.250.000 ke rekening •••4567, paling lambat 8 Mei 2026. Bukan Anda? Hubungi kami segera. / Your \
             JHT claim was received: IDR 1,250,000 to account •••4567, by 8 May 2026. Not you? Call us at once."
        );
    }
}
