//! Where the simulated ships are: on the way by sea between their calls, as their AIS tells it.

use jiff::{SignedDuration, Timestamp};
use sealane_data::node::Position;
use sealane_data::places::Places;
use sealane_ingest::sim::{AisFrame, AisPoint, AisVoyage, Truth, ais_feed};
use sealane_mapper::sea::{SeaLines, SeaNetwork};
use std::sync::Arc;

/// How often a ship is heard.
const EVERY: SignedDuration = SignedDuration::from_mins(15);

/// Returns everything that a receiver hears of the ships from one instant to another.
pub(super) fn heard(truth: &Truth, span: (Timestamp, Timestamp)) -> Vec<AisFrame> {
    let places = Places::embedded();
    let lines = SeaLines::new(SeaNetwork::embedded());
    let place = |voyage: &AisVoyage, at: Timestamp| {
        let line = way(&lines, &places, voyage)?;
        let whole = voyage.arrival.duration_since(voyage.departure).as_secs_f64();
        let share = at.duration_since(voyage.departure).as_secs_f64() / whole;
        let knots = SeaLines::length_nm(&line) / whole * 3_600.0;
        let (position, course) = along(&line, share)?;
        let (latitude, longitude) = (position.lat, position.lon);
        Some(AisPoint { at, latitude, longitude, speed: knots, course })
    };
    ais_feed(truth, span, EVERY, "sim", &place)
}

/// Returns the way of a voyage; a ship that lies at a quay stays where its node is.
fn way(lines: &SeaLines, places: &Places, voyage: &AisVoyage) -> Option<Arc<Vec<Position>>> {
    let (from, to) = (places.find(&voyage.from)?, places.find(&voyage.to)?);
    if from == to {
        return Some(Arc::new(vec![places.node(from).position]));
    }
    lines.path(places, from, to).ok()
}

/// Returns where a share of a line's length ends, and the course there in degrees.
fn along(line: &[Position], share: f64) -> Option<(Position, f64)> {
    let mut left = SeaLines::length_nm(line) * share.clamp(0.0, 1.0);
    let mut course = 0.0;
    for pair in line.windows(2) {
        let length = SeaLines::length_nm(pair);
        course = bearing(pair[0], pair[1]);
        if left <= length && length > 0.0 {
            let part = left / length;
            let lon = pair[0].lon + turn(pair[1].lon - pair[0].lon) * part;
            let lat = pair[0].lat + (pair[1].lat - pair[0].lat) * part;
            return Some((Position { lat, lon: turn(lon) }, course));
        }
        left -= length;
    }
    line.last().map(|end| (*end, course))
}

/// Returns degrees between -180 and 180.
fn turn(degrees: f64) -> f64 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

/// Returns the first course from one position to another, clockwise from north.
fn bearing(from: Position, to: Position) -> f64 {
    let (a, b) = (from.lat.to_radians(), to.lat.to_radians());
    let across = (to.lon - from.lon).to_radians();
    let east = across.sin() * b.cos();
    let north = a.cos() * b.sin() - a.sin() * b.cos() * across.cos();
    east.atan2(north).to_degrees().rem_euclid(360.0)
}
