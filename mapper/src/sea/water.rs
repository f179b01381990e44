//! What a ship can sail on: water by the exact shore, areas to avoid, rivers, gates.

use super::calm::Calm;
use super::dense;
use super::facts::{FREE, Facts, LatLon, clearance_factor};
use super::land::{self, Ring};
use super::shores::{COARSE, Point, Segment, Shores, point};
use super::sphere::{Arc, RADIUS, Unit, cross, dot, unit};
use sealane_data::node::Position;

/// Passages, one bit each.
pub(crate) type Gates = u128;

/// A gate that ends in the water is carried on to a shore so near, in metres.
const ASHORE: f64 = 25_000.0;

/// How much more a mile costs inside an area to avoid: only who starts there goes there.
const AVOIDED: f64 = 3.0;

/// The water with what is told about it.
#[derive(Debug)]
pub(crate) struct Water {
    pub(crate) land: Shores,
    pub(crate) avoid: Shores,
    pub(crate) calm: Calm,
    /// Pieces of gates as great circles with the passage they belong to.
    gates: Vec<(u8, [Unit; 2])>,
    /// The direction of each passage that may be crossed in one direction only.
    ahead: Vec<Option<Unit>>,
    /// Those passages, one bit each.
    pub(crate) one_way: Gates,
    /// What crossing the gates of each passage costs, in metres.
    tolls: Vec<f64>,
    /// Rivers from the sea upward.
    pub(crate) rivers: Vec<Vec<Position>>,
}

/// Returns a ring of the table as longitude and latitude, closed.
pub(crate) fn closed(ring: &[LatLon]) -> Ring {
    let mut closed: Ring = ring.iter().map(|[lat, lon]| [*lon, *lat]).collect();
    closed.extend(closed.first().copied());
    closed
}

/// Returns a pair of the table as a position.
pub(crate) fn place([lat, lon]: LatLon) -> Position {
    Position { lat, lon }
}

