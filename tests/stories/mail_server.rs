//! A real mail server, aiosmtpd, with a certificate of a CA that nobody else knows.

use std::{fs, process::Stdio};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde::Deserialize;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

const USER: &str = "jamsostek";
pub const PASSWORD: &str = "kacang-panjang";

/// The mail server, until it is dropped.
pub struct MailServer {
    port: u16,
    directory: TempDir,
    tell: ChildStdin,
    told: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

/// A mail as it came.
#[derive(Debug, Deserialize)]
pub struct Mail {
    pub to: Vec<String>,
    pub from: String,
    pub id: String,
    pub subject: String,
    pub text: String,
    pub encrypted: bool,
    pub signed_in: bool,
}

impl MailServer {
    pub async fn opens() -> Self {
        let directory = TempDir::new().expect("a directory");
        let path = |name: &str| directory.path().join(name);
        let ca = authority(&directory, "ca.pem");
        authority(&directory, "another-ca.pem");
        let key = KeyPair::generate().expect("a key");
        let named = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let certificate = named.signed_by(&key, &ca).expect("a certificate");
        fs::write(path("certificate.pem"), certificate.pem()).expect("written");
        fs::write(path("key.pem"), key.serialize_pem()).expect("written");
        let root = env!("CARGO_MANIFEST_DIR");
        #[expect(clippy::disallowed_methods, reason = "tests/run says so")]
        let python = std::env::var("JAMSOSTEK_PYTHON")
            .unwrap_or_else(|_| format!("{root}/target/tools/venv/bin/python"));
        let mut process = Command::new(&python)
            .arg(format!("{root}/tests/mail_server.py"))
            .args([path("certificate.pem"), path("key.pem")])
            .args([USER, PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{python}: {error}; tests/run installs aiosmtpd"));
        let tell = process.stdin.take().expect("piped");
        let mut told = BufReader::new(process.stdout.take().expect("piped")).lines();
        let port = told.next_line().await.expect("text");
        let port = port.expect("a port; tests/run installs aiosmtpd where it is missing");
        Self {
            port: port.parse().expect("a port"),
            directory,
            tell,
            told,
            _process: process,
        }
    }

    /// The flags with which a house uses it.
    pub fn flags(&self) -> Vec<String> {
        self.flags_with(PASSWORD, "ca.pem")
    }

    /// The same with another password, or trusting another CA.
    pub fn flags_with(&self, password: &str, ca: &str) -> Vec<String> {
        let port = self.port.to_string();
        let ca = self.directory.path().join(ca);
        let flags = [
            ("--smtp-host", "localhost"),
            ("--smtp-port", port.as_str()),
            ("--smtp-user", USER),
            ("--smtp-password", password),
            ("--smtp-from", "Jamsostek <no-reply@jamsostek.example>"),
            ("--smtp-ca-file", ca.to_str().expect("a path")),
        ];
        flags
            .into_iter()
            .flat_map(|(flag, value)| [flag.to_owned(), value.to_owned()])
            .collect()
    }

    /// Lets it be `open`, `refusing`, `busy`, `silent`, or `breaking` the connection over every mail that it takes; or gives it the reply
    /// to say to whoever is to get one.
    pub async fn is(&mut self, mode: &str) {
        assert_eq!(self.asks(&format!("be {mode}")).await, mode);
    }

    /// All the mail that it was handed.
    pub async fn mails(&mut self) -> Vec<Mail> {
        let told = self.asks("mails").await;
        serde_json::from_str(&told).expect("mails")
    }

    async fn asks(&mut self, line: &str) -> String {
        let line = format!("{line}\n");
        self.tell.write_all(line.as_bytes()).await.expect("told");
        let answer = self.told.next_line().await.expect("text");
        answer.expect("it lives")
    }
}

fn authority(directory: &TempDir, file: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let ca = CertifiedIssuer::self_signed(params, key).expect("a CA");
    fs::write(directory.path().join(file), ca.pem()).expect("written");
    ca
}
