//! Closed rings in an index: which of them hold a position, and which a straight piece enters and leaves.
//!
//! Boxes are found through an R-tree, rings are decided by the even-odd rule. Before both, a bitmap of
//! small cells says whether any box is near at all: most of the sea has none, nor has most water off a
//! port. Corners are kept in steps of 10^-6 degrees, 0.1 m: half the memory is twice the rings in reach.

use crate::sea::sphere::RADIUS;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use sealane_data::node::Position;
use std::ops::ControlFlow;

/// Metres in a degree of latitude on the sphere.
pub(crate) const DEGREE: f64 = RADIUS * std::f64::consts::PI / 180.0;

/// Steps in a degree, and round the earth.
const STEPS: f64 = 1e6;
const ROUND: i32 = 360_000_000;

/// Cells in a degree, and small cells in a row of a cell: these are 0.9 km high.
const CELLS: f64 = 16.0;
const SMALL: usize = 8;
const COLUMNS: usize = 360 * 16;
const ROWS: usize = 180 * 16;

/// A box in degrees: its western and southern corner, and its eastern and northern one.
pub(crate) type Bounds = [[f64; 2]; 2];

/// A box in degrees around something that has a number.
pub(crate) type Boxed = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// A box in steps around a ring: its number times four, and how many times round the earth it was moved,
/// and one.
type RingBox = GeomWithData<Rectangle<[i32; 2]>, u32>;

/// Which small cells of the earth any box touches.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    /// A bit for each cell, and how many bits are set before each word.
    bits: Vec<u64>,
    before: Vec<u32>,
    /// For each cell that is set, in order, a bit for each of its small cells.
    small: Vec<u64>,
}

impl Cells {
    /// Marks the cells of some boxes.
    pub(crate) fn new(boxes: &[Bounds]) -> Self {
        let mut bits = vec![0_u64; (COLUMNS * ROWS).div_ceil(64)];
        each(boxes, |column, row| {
            let bit = row / SMALL * COLUMNS + column / SMALL;
            bits[bit / 64] |= 1 << (bit % 64);
        });
        let mut count = 0;
        let before = bits.iter().map(|word| {
            count += word.count_ones();
            count - word.count_ones()
        });
        let before = before.collect();
        let mut cells = Self { bits, before, small: vec![0; count as usize] };
        each(boxes, |column, row| {
            if let Some(number) = cells.number(column, row) {
                cells.small[number] |= 1 << (row % SMALL * SMALL + column % SMALL);
            }
        });
        cells
    }

    /// Returns the number of the cell around a small one among those that are set.
    #[inline]
    fn number(&self, column: usize, row: usize) -> Option<usize> {
        let bit = row / SMALL * COLUMNS + column / SMALL;
        let word = self.bits[bit / 64];
        let below = word & ((1 << (bit % 64)) - 1);
        (word >> (bit % 64) & 1 == 1).then(|| (self.before[bit / 64] + below.count_ones()) as usize)
    }

    /// Returns whether any box touches the small cell of a point.
    #[inline]
    pub(crate) fn near(&self, at: [f64; 2]) -> bool {
        let [column, row] = cell(at);
        let set = self.number(column, row).map(|number| self.small[number]);
        set.is_some_and(|small| small >> (row % SMALL * SMALL + column % SMALL) & 1 == 1)
    }
}

/// Calls back with every small cell that a box touches.
fn each(boxes: &[Bounds], mut mark: impl FnMut(usize, usize)) {
    for [low, high] in boxes {
        let ([west, south], [east, north]) = (cell(*low), cell(*high));
        for row in south..=north {
            for column in west..=east {
                mark(column, row);
            }
        }
    }
}

/// Returns the column and row of a point's small cell; what is beyond the earth is at its edge.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the columns and rows"
)]
fn cell([lon, lat]: [f64; 2]) -> [usize; 2] {
    let place = |degrees: f64, most: usize| {
        let small = (SMALL * most) as f64 - 1.0;
        (degrees * CELLS * SMALL as f64).clamp(0.0, small) as usize
    };
    [place(lon + 180.0, COLUMNS), place(lat + 90.0, ROWS)]
}

/// A stay of a straight piece in a ring, as shares of the piece from 0 to 1.
pub(crate) type Within = [f64; 2];

/// Closed rings in an index, by number in the order they were given.
#[derive(Clone, Debug)]
pub struct Areas {
    /// The corners of all rings in steps, ring after ring, longitudes running on over the 180th meridian.
    corners: Vec<[i32; 2]>,
    /// Where each ring begins in `corners`, and where the last one ends.
    starts: Vec<u32>,
    tree: RTree<RingBox>,
    cells: Cells,
}

