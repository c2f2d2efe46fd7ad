//! The program itself, as it is installed: its README, its signals, its crashes.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use jamsostek_client::{Client, ErrorReason, Options, Segment, v1::StartRegistrationRequest};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    sync::OnceCell,
    time::timeout,
};
use uuid::Uuid;

use crate::town::{ExpectRefusal, id, other_than};

/// How long the program may take to begin or to end, on a machine that has other tests to run.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the whole cookbook may take.
const COOKING: Duration = Duration::from_secs(120);
/// What the recipes are written for.
const WRITTEN_FOR: &str = "localhost:50051";
/// Stands between what one command prints and the next.
const MARK: &str = "=== the cookbook goes on ===";

#[tokio::test]
async fn the_cookbook_works_as_printed() {
    let home = TempDir::new().expect("a directory");
    let mut house = House::opens(&home).await;
    let cookbook = Cookbook::read();
    let script = cookbook.script(&house.address);

    let cook = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let cooked = timeout(COOKING, cook)
        .await
        .expect("in time")
        .expect("bash");

    let printed = String::from_utf8_lossy(&cooked.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&cooked.stderr).into_owned();
    assert!(cooked.status.success(), "{complaints}\nafter:\n{printed}");
    let parts: Vec<_> = printed.split(MARK).collect();
    for (part, expected) in parts.iter().zip(&cookbook.expected) {
        for line in expected {
            assert!(part.contains(line.as_str()), "{line:?} is not in:\n{part}");
        }
    }
    assert!(cookbook.expected.len() > 10, "the README has a cookbook");
    assert_eq!(parts.len(), cookbook.expected.len() + 1);
    assert!(
        house.ends_when_asked().await,
        "the program ends as it should"
    );
    let verified = verify(&home).await;
    assert!(verified.status.success(), "{}", told(&verified));
}

#[tokio::test]
async fn five_wrong_codes_stay_counted_through_a_crash() {
    let home = TempDir::new().expect("a directory");
    let house = House::opens(&home).await;
    let contact = "+6281234500001";
    let started = house
        .client
        .start_registration(form(contact))
        .await
        .expect("started");
    let challenge = id(&started.challenge_id);
    let code = house.code_sent_to(contact).await;
    let wrong = other_than(&code);
    for _ in 0..5 {
        let refusal = house
            .client
            .verify_otp(challenge, wrong.clone())
            .await
            .expect_refusal();
        assert_eq!(refusal.reason, ErrorReason::OtpWrong);
    }

    house.crashes().await;
    let house = House::opens(&home).await;

    let refusal = house
        .client
        .verify_otp(challenge, code)
        .await
        .expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::OtpLocked);
    house.crashes().await;
    let verified = verify(&home).await;
    assert!(verified.status.success(), "{}", told(&verified));
}

#[tokio::test]
async fn a_second_house_on_the_same_directory_is_refused() {
    let home = TempDir::new().expect("a directory");
    let first = House::opens(&home).await;

    let mut second = program(&home).await;
    let second = second.args(["--listen", "127.0.0.1:0"]).output();
    let second = timeout(PATIENCE, second)
        .await
        .expect("it ends")
        .expect("it ran");

    assert!(!second.status.success(), "{}", told(&second));
    first
        .client
        .get_server_info()
        .await
        .expect("the first goes on");
}

#[tokio::test]
async fn a_silent_connection_keeps_nobody_from_ending() {
    let home = TempDir::new().expect("a directory");
    let mut house = House::opens(&home).await;
    let silent = TcpStream::connect(&house.address)
        .await
        .expect("a connection");
    // Connections are taken in the order in which they come: whoever is answered on a later one knows that the silent one is in.
    let later = Client::connect(Options::new(format!("http://{}", house.address))).await;
    let later = later.expect("a connection");
    later.list_people().await.expect("an answer");

    assert!(
        house.ends_when_asked().await,
        "the program ends as it should"
    );
    drop(silent);
}

/// The running program.
struct House {
    client: Client,
    address: String,
    process: Child,
}

impl House {
    /// Starts the program on a directory, and a client.
    async fn opens(home: &TempDir) -> Self {
        let mut process = program(home).await;
        process
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = process.spawn().expect("the program starts");
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
        let client = Client::connect(Options::new(format!("http://{address}"))).await;
        Self {
            client: client.expect("a connection"),
            address,
            process,
        }
    }

