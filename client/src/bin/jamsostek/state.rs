//! What is kept between two commands: a file a server, for its owner's eyes alone.
//!
//! No access token is ever kept: a command buys its own with the refresh token and forgets it. No NIK, name, contact or
//! account is kept either; a step that is done again is told them again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Everything that is kept about one server.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    pub(crate) session: Option<Session>,
    /// The code that was sent last and has not come back.
    pub(crate) code: Option<SentCode>,
    /// The registration that is under way.
    pub(crate) registration_id: Option<String>,
    /// What may be paid.
    pub(crate) payment_code: Option<String>,
    /// The claim whose code was asked for.
    pub(crate) claim: Option<PendingClaim>,
}

/// Whoever is signed in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) refresh_token: String,
    /// The kind of caller, as the contract names it without its beginning.
    pub(crate) subject: String,
}

/// A code that was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SentCode {
    pub(crate) challenge_id: String,
    pub(crate) purpose: Purpose,
    pub(crate) masked_contact: String,
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    Register,
    SignIn,
    Payout,
}

/// A claim that is not submitted yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PendingClaim {
    pub(crate) claim_id: String,
    pub(crate) challenge_id: String,
    /// The code has come back.
    pub(crate) proven: bool,
}

impl std::fmt::Debug for Session {
    /// Leaves the token out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Session");
        shown
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

/// The place of a server's state.
#[derive(Debug)]
pub(crate) struct Store {
    directory: PathBuf,
    file: PathBuf,
}

/// Keeps other commands from the state until it is dropped.
pub(crate) struct Turn(#[expect(dead_code, reason = "held for its lock")] File);

impl Store {
    /// The state about `server`, in `directory` or where the system wants it.
    pub(crate) fn of(server: &str, directory: Option<PathBuf>) -> Result<Self, Failure> {
        let directory = directory.or_else(usual).ok_or_else(|| {
            Failure::usage(
                "There is no home directory to keep the session in.",
                "Name a directory with --state-dir.",
            )
        })?;
        let file = directory.join(format!("{}.json", file_name(server)));
        Ok(Self { directory, file })
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn read(&self) -> Result<State, Failure> {
        match fs::read(&self.file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                let file = self.file.display();
                Failure::machine(
                    format!("{file} is not what this program keeps there: {error}."),
                    "Delete it and sign in again.",
                )
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
            Err(error) => Err(self.broken(&error)),
        }
    }

    /// Changes the state, in whose turn it is. The file is written beside and moved into place, so that a crash leaves the
    /// old one or the new one.
    pub(crate) fn change(
        &self,
        _turn: &Turn,
        change: impl FnOnce(&mut State),
    ) -> Result<(), Failure> {
        let mut state = self.read()?;
        change(&mut state);
        self.write(&state).map_err(|error| self.broken(&error))
    }

    /// Waits until no other command changes the state.
    pub(crate) fn turn(&self) -> Result<Turn, Failure> {
        let taken = || {
            let mut directories = fs::DirBuilder::new();
            directories.recursive(true).mode(0o700);
            directories.create(&self.directory)?;
            let lock = self.file.with_extension("lock");
            let lock = private().create(true).truncate(false).open(lock)?;
            lock.lock()?;
            Ok(Turn(lock))
        };
        taken().map_err(|error: io::Error| self.broken(&error))
    }

    fn write(&self, state: &State) -> io::Result<()> {
        let beside = self.file.with_extension("new");
        // One that a crash left behind may have been made by anybody: it is never written into.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = private().create_new(true).open(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(state)?)?;
        file.sync_all()?;
        fs::rename(&beside, &self.file)
    }

    fn broken(&self, error: &io::Error) -> Failure {
        Failure::machine(
            format!("{} cannot be kept: {error}.", self.file.display()),
            "Name another directory with --state-dir.",
        )
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

/// `$XDG_STATE_HOME/jamsostek`, or what stands for it.
fn usual() -> Option<PathBuf> {
    let told = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let told = told.filter(|it| it.is_absolute());
    let state = told.or_else(|| Some(std::env::home_dir()?.join(".local/state")))?;
    Some(state.join("jamsostek"))
}

/// A server's address as the name of a file: two addresses never share one.
fn file_name(server: &str) -> String {
    let mut name = String::new();
    for byte in server.trim_end_matches('/').bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || letter == '.' || letter == '-' {
            name.push(letter);
        } else {
            name.push_str(&format!("_{byte:02x}"));
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_servers_never_share_a_file() {
        let names = ["http://a:1", "http://a.1", "https://a:1", "http://a_3a1"].map(file_name);

        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].contains(name), "{names:?}");
            assert!(!name.contains('/') && !name.starts_with('.'), "{name}");
        }
        assert_eq!(file_name("http://a:1/"), file_name("http://a:1"));
    }
}
