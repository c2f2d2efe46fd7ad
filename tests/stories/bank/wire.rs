//! Just enough HTTP/1.1 for a bank, by hand: it must be able to hang up, and to hang, in the middle of everything.

use std::sync::Arc;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    Inside, Mood, TOKEN,
    books::{Books, Reply},
};

/// A call.
struct Call {
    method: &'static str,
    path: String,
    is_ours: bool,
    body: Value,
}

/// What becomes of a call.
enum Outcome {
    Answered(Reply),
    AnsweredWhenLetGo(Reply),
    HangsUp,
    Hangs,
}

/// Answers calls, until the caller or the bank hangs up.
pub async fn serve(mut connection: TcpStream, inside: Arc<Inside>) {
    let mut read = Vec::new();
    while let Some(call) = next_call(&mut connection, &mut read).await {
        let outcome = take(&mut inside.books(), &call);
        inside.heard.send_modify(|it| *it += 1);
        let (status, body) = match outcome {
            Outcome::Answered(reply) => reply,
            Outcome::AnsweredWhenLetGo(reply) => {
                inside.go.notified().await;
                reply
            }
            Outcome::HangsUp => return,
            Outcome::Hangs => {
                // Until the caller has had enough.
                while matches!(connection.read_buf(&mut read).await, Ok(1..)) {}
                return;
            }
        };
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status} it is so\r\ncontent-type: application/json\r\nlocation: /elsewhere\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        if connection.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads the next call; none when the caller has hung up.
async fn next_call(connection: &mut TcpStream, read: &mut Vec<u8>) -> Option<Call> {
    let end = loop {
        if let Some(at) = read.windows(4).position(|it| it == b"\r\n\r\n") {
            break at + 4;
        }
        if connection.read_buf(read).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(read.drain(..end).collect()).expect("text");
    let value_of = |name: &str| {
        head.lines()
            .find_map(|it| it.strip_prefix(name)?.strip_prefix(": "))
    };
    let length: usize = value_of("content-length").map_or(0, |it| it.parse().expect("a number"));
    while read.len() < length {
        if connection.read_buf(read).await.ok()? == 0 {
            return None;
        }
    }
    let body: Vec<u8> = read.drain(..length).collect();
    let mut words = head.split(' ');
    let method = match words.next().expect("a method") {
        "PUT" => "PUT",
        "GET" => "GET",
        "POST" => "POST",
        other => panic!("{other} is not in the protocol"),
    };
    Some(Call {
        method,
        path: words.next().expect("a path").to_owned(),
        is_ours: value_of("authorization") == Some(&format!("Bearer {TOKEN}")),
        body: if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).expect("JSON")
        },
    })
}

fn take(books: &mut Books, call: &Call) -> Outcome {
    let reference = call.path.strip_prefix("/v1/transfers/");
    let mood = books.mood(reference.is_some());
    books.heard.push(call.method);
    if !call.is_ours {
        return Outcome::Answered((401, String::new()));
    }
    match mood {
        Mood::Says(status, body) => return Outcome::Answered((status, body)),
        Mood::GoneBefore => return Outcome::HangsUp,
        Mood::HangsBefore => return Outcome::Hangs,
        Mood::Late => {
            books.puts_off(reference.expect("a transfer"), call.body.clone());
            return Outcome::HangsUp;
        }
        Mood::Well
        | Mood::GoneAfter
        | Mood::HangsAfter
        | Mood::Waits
        | Mood::TakesItsTime
        | Mood::Refuses(_)
        | Mood::Misremembers => {}
    }
    let reply = match (call.method, call.path.as_str(), reference) {
        ("PUT", _, Some(reference)) => books.takes(reference, &call.body, &mood),
        ("GET", _, Some(reference)) => books.tells(reference, &mood),
        ("POST", "/v1/accounts:lookup", None) => books.looks_up(&call.body),
        (method, path, _) => panic!("{method} {path} is not in the protocol"),
    };
    match mood {
        Mood::GoneAfter => Outcome::HangsUp,
        Mood::HangsAfter => Outcome::Hangs,
        Mood::Waits => Outcome::AnsweredWhenLetGo(reply),
        Mood::Well
        | Mood::TakesItsTime
        | Mood::Refuses(_)
        | Mood::Misremembers
        | Mood::GoneBefore
        | Mood::HangsBefore
        | Mood::Late
        | Mood::Says(..) => Outcome::Answered(reply),
    }
}