    /// The code that the sandbox has sent to a contact, once it has.
    async fn code_sent_to(&self, contact: &str) -> String {
        let sent = async {
            loop {
                let messages = self.client.list_messages(contact).await.expect("messages");
                if let Some(message) = messages.into_iter().next() {
                    return message.code;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, sent).await.expect("a message in time")
    }

    /// Ends as by a power cut: SIGKILL.
    async fn crashes(mut self) {
        self.process.kill().await.expect("killed");
    }

    /// Asks the program to end (SIGTERM); whether it did so without an error.
    async fn ends_when_asked(&mut self) -> bool {
        let process = self.process.id().expect("it runs").to_string();
        let asked = Command::new("kill")
            .args(["-TERM", &process])
            .status()
            .await;
        assert!(asked.expect("kill").success());
        let ended = timeout(PATIENCE + Duration::from_secs(5), self.process.wait()).await;
        ended.expect("it ends in time").expect("it ran").success()
    }
}

/// `jamsostekd` on a directory.
async fn program(home: &TempDir) -> Command {
    let mut command = Command::new(binary().await);
    command
        .arg("--data-dir")
        .arg(home.path())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

async fn verify(home: &TempDir) -> Output {
    let mut command = Command::new(binary().await);
    command
        .arg("verify")
        .arg("--data-dir")
        .arg(home.path())
        .stdin(Stdio::null());
    let verified = timeout(PATIENCE, command.kill_on_drop(true).output());
    verified.await.expect("in time").expect("it ran")
}

fn told(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    format!(
        "{}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    )
}

/// The program, built from the sources of today: cargo builds another package's program for nobody.
async fn binary() -> PathBuf {
    static BUILT: OnceCell<PathBuf> = OnceCell::const_new();
    BUILT.get_or_init(build).await.clone()
}

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
            "--bin",
            "jamsostekd",
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
    profile.join("jamsostekd")
}

fn form(contact: &str) -> StartRegistrationRequest {
    StartRegistrationRequest {
        registration_id: Uuid::now_v7().to_string(),
        segment: Segment::Bpu.into(),
        nik: "3174011205907777".into(),
        full_name: "Siti Aminah".into(),
        contact: contact.into(),
        consent: true,
        ..Default::default()
    }
}

/// The README's commands and what they print.
struct Cookbook {
    lines: Vec<String>,
    /// What each run of `# →` lines promises.
    expected: Vec<Vec<String>>,
}

impl Cookbook {
    fn read() -> Self {
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        let readme = std::fs::read_to_string(readme).expect("the README");
        let mut cookbook = Self {
            lines: Vec::new(),
            expected: Vec::new(),
        };
        for recipe in readme.split("<!-- cookbook -->\n```sh\n").skip(1) {
            let (recipe, _) = recipe.split_once("\n```").expect("an end of the block");
            let mut promised = false;
            for line in recipe.lines() {
                match line.strip_prefix("# → ") {
                    Some(line) if promised => {
                        let expected = cookbook.expected.last_mut();
                        expected.expect("the line before").push(line.to_owned());
                    }
                    Some(line) => {
                        cookbook.expected.push(vec![line.to_owned()]);
                        cookbook.lines.push(format!("echo '{MARK}'"));
                    }
                    None => cookbook.lines.push(line.to_owned()),
                }
                promised = line.starts_with("# → ");
            }
        }
        cookbook
    }

    /// All of it as one script against the program at `address`.
    fn script(&self, address: &str) -> String {
        let mut script = grpcurl();
        for line in &self.lines {
            writeln!(script, "{}", line.replace(WRITTEN_FOR, address)).expect("text");
        }
        script
    }
}

/// What stands for grpcurl: the tool itself, or `buf curl`, which does the same.
#[expect(
    clippy::disallowed_methods,
    reason = "stories have no config.rs; tests/run says where the tools are"
)]
fn grpcurl() -> String {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools");
    let found = |variable: &str, name: &str| {
        let told = std::env::var_os(variable).map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut places: Vec<_> = told.into_iter().chain([tools.join(name)]).collect();
        places.extend(std::env::split_paths(&path).map(|it| it.join(name)));
        places.into_iter().find(|it| it.is_file())
    };
    if let Some(grpcurl) = found("JAMSOSTEK_GRPCURL", "grpcurl") {
        return format!("grpcurl() {{ '{}' \"$@\"; }}\n", grpcurl.display());
    }
    let buf = found("JAMSOSTEK_BUF", "buf").expect("grpcurl or buf; tests/run installs them");
    BUF_CURL.replace("BUF", &buf.display().to_string())
}

const BUF_CURL: &str = r#"
grpcurl() {
    local arguments=(--http2-prior-knowledge) address=
    while [ $# -gt 0 ]; do
        case $1 in
        -plaintext) ;;
        -d | -H) arguments+=("$1" "$2"); shift ;;
        *)
            if [ -z "$address" ]; then
                address=http://$1
            elif [ "$1" = list ]; then
                'BUF' curl --http2-prior-knowledge --list-services "$address"
            elif [ "$1" = describe ]; then
                'BUF' curl --http2-prior-knowledge --list-methods "$address" |
                    sed -n "s,^${2%.*}/\(${2##*.}\)$,rpc \1,p"
                shift
            else
                'BUF' curl "${arguments[@]}" "$address/$1"
            fi
            ;;
        esac
        shift
    done
}
"#;
