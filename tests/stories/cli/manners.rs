//! How the program behaves: at a terminal, in a pipe, and when nobody answers.

use std::process::Stdio;

use jamsostek_client::{Client, Code, Options};
use tokio::{net::TcpListener, process::Command};

use super::{Shell, code_sent, ended, tells};
use crate::{jamsostekd::binary, person::SAVED, town::Town};

#[tokio::test]
async fn where_nobody_answers_the_address_is_told() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    let shell = Shell::at(&format!("http://{address}"));

    let told = shell
        .runs(&["quote", "--income", "1", "--sector", "trade"])
        .await;
    let doctor = shell.runs(&["doctor"]).await;
    let script = shell.runs(&["whoami", "--client-id", "nobody"]).await;

    assert_eq!((told.exit, doctor.exit, script.exit), (6, 6, 2));
    let sentence =
        format!("jamsostek: Nobody answers at http://{address}: the connection is refused.");
    assert!(
        told.complained.starts_with(&sentence),
        "{}",
        told.complained
    );
    assert!(told.complained.contains("--server"), "{}", told.complained);
    assert!(
        !told.complained.contains("Error"),
        "no debug dump: {}",
        told.complained
    );
}

#[tokio::test]
async fn an_address_that_is_none_is_a_slip_of_the_finger() {
    let told = Shell::at("localhost:50051").runs(&["doctor"]).await;
    let strange = Shell::at("http://a b").runs(&["sandbox", "people"]).await;

    assert!(
        told.printed.contains("http://HOST:PORT"),
        "{}",
        told.printed
    );
    assert_eq!(told.exit, 2, "{}", told.printed);
    assert_eq!(strange.exit, 2, "{}", strange.complained);
}

