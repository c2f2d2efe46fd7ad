//! What a command answers: for people, and for scripts.

use serde_json::Value;

use crate::failure::Exit;

/// An answer in both its shapes.
#[derive(Debug)]
pub(crate) struct Answer {
    text: String,
    json: Value,
    exit: Exit,
}

impl Answer {
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        Self {
            text: text.into(),
            json,
            exit: Exit::Fine,
        }
    }

    /// The same answer, which all the same is no good news for scripts.
    pub(crate) fn ending(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn shown(&self, json: bool) -> String {
        if json {
            format!("{:#}", self.json)
        } else {
            self.text.trim_end().to_owned()
        }
    }
}
