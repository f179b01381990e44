//! From a POSTed CODECO to the event in an open stream, while 200 submissions come every second.

use crate::house::House;
use crate::http::{Client, request};
use crate::load::{milliseconds, quantile};
use crate::made::{self, Dice};
use crate::shipment::{self, Gate};
use crate::table;
use sealane_data::partner::PartyId;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

/// Certificates that are watched, each by a stream of its own.
const WATCHED: u32 = 50;
/// Posts that are measured, for each certificate.
const POSTS: u32 = 24;
/// Of them, how many come first and are not counted.
const WARM: u32 = 4;
/// Measured posts in a second.
const MEASURED_RATE: u32 = 40;
/// Posts of others in a second.
const OTHERS_RATE: u32 = 160;
/// Connections of the others.
const OTHERS: u32 = 16;
/// Observations in the house before anybody watches.
const BEFORE: u64 = 200_000;
const FLEET: u64 = BEFORE / 10;

/// What one watcher saw.
#[derive(Default)]
struct Times {
    event: Vec<Duration>,
    answer: Vec<Duration>,
}

pub(crate) fn run() {
    let house = House::open();
    let path = house.folder.path().join("before.edi");
    made::file(&path, BEFORE).unwrap();
    house.engine.handle().ingest_file(&PartyId::operator(), &path, "before.edi", &mut |_| {}).unwrap();
    let mut floor = sync_floor(&house);
    let clients = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (mut times, rate) = clients.block_on(watch_under_load(&house));
    assert!(times.event.len() >= 1_000);
    let p99 = quantile(&mut times.event, 0.99);
    let row = |what: &str, times: &mut [Duration], bar: String| {
        let at = |share, times: &mut [Duration]| milliseconds(quantile(times, share));
        let (p50, p99, worst) = (at(0.5, times), at(0.99, times), at(1.0, times));
        [what.to_owned(), times.len().to_string(), p50, p99, worst, bar]
    };
    let met = p99 < Duration::from_millis(50) && rate > 195.0;
    table::print(
        &format!("stream: POST to event at {rate:.0} submissions/s, {WATCHED} streams; bar p99 < 50 ms"),
        ["time", "of", "p50", "p99", "worst", "bar"],
        &[
            row("POST sent to event read", &mut times.event, table::verdict(met)),
            row("POST sent to answer read", &mut times.answer, String::new()),
            row("limit: append and sync of 4 KiB, idle", &mut floor, String::new()),
        ],
    );
}

/// How long the disk takes to sync a little, with nobody else about.
fn sync_floor(house: &House) -> Vec<Duration> {
    let mut file = std::fs::File::create(house.folder.path().join("floor")).unwrap();
    (0..300)
        .map(|_| {
            let start = std::time::Instant::now();
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
            start.elapsed()
        })
        .collect()
}

/// Returns the times that count and the submissions a second that were answered.
async fn watch_under_load(house: &House) -> (Times, f64) {
    let mut watchers = Vec::new();
    for n in 0..WATCHED {
        watchers.push(Watcher::open(house, n).await);
    }
    let begin = Instant::now() + Duration::from_millis(200);
    let end = begin + Duration::from_secs(1) * WATCHED * POSTS / MEASURED_RATE;
    let others: Vec<JoinHandle<u64>> =
        (0..OTHERS).map(|n| tokio::spawn(other(house.address, house.key.clone(), n, begin, end))).collect();
    let watched: Vec<JoinHandle<Times>> =
        watchers.into_iter().map(|w| tokio::spawn(w.measure(begin))).collect();
    let mut all = Times::default();
    for one in watched {
        let one = one.await.unwrap();
        all.event.extend(one.event);
        all.answer.extend(one.answer);
    }
    let mut answered = u64::from(WATCHED * POSTS);
    for one in others {
        answered += one.await.unwrap();
    }
    (all, answered as f64 / begin.elapsed().as_secs_f64())
}

/// One certificate with its stream and a sender.
struct Watcher {
    n: u32,
    container: String,
    booking: String,
    key: Arc<str>,
    client: Client,
    events: mpsc::UnboundedReceiver<Instant>,
}