impl Areas {
    /// Builds the index; a ring of fewer than three corners holds nothing.
    pub fn new<'a>(rings: impl Iterator<Item = &'a [Position]>) -> Self {
        let (mut corners, mut starts, mut all) = (Vec::new(), vec![0], Vec::new());
        let mut bounds = Vec::new();
        for (number, ring) in (0..).zip(rings) {
            let first = corners.len();
            let start = ring.first().map_or(0.0, |start| start.lon);
            corners.extend(ring.iter().map(|p| steps([start + turn(p.lon - start), p.lat])));
            bounds.extend(boxes(ring, 1.0).map(|b| [b.lower(), b.upper()]));
            all.extend(ring_boxes(number, &corners[first..]));
            starts.push(u32::try_from(corners.len()).expect("fewer than 2^32 corners fit in memory"));
        }
        Self { corners, starts, tree: RTree::bulk_load(all), cells: Cells::new(&bounds) }
    }

    #[inline]
    fn ring(&self, number: u32) -> &[[i32; 2]] {
        let [from, to] = [self.starts[number as usize], self.starts[number as usize + 1]];
        &self.corners[from as usize..to as usize]
    }

    /// Calls back with the number of every ring that holds a position, in no order.
    #[inline]
    pub fn holding(&self, at: Position, found: impl FnMut(u32)) {
        if self.cells.near([at.lon, at.lat]) {
            self.holding_unfiltered(at, found);
        }
    }

    /// As [`Areas::holding`], through the tree alone: what the bitmap in front of it is measured against.
    #[inline]
    pub fn holding_unfiltered(&self, at: Position, mut found: impl FnMut(u32)) {
        let [x, y] = steps([at.lon, at.lat]);
        let _: ControlFlow<()> =
            self.tree.locate_in_envelope_intersecting_int(&AABB::from_point([x, y]), |boxed| {
                let (number, x) = unmoved(boxed.data, x);
                if inside(self.ring(number), [x, y]) {
                    found(number);
                }
                ControlFlow::Continue(())
            });
    }

    /// Calls back with the number and the stays of every ring that a straight piece touches.
    pub(crate) fn crossed(&self, from: Position, to: Position, mut found: impl FnMut(u32, Vec<Within>)) {
        let a = steps([from.lon, from.lat]);
        let b = steps([from.lon + turn(to.lon - from.lon), to.lat]);
        // A piece over the 180th meridian meets boxes on either side of it; each ring is told once.
        let mut seen = Vec::new();
        for shift in [-ROUND, 0, ROUND] {
            let moved = |[x, y]: [i32; 2]| [x + shift, y];
            let piece = AABB::from_corners(moved(a), moved(b));
            let _: ControlFlow<()> = self.tree.locate_in_envelope_intersecting_int(&piece, |boxed| {
                let (number, x) = unmoved(boxed.data, a[0] + shift);
                let stays = stays(self.ring(number), [x, a[1]], [b[0] + x - a[0], b[1]]);
                if !seen.contains(&number) && !stays.is_empty() {
                    seen.push(number);
                    found(number, stays);
                }
                ControlFlow::Continue(())
            });
        }
    }
}

/// Returns degrees in steps.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "no more than twice round the earth")]
fn steps(degrees: [f64; 2]) -> [i32; 2] {
    degrees.map(|degrees| (degrees * STEPS).round() as i32)
}

/// Returns the number of a box's ring, and a longitude as that ring has it.
#[inline]
fn unmoved(data: u32, x: i32) -> (u32, i32) {
    let round = match data % 4 {
        0 => ROUND,
        1 => 0,
        _ => -ROUND,
    };
    (data / 4, x + round)
}

/// Returns the boxes of a ring: where it is, and moved round the earth where that is within 180 degrees.
fn ring_boxes(number: u32, ring: &[[i32; 2]]) -> impl Iterator<Item = RingBox> + use<> {
    let (mut low, mut high) = ([i32::MAX; 2], [i32::MIN; 2]);
    for corner in ring {
        low = std::array::from_fn(|i| low[i].min(corner[i]));
        high = std::array::from_fn(|i| high[i].max(corner[i]));
    }
    let known = !ring.is_empty();
    let moves = [(-ROUND, 0), (0, 1), (ROUND, 2)].into_iter().filter(move |_| known);
    let reached = moves.filter(move |(by, _)| low[0] + by <= ROUND / 2 && high[0] + by >= -(ROUND / 2));
    reached.map(move |(by, moved)| {
        let corners = Rectangle::from_corners([low[0] + by, low[1]], [high[0] + by, high[1]]);
        RingBox::new(corners, number * 4 + moved)
    })
}

/// Returns from where to where on a straight piece a ring is around it.
fn stays(ring: &[[i32; 2]], a: [i32; 2], b: [i32; 2]) -> Vec<Within> {
    let degrees = |[x, y]: [i32; 2]| [f64::from(x), f64::from(y)];
    let (from, to) = (degrees(a), degrees(b));
    let edges = ring.windows(2).map(|edge| (degrees(edge[0]), degrees(edge[1])));
    let mut cuts: Vec<f64> = edges.filter_map(|(start, end)| cut(from, to, start, end)).collect();
    cuts.extend([0.0, 1.0]);
    cuts.sort_by(f64::total_cmp);
    let mut stays: Vec<Within> = Vec::new();
    for pair in cuts.windows(2).filter(|pair| pair[1] > pair[0]) {
        let middle = f64::midpoint(pair[0], pair[1]);
        let on = [0, 1].map(|i| (from[i] + (to[i] - from[i]) * middle) / STEPS);
        if inside(ring, steps(on)) {
            match stays.last_mut().filter(|last| last[1] >= pair[0]) {
                Some(last) => last[1] = pair[1],
                None => stays.push([pair[0], pair[1]]),
            }
        }
    }
    stays
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
fn inside(ring: &[[i32; 2]], [x, y]: [i32; 2]) -> bool {
    let mut inside = false;
    let Some(mut a) = ring.first().copied() else { return false };
    for b in &ring[1..] {
        if (a[1] > y) != (b[1] > y) {
            // Whether the point is left of the edge, without a division.
            let part = |p: i32, q: i32| i64::from(p) - i64::from(q);
            let side = part(b[0], a[0]) * part(y, a[1]) - part(x, a[0]) * part(b[1], a[1]);
            inside ^= (side > 0) == (b[1] > a[1]);
        }
        a = *b;
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
