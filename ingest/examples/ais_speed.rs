//! Measures AIS lines a second: `ais_speed [FILE]`, a log of sentences repeated to some 270,000 lines; best of five.
#![expect(clippy::print_stdout, reason = "an example speaks to its user")]

use jiff::{SignedDuration, Timestamp};
use sealane_data::partner::Partner;
use sealane_ingest::formats::nmea::{Bits, Line, Parts, Spot};
use sealane_ingest::messages::ais::{self, Message};
use sealane_ingest::sim::{AisPoint, ais_position};
use sealane_ingest::track::{Nowhere, Settings, Tracker};
use sealane_ingest::{Item, ReadContext, read_stream};
use std::ops::ControlFlow;

/// Lines to measure with.
const LINES: usize = 270_000;

fn main() -> std::io::Result<()> {
    let log = match std::env::args().nth(1) {
        Some(path) => std::fs::read(path)?,
        None => Vec::new(),
    };
    let bytes = if log.is_empty() { sailing() } else { log.repeat(LINES.div_ceil(lines(&log)).max(1)) };
    let all = lines(&bytes);
    println!("{all} lines, {:.1} MB", bytes.len() as f64 / 1e6);
    speed("lines cut", all, || bytes.split(|b| *b == b'\n').map(|l| u64::from(!l.is_empty())).sum());
    speed("sentences", all, || {
        bytes.split(|b| *b == b'\n').filter(|l| matches!(Line::read(l), Line::Ais(..))).count() as u64
    });
    speed("messages", all, || messages(&bytes));
    speed("read to observations", all, || observations(&bytes));
    speed("live tracker, a line a call", all, || live(&bytes));
    Ok(())
}

fn lines(bytes: &[u8]) -> usize {
    bytes.split(|b| *b == b'\n').count() - 1
}

/// Returns the reports of 3,000 ships under way, ninety of each.
fn sailing() -> Vec<u8> {
    let from = Timestamp::from_second(1_788_616_800).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut bytes = Vec::new();
    for n in 0..90_i32 {
        for ship in 0..3_000_u32 {
            let step = f64::from(n) / 600.0;
            let at = from + SignedDuration::from_secs(i64::from(n) * 60 + i64::from(ship % 60));
            let (latitude, longitude) = (f64::from(ship % 120) - 60.0 + step, f64::from(ship) / 10.0 - 150.0);
            let point = AisPoint { at, latitude, longitude, speed: 12.0, course: 0.0 };
            bytes.extend(ais_position(563_000_000 + ship, &point, Some("S1")));
        }
    }
    bytes
}

fn messages(bytes: &[u8]) -> u64 {
    let (mut parts, mut bits, mut read) = (Parts::default(), Bits::default(), 0);
    for line in bytes.split(|b| *b == b'\n') {
        let Line::Ais(tag, sentence) = Line::read(line) else { continue };
        let filled = if sentence.total == 1 {
            bits.fill(sentence.payload, sentence.fill)
        } else {
            parts.take(&tag, &sentence, Spot::default()).is_some_and(|w| bits.fill(w.payload, w.fill))
        };
        if filled && !matches!(ais::read(&bits), Message::Short) {
            read += 1;
        }
    }
    read
}

fn observations(bytes: &[u8]) -> u64 {
    let partner = Partner::operator();
    let mut count = 0;
    let read = read_stream(bytes, ReadContext { partner: &partner, wants_ack: false }, &mut |item| {
        if let Item::Message(message) = item {
            count += message.observations.len() as u64;
        }
        ControlFlow::Continue(())
    });
    debug_assert!(read.is_ok());
    count
}

fn live(bytes: &[u8]) -> u64 {
    let mut tracker = Tracker::new(Settings::default());
    let received = Timestamp::from_second(2_000_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
    for line in bytes.split(|b| *b == b'\n') {
        tracker.take(line, "s", received, &Nowhere);
    }
    tracker.tally().kept()
}

fn speed(what: &str, lines: usize, mut run: impl FnMut() -> u64) {
    let mut least = f64::MAX;
    let mut counted = 0;
    for _ in 0..5 {
        let begin = cpu_seconds();
        counted = run();
        least = least.min(cpu_seconds() - begin);
    }
    println!("{what:<28} {:8.2} M lines/s  {counted} counted", lines as f64 / least / 1e6);
}

/// Returns the CPU time of this thread so far, which a busy machine does not distort (Linux only).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
