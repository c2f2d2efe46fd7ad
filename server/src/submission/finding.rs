//! What there is to say of a row, in the words of the refusal that a call for one employee would get.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tonic::Status;
use tonic_types::StatusExt;

use crate::refusal::Reason;

/// Something that is wrong with a row, or worth a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// The path of the field in the row; empty where it is the row as a whole.
    pub field: String,
    /// The reason, by its name in the contract.
    pub reason: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// All that there is to say of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Findings {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Finding>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Finding>,
}

impl Finding {
    pub(crate) fn new<const N: usize>(
        field: impl Into<String>,
        reason: Reason,
        message: impl Into<String>,
        metadata: [(&str, String); N],
    ) -> Self {
        let metadata = metadata.map(|(key, value)| (key.to_owned(), value));
        Self {
            field: field.into(),
            reason: reason.as_str_name().to_owned(),
            message: message.into(),
            metadata: metadata.into(),
        }
    }

    /// What a refusal says of a row: each bad field by itself, else the refusal as a whole about `field`. Both are below `action`.
    pub(crate) fn of(refusal: &Status, action: &str, field: &str) -> Vec<Self> {
        let details = refusal.get_error_details();
        if let Some(bad) = details.bad_request() {
            let fields = bad.field_violations.iter().map(|it| {
                let field = format!("{action}.{}", it.field);
                Self::new(field, Reason::MalformedRequest, &it.description, [])
            });
            return fields.collect();
        }
        let (reason, metadata) = match details.error_info() {
            Some(info) => (
                info.reason.clone(),
                info.metadata.clone().into_iter().collect(),
            ),
            None => (Reason::Internal.as_str_name().to_owned(), BTreeMap::new()),
        };
        vec![Self {
            field: format!("{action}.{field}"),
            reason,
            message: refusal.message().to_owned(),
            metadata,
        }]
    }
}

impl Findings {
    /// As it is stored; nothing where there is nothing to say.
    pub(crate) fn stored(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        serde_json::to_string(self).expect("strings are JSON")
    }

    /// Reads what was stored.
    pub(crate) fn read(stored: &str) -> Option<Self> {
        if stored.is_empty() {
            return Some(Self::default());
        }
        serde_json::from_str(stored).ok()
    }
}
