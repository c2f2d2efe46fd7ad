//! Load: so many calls at once for so long, and how it went.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use tonic::transport::{Channel, Endpoint};

/// How many connections the load comes over.
const CONNECTIONS: usize = 4;
/// What the kernel counts a process's time in: 1/100 s on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// How long to measure.
pub struct Pace {
    pub warm_up: Duration,
    pub window: Duration,
    pub samples: usize,
    /// How many participants there are before the first figure.
    pub people: usize,
    /// How many of them sign in and claim for one sample: a code and a claim serve once.
    pub claimants: usize,
    /// How many rows an employer reports at once.
    pub rows: usize,
}

impl Pace {
    pub const FULL: Self = Self {
        warm_up: Duration::from_millis(500),
        window: Duration::from_millis(1_500),
        samples: 3,
        people: 1_500,
        claimants: 500,
        rows: 200_000,
    };
    pub const QUICK: Self = Self {
        warm_up: Duration::from_millis(100),
        window: Duration::from_millis(500),
        samples: 1,
        people: 400,
        claimants: 200,
        rows: 20_000,
    };
}

/// How it went. Latencies are in microseconds; CPU is the server's, in microseconds a call.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub calls_per_second: f64,
    pub p50: u128,
    pub p99: u128,
    pub cpu: f64,
}

pub async fn connect(address: &str) -> Vec<Channel> {
    let mut channels = Vec::new();
    for _ in 0..CONNECTIONS {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
        channels.push(
            endpoint
                .tcp_nodelay(true)
                .connect()
                .await
                .expect("a connection"),
        );
    }
    channels
}

/// The middle one of the pace's samples, after its warm-up.
pub async fn median<M, C, F>(pace: &Pace, at_once: usize, pid: u32, load: impl Fn() -> M) -> Figures
where
    M: Fn(usize) -> C,
    C: FnMut() -> F + Send + 'static,
    F: Future<Output = bool> + Send,
{
    sample(pace.warm_up, at_once, pid, load()).await;
    let mut samples = Vec::new();
    for _ in 0..pace.samples {
        samples.push(sample(pace.window, at_once, pid, load()).await);
    }
    middle(samples)
}

pub fn middle(mut samples: Vec<Figures>) -> Figures {
    samples.sort_by(|left, right| left.calls_per_second.total_cmp(&right.calls_per_second));
    samples[samples.len() / 2]
}

/// Keeps `at_once` callers busy for `window`, or until there is nothing left to call for (`false`).
pub async fn sample<M, C, F>(window: Duration, at_once: usize, pid: u32, caller: M) -> Figures
where
    M: Fn(usize) -> C,
    C: FnMut() -> F + Send + 'static,
    F: Future<Output = bool> + Send,
{
    let cpu_before = cpu(pid);
    let began = Instant::now();
    let callers: Vec<_> = (0..at_once)
        .map(|number| {
            let mut call = caller(number);
            tokio::spawn(async move {
                let mut took = Vec::new();
                while began.elapsed() < window {
                    let called = Instant::now();
                    if !call().await {
                        break;
                    }
                    took.push(called.elapsed().as_micros());
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for caller in callers {
        took.extend(caller.await.expect("every call is answered"));
    }
    let lasted = began.elapsed();
    let cpu = cpu(pid) - cpu_before;
    took.sort_unstable();
    assert!(!took.is_empty(), "nothing was called");
    let calls = took.len() as f64;
    Figures {
        calls_per_second: calls / lasted.as_secs_f64(),
        p50: took[took.len() / 2],
        p99: took[took.len() * 99 / 100],
        cpu: cpu.as_secs_f64() * 1e6 / calls,
    }
}

/// The time that a process has had: user and system.
fn cpu(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    // The program's name stands in brackets and may hold anything.
    let (_, after) = stat.rsplit_once(')').expect("a stat line");
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<u32>().expect("a number");
    TICK * (ticks(11) + ticks(12))
}
