//! A population register on this machine: it speaks the register's protocol, well or badly, and remembers what it was asked.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jamsostek_server::{Hidden, config::RegisterFlags};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;

use crate::town::Town;

/// What the register knows us by.
pub const PASSWORD: &str = "kata-sandi-rahasia-4711";

/// How the register behaves.
#[derive(Clone, Debug)]
pub enum Manner {
    /// Answers with this as its first content.
    Says(Value),
    /// Answers with this body, whatever it is.
    Body(String),
    /// Answers with a status of HTTP.
    Status(u16),
    /// Sends the caller elsewhere, as HTTP lets it.
    SendsTo(String),
    /// Breaks off in the middle of its answer.
    BreaksOff,
    /// Talks on and on.
    TalksOn,
    /// Takes the question and says nothing.
    IsSilent,
}

/// A question as it came over the wire.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The first line: method, path, version.
    pub line: String,
    pub content_type: String,
    pub body: Value,
}

/// The register.
#[derive(Clone)]
pub struct Local {
    pub address: SocketAddr,
    manner: Arc<watch::Sender<Manner>>,
    asked: Arc<watch::Sender<Vec<Asked>>>,
    quota: Arc<AtomicI64>,
}

/// A place where a register will be: nobody listens there, and nobody else can.
pub struct Absent {
    socket: TcpSocket,
    pub address: SocketAddr,
}

/// Everything agrees.
pub fn agrees() -> Value {
    json!({ "NIK": "Sesuai", "NAMA_LGKP": "Sesuai (100)", "TGL_LHR": "Sesuai", "NAMA_LGKP_IBU": "Sesuai (100)" })
}

/// The name is another one.
pub fn another_name() -> Value {
    json!({ "NIK": "Sesuai", "NAMA_LGKP": "Tidak Sesuai (35)", "TGL_LHR": "Sesuai" })
}

/// The register knows this of the NIK.
pub fn code(code: &str) -> Value {
    json!({ "RESPONSE_CODE": code, "RESPONSE": "Data tidak dapat dipakai" })
}

impl Absent {
    pub fn somewhere() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        let any = "127.0.0.1:0".parse().expect("an address");
        socket.bind(any).expect("a port");
        let address = socket.local_addr().expect("its address");
        Self { socket, address }
    }

    /// From now on it is there.
    pub fn arrives(self, manner: Manner) -> Local {
        let listener = self.socket.listen(64).expect("it listens");
        Local::on(listener, manner, None)
    }
}

impl Local {
    pub fn that(manner: Manner) -> Self {
        Absent::somewhere().arrives(manner)
    }

    /// A register that speaks TLS alone.
    pub fn behind(tls: TlsAcceptor, manner: Manner) -> Self {
        let listener = Absent::somewhere().socket.listen(64).expect("it listens");
        Self::on(listener, manner, Some(tls))
    }

