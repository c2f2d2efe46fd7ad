//! What nobody may read who looks over the shoulder: a password, a token, a key.

use std::{convert::Infallible, fmt, str::FromStr};

/// A setting that hides itself from logs.
#[derive(Clone)]
pub struct Hidden(String);

impl Hidden {
    /// It, for whoever must say it to somebody.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for Hidden {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Hidden")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_does_not_print_itself() {
        let password = Hidden::from("geheim".to_owned());
        assert!(!format!("{password:?}").contains("geheim"));
    }
}
