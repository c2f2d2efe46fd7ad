//! A bank that speaks the protocol of docs/bank.md over HTTP, keeps a ledger of its own, and can be as bad as banks are.

mod books;
mod wire;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jamsostek_server::BankAt;
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};

use books::Books;

/// What the bank knows us by.
pub const TOKEN: &str = "what-the-bank-knows-us-by";

/// How the bank takes a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It does what it is asked, and says so.
    Well,
    /// It breaks the connection off, and has done nothing.
    GoneBefore,
    /// It does it, and breaks the connection off.
    GoneAfter,
    /// It never answers, and has done nothing.
    HangsBefore,
    /// It does it, and never answers.
    HangsAfter,
    /// It breaks off, and does it when it is told to ([`BadBank::does_what_is_late`]).
    Late,
    /// It does it, and waits with its answer until it is let go ([`BadBank::lets_go`]).
    Waits,
    /// It takes the instruction and pays when it likes.
    TakesItsTime,
    /// It takes the instruction and will not pay.
    Refuses(&'static str),
    /// It does it, and speaks of a rupiah more.
    Misremembers,
    /// It, or whatever stands in between, says this and does nothing.
    Says(u16, String),
}

/// A bank.
pub struct BadBank {
    pub url: String,
    inside: Arc<Inside>,
}

/// What the bank's connections share.
struct Inside {
    books: Mutex<Books>,
    /// How many calls have come.
    heard: watch::Sender<usize>,
    go: Notify,
}

impl BadBank {
    /// A bank where every account is in one name, and which is well unless it is told otherwise.
    pub async fn opens(holder: &str) -> Self {
        Self::with(Books::new(holder, None)).await
    }

    /// The same, but one call in three goes wrong: a fifth is done and not answered, a tenth neither, a twentieth fails. Which ones is
    /// the seed's.
    pub async fn opens_badly(holder: &str, seed: u64) -> Self {
        Self::with(Books::new(holder, Some(seed))).await
    }

    async fn with(books: Books) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let inside = Arc::new(Inside {
            books: Mutex::new(books),
            heard: watch::Sender::new(0),
            go: Notify::new(),
        });
        tokio::spawn({
            let inside = inside.clone();
            async move {
                while let Ok((connection, _)) = listener.accept().await {
                    tokio::spawn(wire::serve(connection, inside.clone()));
                }
            }
        });
        Self { url, inside }
    }

    /// Where it is, for somebody with patience.
    pub fn at(&self) -> BankAt {
        self.at_within(Duration::from_secs(5))
    }

    /// Where it is.
    pub fn at_within(&self, timeout: Duration) -> BankAt {
        BankAt::new(&self.url, TOKEN, timeout).expect("an address")
    }

    /// How it takes the next calls, one after the other.
    pub fn next(&self, moods: impl IntoIterator<Item = Mood>) {
        self.books().moods.extend(moods);
    }

    /// What it has paid, each time that it did, by our reference.
    pub fn ledger(&self) -> Vec<(String, i64)> {
        self.books().ledger.clone()
    }

    /// The calls that have come, such as `PUT`, without their references.
    pub fn heard(&self) -> Vec<&'static str> {
        self.books().heard.clone()
    }

    /// Waits until so many calls have come.
    pub async fn has_heard(&self, calls: usize) {
        let mut heard = self.inside.heard.subscribe();
        heard.wait_for(|it| *it >= calls).await.expect("a bank");
    }

    /// Does what was told to it long ago.
    pub fn does_what_is_late(&self) {
        self.books().does_what_is_late();
    }

    /// Lets it answer the call that it waits with.
    pub fn lets_go(&self) {
        self.inside.go.notify_one();
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.inside.books()
    }
}

impl Inside {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
