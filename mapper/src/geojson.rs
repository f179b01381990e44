//! Lines as GeoJSON (RFC 7946): quantised once, cut at the 180th meridian, with honest boxes.
//!
//! Coordinates have six decimals (0.1 m). A line over the 180th meridian is cut there (3.1.9): the
//! one part ends at 180, the next begins at -180, at the latitude where the great circle crosses.
//! The box of such a line has its west greater than its east (5.2).

use crate::sea::sphere::{cross, unit};
use ::geojson::{Geometry, GeometryValue};
use sealane_data::node::Position;

/// Units in a degree after quantising.
const SCALE: f64 = 1e6;

/// Returns longitude and latitude with six decimals; longitude in -180..=180, never minus zero.
pub fn quantise(at: Position) -> [f64; 2] {
    let round = |degrees: f64| (degrees * SCALE).round() / SCALE + 0.0;
    [round(wrap(at.lon)), round(at.lat)]
}

/// Returns a point geometry.
pub fn point_geometry(at: Position) -> Geometry {
    Geometry::new(GeometryValue::new_point(quantise(at)))
}

/// Returns a `LineString`, or a `MultiLineString` where the line crosses the 180th meridian.
///
/// A single position becomes a `Point` and no position an empty `MultiLineString`, for a
/// `LineString` needs two positions (3.1.4).
pub fn line_geometry(line: &[Position]) -> Geometry {
    if let [only] = line {
        return point_geometry(*only);
    }
    let mut parts: Vec<Vec<[f64; 2]>> = split_antimeridian(line).iter().map(|part| drawn(part)).collect();
    Geometry::new(match parts.len() {
        1 => GeometryValue::new_line_string(parts.remove(0)),
        _ => GeometryValue::new_multi_line_string(parts),
    })
}

/// Returns one `LineString` whose longitudes run on over the 180th meridian instead of a cut.
///
/// Not what RFC 7946 asks for (3.1.9), but what map libraries draw without a seam.
pub fn unwrapped_geometry(line: &[Position]) -> Geometry {
    let mut points: Vec<[f64; 2]> = Vec::with_capacity(line.len());
    for at in line {
        let [lon, lat] = quantise(*at);
        let turns = points.last().map_or(0.0, |before| ((before[0] - lon) / 360.0).round());
        points.push([((lon + turns * 360.0) * SCALE).round() / SCALE, lat]);
    }
    match points.as_slice() {
        [_] => point_geometry(line[0]),
        _ => Geometry::new(GeometryValue::new_line_string(points)),
    }
}

/// Cuts a line at the 180th meridian; every part has two positions at least.
///
/// Steps of more than 180 degrees of longitude are read as going the short way round.
pub fn split_antimeridian(line: &[Position]) -> Vec<Vec<Position>> {
    let mut parts = Vec::new();
    let mut part: Vec<Position> = Vec::new();
    for at in line.iter().map(|p| Position { lat: p.lat, lon: wrap(p.lon) }) {
        if let Some(before) = part.last().copied().filter(|before| (before.lon - at.lon).abs() > 180.0) {
            let (lat, side) = (crossing(before, at), 180.0_f64.copysign(before.lon));
            push(&mut part, Position { lat, lon: side });
            parts.push(std::mem::take(&mut part));
            push(&mut part, Position { lat, lon: -side });
        }
        push(&mut part, at);
    }
    parts.push(part);
    parts.retain(|part| part.len() > 1);
    match (parts.is_empty(), line) {
        // A line that never moves is still a line.
        (true, [first, ..]) => vec![vec![*first, *first]],
        _ => parts,
    }
}

/// Returns the smallest box `[west, south, east, north]` around lines and points, `None` if all are empty.
///
/// West is greater than east where the box lies over the 180th meridian.
pub fn bbox<'a>(lines: impl IntoIterator<Item = &'a [Position]>) -> Option<[f64; 4]> {
    let (mut south, mut north) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut spans = Vec::new();
    for line in lines {
        for at in line {
            (south, north) = (south.min(at.lat), north.max(at.lat));
        }
        spans.extend(span(line));
    }
    let [west, east] = smallest(spans)?;
    let round = |degrees: f64| (degrees * SCALE).round() / SCALE + 0.0;
    Some([west, south, east, north].map(round))
}

/// Returns a longitude in -180..=180.
fn wrap(lon: f64) -> f64 {
    if (-180.0..=180.0).contains(&lon) { lon } else { (lon + 180.0).rem_euclid(360.0) - 180.0 }
}

/// Appends a position that differs from the last one.
fn push(part: &mut Vec<Position>, at: Position) {
    if part.last() != Some(&at) {
        part.push(at);
    }
}

/// Quantises a part; positions that became one are written once, two are always left.
fn drawn(part: &[Position]) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = part.iter().map(|at| quantise(*at)).collect();
    let ends = [points.first().copied(), points.last().copied()];
    points.dedup();
    if points.len() < 2 {
        return ends.into_iter().flatten().collect();
    }
    points
}

/// Returns the latitude where the great circle between two positions crosses the 180th meridian.
fn crossing(a: Position, b: Position) -> f64 {
    if let Some(on_it) = [a, b].into_iter().find(|end| (end.lon.abs() - 180.0).abs() < f64::EPSILON) {
        return on_it.lat;
    }
    let pole = cross(unit(a), unit(b));
    let lat = (pole[0] / pole[2]).atan().to_degrees();
    // A great circle along a meridian has its pole on the equator and no single crossing.
    if lat.is_finite() { lat } else { f64::midpoint(a.lat, b.lat) }
}

/// Returns the longitudes a line runs over: its western end and its width, in degrees.
fn span(line: &[Position]) -> Option<[f64; 2]> {
    let first = line.first()?.lon;
    let (mut at, mut low, mut high) = (first, first, first);
    for pair in line.windows(2) {
        let step = pair[1].lon - pair[0].lon;
        at += step - (step / 360.0).round() * 360.0;
        (low, high) = (low.min(at), high.max(at));
    }
    Some([wrap(low), high - low])
}

/// Returns west and east of the smallest arc that holds all spans: the rest is the widest gap.
fn smallest(mut spans: Vec<[f64; 2]>) -> Option<[f64; 2]> {
    spans.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let [first, _] = *spans.first()?;
    let (mut reached, mut best) = (f64::NEG_INFINITY, [f64::NEG_INFINITY, first, first]);
    for [west, width] in &spans {
        if reached > f64::NEG_INFINITY && *west - reached > best[0] {
            best = [*west - reached, *west, reached];
        }
        reached = reached.max(west + width);
    }
    let last = first + 360.0 - reached;
    if last.max(best[0]) <= 0.0 {
        return Some([-180.0, 180.0]);
    }
    let [_, west, east] = if last >= best[0] { [last, first, reached] } else { best };
    Some([wrap(west), wrap(east)])
}

#[cfg(test)]
mod tests;
