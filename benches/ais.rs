//! AIS: our sentences, messages and observations against the crate `ais`, one core, best of five.

use crate::{edi, table};
use ::ais::{AisFragments, AisParser};
use jiff::{SignedDuration, Timestamp};
use sealane_data::partner::Partner;
use sealane_ingest::formats::nmea::{Bits, Line, Parts, Spot};
use sealane_ingest::messages::ais::{self as meaning, Message};
use sealane_ingest::sim::{AisPoint, ais_position};
use sealane_ingest::track::{Nowhere, Settings, Tracker};
use sealane_ingest::{Item, ReadContext, read_stream};
use std::ops::ControlFlow;
use std::path::Path;

/// Lines to measure with.
const LINES: usize = 270_000;

pub(crate) fn run() {
    for (bytes, made_by) in [log(), Some((sailing(), "3,000 ships of our simulator"))].into_iter().flatten() {
        measure(&bytes, made_by);
    }
}

fn measure(bytes: &[u8], made_by: &str) {
    let lines = memchr::memchr_iter(b'\n', bytes).count();
    let measured = |name: &'static str, what: &str, mut run: Box<dyn FnMut() -> u64 + '_>| {
        let (seconds, count) = edi::best(&mut *run);
        (name, lines as f64 / seconds, format!("{} {what}", table::whole(count as f64)))
    };
    let speeds = [
        measured("sealane: sentences", "sentences", Box::new(|| sentences(bytes))),
        measured("sealane: messages", "messages", Box::new(|| messages(bytes))),
        measured("sealane: cleaned to observations", "observations", Box::new(|| observations(bytes))),
        measured("sealane: live, a line a call", "kept", Box::new(|| live(bytes))),
        measured("ais: messages", "messages", Box::new(|| messages_of_ais(bytes))),
    ];
    let peer = speeds[4].1;
    let rows: Vec<[String; 4]> = speeds
        .iter()
        .map(|(name, speed, counted)| {
            [(*name).to_owned(), table::whole(*speed), format!("{:.2}", speed / peer), counted.clone()]
        })
        .collect();
    table::print(
        &format!("ais: {} lines of {made_by}, one core by processor time", table::whole(lines as f64)),
        ["reader", "lines/s", "this / ais", "counted"],
        &rows,
    );
    let bars = [
        ("messages >= 2 x the crate `ais`", speeds[1].1 >= 2.0 * peer),
        ("cleaned to observations >= the crate `ais`, which cleans nothing", speeds[2].1 >= peer),
    ];
    table::print("ais: bars", ["bar", "is"], &bars.map(|(bar, met)| [bar.to_owned(), table::verdict(met)]));
}

/// Returns the log that peers were measured with, as often as it takes, where it is here.
fn log() -> Option<(Vec<u8>, &'static str)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples/ais/pyais_nmea_data_sample.txt");
    let log = std::fs::read(path).ok()?;
    let lines = memchr::memchr_iter(b'\n', &log).count().max(1);
    Some((log.repeat(LINES.div_ceil(lines)), "the log of pyais"))
}

/// Returns the reports of 3,000 ships under way, ninety of each.
fn sailing() -> Vec<u8> {
    let from: Timestamp = "2026-09-05T14:00:00Z".parse().unwrap();
    let mut bytes = Vec::new();
    for n in 0..90_i32 {
        for ship in 0..3_000_u32 {
            let at = from + SignedDuration::from_secs(i64::from(n) * 60 + i64::from(ship % 60));
            let latitude = f64::from(ship % 120) - 60.0 + f64::from(n) / 600.0;
            let longitude = f64::from(ship) / 10.0 - 150.0;
            let point = AisPoint { at, latitude, longitude, speed: 12.0, course: 0.0 };
            bytes.extend(ais_position(563_000_000 + ship, &point, Some("S1")));
        }
    }
    bytes
}

fn sentences(bytes: &[u8]) -> u64 {
    bytes.split(|b| *b == b'\n').filter(|line| matches!(Line::read(line), Line::Ais(..))).count() as u64
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
        read += u64::from(filled && !matches!(meaning::read(&bits), Message::Short));
    }
    read
}

fn observations(bytes: &[u8]) -> u64 {
    let partner = Partner::operator();
    let mut count = 0;
    read_stream(bytes, ReadContext { partner: &partner, wants_ack: false }, &mut |item| {
        if let Item::Message(message) = item {
            count += message.observations.len() as u64;
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    count
}

fn live(bytes: &[u8]) -> u64 {
    let mut tracker = Tracker::new(Settings::default());
    let received: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
    for line in bytes.split(|b| *b == b'\n') {
        tracker.take(line, "s", received, &Nowhere);
    }
    tracker.tally().kept()
}

fn messages_of_ais(bytes: &[u8]) -> u64 {
    let mut parser = AisParser::new();
    let mut read = 0;
    for line in bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end).filter(|l| !l.is_empty()) {
        if let Ok(AisFragments::Complete(sentence)) = parser.parse(line, true) {
            read += u64::from(sentence.message.is_some());
        }
    }
    read
}
