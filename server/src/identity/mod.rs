//! Who somebody says he is, and what the population register (Dukcapil) says to that.
//!
//! `rules` reads a NIK, a name and a contact; [`Register`] is the wire to the register; [`sandbox::SandboxRegister`] stands in for it.

mod contact;
mod document;
pub(crate) mod dukcapil;
mod rules;
pub(crate) mod sandbox;

use std::pin::Pin;

use chrono::NaiveDate;
pub(crate) use contact::{Channel, Contact, masked_name};
pub(crate) use document::{Document, MalformedPassport, Passport, is_passport};
pub(crate) use rules::{FullName, Nik, Sex, Warning, agreed_name, birthday, completed_years};

/// What is put to the register.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The number on the e-KTP.
    pub nik: Nik,
    /// The full name as told.
    pub full_name: FullName,
    /// The birth date as told or read from the NIK.
    pub birth_date: NaiveDate,
    /// The mother's maiden name, where the person told it.
    pub mother_name: Option<FullName>,
}

/// What the register answers. It tells what agrees, never what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything agrees.
    Matched,
    /// These elements disagree, by the register's own names.
    Mismatched(Vec<&'static str>),
    /// The person has died (code 11).
    Deceased,
    /// The NIK is recorded twice (code 12).
    Duplicate,
    /// Nobody has the NIK (code 13).
    NotFound,
    /// The NIK is out of use (code 14).
    Inactive,
    /// The register does not take the number for a NIK (code 15).
    WrongFormat,
    /// No answer: nobody knows, and that is not a no.
    Unavailable,
}

impl Verdict {
    /// What it is counted under.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Mismatched(_) => "mismatched",
            Self::Deceased => "deceased",
            Self::Duplicate => "duplicate",
            Self::NotFound => "not_found",
            Self::Inactive => "inactive",
            Self::WrongFormat => "wrong_format",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What is known of somebody's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdentityState {
    /// The register was not asked yet.
    Declared,
    /// The register agreed.
    Matched,
    /// The register did not.
    Refused,
    /// The register did not answer; it is asked again.
    Pending,
    /// An officer vouches for the person.
    Vouched,
    /// A foreigner, whom the register does not know; no officer has seen his papers.
    Unverified,
}

impl IdentityState {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Matched => "matched",
            Self::Refused => "refused",
            Self::Pending => "pending",
            Self::Vouched => "vouched",
            Self::Unverified => "unverified",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        let all = [
            Self::Declared,
            Self::Matched,
            Self::Refused,
            Self::Pending,
            Self::Vouched,
            Self::Unverified,
        ];
        all.into_iter().find(|it| it.code() == code)
    }

    /// Whether it is known who the person is.
    pub(crate) const fn is_proven(self) -> bool {
        matches!(self, Self::Matched | Self::Vouched)
    }
}

/// What became of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// What is known now.
    pub verdict: Verdict,
    /// Whether the question may have reached the register, and so costs; what is remembered costs nothing.
    pub was_put: bool,
}

/// An answer that is on its way.
pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Heard> + Send + 'a>>;

/// The population register.
pub(crate) trait Register: Send + Sync + 'static {
    /// Asks it. Costs money, takes seconds and never longer than five, may not answer.
    fn ask<'a>(&'a self, question: &'a Question) -> Answer<'a>;
}
