//! Where a position is along a line: how far it has come, how far it has to go, and how far off it is.

use crate::sea::sphere::{RADIUS, Unit, angle, cross, dot, normal, position, unit};
use sealane_data::node::Position;

/// How far a ship may be off its planned line near either end, in metres: 10 nautical miles.
const NARROW: f64 = 10.0 * 1852.0;
/// The same in the middle of an ocean: 60 nautical miles.
const WIDE: f64 = 60.0 * 1852.0;
/// What the corridor widens by for each metre from the nearer end.
const WIDENING: f64 = 0.1;

/// A position on a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Along {
    /// The nearest position on the line.
    pub on: Position,
    /// Metres along the line from its start to there.
    pub done: f64,
    /// Metres along the line from there to its end.
    pub left: f64,
    /// Metres from the position to the line.
    pub off: f64,
}

impl Along {
    /// Returns the place of a position on a line: the nearest that lies no less than `from` metres along
    /// it, so that a line that comes near itself does not throw a ship back. Nothing for a line of no
    /// length or without a place that far along.
    pub fn of(line: &[Position], at: Position, from: f64) -> Option<Self> {
        let (asked, units) = (unit(at), line.iter().map(|p| unit(*p)).collect::<Vec<_>>());
        let lengths: Vec<f64> = units.windows(2).map(|pair| angle(pair[0], pair[1]) * RADIUS).collect();
        let whole: f64 = lengths.iter().sum();
        let (mut begun, mut best) = (0.0, None::<(f64, f64, Unit)>);
        for (pair, length) in units.windows(2).zip(&lengths) {
            let (near, along) = nearest(pair[0], pair[1], asked);
            let (near, done) =
                if begun + along < from { (pair[1], begun + length) } else { (near, begun + along) };
            let off = angle(asked, near) * RADIUS;
            if done >= from && best.is_none_or(|(least, ..)| off < least) {
                best = Some((off, done, near));
            }
            begun += length;
        }
        let (off, done, near) = best.filter(|_| whole > 0.0)?;
        Some(Self { on: position(near), done, left: (whole - done).max(0.0), off })
    }

    /// Returns how far off the line a position may be before it counts as off the route, in metres: little
    /// where the way begins and ends, more on an open sea.
    pub fn corridor(&self) -> f64 {
        (NARROW + WIDENING * self.done.min(self.left)).min(WIDE)
    }

    /// Returns whether the position is off the route.
    pub fn is_off(&self) -> bool {
        self.off > self.corridor()
    }
}

/// Returns the nearest point of an arc and its metres from the arc's start.
fn nearest(a: Unit, b: Unit, asked: Unit) -> (Unit, f64) {
    let pole = cross(a, b);
    if dot(pole, pole) < 1e-24 {
        return (a, 0.0);
    }
    let pole = normal(pole);
    let above = dot(asked, pole);
    let foot: Unit = std::array::from_fn(|i| asked[i] - pole[i] * above);
    let inside =
        dot(foot, foot) > 1e-24 && dot(cross(a, foot), pole) >= 0.0 && dot(cross(foot, b), pole) >= 0.0;
    let near = if inside {
        normal(foot)
    } else if angle(asked, a) <= angle(asked, b) {
        a
    } else {
        b
    };
    (near, angle(a, near) * RADIUS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn at(lat: f64, lon: f64) -> Position {
        Position { lat, lon }
    }

    /// Along the equator over the 180th meridian.
    const LINE: [Position; 3] = [at(0.0, 170.0), at(0.0, 178.0), at(0.0, -172.0)];

    #[test]
    fn a_position_beside_a_line_is_put_on_it() {
        let along = Along::of(&LINE, at(0.5, -179.0), 0.0).unwrap();
        let mile = 1852.0;
        assert!((along.off / mile - 30.02).abs() < 0.05, "{along:?}");
        assert!((along.done / mile - 11.0 * 60.04).abs() < 0.5, "{along:?}");
        assert!((along.left / mile - 7.0 * 60.04).abs() < 0.5, "{along:?}");
        assert!((along.on.lon + 179.0).abs() < 1e-9 && along.on.lat.abs() < 1e-9);
        assert!(!along.is_off(), "30 nm is within {}", along.corridor() / mile);
        assert!(Along::of(&LINE, at(2.0, -179.0), 0.0).unwrap().is_off());
        assert!(Along::of(&LINE, at(0.3, 170.2), 0.0).unwrap().is_off(), "near the port less is allowed");
    }

    #[test]
    fn the_pointer_never_goes_back() {
        // Up a river and down again.
        let line = [at(0.0, 0.0), at(0.0, 1.0), at(0.0, 0.0)];
        let up = Along::of(&line, at(0.0, 0.4), 0.0).unwrap();
        let down = Along::of(&line, at(0.0, 0.4), up.done + up.left * 0.5).unwrap();
        assert!((up.done - 0.4 * 111_195.0).abs() < 100.0 && (down.done - 1.6 * 111_195.0).abs() < 200.0);
        assert_eq!(Along::of(&line, at(0.0, 0.4), 1e7), None);
        assert_eq!(Along::of(&[at(1.0, 1.0), at(1.0, 1.0)], at(1.0, 1.0), 0.0), None);
    }

    proptest! {
        #[test]
        fn what_is_done_and_what_is_left_are_the_whole(
            lat in -60.0..60.0_f64, lon in -180.0..180.0_f64, ends in prop::collection::vec((-60.0..60.0_f64, -170.0..170.0_f64), 2..6)
        ) {
            let line: Vec<Position> = ends.into_iter().map(|(lat, lon)| at(lat, lon)).collect();
            let whole: f64 = line.windows(2).map(|p| crate::sea::sphere::metres(p[0], p[1])).sum();
            prop_assume!(whole > 1.0);
            let along = Along::of(&line, at(lat, lon), 0.0).unwrap();
            prop_assert!((along.done + along.left - whole).abs() < 1.0);
            for corner in &line {
                prop_assert!(along.off <= crate::sea::sphere::metres(at(lat, lon), *corner) + 1e-6);
            }
        }
    }
}
