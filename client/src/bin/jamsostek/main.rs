//! `jamsostek`: the scheme from a terminal or a script.
//!
//! A command is a file in `command/`. It asks the service through `desk` and answers with an `Answer`, for people and for
//! scripts at once; what goes wrong is a `Failure`, which ends as a sentence with a remedy and an exit code.

mod answer;
mod args;
mod ask;
mod command;
mod desk;
mod failure;
mod remedies;
mod show;
mod state;
mod table;
mod words;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

use crate::{answer::Answer, args::Cli, desk::Desk, failure::Failure};

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { globals, command } = Cli::parse();
    let (server, language, json) = (globals.server.clone(), globals.lang, globals.json);
    let done = async {
        let answer = command::run(command, &Desk::open(globals)?).await?;
        print(&answer, json)?;
        Ok::<_, Failure>(answer.exit())
    };
    let exit = match done.await {
        Ok(exit) => exit,
        Err(failure) => {
            let told = failure.told(&server, language);
            // Whoever does not read what went wrong still gets the exit code.
            let _ = writeln!(io::stderr(), "{}", told.shown(json));
            told.exit
        }
    };
    ExitCode::from(exit.code())
}

/// Prints the answer. Whoever stops reading, such as `head`, has had enough: that is no failure.
fn print(answer: &Answer, json: bool) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let printed = writeln!(stdout, "{}", answer.shown(json)).and_then(|()| stdout.flush());
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::machine(
            format!("The answer cannot be printed: {error}."),
            "See that there is room where it goes.",
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}
