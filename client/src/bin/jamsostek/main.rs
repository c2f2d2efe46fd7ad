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
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

use crate::{
    answer::Answer,
    args::{Cli, Lang},
    desk::Desk,
    failure::{Exit, Failure},
};

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { globals, command } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(slip) => return ExitCode::from(misread(&slip).code()),
    };
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

/// Tells what cannot be understood, to scripts as every other failure; help and the version are answers.
fn misread(slip: &clap::Error) -> Exit {
    if !slip.use_stderr() || !asks_for_json(std::env::args_os().skip(1)) {
        // Whoever does not read it still gets the exit code.
        let _ = slip.print();
        return if slip.use_stderr() {
            Exit::Usage
        } else {
            Exit::Fine
        };
    }
    let remedy = "`jamsostek COMMAND --help` tells what it takes.";
    let failure = Failure::usage(said(slip), remedy);
    let told = failure.told("", Lang::En);
    let _ = writeln!(io::stderr(), "{}", told.shown(true));
    told.exit
}

/// Whether `--json` is among the words, though they make no sense as a whole. Behind `--` nothing is a flag.
fn asks_for_json(words: impl Iterator<Item = OsString>) -> bool {
    words.take_while(|it| it != "--").any(|it| it == "--json")
}

/// What is wrong, in a sentence: the first paragraph of what is told to people.
fn said(slip: &clap::Error) -> String {
    let told = slip.render().to_string();
    let paragraph = told.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = paragraph.split_whitespace().collect();
    words::sentence(words.join(" ").trim_start_matches("error: "))
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
