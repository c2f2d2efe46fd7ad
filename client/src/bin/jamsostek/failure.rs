//! What went wrong, as a sentence with its remedy and an exit code.

mod silence;

use std::fmt::Write as _;

use jamsostek_client::{Code, Error, Refusal};
use serde_json::{Value, json};

use crate::{args::Lang, remedies};

/// How the program ends; `--help` tells the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Fine,
    Refused,
    Usage,
    NotSignedIn,
    NotFound,
    Later,
    Unreachable,
    Defect,
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::NotSignedIn => 3,
            Self::NotFound => 4,
            Self::Later => 5,
            Self::Unreachable => 6,
            Self::Defect => 70,
        }
    }
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A call did.
    Call(Box<Error>),
    /// Something on this side did, told already.
    Here(Box<Told>),
}

/// A failure as it is told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) exit: Exit,
    pub(crate) sentence: String,
    remedy: String,
    /// The rest, for scripts: the reason, its numbers, bad fields, the law.
    details: Value,
    /// Bad fields and texts of law, a line each, for people.
    lines: Vec<String>,
    retry_after_seconds: Option<u64>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(Box::new(error))
    }
}

impl Failure {
    /// What was given cannot be used.
    pub(crate) fn usage(sentence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::here(Exit::Usage, sentence, remedy)
    }

    /// This machine does not play along: a file, a pipe.
    pub(crate) fn machine(sentence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::here(Exit::Refused, sentence, remedy)
    }

    /// The service answered what it never should.
    pub(crate) fn strange(what: &str) -> Self {
        Self::here(
            Exit::Defect,
            format!("The service's answer is not as the contract says: {what}."),
            "`jamsostek doctor` compares the versions.",
        )
    }

    pub(crate) fn here(exit: Exit, sentence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Here(Box::new(Told {
            exit,
            sentence: sentence.into(),
            remedy: remedy.into(),
            details: json!({}),
            lines: Vec::new(),
            retry_after_seconds: None,
        }))
    }

    /// The call's error, where it is one.
    pub(crate) fn call(&self) -> Option<&Error> {
        match self {
            Self::Call(error) => Some(error),
            Self::Here(_) => None,
        }
    }

    pub(crate) fn told(self, server: &str, language: Lang) -> Told {
        match self {
            Self::Here(told) => *told,
            Self::Call(error) => match *error {
                Error::Refused(refusal) => refused(&refusal, language),
                ref silence @ Error::Transport(_) => silent(silence, server),
                ref strange @ Error::Unknown(_) => not_understood(strange, server),
            },
        }
    }
}

impl Told {
    pub(crate) fn remedy(&self) -> &str {
        &self.remedy
    }

    pub(crate) fn shown(&self, json: bool) -> String {
        if json {
            let mut error = self.details.clone();
            error["exit_code"] = self.exit.code().into();
            error["message"] = self.sentence.clone().into();
            error["remedy"] = self.remedy.clone().into();
            error["retry_after_seconds"] = self.retry_after_seconds.into();
            return json!({ "error": error }).to_string();
        }
        let mut shown = format!("jamsostek: {} {}", self.sentence, self.remedy);
        for line in &self.lines {
            write!(shown, "\n  {line}").expect("writing to a String cannot fail");
        }
        if let Some(seconds) = self.retry_after_seconds {
            write!(shown, "\nTry again in {seconds} seconds.")
                .expect("writing to a String cannot fail");
        }
        shown.trim_end().to_owned()
    }
}

fn refused(refusal: &Refusal, language: Lang) -> Told {
    let (sentence, remedy) = remedies::told(refusal, language);
    let seconds = refusal.retry_after.map(|it| it.as_secs().max(1));
    let fields = refusal.violations.iter();
    let fields = fields.map(|it| json!({ "field": it.field, "description": it.description }));
    let law = refusal.help.iter();
    let law = law.map(|(title, href)| json!({ "title": title, "href": href }));
    let lines = refusal.violations.iter();
    let lines = lines.map(|it| {
        let told = it.localized.as_ref();
        let told = told.map_or(it.description.as_str(), |it| it.text.as_str());
        format!("{}: {told}", it.field)
    });
    let texts = refusal
        .help
        .iter()
        .map(|(title, href)| format!("{title}: {href}"));
    Told {
        exit: of_code(refusal.code),
        sentence,
        remedy,
        details: json!({
            "reason": reason(refusal),
            "metadata": refusal.metadata,
            "fields": fields.collect::<Vec<_>>(),
            "law": law.collect::<Vec<_>>(),
        }),
        lines: lines.chain(texts).collect(),
        retry_after_seconds: seconds,
    }
}

/// The reason by its name in the contract, without what all of them begin with.
pub(crate) fn reason(refusal: &Refusal) -> &'static str {
    crate::words::short(refusal.reason.as_str_name(), "ERROR_REASON_")
}

fn of_code(code: Code) -> Exit {
    match code {
        Code::InvalidArgument => Exit::Usage,
        Code::Unauthenticated | Code::PermissionDenied => Exit::NotSignedIn,
        Code::NotFound => Exit::NotFound,
        Code::ResourceExhausted | Code::Unavailable | Code::Aborted | Code::DeadlineExceeded => {
            Exit::Later
        }
        Code::FailedPrecondition
        | Code::AlreadyExists
        | Code::OutOfRange
        | Code::Cancelled
        | Code::Ok => Exit::Refused,
        Code::Internal | Code::Unknown | Code::Unimplemented | Code::DataLoss => Exit::Defect,
    }
}

fn silent(error: &Error, server: &str) -> Told {
    let (exit, sentence, remedy) = if error.code() == Code::InvalidArgument {
        (
            Exit::Usage,
            format!("{server} cannot be called: {}.", silence::deepest(error)),
            "Look at --server, --ca and --client-id.".to_owned(),
        )
    } else if error.code() == Code::DeadlineExceeded {
        (
            Exit::Unreachable,
            format!("{server} did not answer in time, and may have done what was asked."),
            "Look before you repeat it, or give more time with --timeout.".to_owned(),
        )
    } else {
        (
            Exit::Unreachable,
            format!("Nobody answers at {server}: {}.", silence::deepest(error)),
            silence::remedy(error, server),
        )
    };
    Told {
        exit,
        sentence,
        remedy,
        details: json!({ "server": server }),
        lines: Vec::new(),
        retry_after_seconds: None,
    }
}

fn not_understood(error: &Error, server: &str) -> Told {
    let sentence = if error.code() == Code::Unimplemented {
        format!("{server} does not know this command.")
    } else {
        let said = silence::deepest(error);
        format!("{server} answers, but not as jamsostek does: {said}.")
    };
    Told {
        exit: of_code(error.code()),
        sentence,
        remedy: "`jamsostek doctor` compares the versions and looks who is there.".into(),
        details: json!({ "server": server }),
        lines: Vec::new(),
        retry_after_seconds: None,
    }
}