impl Watcher {
    async fn open(house: &House, n: u32) -> Self {
        let container = made::container(4_000_000 + u64::from(n));
        let booking = format!("BKGSTREAM{n:03}");
        let mut client = Client::connect(house.address).await;
        let body = shipment::certificate(&format!("STREAM-{n}"), &booking, std::slice::from_ref(&container));
        let entered = client.ask(&request("POST", "/v1/certificates", &house.key, "", &body)).await;
        assert_eq!(entered.status, 201, "{}", String::from_utf8_lossy(&entered.body));
        let entered: serde_json::Value = serde_json::from_slice(&entered.body).unwrap();
        let follow = request(
            "GET",
            entered["stream"].as_str().unwrap(),
            &house.key,
            "accept: text/event-stream\r\n",
            b"",
        );
        let stream = Client::connect(house.address).await;
        let (tell, mut events) = mpsc::unbounded_channel();
        tokio::spawn(async move { stream.follow(&follow, |bytes| whole_events(bytes, &tell)).await });
        let snapshot = timeout(Duration::from_secs(10), events.recv()).await;
        assert!(matches!(snapshot, Ok(Some(_))), "the stream begins with a snapshot");
        Self { n, container, booking, key: house.key.as_str().into(), client, events }
    }

    /// Posts at its turns and waits each time for the event.
    async fn measure(mut self, begin: Instant) -> Times {
        let mut times = Times::default();
        for round in 0..POSTS {
            let turn = begin + Duration::from_secs(1) * (round * WATCHED + self.n) / MEASURED_RATE;
            let message = self.message(round);
            sleep_until(turn).await;
            // From when it was due, so that a late sender does not make the house look fast.
            let answer = self.client.ask(&message).await;
            let answered = Instant::now();
            assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
            let event = timeout(Duration::from_secs(10), self.events.recv()).await.unwrap().unwrap();
            assert!(self.events.try_recv().is_err(), "one post makes one event");
            if round >= WARM {
                times.event.push(event.saturating_duration_since(turn));
                times.answer.push(answered.saturating_duration_since(turn));
            }
        }
        times
    }

    fn message(&self, round: u32) -> Vec<u8> {
        let at = format!("202609{:02}{:02}00", 1 + round / 20, round % 20);
        let code = if round.is_multiple_of(2) { "34" } else { "36" };
        let gate = Gate { container: &self.container, booking: &self.booking, code, at: &at };
        let body = shipment::codeco(&format!("W{}X{round}", self.n), &[gate]);
        request("POST", "/v1/submissions", &self.key, "", &body)
    }
}

/// Tells of every whole event with data, and drops it; comments tell nothing.
fn whole_events(bytes: &mut Vec<u8>, tell: &mpsc::UnboundedSender<Instant>) {
    let now = Instant::now();
    while let Some(end) = memchr::memmem::find(bytes, b"\n\n") {
        if memchr::memmem::find(&bytes[..end], b"data:").is_some() {
            let _ = tell.send(now);
        }
        bytes.drain(..end + 2);
    }
}

/// Posts CODECO of other containers at its turns; returns how many were answered.
async fn other(address: std::net::SocketAddr, key: String, n: u32, begin: Instant, end: Instant) -> u64 {
    let mut client = Client::connect(address).await;
    let mut dice = Dice::new(u64::from(n) + 77);
    for round in 0.. {
        let turn = begin + Duration::from_secs(1) * (round * OTHERS + n) / OTHERS_RATE;
        if turn >= end {
            return u64::from(round);
        }
        let containers: Vec<String> =
            (0..=dice.below(25)).map(|_| made::container(dice.below(FLEET))).collect();
        let at = format!("202610{:02}{:02}{:02}", 1 + dice.below(28), dice.below(24), dice.below(60));
        let booking = format!("BKGOTHER{:05}", dice.below(2_000));
        let gate = |c| Gate { container: c, booking: &booking, code: "34", at: &at };
        let gates: Vec<Gate<'_>> = containers.iter().map(|c| gate(c.as_str())).collect();
        let body = shipment::codeco(&format!("O{n}X{round}"), &gates);
        sleep_until(turn).await;
        let answer = client.ask(&request("POST", "/v1/submissions", &key, "", &body)).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    }
    0
}
