//! Lines for a zoom level: fewer points, and never over a cape.
//!
//! What makes a way long to draw are the points between its bends. The bends themselves all stay.

use super::dense;
use super::network::SeaNetwork;
use super::sailing::{LegKind, Sailing};
use super::sphere::{Arc, RADIUS, position, unit};
use sealane_data::node::Position;

/// Metres that a pixel shows at the equator at zoom 0, tiles of 512 pixels.
const PIXEL: f64 = 78_271.5;

impl SeaNetwork {
    /// Returns a way as positions for a zoom level: straight pieces stay within a pixel of it, and
    /// off the land where the way does. Its bends and ends are exact.
    pub fn line_at_zoom(&self, way: &Sailing, zoom: u8) -> Vec<Position> {
        let pixel = PIXEL / f64::from(1_u32 << zoom.min(22));
        let mut line: Vec<Position> = Vec::new();
        for leg in &way.legs {
            let skip = usize::from(line.last() == leg.bends.first());
            line.extend(leg.bends.iter().skip(skip).take(1 - skip));
            for pair in leg.bends.windows(2) {
                let arc = Arc::new(unit(pair[0]), unit(pair[1]));
                line.extend(self.coarse(&arc, [pair[0], pair[1]], pixel, leg.kind));
                line.push(pair[1]);
            }
        }
        line
    }

    /// Returns the points between the ends of an arc, as few as will do.
    fn coarse(&self, arc: &Arc, ends: [Position; 2], pixel: f64, kind: LegKind) -> Vec<Position> {
        let finest = dense::pieces(arc);
        let mut count = 1;
        loop {
            let share = |n: u32| arc.whole * f64::from(n) / f64::from(count);
            let points: Vec<Position> = (1..count).map(|n| position(arc.at(share(n)))).collect();
            let whole: Vec<Position> =
                [ends[0]].into_iter().chain(points.iter().copied()).chain([ends[1]]).collect();
            let bend = (arc.whole * RADIUS / f64::from(count)).powi(2) * arc.steepest() / (8.0 * RADIUS);
            let clear = || !whole.windows(2).any(|pair| self.touches_land(pair[0], pair[1]));
            if count >= finest || bend <= pixel && (kind != LegKind::Sea || clear()) {
                return if count >= finest { dense::between(arc).map(position).collect() } else { points };
            }
            count *= 2;
        }
    }
}
