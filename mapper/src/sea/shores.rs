//! Closed outlines as straight segments in longitude and latitude, found by buckets of a quarter degree.
//!
//! The same structure holds land and areas to avoid. A line over the 180th meridian needs no cut:
//! segments and pieces are compared after a shift by whole turns.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bucket numbers of a grid of 1440 x 720"
)]

use super::dense;
use super::sphere::{Arc, RADIUS, position};

/// Longitude and latitude in degrees.
pub(crate) type Point = [f64; 2];

/// A straight piece of an outline.
pub(crate) type Segment = [Point; 2];

/// The same in whole units, as outlines keep it: there are hundreds of thousands of them.
type Packed = [[i32; 2]; 2];

/// Degrees in a unit, five centimetres: six decimals are exact, and rings that run on over the 180th meridian fit.
const UNIT: f64 = 5e-7;

fn units(degrees: f64) -> i32 {
    (degrees / UNIT).round() as i32
}

/// Returns degrees as outlines keep them: who compares outlines with their source rounds it first.
pub(crate) fn rounded(degrees: f64) -> f64 {
    f64::from(units(degrees)) * UNIT
}

fn packed(segment: &Segment) -> Packed {
    segment.map(|at| at.map(units))
}

fn unpacked(segment: &Packed) -> Segment {
    segment.map(|at| at.map(|part| f64::from(part) * UNIT))
}

/// Buckets in a degree for the shores of the world.
pub(crate) const FINE: i32 = 4;
/// Buckets in a degree for some dozen areas.
pub(crate) const COARSE: i32 = 1;
/// Metres in a degree of latitude on the sphere.
pub(crate) const DEGREE: f64 = RADIUS * std::f64::consts::PI / 180.0;
/// Where in its bucket the point lies whose side is known; on no coordinate of the data.
const OFF: Point = [1.1e-7, 1.3e-7];

/// The buckets that cover the earth.
#[derive(Clone, Copy, Debug)]
struct Buckets {
    /// Buckets in a degree.
    fine: i32,
}

impl Buckets {
    fn columns(self) -> i32 {
        360 * self.fine
    }

    fn rows(self) -> i32 {
        180 * self.fine
    }

    fn count(self) -> usize {
        (self.columns() * self.rows()) as usize
    }

    fn column(self, lon: f64) -> i32 {
        ((lon + 180.0) * f64::from(self.fine)).floor() as i32
    }

    fn row(self, lat: f64) -> i32 {
        (((lat + 90.0) * f64::from(self.fine)).floor() as i32).clamp(0, self.rows() - 1)
    }

    fn index(self, column: i32, row: i32) -> usize {
        (row * self.columns() + column.rem_euclid(self.columns())) as usize
    }

    /// Returns the bucket of a point.
    fn of(self, at: Point) -> usize {
        self.index(self.column(at[0]), self.row(at[1]))
    }

    /// Returns the point of a bucket whose side is known.
    fn known(self, column: i32, row: i32) -> Point {
        let fine = f64::from(self.fine);
        [f64::from(column) / fine - 180.0 + OFF[0], f64::from(row) / fine - 90.0 + OFF[1]]
    }

    /// Returns metres that nothing in a bucket is nearer than to a point.
    fn beyond(self, bucket: usize, at: Point, shrink: f64) -> f64 {
        let (columns, fine) = (self.columns() as usize, f64::from(self.fine));
        let west = near([(bucket % columns) as f64 / fine - 180.0, 0.0], at)[0] - at[0];
        let south = (bucket / columns) as f64 / fine - 90.0 - at[1];
        let off = |low: f64| low.max(-low - 1.0 / fine).max(0.0) * DEGREE;
        let (x, y) = (off(west) * shrink, off(south));
        (x * x + y * y).sqrt()
    }

    /// Returns the buckets of the box around two points.
    fn touched(self, a: Point, b: Point) -> impl Iterator<Item = usize> {
        let (west, east) = (self.column(a[0].min(b[0])), self.column(a[0].max(b[0])));
        let (south, north) = (self.row(a[1].min(b[1])), self.row(a[1].max(b[1])));
        let east = east.min(west + self.columns() - 1);
        (south..=north).flat_map(move |row| (west..=east).map(move |column| self.index(column, row)))
    }
}

/// Outlines with what lies inside them.
#[derive(Debug)]
pub(crate) struct Shores {
    buckets: Buckets,
    segments: Vec<Packed>,
    /// Where a bucket's segments begin in `inside`.
    starts: Vec<u32>,
    /// Segment numbers, bucket by bucket.
    members: Vec<u32>,
    /// Whether the known point of a bucket is inside.
    known: Vec<bool>,
}

