use ring::hmac;
use uuid::Uuid;

use super::{CURRENT_KEY, update};

/// A MAC over the fields of one row, in order. Each field is preceded by its length, so that no two rows read alike.
pub(crate) struct RowMac {
    context: hmac::Context,
}

impl RowMac {
    pub(super) fn new(key: &hmac::Key, table: &str) -> Self {
        let mut context = hmac::Context::with_key(key);
        update(&mut context, table.as_bytes());
        Self { context }
    }

    pub(crate) fn bytes(mut self, field: &[u8]) -> Self {
        update(&mut self.context, field);
        self
    }

    pub(crate) fn text(self, field: &str) -> Self {
        self.bytes(field.as_bytes())
    }

    pub(crate) fn id(self, field: Uuid) -> Self {
        self.bytes(field.as_bytes())
    }

    pub(crate) fn number(self, field: i64) -> Self {
        self.bytes(&field.to_be_bytes())
    }

    /// A field that may be missing; missing is not the same as empty.
    pub(crate) fn optional(self, field: Option<&[u8]>) -> Self {
        match field {
            Some(field) => self.number(1).bytes(field),
            None => self.number(0),
        }
    }

    pub(crate) fn moment(self, field: chrono::DateTime<chrono::Utc>) -> Self {
        self.number(field.timestamp_micros())
    }

    /// A moment that may be missing.
    pub(crate) fn optional_moment(self, field: Option<chrono::DateTime<chrono::Utc>>) -> Self {
        match field {
            Some(field) => self.number(1).moment(field),
            None => self.number(0),
        }
    }

    pub(crate) fn day(self, field: chrono::NaiveDate) -> Self {
        self.text(&field.to_string())
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let mut mac = vec![CURRENT_KEY];
        mac.extend_from_slice(self.context.sign().as_ref());
        mac
    }
}
