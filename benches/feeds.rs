//! Live feeds: frames of a WebSocket until they are durable, and a mixed world from many senders at once.

use crate::house;
use crate::table::{self, whole};
use futures_util::{SinkExt as _, StreamExt as _};
use jiff::Timestamp;
use sealane::engine::{Engine, Options};
use sealane_data::partner::{Partner, PartyId};
use sealane_data::ports::Intake;
use sealane_data::submission::{Content, NewSubmission, Source};
use sealane_ingest::sim::{self, Delivery, MIXED};
use sealane_ingest::transports::{Clock, Home, Line, run as transport};
use sealane_ingest::{ReadContext, read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

/// Frames that a source tells.
const FRAMES: usize = 100_000;
/// Senders at once, in the mixed world.
const SENDERS: usize = 16;
/// Containers of the mixed world.
const CONTAINERS: u32 = 20_000;

pub(crate) fn run() {
    let start = "2026-07-01".parse().unwrap();
    let settings = sim::Settings { seed: 5, containers: CONTAINERS, start, days: 91, faults: true };
    let world = sim::simulate_as(&settings, MIXED);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let community = world.deliveries.iter().filter(|d| d.sender == "sim-singapore" && !d.certificate);
    let told: Vec<Vec<u8>> = community.map(|d| d.bytes.clone()).collect();
    let frames: Arc<Vec<Vec<u8>>> = Arc::new(told.iter().cycle().take(FRAMES).cloned().collect());
    let bare = runtime.block_on(received(&frames));
    let (durable, observations) = runtime.block_on(durable(&frames, told.len()));
    let rate = |count: usize, took: Duration| whole(count as f64 / took.as_secs_f64());
    let row = |what: &str, took: Duration, observations: String| {
        let share = format!("{:.2}", bare.as_secs_f64() / took.as_secs_f64());
        [what.to_owned(), rate(FRAMES, took), share, observations]
    };
    table::print(
        &format!("feeds: {FRAMES} frames of a port community's JSON, {} of them different", told.len()),
        ["WebSocket client", "frames/s", "of the limit", "observations"],
        &[
            row("limit: tokio-tungstenite, frames read and dropped", bare, String::new()),
            row("sealane: durable and applied", durable, observations.to_string()),
        ],
    );
    let deliveries: Vec<Delivery> = world.deliveries.into_iter().filter(|d| !d.certificate).collect();
    let (alone, told) = read_alone(&deliveries, &world.partners);
    let (all, kept) = runtime.block_on(mixed(deliveries, world.partners));
    let row = |what: &str, took: Duration, count: usize| {
        [
            what.to_owned(),
            count.to_string(),
            rate(count, took),
            format!("{:.2}", alone.as_secs_f64() / took.as_secs_f64()),
        ]
    };
    table::print(
        "feeds: a mixed world (EDIFACT, SNX, TIC 4.0, DCSA, a port community), a submission each",
        ["what", "observations", "observations/s", "of the limit"],
        &[
            row("limit: reading alone, one thread", alone, told),
            row(&format!("sealane: {SENDERS} senders at once, durable and applied"), all, kept),
        ],
    );
}

/// A source that tells all frames to whoever connects, and then waits.
async fn source(frames: Arc<Vec<Vec<u8>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let mut ws = tokio_tungstenite::accept_async(socket).await.unwrap();
        for frame in frames.iter() {
            ws.feed(Message::text(String::from_utf8(frame.clone()).unwrap())).await.unwrap();
        }
        ws.flush().await.unwrap();
        while ws.next().await.is_some_and(|m| m.is_ok()) {}
    });
    url
}

/// How long a client takes that only reads frames.
async fn received(frames: &Arc<Vec<Vec<u8>>>) -> Duration {
    let (mut ws, _) = tokio_tungstenite::connect_async(source(frames.clone()).await).await.unwrap();
    let begun = Instant::now();
    for _ in 0..frames.len() {
        std::hint::black_box(ws.next().await.unwrap().unwrap());
    }
    begun.elapsed()
}

/// How long it takes until all frames are durable, and how many observations they gave.
async fn durable(frames: &Arc<Vec<Vec<u8>>>, different: usize) -> (Duration, u64) {
    let folder = house::folder();
    let engine = Engine::open(&folder.path().join("data"), Options::default(), &mut |_, _| {}).unwrap();
    let url = source(frames.clone()).await;
    let text = format!(
        "id = \"measured\"\nparty = \"operator\"\n[transport]\nkind = \"websocket\"\nurl = \"{url}\"\n"
    );
    let feed: sealane_data::feed::Feed = toml::from_str(&text).unwrap();
    let home = Home { own: folder.path().join("own"), out: folder.path().join("out") };
    let intake: Arc<dyn Intake> = Arc::new(engine.handle().clone());
    let line = Line::open(feed, home, intake, None, Clock::default()).unwrap();
    let stop = CancellationToken::new();
    let begun = Instant::now();
    let task = tokio::spawn(transport(line.clone(), stop.clone()));
    let mut look = tokio::time::interval(Duration::from_millis(2));
    loop {
        look.tick().await;
        let status = line.status(Timestamp::now());
        if status.frames >= frames.len() as u64 && status.waiting == 0 && status.spilled == 0 {
            break;
        }
    }
    let took = begun.elapsed();
    stop.cancel();
    task.await.unwrap();
    let observations = engine.handle().shared().seq();
    assert!(observations >= different as u64 / 2, "{observations} of {different} frames");
    (took, observations)
}

fn read_alone(deliveries: &[Delivery], partners: &[Partner]) -> (Duration, usize) {
    let begun = Instant::now();
    let mut observations = 0;
    for delivery in deliveries {
        let partner = partners.iter().find(|p| *p.id.0 == *delivery.sender).unwrap();
        let reading = read(&delivery.bytes, ReadContext { partner, wants_ack: false });
        observations += reading.messages.iter().map(|m| m.observations.len()).sum::<usize>();
    }
    (begun.elapsed(), observations)
}

/// Hands every delivery in as a submission of its own, from many senders at once.
async fn mixed(deliveries: Vec<Delivery>, partners: Vec<Partner>) -> (Duration, usize) {
    let folder = house::folder();
    let options = Options { partners, ..Options::default() };
    let engine = Engine::open(&folder.path().join("data"), options, &mut |_, _| {}).unwrap();
    let (deliveries, next) = (Arc::new(deliveries), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| {
            let (handle, deliveries, next) = (engine.handle().clone(), deliveries.clone(), next.clone());
            tokio::spawn(async move {
                while let Some(delivery) = deliveries.get(next.fetch_add(1, Ordering::Relaxed)) {
                    handle.submit(submission(delivery)).await.unwrap();
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    let took = begun.elapsed();
    (took, usize::try_from(engine.handle().shared().seq()).unwrap())
}

fn submission(delivery: &Delivery) -> NewSubmission {
    NewSubmission {
        party: PartyId(delivery.sender.as_str().into()),
        source: Source { transport: "bench".into(), name: delivery.name.as_str().into() },
        content: Content::Feed,
        received: delivery.at,
        idempotency_key: None,
        bytes: delivery.bytes.clone(),
        wants_acknowledgement: false,
        wants_workbook: false,
    }
}
