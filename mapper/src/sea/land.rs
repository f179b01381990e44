//! Land: Natural Earth 10m with the finer detail at the focus ports.
//!
//! In three boxes the detail replaces Natural Earth, whose coast is wrong there. The Thi Vai river
//! above Cai Mep is in neither: our own approximate outline is water.

use super::shores::{FINE, Point, Segment, Shores, crosses};
use ::geojson::{FeatureCollection, GeometryValue};

/// A closed ring: its last point is its first.
pub(crate) type Ring = Vec<Point>;

macro_rules! reference {
    ($name:literal) => {
        include_str!(concat!("../../../data/reference/", $name))
    };
}

/// The boxes with detail as west, south, east, north, and the text of their land.
pub(crate) const DETAIL: [([f64; 4], &str); 3] = [
    ([106.9, 10.4, 107.1, 10.7], reference!("land-detail-caimep.geojson")),
    ([101.2, 2.85, 101.5, 3.1], reference!("land-detail-klang.geojson")),
    ([121.95, 30.55, 122.2, 30.7], reference!("land-detail-yangshan.geojson")),
];

/// Water over the detail.
pub(crate) const RIVER: &str = reference!("thi-vai-river.geojson");

/// Returns the outline of all land, the detail laid over the rings of Natural Earth.
pub(crate) fn land(rings: &[Ring]) -> Shores {
    let river = outer_rings(RIVER);
    let boxes: Vec<Patch> =
        DETAIL.iter().map(|(edges, text)| Patch::new(*edges, outer_rings(text))).collect();
    let mut segments: Vec<Segment> = Vec::new();
    let mut aside: Vec<Vec<Segment>> = vec![Vec::new(); boxes.len()];
    for ring in rings {
        for pair in ring.windows(2).filter(|pair| moves(pair)) {
            // A ring over the 180th meridian runs on in another turn: the boxes are written in one.
            let turn = (pair[0][0] / 360.0).round() * 360.0;
            let segment = [pair[0], pair[1]].map(|[lon, lat]| [lon - turn, lat]);
            match boxes.iter().position(|patch| patch.touches(segment[0], segment[1])) {
                Some(patch) => aside[patch].push(segment),
                None => segments.push([pair[0], pair[1]]),
            }
        }
    }
    let coarse = Shores::new(rings.iter().flat_map(|ring| ring.windows(2)).map(|p| [p[0], p[1]]), FINE);
    for (patch, coast) in boxes.iter().zip(aside) {
        segments.extend(patch.overlay(coast, &coarse, &river));
    }
    // The rings are whole in their own turns, the pieces in the boxes are not: sides come from what is meant.
    let told =
        |at: Point| boxes.iter().find(|patch| patch.touches(at, at)).map(|patch| patch.holds(at, &river));
    Shores::new(segments.into_iter(), FINE).sided(&coarse, told)
}

/// Returns the rings to set corners off: Natural Earth and the detail, overlaps and all.
pub(crate) fn over(rings: &[Ring]) -> Vec<Ring> {
    rings.iter().cloned().chain(DETAIL.iter().flat_map(|(_, text)| outer_rings(text))).collect()
}

/// Returns whether two points of a ring are two.
fn moves(pair: &[Point]) -> bool {
    pair[0].map(f64::to_bits) != pair[1].map(f64::to_bits)
}

/// A box whose land is told in detail.
struct Patch {
    edges: [f64; 4],
    rings: Vec<Ring>,
}

impl Patch {
    fn new(edges: [f64; 4], rings: Vec<Ring>) -> Self {
        Self { edges, rings }
    }

    fn touches(&self, a: Point, b: Point) -> bool {
        let [west, south, east, north] = self.edges;
        a[0].max(b[0]) >= west && a[0].min(b[0]) <= east && a[1].max(b[1]) >= south && a[1].min(b[1]) <= north
    }

    /// Returns whether a point of the box is on land.
    fn holds(&self, at: Point, river: &[Ring]) -> bool {
        !in_any(river, at) && in_any(&self.rings, at)
    }

