//! What can be typed.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use jamsostek_client::Uuid;

use crate::{
    command::{
        balance, bill, claim, completions, coverage, doctor, employer, end_business, extend, otp,
        pay, prove, quote, register, sandbox, sign_in, statement, submit,
    },
    failure::Failure,
};

const EXIT_CODES: &str = "\
Exit codes:
   0  fine
   1  refused; the sentence says why and what to do
   2  what was given is missing or malformed
   3  nobody is signed in, or whoever is may not
   4  no such thing, or somebody else's
   5  try again later; stderr says in how many seconds
   6  nobody answers there
  70  a defect of the service, or an answer that this program does not know

Answers go to stdout; questions, progress and failures to stderr.
With --json an answer is one JSON object, amounts are whole rupiah, days YYYY-MM-DD,
and a failure is one line {\"error\": {\"reason\", \"message\", \"remedy\", …}} on stderr.
What is personal can be given in the environment, and codes also as `-` for a line of
stdin, so that they stand in no list of processes. No colours are used.";

/// Indonesia's worker social security (BPJS Ketenagakerjaan) from the command line.
#[derive(Parser)]
#[command(name = "jamsostek", version, after_help = EXIT_CODES, max_term_width = 90)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Globals {
    /// The server; https:// for TLS
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_SERVER",
        value_name = "URL",
        default_value = "http://127.0.0.1:50051"
    )]
    pub(crate) server: String,
    /// The authority that signed the server's certificate (PEM); this machine's authorities otherwise
    #[arg(long, global = true, env = "JAMSOSTEK_CA", value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Where the session is kept; $XDG_STATE_HOME/jamsostek otherwise
    #[arg(long, global = true, env = "JAMSOSTEK_STATE_DIR", value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
    /// Answers in JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The language in which the service refuses
    #[arg(long, global = true, env = "JAMSOSTEK_LANG", default_value = "en")]
    pub(crate) lang: Lang,
    /// How long a call may take
    #[arg(
        long = "timeout",
        global = true,
        env = "JAMSOSTEK_TIMEOUT",
        value_name = "SECONDS",
        default_value = "10",
        value_parser = clap::value_parser!(u64).range(1..=30)
    )]
    pub(crate) timeout_seconds: u64,
    /// The credential of an officer, a service or a user of an employer; its secret stands in JAMSOSTEK_CLIENT_SECRET
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_CLIENT_ID",
        value_name = "UUID",
        hide_env_values = true
    )]
    pub(crate) client_id: Option<Uuid>,
}

/// A language of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// Bahasa Indonesia
    Id,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Registers somebody, step by step; run it again to go on
    Register(Box<register::Register>),
    /// Proves that somebody who is known already is oneself
    Prove(prove::Prove),
    /// Sends, takes back and follows one-time codes
    #[command(subcommand)]
    Otp(otp::Otp),
    /// Signs in by a code to a contact on file
    SignIn(sign_in::SignIn),
    /// Ends the session and forgets it
    SignOut,
    /// Tells who is signed in
    Whoami,
    /// Shows or issues bills
    Bill(bill::Bill),
    /// Pays a bill as the sandbox's gateway
    Pay(pay::Pay),
    /// Computes what contributions cost
    Quote(quote::Quote),
    /// Tells what is saved for old age
    Balance(balance::Balance),
    /// Lists what moved the savings
    Statement(statement::Statement),
    /// Tells what covers somebody today, and what to do
    Coverage(coverage::Coverage),
    /// Checks, submits, follows and takes back claims
    #[command(subcommand)]
    Claim(claim::Claim),
    /// Adds months to the cover of a contract abroad, and shows the bill for them
    Extend(extend::Extend),
    /// An employer's desk: his employees, their wages, his bills
    #[command(subcommand)]
    Employer(employer::Employer),
    /// Reports many employees at once from a file: hires, wages, last days
    Submit(submit::Submit),
    /// Commits a submission that somebody else has brought
    Commit(submit::Commit),
    /// Prints the columns of a file for `submit`, with a row of each kind
    Template,
    /// Ends the business that a membership rests on
    EndBusiness(end_business::EndBusiness),
    /// Looks whether everything is as it should be
    Doctor(doctor::Doctor),
    /// Shows what only a sandbox shows
    #[command(subcommand)]
    Sandbox(sandbox::Sandbox),
    /// Prints completions for a shell
    Completions(completions::Completions),
}

/// Whom a question is about.
#[derive(Args)]
pub(crate) struct About {
    /// The participant's UUID, for officers; oneself otherwise
    #[arg(long = "participant", value_name = "UUID")]
    pub(crate) participant: Option<Uuid>,
}

impl Globals {
    /// The secret, which is never an argument: those can be seen by everybody on the machine.
    pub(crate) fn client_secret(&self) -> Result<String, Failure> {
        std::env::var_os("JAMSOSTEK_CLIENT_SECRET")
            .map(OsString::into_string)
            .and_then(Result::ok)
            .filter(|it| !it.is_empty())
            .ok_or_else(|| {
                Failure::usage(
                    "There is a client id and no secret.",
                    "Set JAMSOSTEK_CLIENT_SECRET.",
                )
            })
    }
}
