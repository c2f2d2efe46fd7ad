//! The program itself, as it is installed: built from the sources of today, and started on a directory.

use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jamsostek_client::{Client, Options};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::OnceCell,
    time::timeout,
};

/// How long the program may take to begin or to end, on a machine that has other tests to run.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The running program.
pub struct House {
    pub client: Client,
    pub address: String,
    process: Child,
    logged: Arc<Mutex<String>>,
}

impl House {
    /// Starts the program on a directory, and a client.
    pub async fn opens(home: &TempDir) -> Self {
        Self::opens_with(home, &[], |address| {
            Options::new(format!("http://{address}"))
        })
        .await
    }

    /// Starts the program with some more flags, and a client that connects as told.
    pub async fn opens_with(
        home: &TempDir,
        flags: &[&str],
        options: impl FnOnce(&str) -> Options,
    ) -> Self {
        let mut process = program(home).await;
        process.args(flags);
        Self::of(process, options).await
    }

    /// The house of `program`, once it listens; what it logs is kept.
    pub async fn of(mut program: Command, options: impl FnOnce(&str) -> Options) -> Self {
        program
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = program.spawn().expect("the program starts");
        let logged = Arc::new(Mutex::new(String::new()));
        let mut log = BufReader::new(process.stderr.take().expect("piped")).lines();
        tokio::spawn({
            let logged = logged.clone();
            async move {
                while let Ok(Some(line)) = log.next_line().await {
                    let mut logged = logged.lock().unwrap_or_else(PoisonError::into_inner);
                    logged.push_str(&line);
                    logged.push('\n');
                }
            }
        });
        let mut printed = BufReader::new(process.stdout.take().expect("piped")).lines();
        let address = timeout(PATIENCE, async {
            while let Some(line) = printed.next_line().await.expect("text") {
                if let Some((_, address)) = line.split_once("listening on ") {
                    return address.trim_end_matches('.').trim().to_owned();
                }
            }
            panic!("it ended before it listened");
        });
        let address = address.await.expect("it listens in time");
        // What nobody reads would fill the pipe and stop the program.
        tokio::spawn(async move { while let Ok(Some(_)) = printed.next_line().await {} });
        let client = Client::connect(options(&address)).await;
        Self {
            client: client.expect("a connection"),
            address,
            process,
            logged,
        }
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        let logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        logged.clone()
    }

    /// The code that the sandbox has sent to a contact, once it has.
    pub async fn code_sent_to(&self, contact: &str) -> String {
        self.code_after(contact, 0).await
    }

    /// The code that comes to a contact after so many messages.
    pub async fn code_after(&self, contact: &str, messages_before: usize) -> String {
        let sent = async {
            loop {
                let messages = self.client.list_messages(contact).await.expect("messages");
                if messages.len() > messages_before {
                    return messages.into_iter().next().expect("one").code;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, sent).await.expect("a message in time")
    }

    /// Ends as by a power cut: SIGKILL.
    pub async fn crashes(mut self) {
        self.process.kill().await.expect("killed");
    }

    /// Stands still, wherever it is.
    pub async fn freezes(&self) {
        self.is_sent("STOP").await;
    }

    /// Goes on where it stood still.
    pub async fn thaws(&self) {
        self.is_sent("CONT").await;
    }

    async fn is_sent(&self, signal: &str) {
        let process = self.process.id().expect("it runs").to_string();
        // The shell's own kill: a bare Debian has no program of that name.
        let sent = Command::new("bash")
            .args(["-c", "kill -\"$0\" \"$1\"", signal, &process])
            .status()
            .await;
        assert!(sent.expect("bash").success());
    }

    /// Asks the program to end (SIGTERM); whether it did so without an error.
    pub async fn ends_when_asked(&mut self) -> bool {
        self.is_sent("TERM").await;
        let ended = timeout(PATIENCE + Duration::from_secs(5), self.process.wait()).await;
        ended.expect("it ends in time").expect("it ran").success()
    }
}

/// `jamsostekd` on a directory.
pub async fn program(home: &TempDir) -> Command {
    let mut command = Command::new(binary("jamsostekd").await);
    command
        .arg("--data-dir")
        .arg(home.path())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// What `jamsostekd verify` finds in the directory's own store.
pub async fn verify(home: &TempDir) -> Output {
    verify_with(home, &[]).await
}

/// What `jamsostekd verify` finds, with some more flags.
pub async fn verify_with(home: &TempDir, flags: &[&str]) -> Output {
    let mut command = program(home).await;
    let verified = timeout(PATIENCE, command.arg("verify").args(flags).output());
    verified.await.expect("in time").expect("it ran")
}

pub fn told(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    format!(
        "{}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    )
}

/// A program, built from the sources of today: cargo builds another package's program for nobody.
pub async fn binary(name: &str) -> PathBuf {
    static BUILT: OnceCell<PathBuf> = OnceCell::const_new();
    BUILT.get_or_init(build).await.join(name)
}

/// Builds all programs; where they are then.
async fn build() -> PathBuf {
    let story = std::env::current_exe().expect("this program");
    let profile = story
        .parent()
        .and_then(Path::parent)
        .expect("target/…/deps");
    let mut cargo = Command::new(env!("CARGO"));
    // What cargo tells this program about itself would make build scripts run again, and half of the house with them.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"]
            .iter()
            .any(|it| name.starts_with(it))
        {
            cargo.env_remove(&*name);
        }
    }
    // With a test beside it the features are those of this build, and nothing is compiled twice.
    cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "build",
            "--quiet",
            "--workspace",
            "--bins",
            "--example",
            "tour",
            "--test",
            "stories",
        ])
        .arg("--target-dir")
        .arg(profile.parent().expect("target"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let built = cargo.stdin(Stdio::null()).output().await.expect("cargo");
    assert!(built.status.success(), "{}", told(&built));
    profile.to_owned()
}
