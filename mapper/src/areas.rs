//! Closed rings in an index: which of them hold a position, and which a straight piece enters and leaves.
//!
//! Boxes are found through an R-tree, rings are decided by the even-odd rule. Before both, a bitmap of
//! cells says whether any ring is near at all: most of the sea has none.

use crate::sea::sphere::RADIUS;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use sealane_data::node::Position;
use std::ops::ControlFlow;

/// Metres in a degree of latitude on the sphere.
pub(crate) const DEGREE: f64 = RADIUS * std::f64::consts::PI / 180.0;

/// Cells of the bitmap in a degree.
const CELLS: f64 = 16.0;
const COLUMNS: usize = 360 * 16;
const ROWS: usize = 180 * 16;

/// A box in degrees around something that has a number.
pub(crate) type Boxed = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// Which cells of the earth any box touches.
#[derive(Clone, Debug)]
pub(crate) struct Cells(Vec<u64>);

impl Cells {
    /// Marks the cells of some boxes.
    pub(crate) fn new<'a>(boxes: impl Iterator<Item = &'a Boxed>) -> Self {
        let mut bits = vec![0_u64; (COLUMNS * ROWS).div_ceil(64)];
        for boxed in boxes {
            let ([low_column, low_row], [high_column, high_row]) =
                (cell(boxed.geom().lower()), cell(boxed.geom().upper()));
            for row in low_row..=high_row {
                for bit in row * COLUMNS + low_column..=row * COLUMNS + high_column {
                    bits[bit / 64] |= 1 << (bit % 64);
                }
            }
        }
        Self(bits)
    }

    /// Returns whether any box touches the cell of a point.
    #[inline]
    pub(crate) fn near(&self, at: [f64; 2]) -> bool {
        let [column, row] = cell(at);
        let bit = row * COLUMNS + column;
        self.0[bit / 64] >> (bit % 64) & 1 == 1
    }
}

/// Returns the column and row of a point's cell; what is beyond the earth is at its edge.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the columns and rows"
)]
fn cell([lon, lat]: [f64; 2]) -> [usize; 2] {
    let place = |degrees: f64, most: usize| ((degrees * CELLS).clamp(0.0, most as f64 - 1.0)) as usize;
    [place(lon + 180.0, COLUMNS), place(lat + 90.0, ROWS)]
}

/// A stay of a straight piece in a ring, as shares of the piece from 0 to 1.
pub(crate) type Within = [f64; 2];

/// Closed rings in an index, by number in the order they were given.
#[derive(Clone, Debug)]
pub struct Areas {
    /// The corners of all rings, ring after ring, longitudes running on over the 180th meridian.
    corners: Vec<[f64; 2]>,
    /// Where each ring begins in `corners`, and where the last one ends.
    starts: Vec<u32>,
    /// The western and eastern end of each ring.
    spans: Vec<[f64; 2]>,
    tree: RTree<Boxed>,
    cells: Cells,
}

