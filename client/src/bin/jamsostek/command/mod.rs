//! The commands, a file each.

pub(crate) mod balance;
pub(crate) mod bill;
pub(crate) mod claim;
pub(crate) mod completions;
pub(crate) mod coverage;
pub(crate) mod doctor;
pub(crate) mod employer;
pub(crate) mod end_business;
pub(crate) mod extend;
pub(crate) mod otp;
pub(crate) mod pay;
pub(crate) mod prove;
pub(crate) mod quote;
pub(crate) mod register;
pub(crate) mod sandbox;
pub(crate) mod sign_in;
pub(crate) mod statement;
pub(crate) mod submit;
pub(crate) mod whoami;

use crate::{answer::Answer, args::Command, desk::Desk, failure::Failure};

/// Does what was typed.
pub(crate) async fn run(command: Command, desk: &Desk) -> Result<Answer, Failure> {
    match command {
        Command::Register(it) => it.run(desk).await,
        Command::Prove(it) => it.run(desk).await,
        Command::Otp(it) => it.run(desk).await,
        Command::SignIn(it) => it.run(desk).await,
        Command::SignOut => sign_in::out(desk).await,
        Command::Whoami => whoami::run(desk).await,
        Command::Bill(it) => it.run(desk).await,
        Command::Pay(it) => it.run(desk).await,
        Command::Quote(it) => it.run(desk).await,
        Command::Balance(it) => it.run(desk).await,
        Command::Statement(it) => it.run(desk).await,
        Command::Coverage(it) => it.run(desk).await,
        Command::Claim(it) => it.run(desk).await,
        Command::Extend(it) => it.run(desk).await,
        Command::Employer(it) => it.run(desk).await,
        Command::Submit(it) => it.run(desk).await,
        Command::Commit(it) => it.run(desk).await,
        Command::Template => Ok(submit::template()),
        Command::EndBusiness(it) => it.run(desk).await,
        Command::Doctor(it) => it.run(desk).await,
        Command::Sandbox(it) => it.run(desk).await,
        Command::Completions(it) => Ok(it.run()),
    }
}