#[tokio::test]
async fn whoever_asks_for_tls_is_never_called_in_the_clear() {
    let town = Town::found("2026-03-10").await;
    let shell = Shell::at(&town.address);

    let told = shell.runs(&["sandbox", "people", "--ca", "ca.pem"]).await;
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let there = || Options::new(town.address.as_str());
    let asked = [
        there().ca_certificate(&certificate),
        there().client_identity(&certificate, &key),
        there().domain("localhost"),
    ];

    assert_eq!((told.exit, told.printed.as_str()), (2, ""));
    assert!(
        told.complained.contains("in the clear") && told.complained.contains("https://"),
        "{}",
        told.complained
    );
    for options in asked {
        let refused = Client::connect(options).await.expect_err("no way");
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn a_script_is_told_in_json_what_it_mistyped() {
    let shell = Shell::at("http://127.0.0.1:1");

    let unknown = shell.runs(&["balanse", "--json"]).await;
    let missing = shell.runs(&["--json", "quote", "--sector", "trade"]).await;
    let wrong = ["quote", "--income", "much", "--sector", "trade", "--json"];
    let wrong = shell.runs(&wrong).await;
    let nothing = shell.runs(&["claim", "--json"]).await;
    let behind = shell.runs(&["balanse", "--", "--json"]).await;
    let help = shell.runs(&["quote", "--json", "--help"]).await;

    for (ran, told) in [
        (&unknown, "'balanse'"),
        (&missing, "--income <RUPIAH>"),
        (&wrong, "'much'"),
        (&nothing, "requires a subcommand"),
    ] {
        assert_eq!((ran.exit, ran.printed.as_str()), (2, ""));
        let error = ran.error();
        let message = error["message"].as_str().expect("a sentence");
        assert!(message.contains(told) && message.ends_with('.'), "{error}");
        assert!(!message.starts_with("error"), "{error}");
        assert_eq!(error["exit_code"], 2);
        assert!(error["remedy"].to_string().contains("--help"), "{error}");
    }
    assert_eq!(behind.exit, 2);
    assert!(
        behind.complained.starts_with("error: "),
        "{}",
        behind.complained
    );
    assert_eq!((help.exit, help.complained.as_str()), (0, ""));
}

#[tokio::test]
async fn completions_come_out_for_every_shell() {
    let shell = Shell::at("http://127.0.0.1:1");

    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = shell.runs(&["completions", name]).await;
        assert_eq!(ran.exit, 0, "{}", ran.complained);
        for word in ["end-business", "extend", "prove", "employees"] {
            assert!(
                ran.printed.contains(word),
                "{word}, {name}: {}",
                ran.printed
            );
        }
    }
    let bash = shell.runs(&["completions", "bash"]).await.printed;
    let mut reads = Command::new("bash");
    let mut reads = reads
        .arg("-n")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash");
    tells(&mut reads, &bash).await;
    let read = ended(reads).await;
    assert_eq!(read.exit, 0, "bash understands them: {}", read.complained);
}

#[tokio::test]
async fn names_and_codes_stand_in_no_list_of_processes() {
    let town = Town::found("2026-03-10").await;
    let somebody = town.person();
    let mut budi = Shell::at(&town.address);
    budi.set("JAMSOSTEK_NIK", &somebody.nik);
    budi.set("JAMSOSTEK_NAME", "Budi Hartono");
    budi.set("JAMSOSTEK_CONTACT", &somebody.contact);
    let words = ["register", "--consent", "--code", "-", "--json"];
    let mut command = budi.command(&words).await;
    let mut process = command.stdin(Stdio::piped()).spawn().expect("it starts");

    // It has sent the code and waits for it.
    let code = code_sent(&town, &somebody.contact).await;
    let id = process.id().expect("it runs");
    let typed = std::fs::read(format!("/proc/{id}/cmdline")).expect("its words");
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    tells(&mut process, &code).await;
    let ran = ended(process).await;

    let typed = String::from_utf8_lossy(&typed).replace('\0', " ");
    assert!(
        typed
            .trim_end()
            .ends_with("register --consent --code - --json"),
        "{typed}"
    );
    assert_eq!(
        children.unwrap_or_default(),
        "",
        "and nobody else is told them"
    );
    assert_eq!(ran.exit, 0, "{}", ran.complained);
    assert!(
        ran.printed.contains("AWAITING_EMPLOYMENT"),
        "{}",
        ran.printed
    );
    let help = budi.runs(&["register", "--help"]).await.printed;
    assert!(
        !help.contains("Hartono"),
        "help keeps what is set to itself"
    );
}

#[tokio::test]
async fn at_a_terminal_it_asks_for_what_is_missing() {
    let town = Town::found("2026-03-10").await;
    let somebody = town.person();
    let budi = Shell::at(&town.address);
    let program = binary("jamsostek").await;
    // The terminal itself is `script`'s, which every Debian has.
    let mut terminal = Command::new("script");
    budi.dresses(&mut terminal);
    let typed = format!("'{}' register", program.display());
    terminal.args(["--quiet", "--return", "--command", &typed, "/dev/null"]);
    let mut terminal = terminal.stdin(Stdio::piped()).spawn().expect("script");
    let mut keys = terminal.stdin.take().expect("a keyboard");
    let mut types = async |line: &str| {
        let line = format!("{line}\n");
        let typed = tokio::io::AsyncWriteExt::write_all(&mut keys, line.as_bytes()).await;
        typed.expect("typed");
    };

    for line in [
        somebody.nik.as_str(),
        "Budi Hartono",
        &somebody.contact,
        "y",
    ] {
        types(line).await;
    }
    let code = code_sent(&town, &somebody.contact).await;
    for line in [
        &crate::town::other_than(&code),
        code.as_str(),
        "Warung",
        "noodles",
        "trade",
    ] {
        types(line).await;
    }
    for line in ["much", "2.500.000", "yes"] {
        types(line).await;
    }
    let ran = ended(terminal).await;

    assert_eq!(ran.exit, 0, "{}", ran.printed);
    for told in [
        "4 tries are left",
        "Write whole rupiah",
        "Rp 2.500.000 a month",
        "payment code",
    ] {
        assert!(ran.printed.contains(told), "{told:?} in {}", ran.printed);
    }
    budi.asks(&["pay"]).await;
    assert_eq!(budi.asks(&["balance"]).await["balance_idr"], SAVED);
}

#[tokio::test]
async fn whoever_stops_reading_has_had_enough() {
    let shell = Shell::at("http://127.0.0.1:1");
    let program = binary("jamsostek").await;
    let mut piped = Command::new("bash");
    shell.dresses(&mut piped);
    let piped = piped
        .args(["-o", "pipefail", "-c", "\"$0\" completions zsh | head -n 1"])
        .arg(program);

    let ran = ended(piped.spawn().expect("bash")).await;

    assert_eq!((ran.exit, ran.complained.as_str()), (0, ""));
}
