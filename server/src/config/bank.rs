//! The settings of the bank.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::file::secret;
use crate::{BankAt, hidden::Hidden};

/// Where the bank is, and how it knows us.
#[derive(Args, Clone, Debug)]
pub struct BankFlags {
    /// Where the bank, or its adapter, is, such as `https://bank.example`; docs/bank.md tells what it must speak. The sandbox's own
    /// bank when nothing is said.
    #[arg(long, global = true, env = "JAMSOSTEK_BANK_URL")]
    pub bank_url: Option<String>,
    /// What the bank knows us by. Others on this machine can read a command line: better the variable, or the file.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_BANK_TOKEN",
        hide_env_values = true,
        conflicts_with = "bank_token_file"
    )]
    pub bank_token: Option<Hidden>,
    /// The file that holds it, on one line.
    #[arg(long, global = true, env = "JAMSOSTEK_BANK_TOKEN_FILE")]
    pub bank_token_file: Option<PathBuf>,
    /// How many milliseconds the bank may take for an answer.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_BANK_TIMEOUT_MS",
        default_value = "5000",
        value_parser = clap::value_parser!(u64).range(50..=5_500)
    )]
    pub bank_timeout_ms: u64,
}

impl BankFlags {
    /// The bank as it is set, if it is, or what is wrong with the settings.
    pub(super) fn read(&self) -> Result<Option<BankAt>, String> {
        let token = secret(
            "--bank-token",
            self.bank_token.as_ref(),
            self.bank_token_file.as_ref(),
        )?;
        match (&self.bank_url, token) {
            (None, None) => Ok(None),
            (Some(url), Some(token)) => {
                let timeout = Duration::from_millis(self.bank_timeout_ms);
                BankAt::new(url, token.text(), timeout).map(Some)
            }
            (Some(_), None) => {
                Err("--bank-url needs --bank-token-file, or JAMSOSTEK_BANK_TOKEN".to_owned())
            }
            (None, Some(_)) => Err("the bank's token is of no use without --bank-url".to_owned()),
        }
    }
}
