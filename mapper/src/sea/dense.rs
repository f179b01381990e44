//! Great circles as positions close enough for readers that draw straight lines between them.

use super::sphere::{RADIUS, Unit, angle, between, position, unit};
use sealane_data::node::Position;

/// The longest piece in metres.
const LONGEST: f64 = 50_000.0;

/// How far a straight line in longitude and latitude may be from the great circle, in metres.
const SAGITTA: f64 = 250.0;

/// Returns the positions along the great circles through `corners`; the corners stay exact.
pub(super) fn line(corners: &[Position]) -> Vec<Position> {
    let mut line = Vec::from_iter(corners.first().copied());
    for pair in corners.windows(2) {
        let (from, to) = (unit(pair[0]), unit(pair[1]));
        let whole = angle(from, to) * RADIUS;
        let even = cut(from, to, at_least(whole / LONGEST));
        // A great circle leaves the straight line by d^2 tan(lat) / 8R at the middle of a piece of length d.
        let highest = even.iter().chain(pair).fold(0.0, |high: f64, at| high.max(at.lat.abs()));
        let bend = highest.min(85.0).to_radians().tan() / (8.0 * RADIUS * SAGITTA);
        let needed = at_least(whole * bend.sqrt());
        line.extend(if needed as usize > even.len() + 1 { cut(from, to, needed) } else { even });
        line.push(pair[1]);
    }
    line
}

/// Returns the positions between the ends that cut a great circle into `count` equal pieces.
fn cut(from: Unit, to: Unit, count: u32) -> Vec<Position> {
    (1..count).map(|n| position(between(from, to, f64::from(n) / f64::from(count)))).collect()
}

/// Returns the next whole number, from 1; half the earth needs some thousands at most.
fn at_least(pieces: f64) -> u32 {
    let mut count = 1;
    while f64::from(count) < pieces && count < 10_000 {
        count += 1;
    }
    count
}