impl Shores {
    /// Builds the index; the segments must be whole outlines, each piece once.
    pub(crate) fn new(segments: impl Iterator<Item = Segment>, fine: i32) -> Self {
        let mut segments: Vec<Packed> = segments.map(|segment| packed(&segment)).collect();
        segments.shrink_to_fit();
        let buckets = Buckets { fine };
        let count = buckets.count();
        let mut starts = vec![0_u32; count + 1];
        for segment in segments.iter().map(unpacked) {
            buckets.touched(segment[0], segment[1]).for_each(|bucket| starts[bucket + 1] += 1);
        }
        for bucket in 0..count {
            starts[bucket + 1] += starts[bucket];
        }
        let mut next = starts.clone();
        let mut members = vec![0_u32; starts[count] as usize];
        for (number, segment) in segments.iter().map(unpacked).enumerate() {
            for bucket in buckets.touched(segment[0], segment[1]) {
                members[next[bucket] as usize] = number as u32;
                next[bucket] += 1;
            }
        }
        let known = known_sides(segments.iter().map(unpacked), buckets);
        Self { buckets, segments, starts, members, known }
    }

    /// Takes the sides of the known points from other outlines that these were changed from, unless told.
    pub(crate) fn sided(mut self, other: &Self, told: impl Fn(Point) -> Option<bool>) -> Self {
        for row in 0..self.buckets.rows() {
            for column in 0..self.buckets.columns() {
                let bucket = self.buckets.index(column, row);
                self.known[bucket] = told(self.buckets.known(column, row)).unwrap_or(other.known[bucket]);
            }
        }
        self
    }

    /// Returns the segments.
    pub(crate) fn segments(&self) -> impl Iterator<Item = Segment> {
        self.segments.iter().map(unpacked)
    }

    /// Returns the segments that may touch a box, each once.
    pub(crate) fn within(&self, west_south: Point, east_north: Point) -> impl Iterator<Item = Segment> {
        let buckets = self.buckets.touched(west_south, east_north);
        let mut numbers: Vec<u32> = buckets
            .flat_map(|b| &self.members[self.starts[b] as usize..self.starts[b + 1] as usize])
            .copied()
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| unpacked(&self.segments[number as usize]))
    }

    fn members(&self, bucket: usize) -> impl Iterator<Item = Segment> {
        let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
        self.members[range].iter().map(|number| unpacked(&self.segments[*number as usize]))
    }

    /// Returns whether the bucket around a point is inside as a whole, if no outline runs through it.
    pub(crate) fn whole(&self, at: Point) -> Option<bool> {
        let bucket = self.buckets.of(at);
        (self.starts[bucket] == self.starts[bucket + 1]).then(|| self.known[bucket])
    }

    /// Returns whether a point is inside (even-odd rule).
    pub(crate) fn holds(&self, at: Point) -> bool {
        // Land over the 180th meridian is cut there in the source: on the cut itself both halves are looked at beside it.
        let on_cut = (at[0].abs() - 180.0).abs() < f64::EPSILON;
        let at = if on_cut { [at[0] + 1e-10, at[1]] } else { at };
        let (column, row) = (self.buckets.column(at[0]), self.buckets.row(at[1]));
        let bucket = self.buckets.index(column, row);
        let corner = self.buckets.known(column, row);
        let crossed = self.members(bucket).filter(|s| meets(corner, near(at, corner), s)).count();
        self.known[bucket] != (crossed % 2 == 1)
    }

    /// Returns whether a straight piece crosses an outline; its ends may be more than a turn apart.
    pub(crate) fn hit(&self, a: Point, b: Point) -> bool {
        let b = near(b, a);
        self.buckets.touched(a, b).any(|bucket| self.members(bucket).any(|s| meets(a, b, &s)))
    }

    /// Returns whether the pieces that a great circle is served as cross an outline.
    pub(crate) fn hit_arc(&self, arc: &Arc) -> bool {
        let mut before = point(arc.at(0.0));
        for at in dense::between(arc).chain([arc.at(arc.whole)]) {
            let here = point(at);
            if self.hit(before, here) {
                return true;
            }
            before = here;
        }
        false
    }

    /// Returns the nearest point of an outline and its distance in metres, if one is within `limit` metres.
    pub(crate) fn nearest(&self, at: Point, limit: f64) -> Option<(f64, Point)> {
        let high = limit / DEGREE;
        let shrink = libm::cos(at[1].to_radians()).max(0.02);
        let wide = high / libm::cos((at[1].abs() + high).min(88.8).to_radians());
        let own = self.buckets.of(at);
        let mut best: Option<(f64, Point)> = None;
        let around = self.buckets.touched([at[0] - wide, at[1] - high], [at[0] + wide, at[1] + high]);
        // The bucket of the point comes first: what it holds rules out most of the others.
        for bucket in std::iter::once(own).chain(around.filter(|bucket| *bucket != own)) {
            if self.starts[bucket] == self.starts[bucket + 1]
                || best.is_some_and(|(known, _)| self.buckets.beyond(bucket, at, shrink) > known)
            {
                continue;
            }
            for segment in self.members(bucket) {
                let flat = |p: Point| [(near(p, at)[0] - at[0]) * DEGREE * shrink, (p[1] - at[1]) * DEGREE];
                let foot = foot(flat(segment[0]), flat(segment[1]));
                let metres = (foot[0] * foot[0] + foot[1] * foot[1]).sqrt();
                if metres <= limit && best.is_none_or(|(known, _)| metres < known) {
                    best = Some((metres, [at[0] + foot[0] / DEGREE / shrink, at[1] + foot[1] / DEGREE]));
                }
            }
        }
        best
    }

    /// Returns the metres to the nearest outline, `limit` at most.
    pub(crate) fn clearance(&self, at: Point, limit: f64) -> f64 {
        self.nearest(at, limit).map_or(limit, |(metres, _)| metres)
    }
}

