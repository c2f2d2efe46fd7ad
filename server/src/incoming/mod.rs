//! The connections that come in: how many may be open, and what happens when the machine has no room for another. For how long one
//! may be silent is in `conn.rs`; what comes over it is tonic's affair.

mod conn;

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv6Addr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    net::TcpListener,
    time::{Sleep, sleep},
};
use tokio_stream::Stream;

pub(crate) use conn::Conn;

/// Connections open at once. A silent one costs 16 kB and one that works some 100 kB, so that all of them stay below 200 MB;
/// partners and gateways keep a few each and put 100 calls on one.
const CONNECTIONS_MAX: usize = 2_000;

/// Connections of one peer address (IPv6: of one /64, which is one house). One connection carries 100 calls, so that 50 serve an office
/// behind one address, and it takes 40 addresses to use up the whole.
const CONNECTIONS_OF_ONE_PEER_MAX: usize = 50;

/// Connections from this machine: explorers, benches, and a proxy that stands in front. More than a peer, but never all, so that
/// a runaway script leaves room for the others.
const CONNECTIONS_FROM_LOOPBACK_MAX: usize = 1_000;

/// How long not to accept after the machine refused (EMFILE, ENFILE, ENOBUFS). Without it the loop spins a whole core, since the
/// connection stays in the queue; longer, and callers would notice when room comes back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(75);

/// How many connections may be open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Of all peers together.
    pub(crate) connections_max: usize,
    /// Of one peer address.
    pub(crate) of_one_peer_max: usize,
    /// Of this machine's own addresses.
    pub(crate) from_loopback_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: CONNECTIONS_MAX,
            of_one_peer_max: CONNECTIONS_OF_ONE_PEER_MAX,
            from_loopback_max: CONNECTIONS_FROM_LOOPBACK_MAX,
        }
    }
}

/// The connections that `listener` accepts, within `limits`. It never ends and yields no error: a failed accept is one connection's
/// misfortune or a lack of room that passes.
pub(crate) fn incoming(
    listener: TcpListener,
    limits: Limits,
) -> impl Stream<Item = io::Result<Conn>> + Unpin {
    Incoming {
        listener,
        open: Arc::new(Open {
            limits,
            count: Mutex::default(),
        }),
        pause: None,
        refused: false,
    }
}

struct Incoming {
    listener: TcpListener,
    open: Arc<Open>,
    pause: Option<Pin<Box<Sleep>>>,
    /// The accept before failed too: a lack of room is logged once, not thirteen times a second.
    refused: bool,
}

impl Stream for Incoming {
    type Item = io::Result<Conn>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match ready!(self.listener.poll_accept(cx)) {
                Ok((socket, peer)) => {
                    self.refused = false;
                    // Over the cap the socket is dropped, and thereby closed, before a byte of it is read.
                    let Some(permit) = self.open.admit(peer.ip()) else {
                        tracing::debug!("a connection over the cap was closed");
                        continue;
                    };
                    // tonic sets it only on listeners of its own. An answer must not wait for the peer's acknowledgement.
                    if socket.set_nodelay(true).is_ok() {
                        return Poll::Ready(Some(Ok(Conn::new(socket, permit))));
                    }
                }
                Err(error) if is_the_peers(&error) => {}
                Err(error) => {
                    if !self.refused {
                        tracing::warn!(error = %error, "no connection can be accepted for the moment");
                    }
                    self.refused = true;
                    self.pause = Some(Box::pin(sleep(ACCEPT_PAUSE)));
                }
            }
        }
    }
}

/// The peer went away while it was being accepted: the next one may be tried at once.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    [
        ConnectionAborted,
        ConnectionRefused,
        ConnectionReset,
        Interrupted,
    ]
    .contains(&error.kind())
}

/// Who is in.
struct Open {
    limits: Limits,
    count: Mutex<Count>,
}

#[derive(Default)]
struct Count {
    all: usize,
    of_peer: HashMap<IpAddr, usize>,
}

impl Open {
    fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        let peer = peer_of(address);
        let of_peer_max = if peer.is_loopback() {
            self.limits.from_loopback_max
        } else {
            self.limits.of_one_peer_max
        };
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let of_peer = count.of_peer.get(&peer).copied().unwrap_or(0);
        if count.all >= self.limits.connections_max || of_peer >= of_peer_max {
            return None;
        }
        count.all += 1;
        count.of_peer.insert(peer, of_peer + 1);
        Some(Permit {
            open: Arc::clone(self),
            peer,
        })
    }
}

/// Whom an address counts for: itself, its /64, or the IPv4 address that it wraps.
pub(crate) fn peer_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => {
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64))
        }
        canonical @ (IpAddr::V4(_) | IpAddr::V6(_)) => canonical,
    }
}

/// A place among the open connections, given back when dropped.
struct Permit {
    open: Arc<Open>,
    peer: IpAddr,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut count = self
            .open
            .count
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        count.all -= 1;
        if let Some(of_peer) = count.of_peer.get_mut(&self.peer) {
            *of_peer -= 1;
            if *of_peer == 0 {
                // Else a peer a connection would be remembered for ever.
                count.of_peer.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use tokio_stream::StreamExt;

    use super::*;

    async fn listen() -> (TcpListener, std::net::SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        (listener, address)
    }

    fn two_from_here() -> Limits {
        Limits {
            from_loopback_max: 2,
            ..Limits::default()
        }
    }

    #[tokio::test]
    async fn the_third_of_two_is_closed_at_once_and_served_when_one_has_gone() {
        let (listener, address) = listen().await;
        let mut incoming = incoming(listener, two_from_here());
        let dial = || TcpStream::connect(address).expect("a connection");
        let (_first, _second, mut third) = (dial(), dial(), dial());

        let one = incoming
            .next()
            .await
            .expect("a stream without end")
            .expect("the first");
        let _two = incoming
            .next()
            .await
            .expect("a stream without end")
            .expect("the second");
        let wait = tokio::time::timeout(Duration::from_millis(100), incoming.next());
        assert!(wait.await.is_err(), "the third was let in");
        assert_eq!(
            io::Read::read(&mut third, &mut [0]).expect("closed in order"),
            0
        );

        drop(one);
        let _fourth = dial();
        assert!(incoming.next().await.expect("a stream without end").is_ok());
    }

    #[tokio::test]
    async fn the_cap_of_one_peer_and_the_cap_of_all_hold_and_nothing_is_kept_of_who_has_gone() {
        let limits = Limits {
            connections_max: 3,
            of_one_peer_max: 2,
            from_loopback_max: 1,
        };
        let open = Arc::new(Open {
            limits,
            count: Mutex::default(),
        });
        let admit = |address: &str| open.admit(address.parse().expect("an address"));

        let house = (admit("2001:db8::1"), admit("2001:db8::2"));
        assert!(house.0.is_some() && house.1.is_some());
        assert!(admit("2001:db8::3").is_none(), "a third from one /64");
        let wrapped = admit("::ffff:192.0.2.1");
        assert!(wrapped.is_some());
        assert!(admit("198.51.100.1").is_none(), "a fourth of three");

        drop((house, wrapped));
        let count = open.count.lock().expect("nobody panicked");
        assert_eq!((count.all, count.of_peer.len()), (0, 0));
    }
}
