//! How a policy file is read: once into its typed parameter, and as the law writes it into the catalogue.

use std::fmt::Display;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::parameter::{Dated, Parameter, Reference};

/// A parameter as the law writes it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// Its name, such as `bpu/jkm_contribution`.
    pub(crate) name: &'static str,
    /// What it counts, in a sentence.
    pub(crate) description: String,
    /// What one of it is.
    pub(crate) unit: String,
    /// Its values, oldest first.
    pub(crate) values: Vec<ListedValue>,
}

/// What a listed parameter is from one day on.
#[derive(Clone, Debug)]
pub(crate) struct ListedValue {
    /// The first day.
    pub(crate) from: NaiveDate,
    /// The value as the law writes it; none where the parameter ends.
    pub(crate) value: Option<String>,
    /// The text of law.
    pub(crate) reference: Reference,
    /// When somebody last compared it with the text.
    pub(crate) verified: NaiveDate,
    /// How sure that was: H, M or L.
    pub(crate) confidence: String,
}

/// A day as TOML writes it; one that the calendar lacks is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "toml::value::Date")]
pub(super) struct Day(pub(super) NaiveDate);

impl TryFrom<toml::value::Date> for Day {
    type Error = String;

    fn try_from(date: toml::value::Date) -> Result<Self, String> {
        NaiveDate::from_ymd_opt(i32::from(date.year), date.month.into(), date.day.into())
            .map(Self)
            .ok_or_else(|| format!("{date} is no day"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<T> {
    description: String,
    unit: String,
    values: Vec<Row<T>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row<T> {
    from: Day,
    value: Option<T>,
    reference: Reference,
    verified: Day,
    confidence: String,
}

/// The policy files while they are read.
pub(super) struct Shelf {
    listed: Vec<Listed>,
    digest: u64,
}

// FNV-1a, 64 bits: it tells releases apart and guards nothing.
const DIGEST_START: u64 = 0xcbf2_9ce4_8422_2325;
const DIGEST_PRIME: u64 = 0x0000_0100_0000_01b3;

impl Default for Shelf {
    fn default() -> Self {
        Self {
            listed: Vec::new(),
            digest: DIGEST_START,
        }
    }
}

impl Shelf {
    /// Reads one file.
    pub(super) fn take<T: DeserializeOwned + Display>(
        &mut self,
        name: &'static str,
        text: &str,
    ) -> Result<Parameter<T>, toml::de::Error> {
        for byte in name.bytes().chain([0]).chain(text.bytes()).chain([0]) {
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(DIGEST_PRIME);
        }
        let file: File<T> = toml::from_str(text)?;
        self.listed.push(Listed {
            name,
            description: file.description,
            unit: file.unit,
            values: file.values.iter().map(listed).collect(),
        });
        let values = file
            .values
            .into_iter()
            .map(|row| (row.from.0, dated(row)))
            .collect();
        Ok(Parameter { name, values })
    }

    /// The version and the catalogue of what was read.
    pub(super) fn close(mut self) -> (String, Vec<Listed>) {
        self.listed.sort_by_key(|it| it.name);
        let folded = (self.digest >> 32) ^ (self.digest & 0xffff_ffff);
        (
            format!("{}+{folded:08x}", env!("CARGO_PKG_VERSION")),
            self.listed,
        )
    }
}

fn listed<T: Display>(row: &Row<T>) -> ListedValue {
    ListedValue {
        from: row.from.0,
        value: row.value.as_ref().map(T::to_string),
        reference: row.reference.clone(),
        verified: row.verified.0,
        confidence: row.confidence.clone(),
    }
}

fn dated<T>(row: Row<T>) -> Option<Dated<T>> {
    let value = row.value?;
    Some(Dated {
        from: row.from.0,
        value,
        reference: row.reference,
    })
}