/// Returns longitude and latitude of a point on the sphere.
pub(crate) fn point(at: [f64; 3]) -> Point {
    let at = position(at);
    [at.lon, at.lat]
}

/// Returns the point of a straight piece that is nearest to the origin.
fn foot(a: Point, b: Point) -> Point {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 { (-(a[0] * dx + a[1] * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    [a[0] + share * dx, a[1] + share * dy]
}

/// Returns a point with its longitude turned to within half a turn of another.
pub(crate) fn near(at: Point, other: Point) -> Point {
    let apart = at[0] - other[0];
    if apart.abs() <= 180.0 { at } else { [at[0] - (apart / 360.0).round() * 360.0, at[1]] }
}

/// Returns whether a piece crosses a segment, whatever turn the segment is written in.
fn meets(a: Point, b: Point, segment: &Segment) -> bool {
    let turn = ((segment[0][0] - a[0]) / 360.0).round() * 360.0;
    let (c, d) = ([segment[0][0] - turn, segment[0][1]], [segment[1][0] - turn, segment[1][1]]);
    crosses(a, b, c, d)
}

/// Returns whether two pieces cross.
pub(crate) fn crosses(a: Point, b: Point, c: Point, d: Point) -> bool {
    let side = |p: Point, q: Point, r: Point| (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
    (side(a, b, c) > 0.0) != (side(a, b, d) > 0.0) && (side(c, d, a) > 0.0) != (side(c, d, b) > 0.0)
}

/// Returns for every bucket whether its known point is inside: a scan along each row.
fn known_sides(segments: impl Iterator<Item = Segment>, buckets: Buckets) -> Vec<bool> {
    let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); buckets.rows() as usize];
    for [a, b] in segments {
        for row in buckets.row(a[1].min(b[1]))..=buckets.row(a[1].max(b[1])) {
            let lat = buckets.known(0, row)[1];
            if (a[1] > lat) != (b[1] > lat) {
                crossings[row as usize].push(a[0] + (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1]));
            }
        }
    }
    let mut known = Vec::with_capacity(buckets.count());
    for mut row in crossings {
        // A ring may be written in any turn: the start of the row is looked at from each.
        let start = -180.0 + OFF[0];
        let beyond = |turn: f64| row.iter().filter(|x| **x > start + turn).count();
        let mut inside = (beyond(-360.0) + beyond(0.0) + beyond(360.0)) % 2 == 1;
        for x in &mut row {
            *x = start + (*x - start).rem_euclid(360.0);
        }
        row.sort_by(f64::total_cmp);
        let mut passed = row.into_iter().peekable();
        for column in 0..buckets.columns() {
            let here = start + f64::from(column) / f64::from(buckets.fine);
            while passed.next_if(|x| *x < here).is_some() {
                inside = !inside;
            }
            known.push(inside);
        }
    }
    known
}
