//! Great circles as positions close enough for readers that draw straight lines between them.

use super::sphere::{RADIUS, angle, between, position, unit};
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
        let whole = angle(from, to);
        let count = pieces(whole * RADIUS, pair[0].lat.abs().max(pair[1].lat.abs()));
        line.extend((1..count).map(|n| position(between(from, to, f64::from(n) / f64::from(count)))));
        line.push(pair[1]);
    }
    line
}

/// Returns how many pieces a great circle of that length needs near that latitude.
///
/// A great circle leaves the straight line by `d^2 tan(lat) / 8R` at the middle of a piece of length `d`.
fn pieces(metres: f64, lat: f64) -> u32 {
    let bend = lat.min(85.0).to_radians().tan();
    let by_bend = metres * (bend / (8.0 * RADIUS * SAGITTA)).sqrt();
    let needed = (metres / LONGEST).max(by_bend);
    // Half the earth needs some hundred pieces, so counting is cheap; a float is no count.
    let mut count = 1;
    while f64::from(count) < needed && count < 10_000 {
        count += 1;
    }
    count
}
