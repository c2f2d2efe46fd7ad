//! What each reason says to people, in both languages: `server/texts/refusals.toml`, read once.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use serde::Deserialize;

use super::Reason;
use crate::texts::{Both, Language, Text, Words};

/// What every name of a reason begins with.
const PREFIX: &str = "ERROR_REASON_";

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::read().expect("the texts are compiled in, and a unit test has read them")
});

/// What there is to say about refusals.
pub(super) struct Catalogue {
    entries: BTreeMap<String, Entry>,
    fields: BTreeMap<String, Both<String>>,
    words: Words,
}

/// What there is to say about one reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The gRPC codes under which it is refused; none where it is only told of rows.
    pub(super) codes: Vec<String>,
    /// Its metadata, each with a sample.
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
    /// What the calling program does about it.
    pub(super) remedy: String,
    /// What people are told.
    id: Text,
    en: Text,
}

impl Entry {
    const fn text(&self, language: Language) -> &Text {
        match language {
            Language::Indonesian => &self.id,
            Language::English => &self.en,
        }
    }
}

impl Catalogue {
    /// The one that is compiled in.
    pub(super) fn get() -> &'static Self {
        &CATALOGUE
    }

    fn read() -> Result<Self, toml::de::Error> {
        Ok(Self {
            entries: toml::from_str(include_str!("../../texts/refusals.toml"))?,
            fields: toml::from_str(include_str!("../../texts/fields.toml"))?,
            words: toml::from_str(include_str!("../../texts/words.toml"))?,
        })
    }

    /// What `reason` is about, if the catalogue knows it.
    pub(super) fn entry(&self, reason: Reason) -> Option<&Entry> {
        self.entries.get(short(reason))
    }

    /// What a person is told of `reason`, with its numbers.
    pub(super) fn text(
        &self,
        reason: Reason,
        metadata: &HashMap<String, String>,
        language: Language,
    ) -> Option<String> {
        let text = self.entry(reason)?.text(language);
        Some(text.fill(language, &self.words, |it| metadata.get(it).cloned()))
    }

    /// What a person is told of a field that is not as it must be. Where a description ends in a number of the law, it is known by what
    /// stands before.
    pub(super) fn field(&self, expected: &str, language: Language) -> Option<&str> {
        let before = expected.split(|it: char| it.is_ascii_digit()).next();
        self.fields
            .get(expected)
            .or_else(|| self.fields.get(before?))
            .map(|it| it.of(language).as_str())
    }
}

/// The name of a reason without what every one begins with.
pub(super) fn short(reason: Reason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix(PREFIX).unwrap_or(name)
}

/// Every reason that somebody can be told, by number.
pub(super) fn reasons() -> impl Iterator<Item = Reason> {
    let pool = prost_reflect::DescriptorPool::decode(jamsostek_proto::DESCRIPTORS)
        .expect("the contract is compiled in");
    let named = pool.get_enum_by_name("jamsostek.v1.ErrorReason");
    let named = named.expect("the contract has its reasons");
    let mut reasons: Vec<_> = named
        .values()
        .filter_map(|it| Reason::try_from(it.number()).ok())
        .filter(|it| *it != Reason::Unspecified)
        .collect();
    reasons.sort();
    reasons.into_iter()
}

#[cfg(test)]
mod tests;
