//! The foot of a position on a line, and degrees as places are kept.

use super::shores::DEGREE;
use sealane_data::node::Position;

/// Returns degrees in whole hundred-thousandths.
pub(super) fn rounded(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

/// Returns a longitude in -180..=180.
pub(super) fn turned(lon: f64) -> f64 {
    lon - (lon / 360.0).round() * 360.0
}

/// Returns the point of a line nearest to a position: metres, the number of the line's point after it, the point.
pub(super) fn foot_on(line: &[Position], at: Position) -> Option<(f64, usize, Position)> {
    let wide = libm::cos(at.lat.to_radians());
    let flat = |p: Position| [turned(p.lon - at.lon) * DEGREE * wide, (p.lat - at.lat) * DEGREE];
    let mut best: Option<(f64, usize, Position)> = None;
    for (number, pair) in line.windows(2).enumerate() {
        let ([ax, ay], [bx, by]) = (flat(pair[0]), flat(pair[1]));
        let (dx, dy) = (bx - ax, by - ay);
        let share = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        let (x, y) = (ax + share * dx, ay + share * dy);
        let metres = (x * x + y * y).sqrt();
        if best.is_none_or(|(known, _, _)| metres < known) {
            let foot = Position { lat: at.lat + y / DEGREE, lon: turned(at.lon + x / DEGREE / wide) };
            best = Some((metres, number + 1, Position { lat: rounded(foot.lat), lon: rounded(foot.lon) }));
        }
    }
    best
}
