//! What messages say: the facts of each, for the words in `server/texts/messages.toml`.

mod catalogue;

use chrono::NaiveDate;

use crate::{
    money::{Money, Month},
    texts::{Both, Language, Text, Words},
};
use catalogue::CATALOGUE;

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
    /// What covers a migrant worker before his work is soon to end.
    CoverBeforeWorkEnds { ends_on: NaiveDate },
    /// What covers a migrant worker during his work is soon to end.
    CoverAbroadEnds { ends_on: NaiveDate },
    /// A migrant worker has embarked.
    DepartureReported { day: NaiveDate },
    /// A migrant worker has arrived back.
    ReturnReported { day: NaiveDate },
    /// A membership ends.
    MembershipEnded {
        ended_on: NaiveDate,
        claimable_on: NaiveDate,
    },
    /// The population register knows somebody else.
    IdentityRefused,
    /// An officer does not know him by his papers.
    IdentityUnproven,
    /// There is another contact, masked here.
    ContactChanged { contact: &'a str },
    /// An employer has stated another contact, masked here.
    ContactReported { contact: &'a str },
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
    /// To somebody whom an employer has reported.
    EmployeeRegistered { npp: &'a str },
    /// An employer has said that somebody works for him.
    EmploymentConfirmed {
        npp: &'a str,
        covered_from: NaiveDate,
    },
    /// An employer has said that he does not.
    EmploymentDenied,
    /// An employer has told the last day.
    EmploymentEnded { npp: &'a str, ended_on: NaiveDate },
    /// An employer has said nothing.
    EmploymentUnanswered,
    /// An officer has seen no proof.
    EmploymentUnproven,
    /// An account was opened from a contact that was not on file; KPJ and contact are masked.
    AccountOpened {
        kpj: &'a str,
        contact: &'a str,
        hours: i64,
    },
    /// To an employer: an account of his employee was.
    EmployeesAccountOpened { kpj: &'a str },
    /// To an employer: somebody names him.
    EmployeeWaits,
    /// To an employer: the population register knows somebody else.
    EmployeeDoubtful,
    /// To an employer: a month is to be paid.
    EmployerBill {
        month: Month,
        amount: Money,
        payment_code: &'a str,
        due_on: NaiveDate,
    },
    /// To an employer: a month is soon to be paid.
    EmployerBillDue {
        month: Month,
        payment_code: &'a str,
        due_on: NaiveDate,
    },
}

/// What stands over a mail: what kind of message it is, and nothing of what it says, since subjects are shown on locked screens.
pub(super) fn subject(is_code: bool) -> String {
    in_both(|language| {
        let texts = if is_code {
            &CATALOGUE.subject_of_code
        } else {
            &CATALOGUE.subject_of_notice
        };
        texts.of(language).fill(language, &Words::new(), |_| None)
    })
}

/// Something in both languages: nobody has said yet which one he reads.
fn in_both(told: impl Fn(Language) -> String) -> String {
    Language::ALL.map(told).join(" / ")
}

impl Wording<'_> {
    /// The message in both languages.
    pub(crate) fn text(&self) -> String {
        in_both(|it| self.text_in(it))
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
            Self::CoverBeforeWorkEnds { .. } => &CATALOGUE.cover_before_work_ends,
            Self::CoverAbroadEnds { .. } => &CATALOGUE.cover_abroad_ends,
            Self::DepartureReported { .. } => &CATALOGUE.departure_reported,
            Self::ReturnReported { .. } => &CATALOGUE.return_reported,
            Self::MembershipEnded { .. } => &CATALOGUE.membership_ended,
            Self::IdentityRefused => &CATALOGUE.identity_refused,
            Self::IdentityUnproven => &CATALOGUE.identity_unproven,
            Self::ContactChanged { .. } => &CATALOGUE.contact_changed,
            Self::ContactReported { .. } => &CATALOGUE.contact_reported,
            Self::ClaimReceived { .. } => &CATALOGUE.claim_received,
            Self::ClaimRejected { .. } => &CATALOGUE.claim_rejected,
            Self::ClaimPaid { .. } => &CATALOGUE.claim_paid,
            Self::ClaimFailed { .. } => &CATALOGUE.claim_failed,
            Self::EmployeeRegistered { .. } => &CATALOGUE.employee_registered,
            Self::EmploymentConfirmed { .. } => &CATALOGUE.employment_confirmed,
            Self::EmploymentDenied => &CATALOGUE.employment_denied,
            Self::EmploymentEnded { .. } => &CATALOGUE.employment_ended,
            Self::EmploymentUnanswered => &CATALOGUE.employment_unanswered,
            Self::EmploymentUnproven => &CATALOGUE.employment_unproven,
            Self::AccountOpened { .. } => &CATALOGUE.account_opened,
            Self::EmployeesAccountOpened { .. } => &CATALOGUE.employees_account_opened,
            Self::EmployeeWaits => &CATALOGUE.employee_waits,
            Self::EmployeeDoubtful => &CATALOGUE.employee_doubtful,
            Self::EmployerBill { .. } => &CATALOGUE.employer_bill,
            Self::EmployerBillDue { .. } => &CATALOGUE.employer_bill_due,
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
            Self::CoverBeforeWorkEnds { ends_on } | Self::CoverAbroadEnds { ends_on } => {
                vec![("endsOn", ends_on.to_string())]
            }
            Self::DepartureReported { day } | Self::ReturnReported { day } => {
                vec![("day", day.to_string())]
            }
            Self::MembershipEnded {
                ended_on,
                claimable_on,
            } => vec![
                ("endedOn", ended_on.to_string()),
                ("claimableOn", claimable_on.to_string()),
            ],
            Self::IdentityRefused
            | Self::IdentityUnproven
            | Self::EmploymentDenied
            | Self::EmploymentUnanswered
            | Self::EmploymentUnproven
            | Self::EmployeeWaits
            | Self::EmployeeDoubtful => Vec::new(),
            Self::EmployerBill {
                month,
                amount,
                payment_code,
                due_on,
            } => vec![
                ("month", month.to_string()),
                ("amountIdr", amount.idr().to_string()),
                ("paymentCode", payment_code.to_owned()),
                ("dueOn", due_on.to_string()),
            ],
            Self::EmployerBillDue {
                month,
                payment_code,
                due_on,
            } => vec![
                ("month", month.to_string()),
                ("paymentCode", payment_code.to_owned()),
                ("dueOn", due_on.to_string()),
            ],
            Self::AccountOpened {
                kpj,
                contact,
                hours,
            } => vec![
                ("kpj", kpj.to_owned()),
                ("contact", contact.to_owned()),
                ("hours", hours.to_string()),
            ],
            Self::EmployeesAccountOpened { kpj } => vec![("kpj", kpj.to_owned())],
            Self::EmployeeRegistered { npp } => vec![("npp", npp.to_owned())],
            Self::EmploymentConfirmed { npp, covered_from } => vec![
                ("npp", npp.to_owned()),
                ("coveredFrom", covered_from.to_string()),
            ],
            Self::EmploymentEnded { npp, ended_on } => {
                vec![("npp", npp.to_owned()), ("endedOn", ended_on.to_string())]
            }
            Self::ContactChanged { contact } | Self::ContactReported { contact } => {
                vec![("contact", contact.to_owned())]
            }
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
mod tests;
