//! The README's cookbook works as it is printed, on the program as it is installed.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

use crate::jamsostekd::{House, told, verify};

/// How long the whole cookbook may take.
const COOKING: Duration = Duration::from_secs(120);
/// What the recipes are written for.
const WRITTEN_FOR: &str = "localhost:50051";
/// Stands between what one command prints and the next.
const MARK: &str = "=== the cookbook goes on ===";

#[tokio::test]
async fn the_cookbook_works_as_printed() {
    let cooks = cooks();
    assert!(!cooks.is_empty(), "grpcurl or buf; tests/run installs them");
    for cook in cooks {
        works_with(&cook).await;
    }
}

async fn works_with(cook: &str) {
    let home = TempDir::new().expect("a directory");
    let mut house = House::opens(&home).await;
    let cookbook = Cookbook::read();
    let script = cookbook.script(cook, &house.address);

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
    fn script(&self, cook: &str, address: &str) -> String {
        let mut script = cook.to_owned();
        for line in &self.lines {
            writeln!(script, "{}", line.replace(WRITTEN_FOR, address)).expect("text");
        }
        script
    }
}

/// What stands for grpcurl: the tool itself and `buf curl`, which does the same; those that are here.
fn cooks() -> Vec<String> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools");
    let found = |variable: &str, name: &str| {
        let told = std::env::var_os(variable).map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut places: Vec<_> = told.into_iter().chain([tools.join(name)]).collect();
        places.extend(std::env::split_paths(&path).map(|it| it.join(name)));
        places.into_iter().find(|it| it.is_file())
    };
    let grpcurl = found("JAMSOSTEK_GRPCURL", "grpcurl")
        .map(|it| format!("grpcurl() {{ '{}' \"$@\"; }}\n", it.display()));
    let buf =
        found("JAMSOSTEK_BUF", "buf").map(|it| BUF_CURL.replace("BUF", &it.display().to_string()));
    grpcurl.into_iter().chain(buf).collect()
}

const BUF_CURL: &str = r#"
grpcurl() {
    local arguments=(--protocol grpc --http2-prior-knowledge) address=
    while [ $# -gt 0 ]; do
        case $1 in
        -plaintext) ;;
        -d | -H) arguments+=("$1" "$2"); shift ;;
        *)
            if [ -z "$address" ]; then
                address=http://$1
            elif [ "$1" = list ]; then
                'BUF' curl --protocol grpc --http2-prior-knowledge --list-services "$address"
            elif [ "$1" = describe ]; then
                'BUF' curl --protocol grpc --http2-prior-knowledge --list-methods "$address" |
                    sed -n "s,^${2%.*}/\(${2##*.}\)$,rpc \1,p; s,^$2/,rpc ,p"
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
