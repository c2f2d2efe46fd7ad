//! The databases that the server is measured on, and what an operation's statements cost on each without the server.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    claim::{CLAIM, VERIFICATION},
    load::Pace,
    payment::PAYMENT,
};

const POSTGRES: &str = "tests/postgres";
const SCRIPTS: &str = "benches/figures/floor";
/// The operations that have a floor, and the script that sends their statements.
const FLOORS: [(&str, &str); 3] = [
    (PAYMENT, "payment"),
    (VERIFICATION, "code"),
    (CLAIM, "claim"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A fresh, durable store.
pub struct Database {
    engine: Engine,
    directory: TempDir,
    /// The PostgreSQL server's.
    server: Option<String>,
    /// Whether there is what the floors need; `None` before anybody looked.
    is_prepared: Option<bool>,
    /// SQLite has one writer, so that one figure serves all rows of an operation.
    measured: HashMap<&'static str, f64>,
}

/// Starts a database; `None` where this machine has none.
pub async fn start(engine: Engine) -> Option<Database> {
    let directory = TempDir::new().expect("a directory");
    let server = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => {
            let path = directory.path().to_str().expect("a plain name");
            let mut postgres = Command::new(root().join(POSTGRES));
            let url = run(postgres.args(["start", path, "--durable"])).await?;
            let url = url.trim().to_owned();
            sql(&url, "postgres", "CREATE DATABASE jamsostek").await?;
            Some(url)
        }
    };
    Some(Database {
        engine,
        directory,
        server,
        is_prepared: None,
        measured: HashMap::new(),
    })
}

impl Database {
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Where the server keeps its keys: PostgreSQL's directory is not its own.
    pub fn home(&self) -> Option<TempDir> {
        let apart = self.engine == Engine::Postgres;
        apart.then(|| TempDir::new().expect("a directory"))
    }

    pub fn url(&self) -> Option<String> {
        Some(format!("{}/jamsostek", self.server.as_ref()?))
    }

    /// How many a second the same statements make without the server, where the operation has such a floor. It must have ended.
    pub async fn floor(&mut self, pace: &Pace, operation: &str, at_once: usize) -> Option<f64> {
        let (_, script) = FLOORS.into_iter().find(|(it, _)| *it == operation)?;
        let is_prepared = match self.is_prepared {
            Some(known) => known,
            None => self.prepare().await.is_some(),
        };
        self.is_prepared = Some(is_prepared);
        if !is_prepared {
            return None;
        }
        if let Some(figure) = self.measured.get(script) {
            return Some(*figure);
        }
        let mut figures = Vec::new();
        for _ in 0..pace.samples {
            figures.push(self.run_floor(script, at_once, pace).await?);
        }
        figures.sort_by(f64::total_cmp);
        let figure = figures[figures.len() / 2];
        if self.engine == Engine::Sqlite {
            self.measured.insert(script, figure);
        }
        Some(figure)
    }

    async fn prepare(&self) -> Option<()> {
        let Some(server) = &self.server else {
            return Some(());
        };
        sql(
            server,
            "postgres",
            "CREATE DATABASE floor TEMPLATE jamsostek",
        )
        .await?;
        let people = std::fs::read_to_string(root().join(SCRIPTS).join("people.sql")).ok()?;
        sql(server, "floor", &people).await?;
        sql(server, "floor", "VACUUM ANALYZE").await?;
        Some(())
    }

    async fn run_floor(&self, script: &str, at_once: usize, pace: &Pace) -> Option<f64> {
        let seconds = pace.window.as_secs().max(1).to_string();
        let scripts = root().join(SCRIPTS);
        match &self.server {
            None => {
                let mut python = Command::new("python3");
                python
                    .arg(scripts.join("floor.py"))
                    .arg(self.file()?)
                    .args([&seconds, script]);
                run(&mut python).await?.trim().parse().ok()
            }
            Some(server) => {
                let mut pgbench = Command::new("pgbench");
                pgbench.args([
                    "-n",
                    "-M",
                    "prepared",
                    "-j",
                    "1",
                    "-c",
                    &at_once.to_string(),
                ]);
                pgbench
                    .args(["-T", &seconds, "-f"])
                    .arg(scripts.join(format!("{script}.sql")));
                let told = run(pgbench.arg(format!("{server}/floor"))).await?;
                let (_, figure) = told.split_once("tps = ")?;
                figure.split_whitespace().next()?.parse().ok()
            }
        }
    }

    /// SQLite's file.
    fn file(&self) -> Option<PathBuf> {
        let files = std::fs::read_dir(self.directory.path()).ok()?;
        let files = files.filter_map(|it| Some(it.ok()?.path()));
        let is_store = |it: &PathBuf| {
            std::fs::read(it).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"))
        };
        files.filter(|it| it.is_file()).find(is_store)
    }

    /// How long psql takes to copy the rows of all submissions into a table like theirs; `None` where there is no psql.
    pub async fn copied_rows(&self) -> Option<Duration> {
        let server = self.server.as_ref()?;
        let file = self.directory.path().join("rows.copy");
        let file = file.to_str()?;
        let before = "CREATE UNLOGGED TABLE waiting AS SELECT * FROM submission_row WHERE paper IS NOT NULL; \
                      DROP TABLE IF EXISTS copied; CREATE TABLE copied (LIKE submission_row INCLUDING ALL)";
        sql(server, "jamsostek", before).await?;
        sql(server, "jamsostek", &format!("\\copy waiting TO '{file}'")).await?;
        let began = Instant::now();
        sql(server, "jamsostek", &format!("\\copy copied FROM '{file}'")).await?;
        let took = began.elapsed();
        sql(server, "jamsostek", "DROP TABLE waiting; DROP TABLE copied").await?;
        std::fs::remove_file(file).ok()?;
        Some(took)
    }

    /// How long psql takes to write all that submissions have led to into tables like theirs, with their indexes.
    pub async fn same_rows(&self) -> Option<Duration> {
        let server = self.server.as_ref()?;
        let mut took = Duration::ZERO;
        for table in ["participant", "membership", "employment", "wage", "event"] {
            let like = format!(
                "DROP TABLE IF EXISTS same; CREATE TABLE same (LIKE {table} INCLUDING ALL)"
            );
            sql(server, "jamsostek", &like).await?;
            let began = Instant::now();
            sql(
                server,
                "jamsostek",
                &format!("INSERT INTO same SELECT * FROM {table}"),
            )
            .await?;
            took += began.elapsed();
        }
        sql(server, "jamsostek", "DROP TABLE same").await?;
        Some(took)
    }

    pub async fn stop(self) {
        if self.server.is_some() {
            let path = self.directory.path().to_str().expect("a plain name");
            run(Command::new(root().join(POSTGRES)).args(["stop", path])).await;
        }
    }
}

impl Drop for Database {
    /// A bench that fails leaves no database behind.
    fn drop(&mut self) {
        if self.server.is_some() {
            let mut stop = std::process::Command::new(root().join(POSTGRES));
            let stopped = stop.arg("stop").arg(self.directory.path()).status();
            drop(stopped);
        }
    }
}

async fn sql(server: &str, database: &str, statements: &str) -> Option<String> {
    let mut psql = Command::new("psql");
    psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-c", statements]);
    run(psql.arg(format!("{server}/{database}"))).await
}

/// What a program prints; `None`, and why, when it fails.
async fn run(command: &mut Command) -> Option<String> {
    let output = match command.stdin(Stdio::null()).output().await {
        Ok(output) => output,
        Err(error) => {
            eprintln!("figures: {:?}: {error}", command.as_std().get_program());
            return None;
        }
    };
    if !output.status.success() {
        eprintln!("figures: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