    fn on(listener: TcpListener, manner: Manner, tls: Option<TlsAcceptor>) -> Self {
        let local = Self {
            address: listener.local_addr().expect("its address"),
            manner: Arc::new(watch::Sender::new(manner)),
            asked: Arc::new(watch::Sender::new(Vec::new())),
            quota: Arc::new(AtomicI64::new(150_000)),
        };
        tokio::spawn({
            let local = local.clone();
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    tokio::spawn(local.clone().serve(socket, tls.clone()));
                }
            }
        });
        local
    }

    /// Behaves otherwise from now on, also to whoever still waits.
    pub fn now(&self, manner: Manner) {
        self.manner.send_replace(manner);
    }

    /// So many questions are left.
    pub fn has_left(&self, questions: i64) {
        self.quota.store(questions, Ordering::Relaxed);
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.borrow().clone()
    }

    /// How often it was asked.
    pub fn times(&self) -> usize {
        self.asked.borrow().len()
    }

    /// Completes when somebody has asked.
    pub async fn is_asked(&self) {
        let mut asked = self.asked.subscribe();
        let somebody = asked.wait_for(|it| !it.is_empty()).await;
        somebody.expect("the register is there");
    }

    async fn serve(self, socket: TcpStream, tls: Option<TlsAcceptor>) {
        match tls {
            None => self.converse(socket).await,
            Some(tls) => {
                // Whoever does not trust it says so and goes.
                if let Ok(socket) = tls.accept(socket).await {
                    self.converse(socket).await;
                }
            }
        }
    }

    /// One question, one answer.
    async fn converse(&self, mut socket: impl AsyncReadExt + AsyncWriteExt + Unpin) {
        let Some(asked) = read(&mut socket).await else {
            return;
        };
        self.asked.send_modify(|it| it.push(asked));
        let mut manner = self.manner.subscribe();
        let spoken = manner.wait_for(|it| !matches!(it, Manner::IsSilent)).await;
        let Ok(spoken) = spoken.map(|it| it.clone()) else {
            return;
        };
        let quota = self.quota.load(Ordering::Relaxed);
        let answer = match &spoken {
            Manner::Says(content) => whole(&letter(content, quota).to_string()),
            Manner::Body(body) => whole(body),
            Manner::Status(status) => {
                format!(
                    "HTTP/1.1 {status} Somehow\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                )
            }
            Manner::SendsTo(place) => {
                format!(
                    "HTTP/1.1 307 Elsewhere\r\nlocation: {place}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                )
            }
            Manner::BreaksOff => {
                let whole = whole(&letter(&agrees(), quota).to_string());
                whole[..whole.len() - 9].to_owned()
            }
            Manner::TalksOn => {
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
                    .to_owned()
            }
            Manner::IsSilent => return,
        };
        // Whoever asked may have gone.
        let _ = socket.write_all(answer.as_bytes()).await;
        if matches!(spoken, Manner::TalksOn) {
            while socket.write_all(&[b' '; 4_096]).await.is_ok() {}
        }
        let _ = socket.shutdown().await;
    }
}

fn letter(content: &Value, quota: i64) -> Value {
    json!({
        "content": [content],
        "lastPage": true, "firstPage": true, "numberOfElements": 1, "totalElements": 1,
        "number": 0, "size": 1, "sort": null, "quotaLimiter": quota,
    })
}

fn whole(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// Reads a request of HTTP/1.1 whose body has a length.
async fn read(socket: &mut (impl AsyncReadExt + Unpin)) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            break at + 4;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head of text");
    let header = |name: &str| {
        let lines = head.lines().filter_map(|it| it.split_once(": "));
        let mut values = lines.filter(|it| it.0.eq_ignore_ascii_case(name));
        values.next().map(|it| it.1.to_owned())
    };
    let length: usize = header("content-length")?.parse().expect("a length");
    while bytes.len() < end + length {
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Asked {
        line: head.lines().next().expect("a line").to_owned(),
        content_type: header("content-type").unwrap_or_default(),
        body: serde_json::from_slice(&bytes[end..end + length]).expect("JSON"),
    })
}

/// The settings of a house that asks the register at `url`.
pub fn settings(url: &str) -> RegisterFlags {
    RegisterFlags {
        register_url: Some(url.to_owned()),
        register_customer: Some("jamsostek".into()),
        register_user: Some("penguji".into()),
        register_password: Some(Hidden::from(PASSWORD.to_owned())),
        register_password_file: None,
        register_ip_user: Some("10.1.2.3".into()),
        register_threshold: 90,
        register_timeout_ms: 5_000,
        register_ca: None,
    }
}

/// A town whose house asks the register with these settings.
pub async fn town_with(settings: &RegisterFlags) -> Town {
    let register = settings.read().expect("settings");
    let morning = "2026-03-10T02:00:00Z";
    Town::found_as(morning, |parts| parts.outside.register = register).await
}

/// A town whose house asks the register at `address`.
pub async fn town_at(address: SocketAddr) -> Town {
    town_with(&settings(&format!("http://{address}"))).await
}