    /// Returns the outline of what is land: every piece of every line with land on one side only.
    fn overlay(&self, mut lines: Vec<Segment>, coarse: &Shores, river: &[Ring]) -> Vec<Segment> {
        let [west, south, east, north] = self.edges;
        let border = vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
        let drawn = self.rings.iter().chain(river.iter().filter(|ring| self.touches(ring[0], ring[0])));
        for ring in drawn.chain([&border]) {
            lines.extend(ring.windows(2).filter(|pair| moves(pair)).map(|p| [p[0], p[1]]));
        }
        let holds = |at: Point| {
            let inside = self.touches(at, at);
            if inside { self.holds(at, river) } else { coarse.holds(at) }
        };
        let mut pieces: Vec<Segment> = Vec::new();
        for line in &lines {
            pieces.extend(cut(*line, &lines).into_iter().filter(|[a, b]| {
                let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
                let scale = 1e-8 / (dx * dx + dy * dy).sqrt().max(1e-12);
                let middle = [f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1])];
                let side = |by: f64| [middle[0] - dy * scale * by, middle[1] + dx * scale * by];
                holds(side(1.0)) != holds(side(-1.0))
            }));
        }
        // Neighbouring rings share pieces; an outline has each once.
        for piece in &mut pieces {
            if (piece[1][0], piece[1][1]) < (piece[0][0], piece[0][1]) {
                piece.swap(0, 1);
            }
        }
        pieces.sort_by(|a, b| {
            a.as_flattened()
                .iter()
                .zip(b.as_flattened())
                .fold(std::cmp::Ordering::Equal, |order, (x, y)| order.then(x.total_cmp(y)))
        });
        pieces.dedup();
        pieces
    }
}

/// Points nearer than this to a line lie on it, in degrees.
const ON: f64 = 1e-9;

/// Returns a line cut where it crosses others, and where the ends of others lie on it.
fn cut(line: Segment, others: &[Segment]) -> Vec<Segment> {
    let [a, b] = line;
    let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    let long = (dx * dx + dy * dy).sqrt().max(1e-12);
    let mut cuts = Vec::new();
    for [c, d] in others.iter().filter(|other| **other != line) {
        // An end on the line is taken as it is, so that pieces of lines that run along each other are the same.
        let mut touched = false;
        for end in [*c, *d] {
            let [x, y] = [end[0] - a[0], end[1] - a[1]];
            if (x * dy - y * dx).abs() < ON * long {
                touched = true;
                cuts.push(((x * dx + y * dy) / (long * long), end));
            }
        }
        if !touched && crosses(a, b, *c, *d) {
            let side = |r: Point| (d[0] - c[0]) * (r[1] - c[1]) - (d[1] - c[1]) * (r[0] - c[0]);
            let share = side(a) / (side(a) - side(b));
            cuts.push((share, [a[0] + dx * share, a[1] + dy * share]));
        }
    }
    let near = ON / long;
    cuts.retain(|(share, _)| (near..=1.0 - near).contains(share));
    cuts.extend([(0.0, a), (1.0, b)]);
    cuts.sort_by(|a, b| a.0.total_cmp(&b.0));
    cuts.dedup_by(|later, earlier| later.0 - earlier.0 < near);
    cuts.windows(2).map(|pair| [pair[0].1, pair[1].1]).collect()
}

/// Returns whether any ring holds a point (even-odd rule).
pub(crate) fn in_any(rings: &[Ring], [x, y]: Point) -> bool {
    let crosses = |e: &&[Point]| {
        (e[0][1] > y) != (e[1][1] > y)
            && x < e[0][0] + (e[1][0] - e[0][0]) * (y - e[0][1]) / (e[1][1] - e[0][1])
    };
    rings.iter().any(|ring| ring.windows(2).filter(crosses).count() % 2 == 1)
}

/// Returns the outer rings of a file; inner rings are ponds that no ship reaches.
pub(crate) fn outer_rings(text: &str) -> Vec<Ring> {
    let Ok(all) = text.parse::<FeatureCollection>() else { return Vec::new() };
    let outer = |polygon: &Vec<Vec<::geojson::Position>>| polygon[0].iter().map(|p| [p[0], p[1]]).collect();
    let mut found = Vec::new();
    for geometry in all.features.into_iter().filter_map(|feature| feature.geometry) {
        match &geometry.value {
            GeometryValue::Polygon { coordinates } => found.push(outer(coordinates)),
            GeometryValue::MultiPolygon { coordinates } => found.extend(coordinates.iter().map(outer)),
            _ => {}
        }
    }
    found
}
