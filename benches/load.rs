//! Load on one address: `wrk` where it is installed, else clients of our own, on the same cores.

use crate::http::{Client, request};
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 64;
const SECONDS: u64 = 6;

/// What a load saw.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// Returns the name of what makes the load.
pub(crate) fn maker() -> &'static str {
    if has_wrk() { "wrk" } else { "own clients" }
}

fn has_wrk() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join("wrk").is_file())
}

/// Loads an address for some seconds; every answer must have this status.
pub(crate) fn run(
    address: SocketAddr,
    path: &str,
    key: &str,
    header: Option<(&str, &str)>,
    status: u16,
) -> Seen {
    if has_wrk() {
        by_wrk(address, path, key, header)
    } else {
        by_ourselves(address, path, key, header, status)
    }
}

fn by_wrk(address: SocketAddr, path: &str, key: &str, header: Option<(&str, &str)>) -> Seen {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t2", "--latency", &format!("-c{CONNECTIONS}"), &format!("-d{SECONDS}s")]);
    wrk.args(["-H", &format!("Authorization: Bearer {key}")]);
    if let Some((name, value)) = header {
        wrk.args(["-H", &format!("{name}: {value}")]);
    }
    let output = wrk.arg(format!("http://{address}{path}")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("Non-2xx") && !text.contains("Socket errors"), "{text}");
    let after = |label: &str| {
        let line = text.lines().find_map(|l| l.trim().strip_prefix(label));
        line.unwrap_or_else(|| panic!("no `{label}` in {text}")).trim().to_owned()
    };
    Seen {
        per_second: after("Requests/sec:").parse().unwrap(),
        p50: duration(&after("50%")),
        p99: duration(&after("99%")),
    }
}

/// Reads `1.27ms`, `310.00us` or `2.00s`.
fn duration(text: &str) -> Duration {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = text.trim_end_matches(unit).parse().unwrap();
    let seconds = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        _ => panic!("`{text}` is no time"),
    };
    Duration::from_secs_f64(number * seconds)
}

fn by_ourselves(
    address: SocketAddr,
    path: &str,
    key: &str,
    header: Option<(&str, &str)>,
    status: u16,
) -> Seen {
    let header = header.map(|(name, value)| format!("{name}: {value}\r\n")).unwrap_or_default();
    let bytes = request("GET", path, key, &header, b"");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let begin = Instant::now();
    let end = begin + Duration::from_secs(SECONDS);
    let mut all: Vec<Duration> = runtime.block_on(async {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let bytes = bytes.clone();
                tokio::spawn(async move {
                    let mut client = Client::connect(address).await;
                    let mut took = Vec::new();
                    while Instant::now() < end {
                        let start = Instant::now();
                        assert_eq!(client.ask(&bytes).await.status, status);
                        took.push(start.elapsed());
                    }
                    took
                })
            })
            .collect();
        let mut all = Vec::new();
        for client in clients {
            all.extend(client.await.unwrap());
        }
        all
    });
    let per_second = all.len() as f64 / begin.elapsed().as_secs_f64();
    Seen { per_second, p50: quantile(&mut all, 0.5), p99: quantile(&mut all, 0.99) }
}

/// Returns the time below which this share of all times lies.
pub(crate) fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let wanted = share * times.len() as f64;
    let at = (1..times.len()).take_while(|n| (*n as f64) < wanted).count();
    times[at]
}

/// Returns milliseconds with two decimals.
pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
