//! Which corners see each other over water, and what the way between them costs.

use super::field::{Cell, FULL, Field};
use super::hands::side_by_side;
use super::roughly;
use crate::sea::calm::Calm;
use crate::sea::corner::{Corner, Reach, directions};
use crate::sea::facts::{FREE, clearance_factor};
use crate::sea::shores::{DEGREE, Shores, point};
use crate::sea::sphere::{Arc, RADIUS, Unit, dot};
use crate::sea::{dense, geodesic};
use smallvec::SmallVec;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Nearer to a shore than this on the raster, the exact test decides; in metres.
const EXACT: f64 = 4_500.0;
/// Steps of a trace near the shore, in metres.
const STEP: f64 = 2_000.0;
/// Where an arc is looked at first.
const EIGHTHS: [f64; 7] = [0.5, 0.25, 0.75, 0.125, 0.875, 0.375, 0.625];

/// Everything a sight test looks at.
pub(super) struct Chart<'s> {
    pub(super) land: &'s Shores,
    pub(super) avoid: &'s Shores,
    pub(super) field: &'s Field,
    pub(super) calm: &'s Calm,
}

/// Directions from a corner in which land is remembered.
const RAYS: usize = 512;

/// How far from a corner land was last hit in each direction, in radians: what lies behind it is hidden by it too,
/// and most arcs over land end at the first look.
struct Hidden {
    east: Unit,
    north: Unit,
    hits: [f64; RAYS],
}

impl Hidden {
    fn from(corner: &Corner) -> Self {
        let (east, north) = directions(corner.position());
        Self { east, north, hits: [f64::INFINITY; RAYS] }
    }

    /// Returns the place for a direction; what is used as an angle only rises with it.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 511")]
    fn ray(&mut self, to: Unit) -> &mut f64 {
        let (x, y) = (dot(to, self.east), dot(to, self.north));
        let share = x / (x.abs() + y.abs()).max(1e-300);
        let turn = if y < 0.0 { 3.0 - share } else { share + 1.0 };
        &mut self.hits[((turn * (RAYS as f64 / 4.0)) as usize).min(RAYS - 1)]
    }
}

/// A way over water between two corners.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) ends: [u32; 2],
    /// The length on the ellipsoid in metres.
    pub(crate) length: u32,
    /// The length with what is added near shores.
    pub(crate) cost: u32,
}

impl Chart<'_> {
    /// Returns by how much the cost of an arc exceeds its length, as a factor; none if it is not all water.
    pub(super) fn trace(&self, arc: &Arc) -> Option<f64> {
        let mut nothing = f64::INFINITY;
        self.traced(arc, &mut nothing)
    }

    /// As `trace`, with how far on the way land was hit before, and is now.
    fn traced(&self, arc: &Arc, hit: &mut f64) -> Option<f64> {
        let whole = arc.whole * RADIUS;
        if *hit < arc.whole && self.field.inland(along(arc, *hit)) || self.over_land(arc, whole, hit) {
            return None;
        }
        let pieces = dense::pieces(arc);
        let piece = |metres: f64| (metres / whole * f64::from(pieces)).floor().min(f64::from(pieces - 1));
        let (mut at, mut cost) = (0.0, 0.0);
        // The exact test is dear: it is made when the raster has seen water all along.
        let mut near: SmallVec<[f64; 32]> = SmallVec::new();
        while at < whole - 0.5 {
            let here = along(arc, at / RADIUS);
            let Cell::Metres(mut clear) = self.field.at(here) else {
                *hit = at / RADIUS;
                return None;
            };
            if clear >= FULL {
                let [lat, lon] = roughly::position(here);
                clear = clear.max(self.calm.room([lon, lat]));
            }
            let step = (clear - FREE).max(clear * 0.5).max(STEP).min(whole - at);
            if clear < EXACT {
                // The step may run into the next piece.
                for number in [piece(at), piece(at + step)] {
                    if near.last().is_none_or(|last| number > *last) {
                        near.push(number);
                    }
                }
            }
            cost += step * clearance_factor(clear);
            at += step;
        }
        near.iter().all(|number| self.clear_piece(arc, *number, pieces)).then_some(cost / whole.max(1.0))
    }

    /// Returns whether one of a few points along an arc is well inland: most arcs over land end here.
    fn over_land(&self, arc: &Arc, whole: f64, hit: &mut f64) -> bool {
        let samples = match whole {
            ..60_000.0 => return false,
            60_000.0..400_000.0 => &EIGHTHS[..3],
            _ => &EIGHTHS[..],
        };
        let found = samples.iter().find(|share| self.field.inland(along(arc, arc.whole * **share)));
        found.inspect(|share| *hit = arc.whole * **share).is_some()
    }

    fn clear_piece(&self, arc: &Arc, number: f64, pieces: u32) -> bool {
        let at = |n: f64| point(arc.at(arc.whole * n / f64::from(pieces)));
        let (a, b) = (at(number), at(number + 1.0));
        !self.land.hit(a, b) && !self.avoid.hit(a, b)
    }
}