impl Areas {
    /// Builds the index; a ring of fewer than three corners holds nothing.
    pub fn new<'a>(rings: impl Iterator<Item = &'a [Position]>) -> Self {
        let (mut corners, mut starts, mut spans, mut all) = (Vec::new(), vec![0], Vec::new(), Vec::new());
        for (number, ring) in (0..).zip(rings) {
            all.extend(boxes(ring, 0.0).map(|bounds| Boxed::new(bounds, number)));
            let first = corners.len();
            let start = ring.first().map_or(0.0, |start| start.lon);
            corners.extend(ring.iter().map(|p| [start + turn(p.lon - start), p.lat]));
            let lons = || corners[first..].iter().map(|c: &[f64; 2]| c[0]);
            spans.push([lons().fold(f64::INFINITY, f64::min), lons().fold(f64::NEG_INFINITY, f64::max)]);
            starts.push(u32::try_from(corners.len()).expect("fewer than 2^32 corners fit in memory"));
        }
        let cells = Cells::new(all.iter());
        Self { corners, starts, spans, tree: RTree::bulk_load(all), cells }
    }

    fn ring(&self, number: u32) -> &[[f64; 2]] {
        let [from, to] = [self.starts[number as usize], self.starts[number as usize + 1]];
        &self.corners[from as usize..to as usize]
    }

    /// Calls back with the number of every ring that holds a position, in no order.
    #[inline]
    pub fn holding(&self, at: Position, mut found: impl FnMut(u32)) {
        if self.cells.near([at.lon, at.lat]) {
            self.holding_unfiltered(at, &mut found);
        }
    }

    /// As [`Areas::holding`], through the tree alone: what the bitmap in front of it is measured against.
    #[inline]
    pub fn holding_unfiltered(&self, at: Position, mut found: impl FnMut(u32)) {
        let point = AABB::from_point([at.lon, at.lat]);
        let _: ControlFlow<()> = self.tree.locate_in_envelope_intersecting_int(&point, |boxed| {
            if self.holds(boxed.data, at) {
                found(boxed.data);
            }
            ControlFlow::Continue(())
        });
    }

    #[inline]
    fn holds(&self, number: u32, at: Position) -> bool {
        let [west, east] = self.spans[number as usize];
        let x = if at.lon < west {
            at.lon + 360.0
        } else if at.lon > east {
            at.lon - 360.0
        } else {
            at.lon
        };
        inside(self.ring(number), [x, at.lat])
    }

    /// Calls back with the number and the stays of every ring that a straight piece touches.
    pub(crate) fn crossed(&self, from: Position, to: Position, mut found: impl FnMut(u32, Vec<Within>)) {
        let ahead = from.lon + turn(to.lon - from.lon);
        // Rings beyond the 180th meridian have boxes on both sides, and each is looked at once.
        let mut seen = Vec::new();
        for shift in [-360.0, 0.0, 360.0] {
            let (a, b) = ([from.lon + shift, from.lat], [ahead + shift, to.lat]);
            let _: ControlFlow<()> =
                self.tree.locate_in_envelope_intersecting_int(&AABB::from_corners(a, b), |boxed| {
                    if !seen.contains(&boxed.data) {
                        let stays = self.stays(boxed.data, [from.lon, from.lat], [ahead, to.lat]);
                        if !stays.is_empty() {
                            seen.push(boxed.data);
                            found(boxed.data, stays);
                        }
                    }
                    ControlFlow::Continue(())
                });
        }
    }

    /// Returns from where to where on a straight piece a ring is around it.
    fn stays(&self, number: u32, a: [f64; 2], b: [f64; 2]) -> Vec<Within> {
        let ring = self.ring(number);
        let [west, east] = self.spans[number as usize];
        let shift = [0.0, 360.0, -360.0]
            .into_iter()
            .find(|s| a[0].min(b[0]) + s <= east && a[0].max(b[0]) + s >= west);
        let Some(shift) = shift else { return Vec::new() };
        let (a, b) = ([a[0] + shift, a[1]], [b[0] + shift, b[1]]);
        let mut cuts: Vec<f64> = ring.windows(2).filter_map(|edge| cut(a, b, edge[0], edge[1])).collect();
        cuts.extend([0.0, 1.0]);
        cuts.sort_by(f64::total_cmp);
        let mut stays: Vec<Within> = Vec::new();
        for pair in cuts.windows(2).filter(|pair| pair[1] > pair[0]) {
            let middle = f64::midpoint(pair[0], pair[1]);
            if inside(ring, std::array::from_fn(|i| a[i] + (b[i] - a[i]) * middle)) {
                match stays.last_mut().filter(|last| last[1] >= pair[0]) {
                    Some(last) => last[1] = pair[1],
                    None => stays.push([pair[0], pair[1]]),
                }
            }
        }
        stays
    }
}

