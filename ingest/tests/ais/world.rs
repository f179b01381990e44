//! What the tests share: sentences of ships that sail where they are told.

use jiff::{SignedDuration, Timestamp};
use sealane_data::observation::{Kind, Observation};
use sealane_data::partner::Partner;
use sealane_ingest::sim::{AisPoint, ais_position};
use sealane_ingest::track::nautical_miles;
use sealane_ingest::{ReadContext, Reading};
use std::collections::BTreeMap;

pub(crate) fn read(bytes: &[u8]) -> Reading {
    let partner = Partner::operator();
    sealane_ingest::read(bytes, ReadContext { partner: &partner, wants_ack: true })
}

pub(crate) fn observations(reading: &Reading) -> Vec<&Observation> {
    reading.messages.iter().flat_map(|m| &m.observations).collect()
}

pub(crate) fn codes(reading: &Reading) -> Vec<String> {
    reading.findings.iter().map(|f| f.code.to_string()).collect()
}

/// Returns the count that a finding tells, 0 where it is absent.
pub(crate) fn counted(reading: &Reading, code: &str) -> u64 {
    let found = reading.findings.iter().find(|f| f.code == code);
    let count = |message: &str| message.rsplit(": ").next()?.split(',').next()?.parse().ok();
    found.map_or(0, |f| count(&f.message).unwrap_or_else(|| panic!("{}", f.message)))
}

pub(crate) fn start() -> Timestamp {
    "2026-09-05T14:00:00Z".parse().unwrap()
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

/// Returns a position report `seconds` after the start, with a tag block.
pub(crate) fn report(mmsi: u32, seconds: i64, latitude: f64, longitude: f64) -> Vec<u8> {
    sailing(mmsi, seconds, (latitude, longitude), (12.0, 90.0), Some("S1"))
}

/// Returns a position report with speed and course, by a station or without a tag block.
pub(crate) fn sailing(
    mmsi: u32,
    seconds: i64,
    at: (f64, f64),
    by: (f64, f64),
    station: Option<&str>,
) -> Vec<u8> {
    let point = AisPoint { at: after(seconds), latitude: at.0, longitude: at.1, speed: by.0, course: by.1 };
    ais_position(mmsi, &point, station)
}

/// Returns the tracks of a reading: instant in seconds, latitude, longitude, by MMSI as told.
pub(crate) fn tracks(reading: &Reading) -> BTreeMap<String, Vec<(i64, f64, f64)>> {
    let mut tracks: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for o in observations(reading).into_iter().filter(|o| o.kind == Kind::Position) {
        let mmsi = o.vessel.as_ref().unwrap().mmsi.as_ref().unwrap().as_str().to_owned();
        let at = o.time.unwrap().instant(&jiff::tz::TimeZone::UTC).as_second();
        let fix = o.fix.as_ref().unwrap();
        tracks.entry(mmsi).or_default().push((at, fix.latitude(), fix.longitude()));
    }
    tracks
}

/// Returns the greatest speed in knots between two points of one track that follow each other in time.
pub(crate) fn greatest_speed(tracks: &BTreeMap<String, Vec<(i64, f64, f64)>>) -> f64 {
    let mut greatest: f64 = 0.0;
    for track in tracks.values() {
        let mut track = track.clone();
        track.sort_by_key(|p| p.0);
        for pair in track.windows(2) {
            let far = nautical_miles((pair[0].1, pair[0].2), (pair[1].1, pair[1].2));
            // A hundredth of a mile for positions that are told to a ten-thousandth of a minute.
            let hours = (pair[1].0 - pair[0].0) as f64 / 3600.0;
            greatest = greatest.max((far - 0.01).max(0.0) / hours.max(1e-9));
        }
    }
    greatest
}
