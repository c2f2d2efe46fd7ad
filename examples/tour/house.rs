//! The server that the tour goes to.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::Outcome;

/// Where the tour goes: a server that is there already, or one of its own that ends with it.
pub struct House {
    pub endpoint: String,
    own: Option<(Child, tempfile::TempDir)>,
}

impl House {
    pub async fn open() -> Outcome<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the tour has one setting and no config.rs"
        )]
        let there = env::var("JAMSOSTEK_ENDPOINT");
        if let Ok(endpoint) = there {
            return Ok(Self {
                endpoint,
                own: None,
            });
        }
        let data = tempfile::tempdir()?;
        let mut server = Command::new(program().await?)
            .arg("--data-dir")
            .arg(data.path())
            .args(["--listen", "127.0.0.1:0"])
            // The tour tells what happens; the server only what goes wrong.
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = server.stdout.take().ok_or("the server has no stdout")?;
        let mut lines = BufReader::new(stdout).lines();
        let listening = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = line.trim().strip_prefix("listening on ") {
                    return Ok(address.to_owned());
                }
            }
            Err(io::Error::other("the server ended before it listened"))
        };
        let address = timeout(Duration::from_secs(60), listening).await??;
        // A pipe that nobody reads fills up and stops the writer.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self {
            endpoint: format!("http://{address}"),
            own: Some((server, data)),
        })
    }

    pub async fn close(self) -> Outcome<()> {
        if let Some((mut server, data)) = self.own {
            server.kill().await?;
            data.close()?;
        }
        Ok(())
    }
}

/// The server's program, beside this one, built from the sources of today.
async fn program() -> Outcome<PathBuf> {
    let tour = env::current_exe()?;
    let built = tour.parent().and_then(Path::parent);
    let built = built.ok_or("the tour runs from target/<profile>/examples")?;
    let profile = match built.file_name().and_then(|it| it.to_str()) {
        None | Some("debug") => "dev",
        Some(other) => other,
    };
    println!("Building the server …");
    let mut build = Command::new(env!("CARGO"));
    // What cargo tells this program about itself would make it build half of the house again.
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_") {
            build.env_remove(name);
        }
    }
    build.args(["build", "--quiet", "-p", "jamsostek-server"]);
    build.args(["--profile", profile]);
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    if let Some(target) = built.parent() {
        build.arg("--target-dir").arg(target);
    }
    if !build.status().await?.success() {
        return Err("the server does not build".into());
    }
    Ok(built
        .join("jamsostekd")
        .with_extension(env::consts::EXE_EXTENSION))
}