/// Returns where a piece meets an edge, as a share of the piece.
fn cut(a: [f64; 2], b: [f64; 2], from: [f64; 2], to: [f64; 2]) -> Option<f64> {
    let (along, edge) = ([b[0] - a[0], b[1] - a[1]], [to[0] - from[0], to[1] - from[1]]);
    let across = along[0] * edge[1] - along[1] * edge[0];
    let apart = [from[0] - a[0], from[1] - a[1]];
    let (on_piece, on_edge) = (
        (apart[0] * edge[1] - apart[1] * edge[0]) / across,
        (apart[0] * along[1] - apart[1] * along[0]) / across,
    );
    // A piece along an edge divides by nothing, and meets the edges beside it.
    ((0.0..=1.0).contains(&on_piece) && (0.0..=1.0).contains(&on_edge)).then_some(on_piece)
}

/// Returns whether a closed ring holds a point (even-odd rule). Degrees do: no angle is asked for.
#[inline]
fn inside(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let mut inside = false;
    let Some(mut a) = ring.first().copied() else { return false };
    for b in ring.iter().skip(1).copied() {
        if (a[1] > y) != (b[1] > y) {
            // Whether the point is left of the edge, without a division.
            let side = (b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1]);
            inside ^= (side > 0.0) == (b[1] > a[1]);
        }
        a = b;
    }
    inside
}

/// Returns the box around a line, widened by metres; two boxes where it lies over the 180th meridian.
pub(crate) fn boxes(line: &[Position], wider: f64) -> impl Iterator<Item = Rectangle<[f64; 2]>> {
    let start = line.first().copied();
    let around = start.map(|start| {
        let steps = line.iter().map(|p| [start.lon + turn(p.lon - start.lon), p.lat]);
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for step in steps {
            low = [low[0].min(step[0]), low[1].min(step[1])];
            high = [high[0].max(step[0]), high[1].max(step[1])];
        }
        let lat = wider / DEGREE;
        let lon = lat / low[1].abs().max(high[1].abs()).min(89.0).to_radians().cos();
        ([low[0] - lon, low[1] - lat], [high[0] + lon, high[1] + lat])
    });
    around.into_iter().flat_map(|(low, high)| {
        let shifts = [-360.0, 0.0, 360.0].into_iter();
        let reached = shifts.filter(move |shift| low[0] + shift <= 180.0 && high[0] + shift >= -180.0);
        reached
            .map(move |shift| Rectangle::from_corners([low[0] + shift, low[1]], [high[0] + shift, high[1]]))
    })
}

/// Returns a difference of longitudes in -180..=180.
pub(crate) fn turn(lon: f64) -> f64 {
    lon - (lon / 360.0).round() * 360.0
}

/// Returns a position as metres east and north of another; good for some tens of kilometres.
pub(crate) fn offset(from: Position, to: Position) -> [f64; 2] {
    let shrink = from.lat.to_radians().cos();
    [turn(to.lon - from.lon) * DEGREE * shrink, (to.lat - from.lat) * DEGREE]
}

/// Returns the metres between two near positions.
pub(crate) fn apart(a: Position, b: Position) -> f64 {
    let [east, north] = offset(a, b);
    east.hypot(north)
}

/// Returns the position a share of the way from one to another near one.
pub(crate) fn between(a: Position, b: Position, share: f64) -> Position {
    let lon = a.lon + turn(b.lon - a.lon) * share;
    Position { lat: a.lat + (b.lat - a.lat) * share, lon: if lon.abs() > 180.0 { turn(lon) } else { lon } }
}

/// Returns the metres from a position to a line; infinity to a line of no corner.
pub(crate) fn from_line(line: &[Position], at: Position) -> f64 {
    if let [only] = line {
        return apart(*only, at);
    }
    let pieces = line.windows(2).map(|pair| from_piece(offset(at, pair[0]), offset(at, pair[1])));
    pieces.fold(f64::INFINITY, f64::min)
}

/// Returns the distance from the origin to a straight piece.
fn from_piece(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 { (-(a[0] * dx + a[1] * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (a[0] + share * dx).hypot(a[1] + share * dy)
}

#[cfg(test)]
mod tests;