/// Returns the point some radians along an arc, right to some metres.
fn along(arc: &Arc, radians: f64) -> Unit {
    arc.turned(roughly::sine_cosine(radians))
}

/// Returns all links between corners, which must be sorted by latitude.
pub(super) fn links(corners: &[Corner], chart: &Chart<'_>, tick: &(dyn Fn(usize) + Sync)) -> Vec<Link> {
    let ranks = Ranks::new(corners);
    let done = AtomicUsize::new(0);
    let found = side_by_side(corners, |from, _| {
        let count = done.fetch_add(1, Ordering::Relaxed);
        if count.is_multiple_of(256) {
            tick(count);
        }
        let mut found = Vec::new();
        from_one(corners, &ranks, from, chart, &mut found);
        found
    });
    let mut links: Vec<Link> = found.into_iter().flatten().collect();
    links.sort_unstable_by_key(|link| link.ends);
    links
}

/// Corners by how far they are joined, each list by latitude.
struct Ranks([Vec<usize>; 4]);

impl Ranks {
    fn new(corners: &[Corner]) -> Self {
        let of = |reach: Reach| (0..corners.len()).filter(|n| corners[*n].reach == reach).collect();
        Self([Reach::Narrow, Reach::Strait, Reach::Coast, Reach::Ocean].map(of))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "some ten thousand corners")]
fn from_one(corners: &[Corner], ranks: &Ranks, from: usize, chart: &Chart<'_>, found: &mut Vec<Link>) {
    let one = &corners[from];
    let mut hidden = Hidden::from(one);
    for list in &ranks.0 {
        let Some(kind) = list.first().map(|first| corners[*first].reach) else { continue };
        let least = one.reach.least(kind);
        let farthest = f64::from(one.at[0]) + one.reach.metres(kind) / DEGREE * 1e5;
        for to in list[list.partition_point(|to| *to <= from)..].iter().copied() {
            let other = &corners[to];
            if f64::from(other.at[0]) > farthest {
                break;
            }
            let near = dot(one.unit, other.unit);
            if near < least || !one.useful(other.unit, near) || !other.useful(one.unit, near) {
                continue;
            }
            let arc = Arc::new(one.unit, other.unit);
            if let Some(factor) = chart.traced(&arc, hidden.ray(other.unit)) {
                found.push(Link { ends: [from as u32, to as u32], ..linked(one, other, factor) });
            }
        }
    }
}

/// Returns the link between two corners if they see each other.
pub(super) fn link(a: &Corner, b: &Corner, chart: &Chart<'_>) -> Option<Link> {
    chart.trace(&Arc::new(a.unit, b.unit)).map(|factor| linked(a, b, factor))
}

/// Returns the link between two corners on which a mile costs so much.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20 million metres at most")]
fn linked(a: &Corner, b: &Corner, factor: f64) -> Link {
    let length = geodesic::metres(a.position(), b.position());
    Link { ends: [0, 0], length: length.round() as u32, cost: ((length * factor).round() as u32).max(1) }
}
