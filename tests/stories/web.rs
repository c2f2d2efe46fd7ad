//! A page in a browser calls: over HTTP/1.1, by gRPC-Web, from an origin that may.

use jamsostek_client::{
    Error, ErrorReason, Options, Refusal,
    v1::{GetServerInfoRequest, GetServerInfoResponse, WhoAmIRequest},
};
use prost::Message;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use tonic::{
    Status,
    codegen::http::{HeaderMap, HeaderName},
};

use crate::{jamsostekd::House, language::told, town::ExpectRefusal};

/// Who serves the page.
const ORIGIN: &str = "https://app.example";

#[tokio::test]
async fn a_page_of_an_origin_that_may_calls_and_reads_the_answer() {
    let home = TempDir::new().expect("a directory");
    let house = opens(&home).await;

    let request = GetServerInfoRequest {}.encode_to_vec();
    let answer = post(&house, "ServerService/GetServerInfo", &request).await;

    assert!(answer.head.starts_with("HTTP/1.1 200"), "{}", answer.head);
    assert!(answer.has("content-type: application/grpc-web+proto"));
    assert!(answer.has(&format!("access-control-allow-origin: {ORIGIN}")));
    let (kind, body) = frame(&answer.body, 0);
    let info = GetServerInfoResponse::decode(body).expect("an answer of this rpc");
    assert_eq!((kind, info.profile.as_str()), (0, "sandbox"));
    let (kind, trailers) = frame(&answer.body, 5 + body.len());
    let trailers = String::from_utf8_lossy(trailers);
    assert_eq!(kind, 0x80);
    assert!(trailers.contains("grpc-status:0"), "{trailers}");
}

#[tokio::test]
async fn a_refusal_reaches_the_page_with_its_reason() {
    let home = TempDir::new().expect("a directory");
    let house = opens(&home).await;

    let request = WhoAmIRequest {}.encode_to_vec();
    let answer = post(&house, "SessionService/WhoAmI", &request).await;

    let told = format!("{}{}", answer.head, String::from_utf8_lossy(&answer.body));
    assert!(told.contains("grpc-status") && told.contains("grpc-status-details-bin"));
    assert!(told.replace(' ', "").contains("grpc-status:16"), "{told}");
}

#[tokio::test]
async fn a_refusal_is_told_to_the_page_in_the_language_of_its_browser() {
    let home = TempDir::new().expect("a directory");
    let house = opens(&home).await;

    let asks = "Accept-Language: en-GB,en;q=0.9,id;q=0.8\r\n";
    let english = post_with(&house, "SessionService/WhoAmI", &[], asks).await;
    let indonesian = post(&house, "SessionService/WhoAmI", &[]).await;

    let (english, indonesian) = (english.refusal(), indonesian.refusal());
    assert_eq!(english.reason, ErrorReason::TokenMissing);
    assert!(told(&english, "en").starts_with("You are not signed in."));
    assert!(told(&indonesian, "id").starts_with("Anda belum masuk."));
}

#[tokio::test]
async fn a_page_of_any_other_origin_may_not() {
    let home = TempDir::new().expect("a directory");
    let house = opens(&home).await;
    let ask = |origin: &str| {
        let path = "/jamsostek.v1.ServerService/GetServerInfo";
        let headers =
            "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-grpc-web\r\n";
        request(
            &house,
            "OPTIONS",
            path,
            &format!("Origin: {origin}\r\n{headers}"),
            &[],
        )
    };

    let ours = exchange(&house, ask(ORIGIN)).await;
    let theirs = exchange(&house, ask("https://elsewhere.example")).await;

    assert!(ours.has(&format!("access-control-allow-origin: {ORIGIN}")));
    assert!(!theirs.has("access-control-allow-origin"));
}

struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn has(&self, line: &str) -> bool {
        self.head.to_lowercase().contains(line)
    }

    /// The refusal, in the head or in the trailers that the body ends with.
    fn refusal(&self) -> Refusal {
        let told = format!("{}{}", self.head, String::from_utf8_lossy(&self.body));
        let mut headers = HeaderMap::new();
        for (name, value) in told.lines().filter_map(|it| it.split_once(':')) {
            // Before the trailers stand the five bytes of their frame.
            let name = name.rsplit(|it: char| !it.is_ascii_graphic()).next();
            let name = name.and_then(|it| it.parse::<HeaderName>().ok());
            if let Some(name) = name {
                headers.insert(name, value.trim().parse().expect("a value"));
            }
        }
        let status = Status::from_header_map(&headers).expect("a status");
        Err::<(), _>(Error::from(status)).expect_refusal()
    }
}

async fn opens(home: &TempDir) -> House {
    House::opens_with(home, &["--web-origins", ORIGIN], |address| {
        Options::new(format!("http://{address}"))
    })
    .await
}

async fn post(house: &House, rpc: &str, message: &[u8]) -> Answer {
    post_with(house, rpc, message, "").await
}

/// With some more lines in its head.
async fn post_with(house: &House, rpc: &str, message: &[u8], more: &str) -> Answer {
    let mut body = vec![0];
    body.extend_from_slice(&u32::try_from(message.len()).expect("short").to_be_bytes());
    body.extend_from_slice(message);
    let headers = format!(
        "Origin: {ORIGIN}\r\nContent-Type: application/grpc-web+proto\r\nX-Grpc-Web: 1\r\n{more}"
    );
    let path = format!("/jamsostek.v1.{rpc}");
    exchange(house, request(house, "POST", &path, &headers, &body)).await
}

fn request(house: &House, method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let (address, length) = (&house.address, body.len());
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// One request, as a browser sends it, and its answer.
async fn exchange(house: &House, request: Vec<u8>) -> Answer {
    let mut socket = TcpStream::connect(&house.address)
        .await
        .expect("a connection");
    socket.write_all(&request).await.expect("it is sent");
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).await.expect("an answer");
    let end = bytes.windows(4).position(|it| it == b"\r\n\r\n");
    let end = end.expect("the end of the head") + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    let body = &bytes[end..];
    Answer {
        body: if chunked { joined(body) } else { body.to_vec() },
        head,
    }
}

/// The body that comes in chunks.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest
            .windows(2)
            .position(|it| it == b"\r\n")
            .expect("a length");
        let length = std::str::from_utf8(&rest[..end]).expect("a length");
        let length = usize::from_str_radix(length, 16).expect("a length");
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 2 + length + 2..];
    }
}

/// The frame that begins at `at`: its kind and what is in it.
fn frame(body: &[u8], at: usize) -> (u8, &[u8]) {
    let length: [u8; 4] = body[at + 1..at + 5].try_into().expect("four bytes");
    let length = usize::try_from(u32::from_be_bytes(length)).expect("short");
    (body[at], &body[at + 5..at + 5 + length])
}
