//! Great circles as positions close enough for readers that draw straight lines between them.
//!
//! The pieces are the same wherever an arc is cut: what the land test looks at is what is served.

use super::sphere::{Arc, RADIUS, Unit, position, unit};
use sealane_data::node::Position;

/// The longest piece in metres.
const LONGEST: f64 = 50_000.0;

/// How far a straight line in longitude and latitude may be from the great circle, in metres.
///
/// Readers are promised 250 m; near the shore less is needed, and it costs few points.
const SAGITTA: f64 = 40.0;

/// Returns the positions along the great circles through `corners`; the corners stay exact.
pub(super) fn line(corners: &[Position]) -> Vec<Position> {
    let mut line = Vec::from_iter(corners.first().copied());
    for pair in corners.windows(2) {
        let arc = Arc::new(unit(pair[0]), unit(pair[1]));
        line.extend(between(&arc).map(position));
        line.push(pair[1]);
    }
    line
}

/// Returns the points between the ends of an arc that cut it into straight pieces.
pub(super) fn between(arc: &Arc) -> impl Iterator<Item = Unit> {
    let count = pieces(arc);
    (1..count).map(move |n| arc.at(arc.whole * f64::from(n) / f64::from(count)))
}

/// Returns how many pieces an arc is cut into.
///
/// A great circle leaves the straight line by `d^2 tan(lat) / 8R` at the middle of a piece of length d.
pub(super) fn pieces(arc: &Arc) -> u32 {
    let whole = arc.whole * RADIUS;
    let bend = arc.steepest() / (8.0 * RADIUS * SAGITTA);
    at_least((whole / LONGEST).max(whole * bend.sqrt()))
}

/// Returns the next whole number, from 1; half the earth needs some thousands at most.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 10,000")]
fn at_least(pieces: f64) -> u32 {
    pieces.ceil().clamp(1.0, 10_000.0) as u32
}
