//! Who outside is real, and whom the sandbox plays.

/// The neighbours outside that are real. What is left out is played by the sandbox; production leaves nothing out.
#[derive(Clone, Default)]
pub struct Outside {}

impl Outside {
    /// The settings without which production is not served.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        vec!["the population register", "a carrier of messages", "a bank"]
    }
}
