//! A gateway for SMS, as its own side sees it: over HTTP, with what proves us looked at.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::hmac;
use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

pub const TOKEN: &str = "lele-goreng";
const KEY: &[u8] = b"a key that two houses share";

/// What it does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes it, once an id.
    Open,
    /// Answers so, and takes nothing.
    Says(u16),
    /// Takes it, and never answers.
    Silent,
    /// Takes it, and hangs up.
    Breaking,
}

/// The gateway, until it is dropped.
pub struct SmsGateway {
    port: u16,
    desk: Arc<Mutex<Desk>>,
    serving: JoinHandle<()>,
}

struct Desk {
    mood: Mood,
    /// Every message that came, as often as it came.
    came: Vec<Sms>,
}

/// A message as it came.
#[derive(Clone, Debug, Deserialize)]
pub struct Sms {
    pub id: String,
    pub to: String,
    pub text: String,
    /// The headers, by their names in small letters.
    #[serde(skip)]
    pub headers: HashMap<String, String>,
    #[serde(skip)]
    pub body: String,
}

impl SmsGateway {
    pub async fn opens() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let desk = Arc::new(Mutex::new(Desk {
            mood: Mood::Open,
            came: Vec::new(),
        }));
        let serving = tokio::spawn(serve(listener, desk.clone()));
        Self {
            port,
            desk,
            serving,
        }
    }

    /// The flags with which a house uses it, known by its token.
    pub fn flags(&self) -> Vec<String> {
        self.flags_with(&["--sms-token", TOKEN])
    }

    /// The flags with which a house uses it, known by its signature.
    pub fn flags_to_sign(&self) -> Vec<String> {
        let key = format!("whsec_{}", STANDARD.encode(KEY));
        self.flags_with(&["--sms-signing-key", &key])
    }

    fn flags_with(&self, proof: &[&str]) -> Vec<String> {
        let url = format!("http://127.0.0.1:{}/messages", self.port);
        let flags = ["--sms-url", &url];
        let flags = flags.iter().chain(proof).map(|it| (*it).to_owned());
        flags.collect()
    }

    pub fn is(&self, mood: Mood) {
        desk(&self.desk).mood = mood;
    }

    /// Nobody listens any more.
    pub async fn closes(&mut self) {
        self.serving.abort();
        // It has let go of the port once it has ended.
        let ended = (&mut self.serving).await;
        assert!(ended.is_err_and(|it| it.is_cancelled()));
    }

    pub async fn opens_again(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await;
        let listener = listener.expect("its port");
        self.serving = tokio::spawn(serve(listener, self.desk.clone()));
    }

    /// Every message that came, as often as it came.
    pub fn came(&self) -> Vec<Sms> {
        desk(&self.desk).came.clone()
    }

    /// What came to `number`.
    pub fn came_to(&self, number: &str) -> Vec<Sms> {
        let mut came = self.came();
        came.retain(|it| it.to == number);
        came
    }
}

impl Drop for SmsGateway {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Sms {
    /// The digits of the code in it.
    pub fn code(&self) -> String {
        code_in(&self.text)
    }

    /// Whether its signature is that of Standard Webhooks under our key.
    pub fn is_signed(&self) -> bool {
        let header = |name: &str| self.headers.get(name).cloned().unwrap_or_default();
        let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
        let content = format!("{id}.{timestamp}.{}", self.body);
        let signature = header("webhook-signature");
        let signature = signature.strip_prefix("v1,").expect("a signature");
        let signature = STANDARD.decode(signature).expect("base64");
        let key = hmac::Key::new(hmac::HMAC_SHA256, KEY);
        hmac::verify(&key, content.as_bytes(), &signature).is_ok()
    }
}

/// The code that stands in a message.
pub fn code_in(text: &str) -> String {
    let mut numbers = text.split(|it: char| !it.is_ascii_digit());
    let code = numbers.find(|it| matches!(it.len(), 6 | 8));
    code.expect("a code").to_owned()
}

fn desk(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, desk: Arc<Mutex<Desk>>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.expect("a connection");
        connections.spawn(talk(socket, desk.clone()));
    }
}

/// Takes one message a connection; whoever sends more opens another.
async fn talk(socket: TcpStream, shared: Arc<Mutex<Desk>>) {
    let mut socket = BufReader::new(socket);
    let Some(sms) = read(&mut socket).await else {
        return;
    };
    let mood = {
        let mut desk = desk(&shared);
        if !matches!(desk.mood, Mood::Says(_)) {
            desk.came.push(sms);
        }
        desk.mood
    };
    let status = match mood {
        Mood::Open => 202,
        Mood::Says(status) => status,
        Mood::Breaking => return,
        Mood::Silent => std::future::pending().await,
    };
    let answer = format!(
        "HTTP/1.1 {status} So\r\nContent-Length: 2\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n{{}}"
    );
    // Whoever asked may have gone: that is his to see.
    let _ = socket.write_all(answer.as_bytes()).await;
}

async fn read(socket: &mut BufReader<TcpStream>) -> Option<Sms> {
    let mut headers = HashMap::new();
    let mut line = String::new();
    socket
        .read_line(&mut line)
        .await
        .ok()
        .filter(|it| *it > 0)?;
    assert!(line.starts_with("POST /messages HTTP/1.1"), "{line}");
    loop {
        let mut line = String::new();
        socket.read_line(&mut line).await.expect("a header");
        let Some((name, value)) = line.trim().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers["content-length"].parse().expect("a length");
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.expect("a body");
    let body = String::from_utf8(body).expect("text");
    let mut sms: Sms = serde_json::from_str(&body).expect("a message");
    sms.headers = headers;
    sms.body = body;
    Some(sms)
}
