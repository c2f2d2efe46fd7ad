//! Asks at a terminal for what was not given; tells scripts what is missing.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::failure::Failure;

/// Whoever is asked, if anybody is there.
#[derive(Default)]
pub(crate) struct Ask {
    missing: Vec<&'static str>,
}

/// Whether somebody can be asked.
pub(crate) fn is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

impl Ask {
    /// What was given; else what is answered to `question`. Without anybody to ask, the flag is noted as missing.
    pub(crate) fn need(
        &mut self,
        given: Option<String>,
        flag: &'static str,
        question: &str,
    ) -> Result<String, Failure> {
        match given {
            Some(given) => Ok(given),
            None if is_there() => answer(question),
            None => {
                self.missing.push(flag);
                Ok(String::new())
            }
        }
    }

    /// The same for what must be read as something; asked again until it can be.
    pub(crate) fn need_as<T>(
        &mut self,
        given: Option<T>,
        flag: &'static str,
        question: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Failure> {
        if given.is_some() {
            return Ok(given);
        }
        if !is_there() {
            self.missing.push(flag);
            return Ok(None);
        }
        loop {
            match read(&answer(question)?) {
                Ok(value) => return Ok(Some(value)),
                Err(why) => tell(&format!("  {why}")),
            }
        }
    }

    /// Everything was given or answered.
    pub(crate) fn done(self) -> Result<(), Failure> {
        if self.missing.is_empty() {
            return Ok(());
        }
        Err(Failure::usage(
            format!("This is missing: {}.", self.missing.join(", ")),
            "Give it as flags or in the environment (--help names both), or run this at a terminal.",
        ))
    }
}

/// Whether somebody says yes. Nobody there is no.
pub(crate) fn agrees(question: &str) -> Result<bool, Failure> {
    if !is_there() {
        return Ok(false);
    }
    let said = line(&format!("{question} [y/N] "))?.to_lowercase();
    Ok(["y", "yes", "ya"].contains(&said.as_str()))
}

/// What was given; `-` stands for a line of standard input, so that it is in no list of processes.
pub(crate) fn from_stdin(given: Option<String>) -> Result<Option<String>, Failure> {
    match given.as_deref() {
        Some("-") => Ok(Some(read_line()?)),
        _ => Ok(given),
    }
}

/// Tells something on the way, apart from the answer.
pub(crate) fn tell(text: &str) {
    // Nobody reads it: then there is nobody to tell that.
    let _ = writeln!(io::stderr(), "{text}");
}

/// What is answered; empty answers are asked again.
fn answer(question: &str) -> Result<String, Failure> {
    loop {
        let said = line(&format!("{question}: "))?;
        if !said.is_empty() {
            return Ok(said);
        }
    }
}

/// What is answered, which may be nothing.
pub(crate) fn line(question: &str) -> Result<String, Failure> {
    let mut stderr = io::stderr();
    let asked = write!(stderr, "{question}").and_then(|()| stderr.flush());
    asked.map_err(|error| unreadable(&error))?;
    read_line()
}

fn read_line() -> Result<String, Failure> {
    let mut said = String::new();
    let read = io::stdin().lock().read_line(&mut said);
    match read {
        Ok(0) => Err(Failure::usage(
            "Standard input ended before the answer came.",
            "Give it as a flag or in the environment (--help names both).",
        )),
        Ok(_) => Ok(said.trim().to_owned()),
        Err(error) => Err(unreadable(&error)),
    }
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::machine(
        format!("Standard input cannot be read: {error}."),
        "Give the answer as a flag or in the environment.",
    )
}
