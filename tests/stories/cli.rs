//! The program `jamsostek`, as people and scripts use it.

mod claiming;
mod doctor;
mod elsewhere;
mod employer;
mod manners;
mod road;
mod segments;
mod session;
mod submitting;

use std::{os::unix::fs::PermissionsExt, path::PathBuf, process::Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
    time::timeout,
};

use crate::{
    jamsostekd::{PATIENCE, binary},
    person::Person,
    town::Town,
};

/// A shell in which nothing is set but the server and where the session is kept.
pub struct Shell {
    pub server: String,
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// What a command came to.
pub struct Ran {
    pub exit: i32,
    pub printed: String,
    pub complained: String,
}

impl Shell {
    pub fn at(server: &str) -> Self {
        Self {
            server: server.to_owned(),
            home: TempDir::new().expect("a directory"),
            variables: Vec::new(),
        }
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Where the session is kept.
    pub fn state(&self) -> PathBuf {
        self.home.path().join("state")
    }

    /// The one file in it that is no lock.
    pub fn state_file(&self) -> PathBuf {
        let files = std::fs::read_dir(self.state()).expect("a directory");
        let mut files = files.map(|it| it.expect("a file").path());
        let file = files.find(|it| it.extension().is_some_and(|it| it == "json"));
        file.expect("a file of the session")
    }

    pub fn kept(&self) -> Value {
        let kept = std::fs::read(self.state_file()).expect("the session");
        serde_json::from_slice(&kept).expect("JSON")
    }

    /// The program with these words.
    pub async fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binary("jamsostek").await);
        command.args(words);
        self.dresses(&mut command);
        command
    }

    /// Lets a command find this shell's variables and nothing else.
    pub fn dresses(&self, command: &mut Command) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home.path())
            .env("JAMSOSTEK_SERVER", &self.server)
            .env("JAMSOSTEK_STATE_DIR", self.state())
            .envs(self.variables.iter().map(|it| (&it.0, &it.1)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
    }

    /// Runs the program to its end.
    pub async fn runs(&self, words: &[&str]) -> Ran {
        let process = self.command(words).await.spawn().expect("it starts");
        ended(process).await
    }

    /// Runs it with a line of standard input.
    pub async fn runs_told(&self, line: &str, words: &[&str]) -> Ran {
        let mut command = self.command(words).await;
        let mut process = command.stdin(Stdio::piped()).spawn().expect("it starts");
        tells(&mut process, line).await;
        ended(process).await
    }

    /// What it answers to a script, when it is fine.
    pub async fn asks(&self, words: &[&str]) -> Value {
        let ran = self.runs(&[words, &["--json"]].concat()).await;
        assert_eq!(ran.exit, 0, "{words:?}: {}", ran.complained);
        serde_json::from_str(&ran.printed).expect("one JSON object")
    }

    /// The newest code that a contact was sent, read as a person in a sandbox reads it.
    pub async fn reads_the_code(&self, town: &Town, contact: &str) -> String {
        town.lets_the_workers_run().await;
        let told = self
            .asks(&["sandbox", "messages", "--contact", contact])
            .await;
        let messages = told["messages"].as_array().expect("messages").iter();
        let mut codes = messages.filter_map(|it| it["code"].as_str());
        codes.next().expect("a code").to_owned()
    }

    /// Registers somebody as far as a proven contact.
    pub async fn opens_an_account(&self, town: &Town, somebody: &Person, flags: &[&str]) {
        let words = ["register", "--nik", &somebody.nik, "--consent"];
        let who = ["--name", &somebody.name, "--contact", &somebody.contact];
        self.asks(&[&words[..], &who[..], flags].concat()).await;
        let code = self.reads_the_code(town, &somebody.contact).await;
        self.asks(&["register", "--code", &code]).await;
    }

    /// Walks from nobody to a participant; his contact.
    pub async fn becomes_a_participant(&self, town: &Town) -> String {
        let somebody = town.person();
        let (nik, contact) = (somebody.nik.as_str(), somebody.contact.as_str());
        let words = [
            "register",
            "--nik",
            nik,
            "--name",
            "Budi Hartono",
            "--consent",
        ];
        self.asks(&[&words[..], &["--contact", contact]].concat())
            .await;
        let code = self.reads_the_code(town, contact).await;
        self.asks(&[
            "register",
            "--code",
            &code,
            "--occupation",
            "Warung",
            "--sector",
            "trade",
            "--income",
            "2500000",
            "--yes",
        ])
        .await;
        self.asks(&["pay"]).await;
        self.asks(&["register"]).await;
        somebody.contact
    }
}

impl Ran {
    /// What a script is told of a failure.
    pub fn error(&self) -> Value {
        let line = self.complained.lines().last().unwrap_or_default();
        let told: Value = serde_json::from_str(line).expect("a line of JSON");
        told["error"].clone()
    }
}

/// Writes a line and closes standard input.
pub async fn tells(process: &mut Child, line: &str) {
    let mut stdin = process.stdin.take().expect("piped");
    let told = stdin.write_all(format!("{line}\n").as_bytes()).await;
    told.expect("it listens");
}

pub async fn ended(process: Child) -> Ran {
    let output = timeout(PATIENCE, process.wait_with_output()).await;
    let output = output.expect("in time").expect("it ran");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran {
        exit: output.status.code().expect("it ended by itself"),
        printed: text(&output.stdout),
        complained: text(&output.stderr),
    }
}

/// Who may read and write a file.
pub fn mode(file: &std::path::Path) -> u32 {
    let found = std::fs::metadata(file).expect("it is there");
    found.permissions().mode() & 0o777
}

/// The code that the program has let be sent, once it has; the program is still running.
pub async fn code_sent(town: &Town, contact: &str) -> String {
    let sent = async {
        loop {
            town.lets_the_workers_run().await;
            let messages = town.client.list_messages(contact).await;
            if let Some(message) = messages.expect("messages").pop() {
                return message.code;
            }
        }
    };
    timeout(PATIENCE, sent).await.expect("a message in time")
}