impl Water {
    /// Lays the facts over the rings of land.
    pub(crate) fn new(rings: &[Ring], facts: &Facts) -> Self {
        let segments = |ring: &LatLonRing<'_>| -> Vec<Segment> {
            closed(ring).windows(2).map(|p| [p[0], p[1]]).collect()
        };
        let avoid = facts.avoid.iter().flat_map(|area| segments(&area.ring.as_slice()));
        let (mut gates, mut ends) = (Vec::new(), Vec::new());
        for (number, passage) in (0..).zip(&facts.passage) {
            let pieces = passage.gate.iter().flat_map(|gate| gate.windows(2));
            gates.extend(pieces.map(|pair| (number, [unit(place(pair[0])), unit(place(pair[1]))])));
            ends.extend(
                passage
                    .gate
                    .iter()
                    .flat_map(|gate| [gate.first(), gate.last()])
                    .flatten()
                    .map(|end| (number, place(*end))),
            );
        }
        let rivers =
            facts.river.iter().map(|river| river.line.iter().copied().map(place).collect()).collect();
        let tolls = facts.passage.iter().map(|passage| passage.cost * 1852.0).collect();
        let direction = |[from, to]: [LatLon; 2]| -> Unit {
            let ends = [from, to].map(|at| unit(place(at)));
            std::array::from_fn(|i| ends[1][i] - ends[0][i])
        };
        let ahead: Vec<_> = facts.passage.iter().map(|passage| passage.one_way.map(direction)).collect();
        let bits = (0..).zip(&ahead).filter(|(_, ahead)| ahead.is_some());
        let one_way = bits.fold(0, |all, (number, _)| all | 1_u128 << number);
        let (land, avoid) = (land::land(rings), Shores::new(avoid, COARSE));
        let calm = Calm::new(&land, &avoid);
        let mut water = Self { land, avoid, calm, gates, ahead, one_way, tolls, rivers };
        for (number, end) in ends {
            let ashore = water.carried_on(end).filter(|ashore| *ashore != end);
            water.gates.extend(ashore.map(|ashore| (number, [unit(end), unit(ashore)])));
        }
        water
    }

    /// Returns where a gate that ends at a position meets the shore: there, or at the nearest point of a shore near it,
    /// and some way inland.
    pub(crate) fn carried_on(&self, end: Position) -> Option<Position> {
        let at = flat(end);
        if self.land.holds(at) || self.avoid.holds(at) {
            return Some(end);
        }
        let (metres, foot) = self.land.nearest(at, ASHORE)?;
        // Some metres on, over the shore.
        let on = |i: usize| at[i] + (foot[i] - at[i]) * (1.0 + 20.0 / metres.max(1.0));
        Some(Position { lat: on(1), lon: on(0) })
    }

    /// Returns the passages whose gates a great circle crosses, one bit each.
    pub(crate) fn gates(&self, from: Unit, to: Unit) -> Gates {
        self.crossed_gates(from, to).fold(0, |all, (number, _)| all | 1_u128 << number)
    }

    /// Returns the one-way passages whose gates a line crosses against their direction, one bit each.
    pub(crate) fn against(&self, line: &[Position]) -> Gates {
        let mut wrong = 0;
        for pair in line.windows(2) {
            let (from, to) = (unit(pair[0]), unit(pair[1]));
            for (number, pole) in self.crossed_gates(from, to) {
                let ahead = self.ahead[usize::from(number)];
                // The end of the piece lies on the side that its direction does not lead to.
                if ahead.is_some_and(|ahead| dot(pole, ahead) * dot(pole, to) < 0.0) {
                    wrong |= 1_u128 << number;
                }
            }
        }
        wrong
    }

    /// Returns the passages whose gates a great circle crosses, with the pole of the piece that it crosses.
    fn crossed_gates(&self, from: Unit, to: Unit) -> impl Iterator<Item = (u8, Unit)> {
        let pole = cross(from, to);
        self.gates.iter().filter_map(move |(number, [a, b])| {
            if dot(pole, *a) * dot(pole, *b) >= 0.0 {
                return None;
            }
            let line = cross(*a, *b);
            if dot(line, from) * dot(line, to) >= 0.0 {
                return None;
            }
            // Both great circles meet twice: the right side of the earth is the gate's.
            let meet = cross(pole, line);
            let side = dot(meet, *a);
            let inside = dot(meet, from) * side > 0.0 || dot(meet, to) * side > 0.0;
            let between = inside
                && (dot(cross(from, meet), pole) * side > 0.0)
                && (dot(cross(meet, to), pole) * side > 0.0);
            between.then_some((*number, line))
        })
    }

    /// Returns what passages cost beside the miles, in metres: a detour that a ship would rather make.
    pub(crate) fn toll(&self, gates: Gates) -> f64 {
        let used = (0..).zip(&self.tolls).filter(|(number, _)| gates >> number & 1 == 1);
        used.fold(0.0, |sum, (_, toll)| sum + toll)
    }

    /// Returns by how much an arc costs more than its length, as a factor; none if it touches land,
    /// or an area to avoid that it does not start or end in.
    pub(crate) fn trace(&self, arc: &Arc) -> Option<f64> {
        if self.calm.over_land(arc) {
            return None;
        }
        let ends = [point(arc.at(0.0)), point(arc.at(arc.whole))];
        let inside = ends.iter().any(|end| self.avoid.holds(*end));
        let avoided = self.crossed(arc)?;
        if avoided && !inside {
            return None;
        }
        let factor = self.along(arc);
        Some(if avoided || inside { factor + AVOIDED - 1.0 } else { factor })
    }

    /// Returns whether an arc enters or leaves an area to avoid; none if it touches land.
    fn crossed(&self, arc: &Arc) -> Option<bool> {
        let count = dense::pieces(arc);
        let far = |number: u32| arc.whole * f64::from(number) / f64::from(count);
        let (mut clear, mut avoided, mut known) = (0.0, false, None);
        for number in 0..count {
            if far(number + 1) * RADIUS < clear {
                continue;
            }
            let before = match known {
                Some((last, at)) if last == number => at,
                _ => point(arc.at(far(number))),
            };
            let room = self.calm.room(before);
            clear = far(number) * RADIUS + room;
            if far(number + 1) * RADIUS < clear {
                continue;
            }
            let here = point(arc.at(far(number + 1)));
            if self.land.hit(before, here) {
                return None;
            }
            avoided |= self.avoid.hit(before, here);
            known = Some((number + 1, here));
        }
        Some(avoided)
    }

    /// Returns the mean cost of a mile along an arc.
    fn along(&self, arc: &Arc) -> f64 {
        let whole = (arc.whole * RADIUS).max(1.0);
        let (mut at, mut cost) = (0.0, 0.0);
        while at < whole - 0.5 {
            let here = point(arc.at(at / RADIUS));
            let room = self.calm.room(here);
            let clear = if room > 20_000.0 { room } else { self.land.clearance(here, 20_000.0) };
            let step = (clear - FREE).max(clear * 0.5).max(3_000.0).min(whole - at);
            cost += step * clearance_factor(clear);
            at += step;
        }
        cost / whole
    }
}

type LatLonRing<'a> = &'a [LatLon];

/// Returns a position as longitude and latitude.
pub(crate) fn flat(at: Position) -> Point {
    [at.lon, at.lat]
}
