//! Whether everything is as it should be, a line a question.

mod checks;
mod finding;

use clap::Args;

use crate::{answer::Answer, desk::Desk, failure::Failure};

/// Looks whether everything is as it should be.
///
/// Each line says ok, warn or fail, and what to do. Nothing is changed, but that the session gets its next token.
#[derive(Args)]
pub(crate) struct Doctor {}

impl Doctor {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let mut findings = checks::here(desk);
        findings.extend(checks::there(desk).await);
        Ok(finding::report(&findings))
    }
}
