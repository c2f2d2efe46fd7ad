//! The release server as a process.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use jamsostek_proto::v1::{GetServerInfoRequest, server_service_client::ServerServiceClient};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::database::Database;

pub struct House {
    pub address: String,
    /// How long it took from exec to the first answer.
    pub ready: Duration,
    process: Child,
    _home: Option<TempDir>,
}

/// Builds the release server; where it is.
pub async fn build() -> PathBuf {
    let bench = std::env::current_exe().expect("this program");
    let profile = bench
        .parent()
        .and_then(Path::parent)
        .expect("target/release/deps");
    // With a bench beside it the features are those of this build, and nothing is compiled twice.
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
    let built = cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "build",
            "--release",
            "--workspace",
            "--bin",
            "jamsostekd",
            "--bench",
            "figures",
        ])
        .arg("--target-dir")
        .arg(profile.parent().expect("target"))
        .status()
        .await;
    assert!(built.expect("cargo").success(), "the server compiles");
    profile.join("jamsostekd")
}

impl House {
    pub async fn opens(binary: &Path, database: &Database) -> Self {
        let mut command = Command::new(binary);
        let home = database.home();
        command
            .arg("--data-dir")
            .arg(home.as_ref().map_or(database.directory(), |it| it.path()));
        if let Some(url) = database.url() {
            command.arg("--database-url").arg(url);
        }
        command
            .args(["--listen", "127.0.0.1:0"])
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let began = Instant::now();
        let mut process = command.spawn().expect("the server starts");
        let mut printed = BufReader::new(process.stdout.take().expect("piped")).lines();
        let address = loop {
            let line = printed.next_line().await.expect("text");
            let line = line.expect("the server says where it listens");
            if let Some((_, address)) = line.split_once("listening on ") {
                break address.trim().to_owned();
            }
        };
        let uri = format!("http://{address}");
        let mut server = ServerServiceClient::connect(uri)
            .await
            .expect("a connection");
        let answer = server.get_server_info(GetServerInfoRequest {}).await;
        answer.expect("an answer");
        let ready = began.elapsed();
        // What nobody reads would fill the pipe and stop the server.
        tokio::spawn(async move { while let Ok(Some(_)) = printed.next_line().await {} });
        Self {
            address,
            ready,
            process,
            _home: home,
        }
    }

    pub fn pid(&self) -> u32 {
        self.process.id().expect("it runs")
    }

    /// The memory it has in use.
    pub fn resident_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("it runs");
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
        let line = line.expect("a size").trim_end_matches("kB").trim();
        line.parse::<f64>().expect("a number") / 1_024.0
    }

    pub async fn ends(mut self) {
        let pid = self.pid().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().await;
        assert!(asked.expect("kill").success());
        self.process.wait().await.expect("it ends");
    }
}
