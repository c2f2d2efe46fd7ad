//! One connection, and for how long its peer may be silent.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep, sleep_until},
};
use tonic::transport::server::{Connected, TcpConnectInfo};

use super::Permit;

/// What a peer must send to show that it means to speak: as much as HTTP/2's preface. A TLS hello and an HTTP/1.1 request are longer.
const PREFACE_BYTES: usize = 24;

/// How long a peer may take for it. hyper waits for ever (hyper#4170), and then no drain ends; five seconds are three lost packets.
const PREFACE_WAIT: Duration = Duration::from_secs(5);

/// How long nothing may be read or written afterwards. Keep-alive pings go out each minute and count, so that only a connection whose
/// peer neither answers nor takes what is sent gets this far.
const IDLE_MAX: Duration = Duration::from_secs(5 * 60);

/// A connection that holds its place and ends by itself when its peer falls silent.
pub(crate) struct Conn {
    socket: TcpStream,
    /// Bytes of the preface that are still to come.
    awaited: usize,
    /// When something last moved. Kept beside the timer, which is moved on only when it rings: no timer work for each read.
    moved_at: Instant,
    timer: Pin<Box<Sleep>>,
    _permit: Permit,
}

impl Conn {
    pub(super) fn new(socket: TcpStream, permit: Permit) -> Self {
        let timer = Box::pin(sleep(PREFACE_WAIT));
        Self {
            socket,
            awaited: PREFACE_BYTES,
            moved_at: Instant::now(),
            timer,
            _permit: permit,
        }
    }

    /// Whether the peer has been silent for too long; if not, the task is woken when it may have been.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            ready!(self.timer.as_mut().poll(cx));
            if self.awaited > 0 {
                return Poll::Ready(silent("nobody spoke"));
            }
            let end = self.moved_at + IDLE_MAX;
            if end <= Instant::now() {
                return Poll::Ready(silent("the connection was idle"));
            }
            self.timer.set(sleep_until(end));
        }
    }

    /// Passes on what the socket says, and ends a connection that says nothing for too long.
    fn watched<T>(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match polled {
            Poll::Ready(result) => {
                self.moved_at = Instant::now();
                Poll::Ready(result)
            }
            Poll::Pending => self.poll_silence(cx).map(Err),
        }
    }
}

fn silent(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl Connected for Conn {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.socket.connect_info()
    }
}

impl AsyncRead for Conn {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.socket).poll_read(cx, buf);
        self.awaited = self.awaited.saturating_sub(buf.filled().len() - before);
        self.watched(cx, polled)
    }
}

impl AsyncWrite for Conn {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.socket).poll_write(cx, buf);
        self.watched(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.socket).poll_write_vectored(cx, bufs);
        self.watched(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_stream::StreamExt;

    use super::super::{Limits, incoming};
    use super::*;

    /// Both ends of a connection; the time stands still and jumps to the next timer when everybody waits.
    async fn connected() -> (Conn, TcpStream) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        let peer = TcpStream::connect(address).await.expect("a connection");
        let mut incoming = incoming(listener, Limits::default());
        let conn = incoming
            .next()
            .await
            .expect("a stream without end")
            .expect("a connection");
        (conn, peer)
    }

    /// For how long `conn` lives after it has said `said`, and what it dies of.
    async fn lives(conn: &mut Conn, said: usize) -> (Duration, io::ErrorKind) {
        let begin = Instant::now();
        conn.read_exact(&mut vec![0; said])
            .await
            .expect("what was said");
        let end = conn.read(&mut [0; 64]).await.expect_err("silence");
        (begin.elapsed(), end.kind())
    }

    fn about(seconds: u64) -> std::ops::Range<Duration> {
        Duration::from_secs(seconds)..Duration::from_secs(seconds + 1)
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_socket_is_closed_after_five_seconds() {
        let (mut conn, _peer) = connected().await;

        let (lived, end) = lives(&mut conn, 0).await;

        assert_eq!(end, io::ErrorKind::TimedOut);
        assert!(about(5).contains(&lived), "{lived:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn half_a_preface_is_silence_too() {
        let (mut conn, mut peer) = connected().await;
        peer.write_all(&[0; PREFACE_BYTES - 1])
            .await
            .expect("written");

        let (lived, _) = lives(&mut conn, PREFACE_BYTES - 1).await;

        assert!(about(5).contains(&lived), "{lived:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_spoken_may_be_idle_for_five_minutes_and_what_we_write_counts() {
        let (mut conn, mut peer) = connected().await;
        peer.write_all(&[0; PREFACE_BYTES]).await.expect("written");

        conn.read_exact(&mut [0; PREFACE_BYTES])
            .await
            .expect("the preface");
        tokio::time::sleep(Duration::from_secs(200)).await;
        conn.write_all(b"ping").await.expect("written");
        let (lived, end) = lives(&mut conn, 0).await;

        assert_eq!(end, io::ErrorKind::TimedOut);
        assert!(about(300).contains(&lived), "{lived:?}");
    }
}
