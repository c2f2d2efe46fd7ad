//! What the doctor finds, and how it is told.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    desk::Desk,
    failure::{Exit, Failure},
    show::or_null,
    table::Table,
};

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    Ok,
    Warn,
    /// And what scripts learn from it.
    Fail(Exit),
}

/// One thing that was looked at.
pub(super) struct Finding {
    what: &'static str,
    health: Health,
    found: String,
    remedy: String,
}

impl Finding {
    pub(super) fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self::of(what, Health::Ok, found, "")
    }

    pub(super) fn warn(
        what: &'static str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::of(what, Health::Warn, found, remedy)
    }

    pub(super) fn of(
        what: &'static str,
        health: Health,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            what,
            health,
            found: found.into(),
            remedy: remedy.into(),
        }
    }

    /// What went wrong, with the remedy that the command itself would give.
    pub(super) fn failed(what: &'static str, failure: Failure, desk: &Desk) -> Self {
        let told = failure.told(&desk.globals.server, desk.globals.lang);
        let health = Health::Fail(told.exit);
        Self::of(
            what,
            health,
            told.sentence.clone(),
            told.remedy().to_owned(),
        )
    }

    fn word(&self) -> &'static str {
        match self.health {
            Health::Ok => "ok",
            Health::Warn => "warn",
            Health::Fail(_) => "fail",
        }
    }
}

/// All lines, and the exit code of the first that failed.
pub(super) fn report(findings: &[Finding]) -> Answer {
    let mut table = Table::new(["", "what", "found"]);
    for it in findings {
        let found = format!("{} {}", it.found, it.remedy);
        table.row([it.word().into(), it.what.into(), found]);
    }
    let exit = findings.iter().find_map(|it| match it.health {
        Health::Fail(exit) => Some(exit),
        Health::Ok | Health::Warn => None,
    });
    let checks = findings.iter().map(|it| {
        json!({
            "check": it.what,
            "health": it.word(),
            "found": it.found,
            "remedy": or_null(&it.remedy),
        })
    });
    let json = json!({ "healthy": exit.is_none(), "checks": checks.collect::<Value>() });
    let verdict = match exit {
        None => "Nothing is in the way.",
        Some(_) => "What says fail is in the way.",
    };
    let answer = Answer::new(format!("{}\n{verdict}", table.shown()), json);
    answer.ending(exit.unwrap_or(Exit::Fine))
}
