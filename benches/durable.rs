//! From a file to durable and applied, against reading alone and the log alone.

use crate::stages::{self, Stages};
use crate::table::{self, whole};
use crate::{house, made};
use sealane::engine::{Engine, Options};
use sealane_api::Shared;
use sealane_data::partner::PartyId;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const BAR: f64 = 250_000.0;
const SLICE: u64 = 1_000_000;

/// One file that was taken in.
struct Run {
    observations: u64,
    bytes: u64,
    took: Duration,
    /// When the first observation was applied, and after that when each slice was full.
    first: Duration,
    slices: Vec<(u64, Duration)>,
    log_bytes: u64,
    /// From opening the same data again until it is folded.
    restart: Duration,
}

pub(crate) fn run(full: bool) {
    let folder = house::folder();
    let sizes: &[u64] = if full { &[500_000, 2_000_000, 10_000_000] } else { &[500_000, 2_000_000] };
    let mut rows = Vec::new();
    for size in sizes {
        let path = folder.path().join("made.edi");
        made::file(&path, *size).unwrap();
        let run = take_in(&path);
        rows.push(row(&run));
        print_slices(&run);
        if *size == 2_000_000 {
            print_stages(&stages::measure(&path), &run);
        }
    }
    table::print(
        "durable: file to durable and applied; bar >= 250,000 observations/s on 2 cores",
        [
            "observations",
            "MB",
            "seconds",
            "first after",
            "observations/s",
            "of the bar",
            "log, bytes each",
            "restart (bar: 10 s for 10 M)",
            "peak memory",
            "bar",
        ],
        &rows,
    );
}

fn row(run: &Run) -> [String; 10] {
    let rate = run.observations as f64 / run.took.as_secs_f64();
    [
        whole(run.observations as f64),
        whole(run.bytes as f64 / 1e6),
        format!("{:.2}", run.took.as_secs_f64()),
        format!("{:.2} s", run.first.as_secs_f64()),
        whole(rate),
        format!("{:.2}", rate / BAR),
        format!("{:.1}", run.log_bytes as f64 / run.observations as f64),
        format!("{:.2} s", run.restart.as_secs_f64()),
        peak_memory(),
        table::verdict(rate >= BAR),
    ]
}

/// Takes a file in as `sealane ingest` does, and watches from beside.
fn take_in(path: &Path) -> Run {
    let folder = house::folder();
    let engine = Engine::open(folder.path(), Options::default(), &mut |_, _| {}).unwrap();
    let done = AtomicBool::new(false);
    let start = Instant::now();
    let (receipt, took, seen) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(engine.handle().shared(), start, &done));
        let receipt =
            engine.handle().ingest_file(&PartyId::operator(), path, "made.edi", &mut |_| {}).unwrap();
        let took = start.elapsed();
        done.store(true, Ordering::Release);
        (receipt, took, watcher.join().unwrap())
    });
    assert_eq!(receipt.duplicates, 0);
    let first = seen.first().map_or(took, |(_, at)| *at);
    let mut slices: Vec<(u64, Duration)> = Vec::new();
    for (seq, at) in seen {
        if seq >= (slices.len() as u64 + 1) * SLICE {
            slices.push((seq, at));
        }
    }
    let bytes = |path: &Path| std::fs::metadata(path).unwrap().len();
    let log_bytes = bytes(&folder.path().join(sealane_log::SqliteLog::FILE));
    drop(engine);
    let again = Instant::now();
    let engine = Engine::open(folder.path(), Options::default(), &mut |_, _| {}).unwrap();
    let restart = again.elapsed();
    assert!(engine.handle().shared().seq() >= receipt.events);
    Run { observations: receipt.events, bytes: bytes(path), took, first, slices, log_bytes, restart }
}

/// Looks every few milliseconds how far the world is.
fn watch(shared: &Shared, start: Instant, done: &AtomicBool) -> Vec<(u64, Duration)> {
    let mut seen = Vec::new();
    while !done.load(Ordering::Acquire) {
        std::thread::sleep(Duration::from_millis(5));
        let seq = shared.seq();
        if seq > seen.last().map_or(0, |(seq, _)| *seq) {
            seen.push((seq, start.elapsed()));
        }
    }
    seen
}

fn print_slices(run: &Run) {
    let mut before = (0, run.first);
    let mut rows = Vec::new();
    for (seq, at) in &run.slices {
        let rate = (seq - before.0) as f64 / at.saturating_sub(before.1).as_secs_f64();
        rows.push([whole(*seq as f64), whole(rate), format!("{:.2}", rate / BAR)]);
        before = (*seq, *at);
    }
    if !rows.is_empty() {
        let title = format!(
            "durable: slices of {} observations, without digest and raw bytes",
            whole(run.observations as f64)
        );
        table::print(&title, ["up to", "observations/s", "of the bar"], &rows);
    }
}

fn print_stages(stages: &Stages, run: &Run) {
    let rate = |took: Duration| stages.observations as f64 / took.as_secs_f64();
    let whole_rate = run.observations as f64 / run.took.as_secs_f64();
    let row = |what: &str, took: Duration| {
        let each = took.as_nanos() as f64 / stages.observations as f64;
        [what.to_owned(), whole(rate(took)), format!("{each:.0}"), format!("{:.2}", whole_rate / rate(took))]
    };
    let feeder = stages.digest + stages.raw + stages.read + stages.encode;
    let writer = stages.commit + stages.apply;
    table::print(
        &format!(
            "durable: each stage alone on one thread, {} observations in {} messages",
            whole(stages.observations as f64),
            whole(stages.messages as f64)
        ),
        ["stage", "observations/s", "ns each", "file to applied / this"],
        &[
            row("limit: reading alone", stages.read),
            row("limit: log alone (commit of blocks)", stages.commit),
            row("SHA-256 of the file", stages.digest),
            row("raw bytes compressed", stages.raw),
            row("messages to blocks", stages.encode),
            row("world alone", stages.apply),
            row("feeder's stages together", feeder),
            row("writer's stages together", writer),
            row("limit: all stages over 2 cores", (feeder + writer) / 2),
        ],
    );
}

/// Returns the most memory this process had so far, where the system tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes: f64 = line.and_then(|l| l.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0.0);
    format!("{:.0} MB", kilobytes * 1.024e-3)
}
